-- title: {ja: "商談には引き渡しの記録がある", en: "Every opportunity was handed over"}
-- severity: warning
-- tolerance: 0.1
-- looks_at: [opportunities]
-- needs: [stage_changes.to_stage, opportunities.lead_id]
-- kpis: [sqls, mql_to_sql, sql_to_opportunity]
-- # No hand-over to ask for: of an opportunity without a lead, in a CRM without a stage of milestone sql,
-- # and where one record is lead and opportunity at once, so that the opportunity is as old as the lead.
-- sentence: {ja: "SQLとして引き渡した記録のない商談が{count}件あります：{examples}", en: "Opportunities whose lead was never handed over as SQL: {count} ({examples})"}
-- fix: {ja: "CRMの履歴に引き渡しを記録します。引き渡しを経ずに商談にしているなら、定義どおりSQLを経る運用に直します。", en: "Record the hand-over in the CRM; if opportunities are opened without one, have them pass SQL as defined."}
WITH handed AS (
  SELECT DISTINCT lead_id FROM lead_events WHERE milestone = 'sql'
)
SELECT
  opportunities.opportunity_id AS record,
  opportunities.lead_id AS value,
  CAST(opportunities.created_at AS DATE) AS created_on,
  members.department
FROM opportunities
JOIN lead_identities ON lead_identities.lead_id = opportunities.lead_id
JOIN milestones ON milestones.milestone = 'sql' AND milestones.is_defined
CROSS JOIN export_clock
LEFT JOIN handed ON handed.lead_id = lead_identities.person_lead_id
LEFT JOIN members ON members.member_id = opportunities.owner_id
WHERE handed.lead_id IS NULL
  AND opportunities.opportunity_id <> opportunities.lead_id
  AND coalesce(opportunities.created_at <= export_clock.as_of, TRUE)
ORDER BY created_on, record
