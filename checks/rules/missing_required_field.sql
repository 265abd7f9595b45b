-- title: {ja: "ステージの必須項目は入力されている", en: "Every field that a stage requires is filled in"}
-- severity: warning
-- tolerance: 0.1
-- looks_at: [leads]
-- needs: [leads.stage]
-- kpis: [missed_followup_rate, overdue_leads]
-- # A recycled lead without the day of its next action is never due, and drops out of those to be worked.
-- sentence: {ja: "ステージの必須項目が空のリードが{count}件あります：{examples}", en: "Empty fields that the lead's stage requires: {count} ({examples})"}
-- fix: {ja: "担当者がCRMで項目を埋めます。不要な項目なら stages.yml の required_fields から外します。", en: "The owner fills in the field in the CRM; if it is not needed, take it out of required_fields in stages.yml."}
SELECT lead_id AS record, field AS value, stage
FROM required_field_gaps
ORDER BY record, value
