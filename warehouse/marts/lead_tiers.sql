-- One row per lead and version of the tiers: the first tier one of whose lines fits the lead, else the last, which takes the rest.
SELECT leads.lead_id, tiers.effective_from, tiers.effective_until, arg_min(tiers.tier, tiers.tier_rank) AS tier
FROM leads
CROSS JOIN tiers
LEFT JOIN fitting_leads ON fitting_leads.lead_id = leads.lead_id AND fitting_leads.rule = tiers.rule
WHERE tiers.takes_the_rest OR fitting_leads.lead_id IS NOT NULL
GROUP BY leads.lead_id, tiers.effective_from, tiers.effective_until
