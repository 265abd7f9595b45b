-- One row per MQL episode of SDR: how many business minutes it waited for a first touch by a person, by the lead's clock and the member's.
-- An untouched one that is overdue counts with what it has waited so far. The member is who touched it first, else its owner.
SELECT
  lead_clock.lead_id,
  lead_clock.episode,
  lead_clock.started_at AS mql_at,
  lead_clock.seconds_waited / 60.0 AS minutes_from_mql,
  lead_clock.is_due AND lead_clock.seconds_waited IS NOT NULL AS is_due_from_mql,
  lead_clock.is_within AS is_within_from_mql,
  lead_clock.is_answered,
  member_clock.started_at AS assigned_at,
  member_clock.seconds_waited / 60.0 AS minutes_from_assignment,
  coalesce(member_clock.is_due AND member_clock.seconds_waited IS NOT NULL, FALSE) AS is_due_from_assignment,
  member_clock.is_answered AS is_answered_from_assignment,
  member_clock.is_within AS is_within_from_assignment,
  lead_journeys.source, lead_journeys.campaign, lead_journeys.segment, lead_journeys.motion, lead_journeys.tier,
  members.department,
  coalesce(lead_clock.answered_by, leads.owner_id) AS member_id
FROM waits AS lead_clock
JOIN lead_journeys ON lead_journeys.lead_id = lead_clock.lead_id AND lead_journeys.episode = lead_clock.episode
JOIN leads ON leads.lead_id = lead_clock.lead_id
LEFT JOIN members ON members.member_id = coalesce(lead_clock.answered_by, leads.owner_id)
LEFT JOIN waits AS member_clock
  ON member_clock.wait = 'first_touch' AND member_clock.clock = 'member'
  AND member_clock.lead_id = lead_clock.lead_id AND member_clock.episode = lead_clock.episode
WHERE lead_clock.wait = 'first_touch' AND lead_clock.clock = 'lead'
