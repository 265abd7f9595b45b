-- title: {ja: "受注した商談には金額がある", en: "Every won opportunity has an amount"}
-- severity: warning
-- tolerance: 0.1
-- looks_at: [opportunities]
-- needs: [opportunities.is_won, opportunities.amount]
-- kpis: [amount_won]
-- sentence: {ja: "金額が空欄または0以下の受注が{count}件あります：{examples}", en: "Won opportunities with no amount, or one that is not positive: {count} ({examples})"}
-- fix: {ja: "担当者が契約書の金額を入力します。多いときは、アダプターで金額の列と書式を確かめます。", en: "The owner enters the amount of the contract; if many lack it, check its column and format in the adapter."}
SELECT
  opportunities.opportunity_id AS record,
  opportunities.amount AS value,
  CAST(opportunities.closed_at AS DATE) AS closed_on,
  members.department
FROM opportunities
LEFT JOIN leads ON leads.lead_id = opportunities.lead_id
LEFT JOIN members ON members.member_id = opportunities.owner_id
WHERE opportunities.is_won = TRUE AND coalesce(opportunities.amount, 0) <= 0 AND coalesce(leads.is_test, FALSE) = FALSE
ORDER BY closed_on, record
