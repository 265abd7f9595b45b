-- One row per milestone that a lead reached, with the episode it belongs to: after an exit, the next entry starts a new one.
-- A record that is lead and opportunity from its first moment is an opportunity once its stages say so, where it has a history of stages.
WITH histories AS (
  SELECT DISTINCT lead_id FROM stage_changes
),
reported AS (
  SELECT lead_id, 'lead' AS milestone, created_at AS happened_at, CAST(NULL AS VARCHAR) AS done_by FROM leads
  UNION ALL
  SELECT lead_id, 'mql' AS milestone, mql_at AS happened_at, NULL AS done_by FROM leads
  UNION ALL
  SELECT stage_changes.lead_id, stages.milestone, stage_changes.changed_at AS happened_at, stage_changes.changed_by AS done_by
  FROM stage_changes
  JOIN stages ON stages.stage = stage_changes.to_stage
  UNION ALL
  SELECT lead_id, 'sql' AS milestone, handed_at AS happened_at, NULL AS done_by FROM verdicts WHERE kind = 'sql'
  UNION ALL
  SELECT opportunities.lead_id, 'opportunity' AS milestone, opportunities.created_at AS happened_at, NULL AS done_by
  FROM opportunities
  LEFT JOIN leads ON leads.lead_id = opportunities.lead_id
  LEFT JOIN histories ON histories.lead_id = opportunities.lead_id
  WHERE histories.lead_id IS NULL OR coalesce(opportunities.created_at <> leads.created_at, TRUE)
  UNION ALL
  SELECT lead_id, CASE WHEN is_won THEN 'won' ELSE 'lost' END AS milestone, closed_at AS happened_at, NULL AS done_by
  FROM opportunities
  WHERE is_won IS NOT NULL
),
known AS (
  SELECT DISTINCT lead_identities.person_lead_id AS lead_id, reported.milestone, reported.happened_at, reported.done_by
  FROM reported
  JOIN lead_identities ON lead_identities.lead_id = reported.lead_id
  CROSS JOIN export_clock
  WHERE reported.happened_at <= export_clock.as_of
),
ranked AS (
  SELECT known.lead_id, known.milestone, known.happened_at, known.done_by, milestones.milestone_rank, milestones.is_exit, milestones.is_entry
  FROM known
  JOIN milestones ON milestones.milestone = known.milestone
),
placed AS (
  SELECT
    lead_id, milestone, happened_at, done_by, milestone_rank, is_exit, is_entry,
    coalesce(lag(is_exit) OVER (PARTITION BY lead_id ORDER BY happened_at, milestone_rank), FALSE) AS follows_exit,
    count_if(is_entry) OVER (
      PARTITION BY lead_id ORDER BY happened_at, milestone_rank ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS entries_before
  FROM ranked
)
SELECT
  lead_id,
  1 + count_if(is_entry AND follows_exit AND entries_before > 0) OVER (
    PARTITION BY lead_id ORDER BY happened_at, milestone_rank ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS episode,
  milestone,
  milestone_rank,
  happened_at,
  done_by
FROM placed
