-- One row per KPI: the figure a card leads with. A count shows the last complete week, a rate the last four weeks, a cohort those that are mature.
WITH eligible AS (
  SELECT
    kpi_values.*, kpi_bases.is_rate, kpi_bases.is_known, kpis.direction, kpis.minimum_n,
    row_number() OVER (PARTITION BY kpi_values.kpi ORDER BY kpi_values.starts_on DESC) AS position
  FROM kpi_values
  JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis AND kpi_bases.basis_rank = 1
  JOIN kpis ON kpis.kpi = kpi_values.kpi
  WHERE kpi_values.dimension IS NULL AND kpi_values.is_complete AND coalesce(kpi_values.mature, TRUE)
    AND (kpi_values.ends_on <= kpi_bases.known_until OR NOT kpi_bases.is_known)
    AND kpi_values.period_kind = CASE WHEN kpi_bases.is_rate THEN 'four_weeks' ELSE 'week' END
),
compared AS (
  SELECT newest.*, before.value AS previous_value, targets.value AS target
  FROM eligible AS newest
  LEFT JOIN kpi_values AS before
    ON before.kpi = newest.kpi AND before.basis = newest.basis AND before.period_kind = newest.period_kind AND before.dimension IS NULL
    AND date_diff('day', before.starts_on, newest.starts_on) = CASE WHEN newest.is_rate THEN 28 ELSE 7 END
  LEFT JOIN targets
    ON targets.kpi = newest.kpi AND targets.period_kind = 'week' AND date_diff('day', targets.effective_from, newest.ends_on) >= 6
    AND (targets.effective_until IS NULL OR date_diff('day', targets.effective_until, newest.ends_on) < 6)
  WHERE newest.position = 1
)
SELECT
  kpi, basis, period_kind, period, starts_on, ends_on, is_known, numerator, denominator, value, low, high, n,
  previous_value, value - previous_value AS change, target,
  CASE
    WHEN value IS NULL THEN 'unknown'
    WHEN target IS NULL THEN 'no_target'
    WHEN is_rate AND n < minimum_n THEN 'small_n'
    WHEN is_rate AND low <= target AND high >= target THEN 'unclear'
    WHEN (direction = 'up') = (value >= target) THEN 'met'
    ELSE 'missed'
  END AS health
FROM compared
