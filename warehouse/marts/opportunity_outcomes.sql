-- One row per opportunity, as it stood at the export: one closed later counts as open; test records are left out.
SELECT
  opportunities.opportunity_id,
  opportunities.lead_id,
  opportunities.created_at,
  CASE WHEN opportunities.closed_at <= export_clock.as_of THEN opportunities.closed_at END AS closed_at,
  CASE WHEN opportunities.closed_at <= export_clock.as_of THEN opportunities.is_won END AS is_won,
  opportunities.amount,
  CASE WHEN opportunities.closed_at <= export_clock.as_of THEN opportunities.loss_reason END AS reason,
  lead_origins.source,
  lead_origins.campaign,
  lead_origins.segment,
  lead_origins.motion,
  members.department,
  opportunities.owner_id AS member_id
FROM opportunities
LEFT JOIN lead_origins ON lead_origins.lead_id = opportunities.lead_id
LEFT JOIN members ON members.member_id = opportunities.owner_id
CROSS JOIN export_clock
WHERE coalesce(opportunities.created_at <= export_clock.as_of, TRUE) AND coalesce(lead_origins.is_test, FALSE) = FALSE
