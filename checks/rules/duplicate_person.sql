-- title: {ja: "同じ人が二度登録されていない", en: "No person stands in the leads twice"}
-- severity: warning
-- tolerance: 0.1
-- looks_at: [leads]
-- needs: [leads.email]
-- # The address is compared without case and outer blanks, and not shown.
-- sentence: {ja: "メールアドレスが先に登録されたリードと同じリードが{count}件あります：{examples}", en: "Leads with the e-mail address of an earlier lead: {count} ({examples})"}
-- fix: {ja: "CRMで先に登録されたリードに統合します。多いときは、代表アドレスやダミーのアドレスを入れていないかを確かめます。", en: "Merge them into the earlier lead in the CRM; if there are many, see whether a shared or made-up address was entered."}
SELECT
  lead_identities.lead_id AS record,
  lead_identities.person_lead_id AS value,
  CAST(leads.created_at AS DATE) AS created_on
FROM lead_identities
JOIN leads ON leads.lead_id = lead_identities.lead_id
WHERE lead_identities.person_lead_id <> lead_identities.lead_id
ORDER BY value, created_on, record
