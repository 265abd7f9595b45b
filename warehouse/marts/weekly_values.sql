-- One row per KPI, statistic and week on the KPI's flow basis: its value, by itself and per working day, and the target in force that week.
SELECT
  kpi_values.kpi, kpi_values.statistic, kpi_values.statistic_rank, kpi_values.unit, kpi_values.period AS week,
  kpi_values.starts_on, kpi_values.ends_on, kpi_values.is_complete,
  kpi_values.numerator, kpi_values.denominator, kpi_values.value, kpi_values.low, kpi_values.high, kpi_values.n,
  week_lengths.working_days, week_lengths.longest, week_lengths.is_short,
  CASE WHEN kpi_values.unit IN ('count', 'yen') THEN kpi_values.value / nullif(week_lengths.working_days, 0) END AS daily,
  kpi_verdicts.target, kpi_verdicts.health
FROM kpi_values
JOIN week_lengths ON week_lengths.week = kpi_values.period
JOIN kpi_verdicts
  ON kpi_verdicts.kpi = kpi_values.kpi AND kpi_verdicts.basis = kpi_values.basis AND kpi_verdicts.statistic = kpi_values.statistic
  AND kpi_verdicts.period_kind = 'week' AND kpi_verdicts.period = kpi_values.period
WHERE kpi_values.period_kind = 'week' AND kpi_values.basis = 'flow' AND kpi_values.dimension IS NULL
