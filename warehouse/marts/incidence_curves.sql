-- One row per curve, dimension value and day since the start: the share that had reached the milestone, had left by each exit, or was still open.
-- Dimension and key are NULL on total rows. The estimate is Aalen's and Johansen's (1978): exits compete, and only what is open at as-of is censored.
-- The shares add up to 1. A curve ends before the first day with fewer than 10 at risk: nothing is extrapolated. A milestone that nobody reached has no curve.
-- variance: of reached_share by the delta method, as in Marubini and Valsecchi (1995), Analysing Survival Data from Clinical Trials and Observational Studies.
-- low, high: the pointwise 95 % interval on the scale of log(-log), as in Choudhury (2002), Statistics in Medicine 21, 1129-1144; NULL where the share is 0 or 1.
WITH split AS (
  SELECT curve, CAST(NULL AS VARCHAR) AS dimension, CAST(NULL AS VARCHAR) AS key, days, stopped_by FROM milestone_spells
  UNION ALL
  SELECT curve, 'source' AS dimension, source AS key, days, stopped_by FROM milestone_spells
),
counted AS (
  SELECT
    curve, dimension, key, days,
    count(*) AS spells,
    count_if(stopped_by = 'reached') AS reached,
    count_if(stopped_by = 'lost') AS lost,
    count_if(stopped_by = 'recycled') AS recycled,
    count_if(stopped_by = 'disqualified') AS disqualified
  FROM split
  GROUP BY curve, dimension, key, days
),
sized AS (
  SELECT curve, dimension, key, sum(spells) AS n, max(days) AS last_day
  FROM counted
  WHERE curve IN (SELECT curve FROM milestone_spells WHERE stopped_by = 'reached')
  GROUP BY curve, dimension, key
),
numbered AS (
  SELECT row_number() OVER (ORDER BY day) - 1 AS day_number FROM days
),
daily AS (
  SELECT
    sized.curve, sized.dimension, sized.key, sized.n, numbered.day_number,
    CAST(sized.n - coalesce(sum(counted.spells) OVER before, 0) AS DOUBLE) AS at_risk,
    CAST(coalesce(counted.reached, 0) AS DOUBLE) AS reached,
    CAST(coalesce(counted.lost, 0) AS DOUBLE) AS lost,
    CAST(coalesce(counted.recycled, 0) AS DOUBLE) AS recycled,
    CAST(coalesce(counted.disqualified, 0) AS DOUBLE) AS disqualified
  FROM sized
  JOIN numbered ON numbered.day_number <= sized.last_day
  LEFT JOIN counted ON counted.curve = sized.curve AND counted.dimension IS NOT DISTINCT FROM sized.dimension
    AND counted.key IS NOT DISTINCT FROM sized.key AND counted.days = numbered.day_number
  WINDOW before AS (
    PARTITION BY sized.curve, sized.dimension, sized.key ORDER BY numbered.day_number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )
),
stopped AS (
  SELECT *, reached + lost + recycled + disqualified AS stopped FROM daily WHERE at_risk >= 10
),
survived AS (
  SELECT
    *,
    CASE WHEN stopped = at_risk THEN 0 ELSE exp(sum(ln(nullif(1 - stopped / nullif(at_risk, 0), 0))) OVER so_far) END AS open_share
  FROM stopped
  WINDOW so_far AS (PARTITION BY curve, dimension, key ORDER BY day_number)
),
weighed AS (
  SELECT *, coalesce(lag(open_share) OVER (PARTITION BY curve, dimension, key ORDER BY day_number), 1) / nullif(at_risk, 0) AS weight
  FROM survived
),
summed AS (
  SELECT
    *,
    sum(weight * reached) OVER so_far AS reached_share,
    sum(weight * lost) OVER so_far AS lost_share,
    sum(weight * recycled) OVER so_far AS recycled_share,
    sum(weight * disqualified) OVER so_far AS disqualified_share,
    coalesce(stopped / nullif(at_risk * (at_risk - stopped), 0), 0) AS greenwood
  FROM weighed
  WINDOW so_far AS (PARTITION BY curve, dimension, key ORDER BY day_number)
),
varied AS (
  SELECT
    *,
    greatest(
      reached_share * reached_share * sum(greenwood) OVER so_far
      - 2 * reached_share * sum(reached_share * greenwood) OVER so_far
      + sum(reached_share * reached_share * greenwood) OVER so_far
      + sum(weight * weight * reached * (at_risk - reached) / nullif(at_risk, 0)) OVER so_far
      - 2 * reached_share * sum(weight * reached / nullif(at_risk, 0)) OVER so_far
      + 2 * sum(reached_share * weight * reached / nullif(at_risk, 0)) OVER so_far,
      0
    ) AS variance
  FROM summed
  WINDOW so_far AS (PARTITION BY curve, dimension, key ORDER BY day_number)
),
ranged AS (
  SELECT *, exp(1.959963984540054 * sqrt(variance) / nullif(-reached_share * ln(nullif(reached_share, 0)), 0)) AS widened FROM varied
)
SELECT
  curve, dimension, key,
  CAST(day_number AS INTEGER) AS day_number,
  CAST(n AS BIGINT) AS n,
  CAST(at_risk AS BIGINT) AS at_risk,
  CAST(reached AS BIGINT) AS reached,
  CAST(lost AS BIGINT) AS lost,
  CAST(recycled AS BIGINT) AS recycled,
  CAST(disqualified AS BIGINT) AS disqualified,
  reached_share, variance,
  power(reached_share, widened) AS low,
  power(reached_share, 1 / nullif(widened, 0)) AS high,
  lost_share + recycled_share + disqualified_share AS left_share,
  lost_share, recycled_share, disqualified_share, open_share
FROM ranged
