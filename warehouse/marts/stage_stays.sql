-- One row per lead episode and stage: the days spent there over all visits, and whether the stay is still open at as-of. Records of one person add up.
-- A stay begins with a change into a stage and lasts until the next change of the lead; a change into the stage it stands in already is none.
-- Where a lead's history begins more than once, such as an application with its offers, each strand moves by itself: a stay lasts until a change from its stage.
-- A history that does not tell the first stage, or nothing of a lead, is taken to begin where the lead was created. Without any change in the export there is no row.
WITH changed AS (
  SELECT
    stage_changes.lead_id, stage_changes.from_stage, stage_changes.to_stage, stage_changes.changed_at,
    lag(stage_changes.to_stage) OVER (
      PARTITION BY stage_changes.lead_id ORDER BY stage_changes.changed_at, stages.stage_rank, stage_changes.to_stage, stage_changes.from_stage
    ) AS stage_before,
    count_if(stage_changes.from_stage IS NULL) OVER (PARTITION BY stage_changes.lead_id) > 1
      AND count(stage_changes.from_stage) OVER (PARTITION BY stage_changes.lead_id) > 0 AS has_strands
  FROM stage_changes
  CROSS JOIN export_clock
  LEFT JOIN stages ON stages.stage = stage_changes.to_stage
  WHERE stage_changes.changed_at <= export_clock.as_of AND stage_changes.to_stage IS NOT NULL
),
moved AS (
  SELECT
    lead_id, to_stage, changed_at,
    CASE WHEN has_strands THEN from_stage ELSE coalesce(stage_before, from_stage) END AS left_stage,
    stage_before IS NULL AND NOT has_strands AS is_first
  FROM changed
),
bounds AS (
  SELECT lead_id, to_stage AS stage, changed_at AS happened_at, FALSE AS is_end FROM moved WHERE left_stage IS DISTINCT FROM to_stage
  UNION ALL
  SELECT lead_id, left_stage AS stage, changed_at AS happened_at, TRUE AS is_end FROM moved WHERE left_stage <> to_stage
  UNION ALL
  SELECT moved.lead_id, moved.left_stage AS stage, least(leads.created_at, moved.changed_at) AS happened_at, FALSE AS is_end
  FROM moved
  JOIN leads ON leads.lead_id = moved.lead_id
  WHERE moved.is_first AND moved.left_stage IS NOT NULL
  UNION ALL
  SELECT leads.lead_id, leads.stage, leads.created_at AS happened_at, FALSE AS is_end
  FROM leads
  CROSS JOIN export_clock
  LEFT JOIN moved ON moved.lead_id = leads.lead_id
  WHERE moved.lead_id IS NULL AND leads.created_at <= export_clock.as_of AND EXISTS (SELECT 1 FROM changed)
),
visits AS (
  SELECT lead_id, stage, happened_at AS entered_at, lead(happened_at) OVER (PARTITION BY lead_id, stage ORDER BY happened_at, is_end) AS left_at
  FROM bounds
  QUALIFY NOT is_end
)
SELECT
  episodes.lead_id, episodes.episode, stages.stage, stages.stage_rank,
  count(*) AS visits,
  CAST(sum(date_diff('second', visits.entered_at, coalesce(visits.left_at, export_clock.as_of))) AS DOUBLE) / 86400 AS days,
  count_if(visits.left_at IS NULL) > 0 AS is_open
FROM visits
JOIN stages ON stages.stage = visits.stage
JOIN lead_identities ON lead_identities.lead_id = visits.lead_id
JOIN episodes ON episodes.lead_id = lead_identities.person_lead_id
  AND (episodes.episode = 1 OR visits.entered_at >= episodes.starts_at)
  AND (episodes.ends_at IS NULL OR visits.entered_at < episodes.ends_at)
CROSS JOIN export_clock
GROUP BY episodes.lead_id, episodes.episode, stages.stage, stages.stage_rank
