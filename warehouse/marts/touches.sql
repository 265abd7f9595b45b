-- One row per activity, with the lead's source and the member's department; test records are left out. Weekday 1 is Monday.
SELECT
  activities.activity_id,
  activities.lead_id,
  activities.occurred_at,
  activities.type,
  activities.outcome,
  activities.script_version,
  activities.type = 'call' AS is_dial,
  activities.type IN ('call', 'email', 'letter', 'social') AS is_approach,
  coalesce(activities.is_connected, FALSE) AS is_connected,
  coalesce(activities.is_connected, FALSE) OR coalesce(activities.outcome IN ('reception', 'absent'), FALSE) AS is_answered,
  lpad(CAST(hour(activities.occurred_at) AS VARCHAR), 2, '0') AS occurred_hour,
  CAST(1 + date_diff('day', CAST('1970-01-05' AS DATE), CAST(activities.occurred_at AS DATE)) % 7 AS VARCHAR) AS occurred_weekday,
  lead_origins.source,
  lead_origins.campaign,
  lead_origins.segment,
  lead_origins.motion,
  members.department,
  activities.member_id
FROM activities
LEFT JOIN lead_origins ON lead_origins.lead_id = activities.lead_id
LEFT JOIN members ON members.member_id = activities.member_id
CROSS JOIN export_clock
WHERE activities.occurred_at <= export_clock.as_of AND coalesce(lead_origins.is_test, FALSE) = FALSE
