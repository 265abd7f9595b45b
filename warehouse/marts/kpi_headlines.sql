-- One row per KPI and statistic: the figure a card leads with. A count shows the last complete week, a rate or a time the last four weeks,
-- a cohort those that are mature, a stock what stands at the export.
WITH eligible AS (
  SELECT
    kpi_values.*, kpi_bases.is_known, kpi_bases.is_stock,
    row_number() OVER (PARTITION BY kpi_values.kpi, kpi_values.statistic ORDER BY kpi_values.starts_on DESC) AS position
  FROM kpi_values
  JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis AND kpi_bases.statistic = kpi_values.statistic
    AND kpi_bases.basis_rank = 1
  WHERE kpi_values.dimension IS NULL AND (kpi_values.is_complete OR kpi_bases.is_stock) AND coalesce(kpi_values.mature, TRUE)
    AND (kpi_values.ends_on <= kpi_bases.known_until OR kpi_bases.is_stock OR NOT kpi_bases.is_known)
    AND kpi_values.period_kind = CASE WHEN kpi_values.unit IN ('rate', 'minutes') AND NOT kpi_bases.is_stock THEN 'four_weeks' ELSE 'week' END
)
SELECT
  newest.kpi, newest.statistic, newest.statistic_rank, newest.unit, newest.basis, newest.period_kind, newest.period, newest.starts_on, newest.ends_on,
  newest.is_stock, newest.is_known, newest.numerator, newest.denominator, newest.value, newest.low, newest.high, newest.n,
  before.value AS previous_value,
  newest.value - before.value AS change,
  kpi_verdicts.target,
  kpi_verdicts.health
FROM eligible AS newest
JOIN kpi_verdicts ON kpi_verdicts.kpi = newest.kpi AND kpi_verdicts.basis = newest.basis AND kpi_verdicts.statistic = newest.statistic
  AND kpi_verdicts.period_kind = newest.period_kind AND kpi_verdicts.period = newest.period
LEFT JOIN kpi_values AS before
  ON before.kpi = newest.kpi AND before.basis = newest.basis AND before.statistic = newest.statistic AND before.period_kind = newest.period_kind
  AND before.dimension IS NULL
  AND date_diff('day', before.starts_on, newest.starts_on) = CASE WHEN newest.period_kind = 'four_weeks' THEN 28 ELSE 7 END
WHERE newest.position = 1
