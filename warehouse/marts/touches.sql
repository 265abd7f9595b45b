-- One row per activity, with the lead's source and the member's department; test records are left out.
SELECT
  activities.activity_id,
  activities.lead_id,
  activities.occurred_at,
  activities.type,
  activities.outcome,
  activities.script_version,
  activities.type = 'call' AS is_dial,
  coalesce(activities.is_connected, FALSE) AS is_connected,
  leads.source,
  leads.campaign,
  leads.segment,
  leads.motion,
  members.department,
  activities.member_id
FROM activities
LEFT JOIN leads ON leads.lead_id = activities.lead_id
LEFT JOIN members ON members.member_id = activities.member_id
CROSS JOIN export_clock
WHERE activities.occurred_at <= export_clock.as_of AND coalesce(leads.is_test, FALSE) = FALSE
