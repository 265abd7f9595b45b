-- One row per hand-off that asks for an answer: as the export says; of a kind that it has no answers of, as the stages tell. Moved on is accepted, sent
-- back or out is rejected, with the lead's reason while it stands where it was sent; not moved at all is pending.
WITH entered AS (
  SELECT
    stage_changes.lead_id, stages.milestone, milestones.milestone_rank, stages.stage_rank, stage_changes.changed_at, stage_changes.changed_by,
    lag(stages.milestone) OVER (PARTITION BY stage_changes.lead_id ORDER BY stage_changes.changed_at, stages.stage_rank) AS milestone_before
  FROM stage_changes
  JOIN stages ON stages.stage = stage_changes.to_stage
  JOIN milestones ON milestones.milestone = stages.milestone
),
moved AS (
  SELECT
    lead_id, milestone, milestone_rank, changed_at,
    lead(milestone) OVER (PARTITION BY lead_id ORDER BY changed_at, stage_rank) AS milestone_after,
    lead(milestone_rank) OVER (PARTITION BY lead_id ORDER BY changed_at, stage_rank) AS rank_after,
    lead(changed_at) OVER (PARTITION BY lead_id ORDER BY changed_at, stage_rank) AS left_at,
    lead(changed_by) OVER (PARTITION BY lead_id ORDER BY changed_at, stage_rank) AS left_by
  FROM entered
  WHERE milestone IS DISTINCT FROM milestone_before
),
answered_kinds AS (
  SELECT DISTINCT kind FROM verdicts
)
SELECT kind, lead_id, handed_at, decided_at, is_accepted, reason, decided_by
FROM verdicts
UNION ALL
SELECT
  moved.milestone AS kind, moved.lead_id, moved.changed_at AS handed_at, moved.left_at AS decided_at,
  moved.rank_after > moved.milestone_rank AND moved.milestone_after NOT IN ('lost', 'recycled', 'disqualified') AS is_accepted,
  CASE WHEN stages.milestone = moved.milestone_after AND moved.milestone_after IN ('lost', 'recycled', 'disqualified') THEN leads.exit_reason END AS reason,
  moved.left_by AS decided_by
FROM moved
JOIN leads ON leads.lead_id = moved.lead_id
LEFT JOIN stages ON stages.stage = leads.stage
LEFT JOIN answered_kinds ON answered_kinds.kind = moved.milestone
WHERE moved.milestone IN ('mql', 'sql') AND answered_kinds.kind IS NULL
