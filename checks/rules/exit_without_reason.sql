-- title: {ja: "失注した商談には理由がある", en: "Every lost opportunity has its reason"}
-- severity: warning
-- tolerance: 0.2
-- looks_at: [opportunities]
-- needs: [opportunities.is_won, opportunities.loss_reason]
-- kpis: [losses]
-- # The reason that a lead's own stage requires is looked at by missing_required_field.
-- sentence: {ja: "失注理由のない商談が{count}件あります：{examples}", en: "Lost opportunities without a reason: {count} ({examples})"}
-- fix: {ja: "担当者が失注理由を選びます。CRMで失注にするときの必須項目にすると漏れがなくなります。", en: "The owner chooses the reason; make it a required field of the CRM when an opportunity is closed as lost."}
SELECT
  opportunities.opportunity_id AS record,
  CAST(opportunities.closed_at AS DATE) AS value,
  members.department
FROM opportunities
LEFT JOIN leads ON leads.lead_id = opportunities.lead_id
LEFT JOIN members ON members.member_id = opportunities.owner_id
WHERE opportunities.is_won = FALSE AND opportunities.loss_reason IS NULL AND coalesce(leads.is_test, FALSE) = FALSE
ORDER BY value, record
