-- title: {ja: "追うべきリードには在籍中の担当者がいる", en: "Every lead to be worked has an owner who is still here"}
-- severity: warning
-- tolerance: 0.2
-- looks_at: [leads]
-- needs: [leads.stage, leads.owner_id]
-- kpis: [missed_followup_rate, overdue_leads]
-- # Open leads of inside sales: an MQL from the day after it was handed over, a recycled one once the day of its next action has come.
-- sentence: {ja: "担当者がいない、または担当者が離任したリードが{count}件あります：{examples}", en: "Leads to be worked whose owner is missing or has left: {count} ({examples})"}
-- fix: {ja: "ISマネージャーが担当者を割り当てます。離任のときの引き継ぎは、ステージごとの「担当者が離れたとき」に従います。", en: "The inside sales manager assigns an owner; for people who leave, each stage says who takes over."}
SELECT
  leads.lead_id AS record,
  CASE WHEN leads.owner_id IS NULL THEN 'owner_id = —' ELSE 'left_on < as_of' END AS value,
  leads.stage,
  members.department
FROM leads
JOIN stages ON stages.stage = leads.stage
LEFT JOIN members ON members.member_id = leads.owner_id
CROSS JOIN export_clock
WHERE coalesce(leads.is_test, FALSE) = FALSE
  AND (stages.milestone IN ('contact', 'interest', 'fit')
    OR (stages.milestone = 'mql' AND CAST(coalesce(leads.mql_at, leads.created_at) AS DATE) < export_clock.as_of_date)
    OR (stages.milestone = 'recycled' AND leads.next_action_on <= export_clock.as_of_date))
  AND (leads.owner_id IS NULL OR members.left_on < export_clock.as_of_date)
ORDER BY stages.stage_rank, record
