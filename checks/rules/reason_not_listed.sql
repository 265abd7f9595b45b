-- title: {ja: "理由はステージの一覧から選ばれている", en: "Every reason is one of its stage's list"}
-- severity: warning
-- looks_at: [leads, verdicts, opportunities]
-- needs: [leads.exit_reason or verdicts.reason or opportunities.loss_reason]
-- kpis: [losses]
-- # A lead's reason is held to the exit it stands in: the one it came back from may stay in the field. A stage without a list allows any.
-- sentence: {ja: "理由の一覧にない値が{count}種類あります：{examples}", en: "Reasons that no list of their stage knows: {count} ({examples})"}
-- fix: {ja: "必要な理由なら stages.yml の reasons に加えるか、アダプターの values で既存の理由に対応づけます。誤りならCRMを直します。", en: "Add the reason under reasons in stages.yml, or map it under values in the adapter; if it is wrong, correct the CRM."}
WITH given AS (
  SELECT 'leads.exit_reason' AS found_in, leads.lead_id AS record, leads.exit_reason AS reason, stages.milestone
  FROM leads
  JOIN stages ON stages.stage = leads.stage
  JOIN milestones ON milestones.milestone = stages.milestone AND milestones.is_exit
  WHERE coalesce(leads.is_test, FALSE) = FALSE
  UNION ALL
  SELECT 'verdicts.reason' AS found_in, lead_id AS record, reason, kind AS milestone FROM verdicts
  UNION ALL
  SELECT 'opportunities.loss_reason' AS found_in, opportunity_id AS record, loss_reason AS reason, 'lost' AS milestone FROM opportunities
),
listed AS (
  SELECT DISTINCT stages.milestone, stage_reasons.reason
  FROM stage_reasons
  JOIN stages ON stages.stage = stage_reasons.stage
),
closed_lists AS (
  SELECT DISTINCT milestone FROM listed
)
SELECT given.found_in AS record, given.reason AS value, given.milestone, count(*) AS records, min(given.record) AS example
FROM given
JOIN closed_lists ON closed_lists.milestone = given.milestone
LEFT JOIN listed ON listed.milestone = given.milestone AND listed.reason = given.reason
WHERE given.reason IS NOT NULL AND listed.reason IS NULL
GROUP BY given.found_in, given.reason, given.milestone
ORDER BY given.found_in, given.milestone, given.reason
