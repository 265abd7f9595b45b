-- One row per lead episode with an appointment: when the first was agreed, when one was held, when one was missed. A new date is no new appointment.
WITH placed AS (
  SELECT
    episodes.lead_id, episodes.episode, appointments.set_at, appointments.set_by,
    row_number() OVER (PARTITION BY episodes.lead_id, episodes.episode ORDER BY appointments.set_at, appointments.appointment_id) AS position,
    CASE WHEN appointments.held_at <= export_clock.as_of THEN appointments.held_at END AS held_at,
    CASE WHEN appointments.status = 'no_show' AND appointments.scheduled_at <= export_clock.as_of THEN appointments.scheduled_at END AS missed_at
  FROM appointments
  JOIN lead_identities ON lead_identities.lead_id = appointments.lead_id
  JOIN episodes ON episodes.lead_id = lead_identities.person_lead_id
    AND (episodes.episode = 1 OR appointments.set_at >= episodes.starts_at)
    AND (episodes.ends_at IS NULL OR appointments.set_at < episodes.ends_at)
  CROSS JOIN export_clock
  WHERE appointments.set_at <= export_clock.as_of
),
outcomes AS (
  SELECT
    lead_id, episode,
    min(set_at) AS set_at,
    max(set_by) FILTER (WHERE position = 1) AS set_by,
    min(held_at) AS held_at,
    min(missed_at) AS missed_at
  FROM placed
  GROUP BY lead_id, episode
)
SELECT
  outcomes.lead_id, outcomes.episode, outcomes.set_at, outcomes.held_at, outcomes.missed_at,
  leads.source, leads.campaign, leads.segment, leads.motion,
  members.department,
  outcomes.set_by AS member_id
FROM outcomes
JOIN leads ON leads.lead_id = outcomes.lead_id
LEFT JOIN members ON members.member_id = outcomes.set_by
