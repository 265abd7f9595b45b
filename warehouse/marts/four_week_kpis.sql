-- One row per KPI, statistic and week on the KPI's flow basis: the four weeks up to it, how they differ from the four before, and whether their target is met.
SELECT
  four.kpi, four.statistic, four.period AS week, four.value, four.low, four.high, four.n,
  four.value - four_before.value AS change,
  verdict.health
FROM kpi_values AS four
LEFT JOIN kpi_values AS four_before
  ON four_before.kpi = four.kpi AND four_before.basis = four.basis AND four_before.statistic = four.statistic AND four_before.period_kind = 'four_weeks'
  AND four_before.dimension IS NULL AND date_diff('day', four_before.ends_on, four.ends_on) = 28
LEFT JOIN kpi_verdicts AS verdict
  ON verdict.kpi = four.kpi AND verdict.basis = four.basis AND verdict.statistic = four.statistic
  AND verdict.period_kind = 'four_weeks' AND verdict.period = four.period
WHERE four.period_kind = 'four_weeks' AND four.basis = 'flow' AND four.dimension IS NULL
