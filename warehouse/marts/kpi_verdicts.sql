-- One row per total of a KPI that a target can be held against: the target in force then, and whether it is met.
-- Four weeks are judged by the target of their last week; counts are judged week by week, because four weeks of a count are no weekly figure.
WITH judged AS (
  SELECT
    kpi_values.kpi, kpi_values.basis, kpi_values.statistic, kpi_values.period_kind, kpi_values.period, kpi_values.unit,
    kpi_values.value, kpi_values.low, kpi_values.high, kpi_values.n,
    kpi_bases.direction, kpis.minimum_n,
    CASE WHEN kpi_values.period_kind = 'four_weeks' THEN 'week' ELSE kpi_values.period_kind END AS target_kind,
    CASE WHEN kpi_values.period_kind = 'four_weeks' THEN CAST(kpi_values.ends_on - INTERVAL 6 DAY AS DATE) ELSE kpi_values.starts_on END AS judged_on
  FROM kpi_values
  JOIN kpis ON kpis.kpi = kpi_values.kpi
  JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis AND kpi_bases.statistic = kpi_values.statistic
  WHERE kpi_values.dimension IS NULL AND NOT (kpi_values.period_kind = 'four_weeks' AND kpi_values.unit IN ('count', 'yen'))
)
SELECT
  judged.kpi, judged.basis, judged.statistic, judged.period_kind, judged.period,
  targets.value AS target,
  CASE
    WHEN judged.value IS NULL THEN 'unknown'
    WHEN targets.value IS NULL THEN 'no_target'
    WHEN judged.unit IN ('rate', 'minutes') AND judged.n < judged.minimum_n THEN 'small_n'
    WHEN judged.low <= targets.value AND judged.high >= targets.value THEN 'unclear'
    WHEN judged.direction = 'up' AND judged.value >= targets.value THEN 'met'
    WHEN judged.direction = 'down' AND judged.value <= targets.value THEN 'met'
    ELSE 'missed'
  END AS health
FROM judged
LEFT JOIN targets ON targets.kpi = judged.kpi AND targets.statistic = judged.statistic AND targets.period_kind = judged.target_kind
  AND judged.judged_on >= targets.effective_from AND (targets.effective_until IS NULL OR judged.judged_on < targets.effective_until)
