-- title: {ja: "定義したステージはすべて使われている", en: "Every defined stage is in use"}
-- severity: warning
-- looks_at: [stages]
-- needs: [leads.stage]
-- sentence: {ja: "リードも履歴もないステージの定義が{looked_at}のうち{count}あります：{examples}", en: "Defined stages that no lead is in and no history names: {count} of {looked_at} ({examples})"}
-- fix: {ja: "もう使わないステージなら stages.yml から消します。使っているはずなら、アダプターの values の対応づけを確かめます。", en: "Take the stage out of stages.yml if it is no longer used; if it should be, check how values in the adapter map to it."}
WITH used AS (
  SELECT stage FROM leads
  UNION
  SELECT from_stage AS stage FROM stage_changes
  UNION
  SELECT to_stage AS stage FROM stage_changes
  UNION
  SELECT stage FROM opportunities
)
SELECT stages.stage AS record, stages.department AS value
FROM stages
LEFT JOIN used ON used.stage = stages.stage
WHERE used.stage IS NULL
ORDER BY stages.stage_rank
