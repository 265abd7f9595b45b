-- title: {ja: "滞在の上限を超えたリードはない", en: "No lead stands in a stage longer than it may"}
-- severity: warning
-- looks_at: [leads]
-- needs: [leads.stage]
-- # Calendar days since the last step into the stage; a lead without history counts from when it became MQL, else from its creation. A recycled lead waits for its next action.
-- sentence: {ja: "ステージの滞在の上限を超えたリードが{count}件あります：{examples}", en: "Leads that stand in their stage longer than it allows: {count} ({examples})"}
-- fix: {ja: "ステージの定義の「滞在の上限」に書かれた対応をとります。上限が実態に合わないなら stages.yml の longest_stay_days を見直します。", en: "Do what the stage's definition says of an overstay; if the limit does not fit the work, review longest_stay_days in stages.yml."}
WITH entered AS (
  SELECT lead_id, to_stage AS stage, max(changed_at) AS entered_at
  FROM stage_changes
  WHERE coalesce(from_stage, '') <> to_stage
  GROUP BY lead_id, to_stage
),
standing AS (
  SELECT
    leads.lead_id,
    leads.stage,
    CAST(coalesce(
      entered.entered_at, CASE WHEN stages.milestone = 'mql' THEN leads.mql_at END, leads.created_at
    ) AS DATE) AS since_date,
    stages.stage_rank,
    stages.longest_stay_days,
    CASE WHEN stages.milestone = 'recycled' THEN leads.next_action_on END AS waits_until
  FROM leads
  JOIN stages ON stages.stage = leads.stage
  LEFT JOIN entered ON entered.lead_id = leads.lead_id AND entered.stage = leads.stage
  WHERE coalesce(leads.is_test, FALSE) = FALSE
)
SELECT
  standing.lead_id AS record,
  standing.stage AS value,
  date_diff('day', standing.since_date, export_clock.as_of_date) AS days,
  standing.longest_stay_days
FROM standing
CROSS JOIN export_clock
WHERE date_diff('day', standing.since_date, export_clock.as_of_date) > standing.longest_stay_days
  AND coalesce(standing.waits_until <= export_clock.as_of_date, TRUE)
ORDER BY standing.stage_rank, days DESC, record
