-- title: {ja: "ステージは定義どおりに移っている", en: "Every change of stage is an allowed one"}
-- severity: warning
-- tolerance: 0.02
-- looks_at: [stage_changes]
-- needs: [stage_changes.from_stage, stage_changes.to_stage]
-- kpis: [mql_to_sql, mql_to_won, sql_to_opportunity, lead_to_opportunity]
-- sentence: {ja: "定義で認めていないステージの移動が{count}件あります：{examples}", en: "Changes of stage that the definitions do not allow: {count} ({examples})"}
-- fix: {ja: "CRMの履歴を直すか、実際の運用で必要な移動なら stages.yml の next に加えます。", en: "Correct the history in the CRM, or add the step to next in stages.yml if the team really takes it."}
SELECT
  stage_changes.lead_id AS record,
  stage_changes.from_stage || ' → ' || stage_changes.to_stage AS value,
  stage_changes.changed_at
FROM stage_changes
JOIN stages AS before ON before.stage = stage_changes.from_stage
JOIN stages AS after ON after.stage = stage_changes.to_stage
LEFT JOIN stage_transitions
  ON stage_transitions.from_stage = stage_changes.from_stage AND stage_transitions.to_stage = stage_changes.to_stage
WHERE stage_changes.from_stage <> stage_changes.to_stage AND stage_transitions.from_stage IS NULL
ORDER BY stage_changes.changed_at, record, value
