-- One row per KPI, statistic and week on the KPI's flow basis: its value, the week before, the four weeks up to it, the target in force that week.
-- A count stands per working day beside, so that a week with holidays compares; its target too, spread over a whole week.
WITH per_day AS (
  SELECT
    kpi_values.kpi, kpi_values.basis, kpi_values.statistic, kpi_values.period, kpi_values.value, week_lengths.starts_on,
    week_lengths.working_days, week_lengths.longest, week_lengths.is_short,
    CASE WHEN kpi_values.unit IN ('count', 'yen') THEN kpi_values.value / nullif(week_lengths.working_days, 0) END AS daily
  FROM kpi_values
  JOIN week_lengths ON week_lengths.week = kpi_values.period
  WHERE kpi_values.period_kind = 'week' AND kpi_values.dimension IS NULL
)
SELECT
  week.kpi, week.statistic, week.statistic_rank, week.unit, week.period AS week, week.starts_on, week.ends_on, week.is_complete,
  week.numerator, week.denominator, week.value, week.low, week.high, week.n,
  before.value AS previous_value,
  week.value - before.value AS change,
  present.working_days, present.is_short, length_before.is_short AS previous_is_short,
  present.daily AS value_per_day,
  before.daily AS previous_per_day,
  present.daily - before.daily AS change_per_day,
  CASE WHEN week.unit IN ('count', 'yen') THEN verdict.target / nullif(present.longest, 0) END AS target_per_day,
  four.value AS four_week_value, four.low AS four_week_low, four.high AS four_week_high, four.n AS four_week_n,
  four.value - four_before.value AS four_week_change,
  verdict.target,
  verdict.health,
  four_verdict.health AS four_week_health
FROM kpi_values AS week
JOIN per_day AS present ON present.kpi = week.kpi AND present.basis = week.basis AND present.statistic = week.statistic AND present.period = week.period
JOIN kpi_verdicts AS verdict
  ON verdict.kpi = week.kpi AND verdict.basis = week.basis AND verdict.statistic = week.statistic AND verdict.period_kind = 'week' AND verdict.period = week.period
LEFT JOIN per_day AS before
  ON before.kpi = week.kpi AND before.basis = week.basis AND before.statistic = week.statistic AND date_diff('day', before.starts_on, week.starts_on) = 7
LEFT JOIN week_lengths AS length_before ON date_diff('day', length_before.starts_on, week.starts_on) = 7
LEFT JOIN kpi_values AS four
  ON four.kpi = week.kpi AND four.basis = week.basis AND four.statistic = week.statistic AND four.period_kind = 'four_weeks'
  AND four.dimension IS NULL AND four.period = week.period
LEFT JOIN kpi_verdicts AS four_verdict
  ON four_verdict.kpi = week.kpi AND four_verdict.basis = week.basis AND four_verdict.statistic = week.statistic
  AND four_verdict.period_kind = 'four_weeks' AND four_verdict.period = week.period
LEFT JOIN kpi_values AS four_before
  ON four_before.kpi = week.kpi AND four_before.basis = week.basis AND four_before.statistic = week.statistic AND four_before.period_kind = 'four_weeks'
  AND four_before.dimension IS NULL AND date_diff('day', four_before.ends_on, week.ends_on) = 28
WHERE week.period_kind = 'week' AND week.basis = 'flow' AND week.dimension IS NULL
