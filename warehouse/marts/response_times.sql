-- One row per MQL episode of SDR and clock: how many business minutes it waited for a first touch by a person, from MQL (the lead's clock) and from assignment (the member's).
-- An untouched one that is overdue counts with what it has waited so far. The member is who touched it first by that clock; of an untouched one its owner.
WITH clocked AS (
  SELECT
    waits.lead_id, waits.episode, waits.clock, waits.started_at, waits.seconds_waited / 60.0 AS minutes, waits.is_answered, waits.is_within,
    waits.is_due AND waits.seconds_waited IS NOT NULL AS is_due,
    CASE WHEN waits.is_answered THEN waits.answered_by ELSE leads.owner_id END AS member_id
  FROM waits
  JOIN leads ON leads.lead_id = waits.lead_id
  WHERE waits.wait = 'first_touch'
)
SELECT
  clocked.lead_id,
  clocked.episode,
  CASE WHEN clocked.clock = 'lead' THEN clocked.started_at END AS mql_at,
  CASE WHEN clocked.clock = 'lead' THEN clocked.minutes END AS minutes_from_mql,
  clocked.clock = 'lead' AND clocked.is_due AS is_due_from_mql,
  CASE WHEN clocked.clock = 'lead' THEN clocked.is_within END AS is_within_from_mql,
  CASE WHEN clocked.clock = 'member' THEN clocked.started_at END AS assigned_at,
  CASE WHEN clocked.clock = 'member' THEN clocked.minutes END AS minutes_from_assignment,
  clocked.clock = 'member' AND clocked.is_due AS is_due_from_assignment,
  CASE WHEN clocked.clock = 'member' THEN clocked.is_within END AS is_within_from_assignment,
  clocked.is_answered,
  lead_journeys.source, lead_journeys.campaign, lead_journeys.segment, lead_journeys.motion, lead_journeys.tier,
  members.department,
  clocked.member_id
FROM clocked
JOIN lead_journeys ON lead_journeys.lead_id = clocked.lead_id AND lead_journeys.episode = clocked.episode
LEFT JOIN members ON members.member_id = clocked.member_id
