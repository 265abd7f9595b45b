-- title: {ja: "現在のステージは履歴の最後と一致している", en: "The present stage is the last one in the history"}
-- severity: warning
-- tolerance: 0.02
-- looks_at: [leads]
-- needs: [leads.stage, stage_changes.to_stage]
-- kpis: [sqls, mql_to_sql, sql_to_opportunity, lead_to_opportunity, mql_to_won, missed_followup_rate, overdue_leads]
-- sentence: {ja: "現在のステージが履歴の最後と食い違うリードが{count}件あります：{examples}", en: "Leads whose stage differs from the last change in their history: {count} ({examples})"}
-- fix: {ja: "どちらが正しいかを担当者に確かめ、CRMを直します。履歴が途中までなら、もう一度エクスポートします。", en: "Ask the owner which is right and correct the CRM; export again if the history was cut."}
WITH newest AS (
  SELECT lead_id, max(changed_at) AS changed_at FROM stage_changes GROUP BY lead_id
),
latest AS (
  SELECT stage_changes.lead_id, stage_changes.to_stage, stage_changes.changed_at
  FROM stage_changes
  JOIN newest ON newest.lead_id = stage_changes.lead_id AND newest.changed_at = stage_changes.changed_at
),
agreeing AS (
  SELECT leads.lead_id
  FROM leads
  JOIN latest ON latest.lead_id = leads.lead_id AND latest.to_stage = leads.stage
)
SELECT
  leads.lead_id AS record,
  coalesce(leads.stage, '—') || ' ≠ ' || max(latest.to_stage) AS value,
  max(latest.changed_at) AS changed_at
FROM leads
JOIN latest ON latest.lead_id = leads.lead_id
LEFT JOIN agreeing ON agreeing.lead_id = leads.lead_id
WHERE agreeing.lead_id IS NULL
GROUP BY leads.lead_id, leads.stage
ORDER BY record
