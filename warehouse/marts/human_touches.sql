-- One row per contact between a person of the team and a lead, placed into the lead's episode: an outbound attempt, a meeting, or a call answered live.
SELECT
  episodes.lead_id, episodes.episode, activities.activity_id, activities.occurred_at, activities.member_id,
  activities.type IN ('call', 'email', 'letter', 'social') AS is_approach,
  activities.type = 'inbound_call' AS is_inbound
FROM activities
JOIN lead_identities ON lead_identities.lead_id = activities.lead_id
JOIN episodes ON episodes.lead_id = lead_identities.person_lead_id
  AND (episodes.episode = 1 OR activities.occurred_at >= episodes.starts_at)
  AND (episodes.ends_at IS NULL OR activities.occurred_at < episodes.ends_at)
CROSS JOIN export_clock
WHERE activities.occurred_at <= export_clock.as_of
  AND (activities.type IN ('call', 'email', 'letter', 'social', 'meeting')
    OR (activities.type = 'inbound_call' AND coalesce(activities.is_connected, TRUE)))
