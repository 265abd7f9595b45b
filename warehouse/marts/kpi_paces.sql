-- One row per counted KPI with a weekly target: the running week so far, where it should stand by working days, and what is needed on each day left.
WITH running AS (
  SELECT periods.period, periods.starts_on, periods.ends_on
  FROM periods
  CROSS JOIN export_clock
  WHERE periods.period_kind = 'week' AND periods.starts_on <= export_clock.as_of_date AND periods.ends_on >= export_clock.as_of_date
),
worked AS (
  SELECT
    running.period,
    count_if(days.is_working_day) AS working_days,
    count_if(days.is_working_day AND days.day <= export_clock.as_of_date) AS days_passed
  FROM running
  JOIN days ON days.day BETWEEN running.starts_on AND running.ends_on
  CROSS JOIN export_clock
  GROUP BY running.period
)
SELECT
  kpi_values.kpi, kpi_values.period, kpi_values.value, targets.value AS target,
  worked.working_days, worked.days_passed,
  targets.value * worked.days_passed / nullif(worked.working_days, 0) AS expected,
  greatest(targets.value - kpi_values.value, 0) / nullif(worked.working_days - worked.days_passed, 0) AS needed_per_day
FROM kpi_values
JOIN worked ON worked.period = kpi_values.period
JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis AND NOT kpi_bases.is_rate
JOIN targets ON targets.kpi = kpi_values.kpi AND targets.period_kind = 'week' AND kpi_values.starts_on >= targets.effective_from
  AND (targets.effective_until IS NULL OR kpi_values.starts_on < targets.effective_until)
WHERE kpi_values.period_kind = 'week' AND kpi_values.basis = 'flow' AND kpi_values.dimension IS NULL
