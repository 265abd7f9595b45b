-- One row per hand-off that asks for an answer. An answer without its day is given, but not known to be in time. A pending answer is due once the limit in force on the day of the hand-over has passed.
WITH handed AS (
  SELECT stage_changes.lead_id, stage_changes.changed_at AS handed_at, max(stage_changes.changed_by) AS handed_by
  FROM stage_changes
  JOIN stages ON stages.stage = stage_changes.to_stage AND stages.milestone IN ('mql', 'sql')
  GROUP BY stage_changes.lead_id, stage_changes.changed_at
)
SELECT
  hand_overs.kind, hand_overs.lead_id, hand_overs.handed_at,
  waits.answered_at AS decided_at,
  CASE WHEN waits.is_answered THEN hand_overs.is_accepted END AS is_accepted,
  hand_overs.reason,
  waits.is_due,
  waits.answered_at IS NOT NULL AND coalesce(waits.is_within, TRUE) AS is_in_time,
  lead_origins.source, lead_origins.campaign, lead_origins.segment, lead_origins.motion, waits.tier,
  members.department,
  handed.handed_by AS member_id
FROM hand_overs
JOIN waits ON waits.wait = concat(hand_overs.kind, '_verdict') AND waits.lead_id = hand_overs.lead_id AND waits.started_at = hand_overs.handed_at
JOIN lead_origins ON lead_origins.lead_id = hand_overs.lead_id
LEFT JOIN handed ON handed.lead_id = hand_overs.lead_id AND handed.handed_at = hand_overs.handed_at
LEFT JOIN members ON members.member_id = handed.handed_by
