-- title: {ja: "選択式の項目の値は一覧にある", en: "Every value of a closed list is on it"}
-- severity: warning
-- looks_at: [leads, activities, appointments]
-- needs:
--   - "leads.source or leads.segment or leads.budget or leads.authority or leads.need or leads.timing or \
--     activities.type or activities.outcome or appointments.status"
-- kpis: [approaches, calls, connect_rate, answered_rate, no_shows, response_minutes, missed_followup_rate, overdue_leads]
-- # A field without values in fields.yml allows any.
-- sentence: {ja: "項目の一覧にない値が{count}種類あります：{examples}", en: "Values that the list of their field does not know: {count} ({examples})"}
-- fix: {ja: "必要な値なら fields.yml の values に加えるか、アダプターの values で既存の値に対応づけます。誤りならCRMを直します。", en: "Add the value under values in fields.yml, or map it under values in the adapter; if it is wrong, correct the CRM."}
WITH given AS (
  SELECT 'leads' AS table_name, 'source' AS field, source AS value, lead_id AS record FROM leads
  UNION ALL
  SELECT 'leads' AS table_name, 'segment' AS field, segment AS value, lead_id AS record FROM leads
  UNION ALL
  SELECT 'leads' AS table_name, 'budget' AS field, budget AS value, lead_id AS record FROM leads
  UNION ALL
  SELECT 'leads' AS table_name, 'authority' AS field, authority AS value, lead_id AS record FROM leads
  UNION ALL
  SELECT 'leads' AS table_name, 'need' AS field, need AS value, lead_id AS record FROM leads
  UNION ALL
  SELECT 'leads' AS table_name, 'timing' AS field, timing AS value, lead_id AS record FROM leads
  UNION ALL
  SELECT 'activities' AS table_name, 'type' AS field, type AS value, activity_id AS record FROM activities
  UNION ALL
  SELECT 'activities' AS table_name, 'outcome' AS field, outcome AS value, activity_id AS record FROM activities
  UNION ALL
  SELECT 'appointments' AS table_name, 'status' AS field, status AS value, appointment_id AS record FROM appointments
),
closed_lists AS (
  SELECT DISTINCT table_name, field FROM field_values
)
SELECT given.table_name || '.' || given.field AS record, given.value, count(*) AS records, min(given.record) AS example
FROM given
JOIN closed_lists ON closed_lists.table_name = given.table_name AND closed_lists.field = given.field
LEFT JOIN field_values
  ON field_values.table_name = given.table_name AND field_values.field = given.field AND field_values.value = given.value
WHERE given.value IS NOT NULL AND field_values.value IS NULL
GROUP BY given.table_name, given.field, given.value
ORDER BY given.table_name, given.field, given.value
