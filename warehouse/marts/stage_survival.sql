-- One row per stage and number of days that some stay lasted: the share of stays that last longer, by Kaplan and Meier (1958), open stays censored.
-- low, high: Greenwood's pointwise 95 % interval on the scale of log(-log), NULL while all or once none are left.
WITH counted AS (
  SELECT stage, days, CAST(count(*) AS DOUBLE) AS stays, CAST(count_if(NOT is_open) AS DOUBLE) AS ended
  FROM stage_stays
  GROUP BY stage, days
),
placed AS (
  SELECT stage, days, ended, sum(stays) OVER (PARTITION BY stage ORDER BY days ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS at_risk
  FROM counted
),
survived AS (
  SELECT
    *,
    CASE WHEN ended = at_risk THEN 0 ELSE exp(sum(ln(nullif(1 - ended / nullif(at_risk, 0), 0))) OVER so_far) END AS survival,
    sum(ended / nullif(at_risk * (at_risk - ended), 0)) OVER so_far AS greenwood
  FROM placed
  WINDOW so_far AS (PARTITION BY stage ORDER BY days)
),
ranged AS (
  SELECT *, exp(1.959963984540054 * sqrt(greenwood) / nullif(-ln(nullif(survival, 0)), 0)) AS widened FROM survived
)
SELECT
  stage, days,
  CAST(at_risk AS BIGINT) AS at_risk,
  CAST(ended AS BIGINT) AS ended,
  survival,
  power(nullif(survival, 0), widened) AS low,
  power(nullif(survival, 0), 1 / nullif(widened, 0)) AS high
FROM ranged
