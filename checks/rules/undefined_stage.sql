-- title: {ja: "ステージの値はすべて定義されている", en: "Every stage in the data is defined"}
-- severity: error
-- looks_at: [leads, stage_changes, opportunities]
-- needs: [leads.stage]
-- kpis: all
-- sentence: {ja: "定義にないステージの値が{count}件あります：{examples}", en: "Stage values that no definition knows: {count} ({examples})"}
-- fix: {ja: "値が正しければ stages.yml に定義するか、アダプターの values で既存のステージに対応づけます。誤りならCRMを直します。", en: "If the value is right, define it in stages.yml or map it under values in the adapter; if not, mend the CRM."}
SELECT leads.lead_id AS record, leads.stage AS value, 'leads.stage' AS found_in
FROM leads
LEFT JOIN stages ON stages.stage = leads.stage
WHERE leads.stage IS NOT NULL AND stages.stage IS NULL
UNION ALL
SELECT stage_changes.lead_id AS record, stage_changes.to_stage AS value, 'stage_changes.to_stage' AS found_in
FROM stage_changes
LEFT JOIN stages ON stages.stage = stage_changes.to_stage
WHERE stages.stage IS NULL
UNION ALL
SELECT stage_changes.lead_id AS record, stage_changes.from_stage AS value, 'stage_changes.from_stage' AS found_in
FROM stage_changes
LEFT JOIN stages ON stages.stage = stage_changes.from_stage
WHERE stage_changes.from_stage IS NOT NULL AND stages.stage IS NULL
UNION ALL
SELECT opportunities.opportunity_id AS record, opportunities.stage AS value, 'opportunities.stage' AS found_in
FROM opportunities
LEFT JOIN stages ON stages.stage = opportunities.stage
WHERE opportunities.stage IS NOT NULL AND stages.stage IS NULL
ORDER BY found_in, value, record
