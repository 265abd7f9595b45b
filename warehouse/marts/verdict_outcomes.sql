-- One row per hand-off that asks for an answer. The time allowed is the longest stay of the stage handed into; a pending answer is due once it has passed.
WITH allowed AS (
  SELECT milestone AS kind, max(longest_stay_days) AS days_allowed FROM stages WHERE milestone IN ('mql', 'sql') GROUP BY milestone
),
handed AS (
  SELECT stage_changes.lead_id, stage_changes.changed_at AS handed_at, max(stage_changes.changed_by) AS handed_by
  FROM stage_changes
  JOIN stages ON stages.stage = stage_changes.to_stage AND stages.milestone IN ('mql', 'sql')
  GROUP BY stage_changes.lead_id, stage_changes.changed_at
),
answered AS (
  SELECT
    verdicts.kind, verdicts.lead_id, verdicts.handed_at, verdicts.reason,
    CASE WHEN verdicts.decided_at <= export_clock.as_of THEN verdicts.decided_at END AS decided_at,
    CASE WHEN verdicts.decided_at <= export_clock.as_of THEN verdicts.is_accepted END AS is_accepted,
    allowed.days_allowed,
    date_diff('day', CAST(verdicts.handed_at AS DATE), export_clock.as_of_date) AS days_old
  FROM verdicts
  CROSS JOIN export_clock
  LEFT JOIN allowed ON allowed.kind = verdicts.kind
  WHERE verdicts.handed_at <= export_clock.as_of
)
SELECT
  answered.kind, answered.lead_id, answered.handed_at, answered.decided_at, answered.is_accepted, answered.reason,
  answered.decided_at IS NOT NULL OR coalesce(answered.days_old > answered.days_allowed, FALSE) AS is_due,
  coalesce(
    date_diff('day', CAST(answered.handed_at AS DATE), CAST(answered.decided_at AS DATE)) <= answered.days_allowed,
    answered.decided_at IS NOT NULL
  ) AS is_in_time,
  leads.source, leads.campaign, leads.segment, leads.motion,
  members.department,
  handed.handed_by AS member_id
FROM answered
JOIN lead_identities ON lead_identities.lead_id = answered.lead_id
JOIN leads ON leads.lead_id = answered.lead_id
LEFT JOIN handed ON handed.lead_id = answered.lead_id AND handed.handed_at = answered.handed_at
LEFT JOIN members ON members.member_id = handed.handed_by
