-- One row per lead that inside sales has to work at the export, and why it is missed, if it is. Recycled ones once the day of their next action has come.
WITH newest AS (
  SELECT lead_id, max(episode) AS episode FROM lead_journeys GROUP BY lead_id
),
touched AS (
  SELECT human_touches.lead_id, max(human_touches.occurred_at) AS last_touch_at
  FROM human_touches
  JOIN newest ON newest.lead_id = human_touches.lead_id AND newest.episode = human_touches.episode
  GROUP BY human_touches.lead_id
),
open_now AS (
  SELECT
    leads.lead_id, newest.episode, leads.stage, stages.department AS stage_department, leads.owner_id, leads.next_action_on,
    lead_journeys.source, lead_journeys.campaign, lead_journeys.segment, lead_journeys.motion, lead_journeys.tier,
    touched.last_touch_at,
    coalesce(touched.last_touch_at, lead_journeys.mql_at, lead_journeys.created_at) AS quiet_since
  FROM newest
  JOIN lead_journeys ON lead_journeys.lead_id = newest.lead_id AND lead_journeys.episode = newest.episode
  JOIN leads ON leads.lead_id = newest.lead_id
  JOIN stages ON stages.stage = leads.stage
  JOIN milestones ON milestones.milestone = stages.milestone
  CROSS JOIN export_clock
  LEFT JOIN touched ON touched.lead_id = newest.lead_id
  WHERE (stages.milestone IN ('mql', 'contact', 'interest', 'fit') AND stages.department = 'inside_sales')
    OR (stages.milestone = 'recycled' AND leads.next_action_on <= export_clock.as_of_date)
),
next_step AS (
  SELECT limit_terms.department, limit_terms.working_days_allowed
  FROM limit_terms
  CROSS JOIN export_clock
  WHERE limit_terms.wait = 'next_step' AND limit_terms.effective_from <= export_clock.as_of_date
    AND (limit_terms.effective_until IS NULL OR limit_terms.effective_until > export_clock.as_of_date)
),
told AS (
  SELECT
    open_now.*,
    coalesce(waits.is_due AND NOT waits.is_answered, FALSE) AS is_untouched,
    coalesce(open_now.next_action_on < export_clock.as_of_date, FALSE) AS is_past_next_action,
    open_now.next_action_on IS NULL AND coalesce(present.days_before - quiet.days_done > next_step.working_days_allowed, FALSE) AS is_quiet,
    open_now.owner_id IS NULL AS is_without_owner,
    coalesce(members.left_on < export_clock.as_of_date, FALSE) AS is_owner_gone,
    coalesce(members.department, open_now.stage_department) AS department
  FROM open_now
  CROSS JOIN export_clock
  LEFT JOIN members ON members.member_id = open_now.owner_id
  LEFT JOIN waits ON waits.wait = 'first_touch' AND waits.clock = 'lead' AND waits.lead_id = open_now.lead_id AND waits.episode = open_now.episode
  LEFT JOIN next_step ON TRUE
  LEFT JOIN business_clock AS quiet ON quiet.department = next_step.department AND quiet.day = CAST(open_now.quiet_since AS DATE)
    AND quiet.starts_at <= open_now.quiet_since AND quiet.ends_at > open_now.quiet_since
  LEFT JOIN business_clock AS present ON present.department = next_step.department AND present.day = export_clock.as_of_date
    AND present.starts_at <= export_clock.as_of AND present.ends_at > export_clock.as_of
)
SELECT
  told.lead_id, told.episode, export_clock.as_of_date AS counted_on, told.stage,
  told.source, told.campaign, told.segment, told.motion, told.tier, told.department, told.owner_id AS member_id,
  told.next_action_on, told.last_touch_at, deadlines.due_at AS first_touch_due_at,
  told.is_untouched, told.is_past_next_action, told.is_quiet, told.is_without_owner, told.is_owner_gone,
  told.is_untouched OR told.is_past_next_action OR told.is_quiet OR told.is_without_owner OR told.is_owner_gone AS is_missed
FROM told
CROSS JOIN export_clock
LEFT JOIN deadlines ON deadlines.wait = 'first_touch' AND deadlines.clock = 'lead'
  AND deadlines.lead_id = told.lead_id AND deadlines.episode = told.episode
