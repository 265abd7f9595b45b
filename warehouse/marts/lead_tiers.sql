-- One row per lead and version of the tiers: the first tier one of whose lines fits the lead, else the last, which takes the rest.
WITH shown AS (
  SELECT lead_id, 'source' AS field, source AS value FROM leads
  UNION ALL
  SELECT lead_id, 'campaign' AS field, campaign AS value FROM leads
  UNION ALL
  SELECT lead_id, 'segment' AS field, segment AS value FROM leads
  UNION ALL
  SELECT lead_id, 'motion' AS field, motion AS value FROM leads
),
fitting AS (
  SELECT shown.lead_id, tier_conditions.effective_from, tier_conditions.tier, tier_conditions.line_number, tier_conditions.field
  FROM shown
  JOIN tier_conditions ON tier_conditions.field = shown.field AND tier_conditions.value = shown.value
  UNION ALL
  SELECT leads.lead_id, tier_conditions.effective_from, tier_conditions.tier, tier_conditions.line_number, tier_conditions.field
  FROM leads
  JOIN tier_conditions ON tier_conditions.field = 'score' AND leads.score >= tier_conditions.at_least
),
asked AS (
  SELECT effective_from, tier, line_number, count(DISTINCT field) AS fields FROM tier_conditions GROUP BY effective_from, tier, line_number
),
fitted AS (
  SELECT fitting.lead_id, fitting.effective_from, fitting.tier, fitting.line_number, count(*) AS fields
  FROM fitting
  GROUP BY ALL
),
reached AS (
  SELECT DISTINCT fitted.lead_id, fitted.effective_from, fitted.tier
  FROM fitted
  JOIN asked ON asked.effective_from = fitted.effective_from AND asked.tier = fitted.tier
    AND asked.line_number = fitted.line_number AND asked.fields = fitted.fields
)
SELECT leads.lead_id, tiers.effective_from, tiers.effective_until, arg_min(tiers.tier, tiers.tier_rank) AS tier
FROM leads
CROSS JOIN tiers
LEFT JOIN reached ON reached.lead_id = leads.lead_id AND reached.effective_from = tiers.effective_from AND reached.tier = tiers.tier
WHERE tiers.takes_the_rest OR reached.lead_id IS NOT NULL
GROUP BY leads.lead_id, tiers.effective_from, tiers.effective_until
