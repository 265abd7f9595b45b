-- One row per KPI, basis, period and dimension value; dimension and key are NULL on total rows. Intervals are Wilson's at 95 %.
-- A period before a KPI's first record has no row. What the export cannot tell, or not so far, is NULL; nothing counted where it can is 0.
WITH counted AS (
  SELECT
    kpi, basis, period_kind, period, dimension, key,
    CAST(coalesce(sum(records) FILTER (WHERE side = 'numerator'), 0) AS DOUBLE) AS numerator,
    CAST(coalesce(sum(records) FILTER (WHERE side = 'denominator'), 0) AS DOUBLE) AS denominator
  FROM kpi_counts
  GROUP BY ALL
),
seen AS (
  SELECT counted.kpi, counted.basis, counted.period_kind, min(periods.starts_on) AS first_on
  FROM counted
  JOIN periods ON periods.period_kind = counted.period_kind AND periods.period = counted.period
  WHERE counted.dimension IS NULL AND counted.numerator + counted.denominator > 0
  GROUP BY ALL
),
placed AS (
  SELECT
    kpi_bases.kpi, kpi_bases.basis, periods.period_kind, periods.period,
    CAST(NULL AS VARCHAR) AS dimension, CAST(NULL AS VARCHAR) AS key,
    coalesce(counted.numerator, 0) AS numerator, coalesce(counted.denominator, 0) AS denominator
  FROM kpi_bases
  CROSS JOIN periods
  LEFT JOIN seen ON seen.kpi = kpi_bases.kpi AND seen.basis = kpi_bases.basis AND seen.period_kind = periods.period_kind
  LEFT JOIN counted ON counted.kpi = kpi_bases.kpi AND counted.basis = kpi_bases.basis AND counted.period_kind = periods.period_kind
    AND counted.period = periods.period AND counted.dimension IS NULL
  WHERE periods.starts_on >= coalesce(seen.first_on, periods.starts_on)
  UNION ALL
  SELECT kpi, basis, period_kind, period, dimension, key, numerator, denominator
  FROM counted
  WHERE dimension IS NOT NULL AND numerator + denominator > 0
),
told AS (
  SELECT placed.*, kpi_bases.is_rate, kpi_bases.is_sum, kpi_bases.horizon_days, kpi_bases.is_known AND periods.starts_on <= kpi_bases.known_until AS is_known
  FROM placed
  JOIN kpi_bases ON kpi_bases.kpi = placed.kpi AND kpi_bases.basis = placed.basis
  JOIN periods ON periods.period_kind = placed.period_kind AND periods.period = placed.period
),
known AS (
  SELECT
    kpi, basis, period_kind, period, dimension, key, is_rate, is_sum, horizon_days,
    CASE WHEN is_known THEN numerator END AS counted_records,
    CASE WHEN is_known AND is_rate THEN numerator END AS numerator,
    CASE WHEN is_known AND is_rate THEN denominator END AS denominator,
    CASE WHEN is_known AND is_rate THEN numerator / nullif(denominator, 0) END AS rate,
    1.959963984540054 * 1.959963984540054 / nullif(denominator, 0) AS z2n
  FROM told
)
SELECT
  known.kpi,
  known.basis,
  known.period_kind,
  known.period,
  periods.starts_on,
  periods.ends_on,
  periods.is_complete,
  known.dimension,
  known.key,
  CAST(known.numerator AS BIGINT) AS numerator,
  CAST(known.denominator AS BIGINT) AS denominator,
  CASE WHEN known.is_rate THEN known.rate ELSE known.counted_records END AS value,
  CASE WHEN known.rate <= 1 THEN least(known.rate, greatest(0, (
    known.rate + known.z2n / 2 - sqrt(known.z2n * known.rate * (1 - known.rate) + known.z2n * known.z2n / 4)
  ) / nullif(1 + known.z2n, 0))) END AS low,
  CASE WHEN known.rate <= 1 THEN greatest(known.rate, least(1, (
    known.rate + known.z2n / 2 + sqrt(known.z2n * known.rate * (1 - known.rate) + known.z2n * known.z2n / 4)
  ) / nullif(1 + known.z2n, 0))) END AS high,
  CAST(CASE WHEN known.is_rate THEN known.denominator WHEN NOT known.is_sum THEN known.counted_records END AS BIGINT) AS n,
  CASE WHEN known.horizon_days IS NOT NULL AND known.period_kind <> 'all'
    THEN date_diff('day', periods.ends_on, export_clock.as_of_date) >= known.horizon_days END AS mature
FROM known
JOIN periods ON periods.period_kind = known.period_kind AND periods.period = known.period
CROSS JOIN export_clock
