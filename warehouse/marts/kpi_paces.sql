-- One row per KPI, statistic and running week, month or quarter that it has a target for: where it stands, and for a count where it should stand by
-- working days, where it would end, and what each working day left needs. A day is over once its owner's department has closed; until then
-- it counts by the share of its hours that has passed. Nothing is projected from less than a third of the days.
WITH present AS (
  SELECT
    as_of_date,
    CASE
      WHEN date_diff('second', as_of, CAST(as_of_date AS TIMESTAMP) + INTERVAL 1 DAY) <= 1 THEN CAST(as_of_date AS TIMESTAMP) + INTERVAL 1 DAY
      ELSE as_of
    END AS moment
  FROM export_clock
),
begun AS (
  SELECT
    business_clock.department,
    sum(greatest(0, date_diff('second', business_clock.starts_at, least(business_clock.ends_at, present.moment))))
      / nullif(sum(date_diff('second', business_clock.starts_at, business_clock.ends_at)), 0) AS share
  FROM business_clock
  JOIN present ON present.as_of_date = business_clock.day
  WHERE business_clock.is_open
  GROUP BY business_clock.department
),
worked AS (
  SELECT
    periods.period_kind, periods.period, kpis.kpi,
    count_if(days.is_working_day) AS working_days,
    count_if(days.is_working_day AND days.day < present.as_of_date) + max(CASE WHEN begun.share = 1 THEN 1 ELSE 0 END) AS days_passed,
    count_if(days.is_working_day AND days.day < present.as_of_date) + coalesce(max(begun.share), 0) AS days_elapsed
  FROM periods
  JOIN days ON days.day BETWEEN periods.starts_on AND periods.ends_on
  CROSS JOIN kpis
  CROSS JOIN present
  LEFT JOIN begun ON begun.department = kpis.department
  WHERE periods.period_kind IN ('week', 'month', 'quarter') AND NOT periods.is_complete
  GROUP BY periods.period_kind, periods.period, kpis.kpi
),
placed AS (
  SELECT
    kpi_values.kpi, kpi_values.statistic, kpi_values.statistic_rank, kpi_values.unit, kpi_bases.direction, kpi_values.period_kind, kpi_values.period,
    kpi_values.starts_on, kpi_values.ends_on, kpi_values.numerator, kpi_values.denominator, kpi_values.value, kpi_values.low, kpi_values.high, kpi_values.n, kpi_verdicts.target, kpi_verdicts.health,
    worked.working_days, worked.days_passed, worked.days_elapsed,
    CASE WHEN kpi_values.unit IN ('count', 'yen') THEN kpi_values.value END AS so_far,
    CASE WHEN kpi_values.unit IN ('count', 'yen') THEN kpi_verdicts.target * worked.days_elapsed / nullif(worked.working_days, 0) END AS expected
  FROM kpi_values
  JOIN worked ON worked.period_kind = kpi_values.period_kind AND worked.period = kpi_values.period AND worked.kpi = kpi_values.kpi
  JOIN kpi_verdicts ON kpi_verdicts.kpi = kpi_values.kpi AND kpi_verdicts.basis = kpi_values.basis AND kpi_verdicts.statistic = kpi_values.statistic
    AND kpi_verdicts.period_kind = kpi_values.period_kind AND kpi_verdicts.period = kpi_values.period
  JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis AND kpi_bases.statistic = kpi_values.statistic AND NOT kpi_bases.is_stock
  WHERE kpi_values.basis = 'flow' AND kpi_values.dimension IS NULL AND kpi_verdicts.target IS NOT NULL
)
SELECT
  kpi, statistic, statistic_rank, unit, direction, period_kind, period, starts_on, ends_on, numerator, denominator, value, low, high, n, target, health,
  working_days, days_passed, days_elapsed, expected,
  CASE
    WHEN direction = 'up' AND so_far >= target THEN 'reached'
    WHEN direction = 'down' AND so_far > target THEN 'exceeded'
    WHEN direction = 'up' AND so_far < expected THEN 'behind'
    WHEN direction = 'down' AND so_far > expected THEN 'too_fast'
    WHEN so_far IS NOT NULL AND expected IS NOT NULL THEN 'on_pace'
  END AS standing,
  CASE WHEN days_elapsed * 3 >= working_days THEN so_far * working_days / nullif(days_elapsed, 0) END AS projected,
  CASE WHEN so_far IS NOT NULL THEN greatest(target - so_far, 0) / nullif(working_days - days_passed, 0) END AS needed_per_day
FROM placed
