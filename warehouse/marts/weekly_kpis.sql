-- One row per KPI and week on the KPI's flow basis: its value, the week before, the four weeks up to it, and the target in force that week.
SELECT
  week.kpi, week.period AS week, week.starts_on, week.ends_on, week.is_complete,
  week.numerator, week.denominator, week.value, week.low, week.high, week.n,
  before.value AS previous_value,
  week.value - before.value AS change,
  four.value AS four_week_value, four.low AS four_week_low, four.high AS four_week_high, four.n AS four_week_n,
  four.value - four_before.value AS four_week_change,
  targets.value AS target,
  CASE
    WHEN targets.value IS NULL OR week.value IS NULL THEN 'no_target'
    WHEN (kpis.direction = 'up') = (week.value >= targets.value) THEN 'met'
    ELSE 'missed'
  END AS health,
  CASE
    WHEN targets.value IS NULL OR four.value IS NULL THEN 'no_target'
    WHEN four.n < kpis.minimum_n THEN 'small_n'
    WHEN four.low <= targets.value AND four.high >= targets.value THEN 'unclear'
    WHEN (kpis.direction = 'up') = (four.value >= targets.value) THEN 'met'
    ELSE 'missed'
  END AS four_week_health
FROM kpi_values AS week
JOIN kpis ON kpis.kpi = week.kpi
LEFT JOIN kpi_values AS before
  ON before.kpi = week.kpi AND before.basis = week.basis AND before.period_kind = 'week' AND before.dimension IS NULL
  AND date_diff('day', before.starts_on, week.starts_on) = 7
LEFT JOIN kpi_values AS four
  ON four.kpi = week.kpi AND four.basis = week.basis AND four.period_kind = 'four_weeks' AND four.dimension IS NULL
  AND four.period = week.period
LEFT JOIN kpi_values AS four_before
  ON four_before.kpi = week.kpi AND four_before.basis = week.basis AND four_before.period_kind = 'four_weeks'
  AND four_before.dimension IS NULL AND date_diff('day', four_before.ends_on, week.ends_on) = 28
LEFT JOIN targets
  ON targets.kpi = week.kpi AND targets.period_kind = 'week' AND week.starts_on >= targets.effective_from
  AND (targets.effective_until IS NULL OR week.starts_on < targets.effective_until)
WHERE week.period_kind = 'week' AND week.basis = 'flow' AND week.dimension IS NULL
