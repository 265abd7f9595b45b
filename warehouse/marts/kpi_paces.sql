-- One row per KPI, statistic and running week, month or quarter that it has a target for: where it stands, and for a count where it should stand by
-- working days, where it would end, and what each day left needs. A day has passed once it has closed; nothing is projected from less than a third of the days.
WITH running AS (
  SELECT periods.period_kind, periods.period, periods.starts_on, periods.ends_on
  FROM periods
  CROSS JOIN export_clock
  WHERE periods.period_kind IN ('week', 'month', 'quarter') AND periods.starts_on <= export_clock.as_of_date
    AND date_diff('second', export_clock.as_of, CAST(periods.ends_on AS TIMESTAMP) + INTERVAL 1 DAY) > 1
),
closed_today AS (
  SELECT business_clock.department, max(business_clock.days_done) - min(morning.days_done) AS days_done
  FROM business_clock
  CROSS JOIN export_clock
  JOIN business_clock AS morning ON morning.department = business_clock.department AND morning.day = business_clock.day
  WHERE business_clock.day = export_clock.as_of_date AND business_clock.starts_at <= export_clock.as_of
  GROUP BY business_clock.department
),
worked AS (
  SELECT
    running.period_kind, running.period, kpis.kpi,
    count_if(days.is_working_day) AS working_days,
    count_if(days.is_working_day AND days.day < export_clock.as_of_date) + coalesce(max(closed_today.days_done), 0) AS days_passed
  FROM running
  JOIN days ON days.day BETWEEN running.starts_on AND running.ends_on
  CROSS JOIN kpis
  CROSS JOIN export_clock
  LEFT JOIN closed_today ON closed_today.department = kpis.department
  GROUP BY running.period_kind, running.period, kpis.kpi
)
SELECT
  kpi_values.kpi, kpi_values.statistic, kpi_values.unit, kpi_values.period_kind, kpi_values.period,
  kpi_values.value, kpi_values.n, kpi_verdicts.target, kpi_verdicts.health,
  worked.working_days, worked.days_passed,
  CASE WHEN kpi_values.unit IN ('count', 'yen') THEN kpi_verdicts.target * worked.days_passed / nullif(worked.working_days, 0) END AS expected,
  CASE WHEN kpi_values.unit IN ('count', 'yen') AND worked.days_passed * 3 >= worked.working_days
    THEN kpi_values.value * worked.working_days / nullif(worked.days_passed, 0) END AS projected,
  CASE WHEN kpi_values.unit IN ('count', 'yen')
    THEN greatest(kpi_verdicts.target - kpi_values.value, 0) / nullif(worked.working_days - worked.days_passed, 0) END AS needed_per_day
FROM kpi_values
JOIN worked ON worked.period_kind = kpi_values.period_kind AND worked.period = kpi_values.period AND worked.kpi = kpi_values.kpi
JOIN kpi_verdicts ON kpi_verdicts.kpi = kpi_values.kpi AND kpi_verdicts.basis = kpi_values.basis AND kpi_verdicts.statistic = kpi_values.statistic
  AND kpi_verdicts.period_kind = kpi_values.period_kind AND kpi_verdicts.period = kpi_values.period
JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis AND kpi_bases.statistic = kpi_values.statistic AND NOT kpi_bases.is_stock
WHERE kpi_values.basis = 'flow' AND kpi_values.dimension IS NULL AND kpi_verdicts.target IS NOT NULL
