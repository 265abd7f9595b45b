-- One row per KPI, basis, statistic, period and dimension value; dimension and key are NULL on total rows. Intervals are Wilson's at 95 %.
-- A period before a KPI's first record has no row. What the export cannot tell, or not so far, is NULL; nothing counted where it can is 0.
WITH counted AS (
  SELECT
    kpi, basis, statistic, period_kind, period, dimension, key,
    sum(figure) FILTER (WHERE side = 'numerator') AS numerator,
    coalesce(sum(figure) FILTER (WHERE side = 'denominator'), 0) AS denominator
  FROM kpi_counts
  GROUP BY ALL
),
seen AS (
  SELECT counted.kpi, counted.basis, counted.period_kind, min(periods.starts_on) AS first_on
  FROM counted
  JOIN periods ON periods.period_kind = counted.period_kind AND periods.period = counted.period
  WHERE counted.dimension IS NULL AND coalesce(counted.numerator, 0) + counted.denominator > 0
  GROUP BY ALL
),
placed AS (
  SELECT
    kpi_bases.kpi, kpi_bases.basis, kpi_bases.statistic, periods.period_kind, periods.period,
    CAST(NULL AS VARCHAR) AS dimension, CAST(NULL AS VARCHAR) AS key,
    counted.numerator, coalesce(counted.denominator, 0) AS denominator
  FROM kpi_bases
  CROSS JOIN periods
  LEFT JOIN seen ON seen.kpi = kpi_bases.kpi AND seen.basis = kpi_bases.basis AND seen.period_kind = periods.period_kind
  LEFT JOIN counted ON counted.kpi = kpi_bases.kpi AND counted.basis = kpi_bases.basis AND counted.statistic = kpi_bases.statistic
    AND counted.period_kind = periods.period_kind AND counted.period = periods.period AND counted.dimension IS NULL
  WHERE periods.starts_on >= coalesce(seen.first_on, periods.starts_on)
  UNION ALL
  SELECT kpi, basis, statistic, period_kind, period, dimension, key, numerator, denominator
  FROM counted
  WHERE dimension IS NOT NULL AND coalesce(numerator, 0) + denominator > 0
),
told AS (
  SELECT
    placed.*, kpi_bases.statistic_rank, kpi_bases.unit, kpi_bases.horizon_days,
    periods.starts_on, periods.ends_on, periods.is_complete,
    kpi_bases.is_known AND kpi_bases.known_until >= CASE WHEN kpi_bases.is_stock THEN export_clock.as_of_date ELSE periods.starts_on END AS is_known
  FROM placed
  JOIN kpi_bases ON kpi_bases.kpi = placed.kpi AND kpi_bases.basis = placed.basis AND kpi_bases.statistic = placed.statistic
  JOIN periods ON periods.period_kind = placed.period_kind AND periods.period = placed.period
  CROSS JOIN export_clock
),
known AS (
  SELECT
    told.*,
    CASE WHEN is_known THEN CASE WHEN unit = 'minutes' THEN numerator ELSE coalesce(numerator, 0) END END AS figure,
    CASE WHEN is_known AND unit = 'rate' THEN coalesce(numerator, 0) END AS counted_in,
    CASE WHEN is_known AND unit IN ('rate', 'minutes') THEN denominator END AS counted_of,
    CASE WHEN is_known AND unit = 'rate' THEN coalesce(numerator, 0) / nullif(denominator, 0) END AS rate,
    1.959963984540054 * 1.959963984540054 / nullif(denominator, 0) AS z2n
  FROM told
)
SELECT
  known.kpi,
  known.basis,
  known.statistic,
  known.statistic_rank,
  known.unit,
  known.period_kind,
  known.period,
  known.starts_on,
  known.ends_on,
  known.is_complete,
  known.dimension,
  known.key,
  CAST(known.counted_in AS BIGINT) AS numerator,
  CAST(CASE WHEN known.unit = 'rate' THEN known.counted_of END AS BIGINT) AS denominator,
  CASE WHEN known.unit = 'rate' THEN known.rate ELSE known.figure END AS value,
  CASE WHEN known.rate <= 1 THEN least(known.rate, greatest(0, (
    known.rate + known.z2n / 2 - sqrt(known.z2n * known.rate * (1 - known.rate) + known.z2n * known.z2n / 4)
  ) / nullif(1 + known.z2n, 0))) END AS low,
  CASE WHEN known.rate <= 1 THEN greatest(known.rate, least(1, (
    known.rate + known.z2n / 2 + sqrt(known.z2n * known.rate * (1 - known.rate) + known.z2n * known.z2n / 4)
  ) / nullif(1 + known.z2n, 0))) END AS high,
  CAST(CASE WHEN known.unit = 'count' THEN known.figure ELSE known.counted_of END AS BIGINT) AS n,
  CASE WHEN known.horizon_days IS NOT NULL AND known.period_kind <> 'all'
    THEN date_diff('day', known.ends_on, export_clock.as_of_date) >= known.horizon_days END AS mature,
  CASE WHEN known.horizon_days IS NOT NULL AND known.period_kind <> 'all' AND known.ends_on <= export_clock.as_of_date
    THEN date_diff('day', known.ends_on, export_clock.as_of_date) END AS age_days
FROM known
CROSS JOIN export_clock
