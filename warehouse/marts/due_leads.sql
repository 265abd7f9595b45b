-- One row per lead that is overdue at the export or falls due by the end of the day that the list reaches: what is due, since when, and why.
-- The reason is the weightiest one: untouched past the first-touch limit, no owner, owner left, next action date passed, no next step within its limit;
-- of a lead that is not overdue, what falls due first. A date that lies further ahead is left out.
WITH newest AS (
  SELECT lead_id, max(episode) AS episode FROM lead_journeys GROUP BY lead_id
),
next_step AS (
  SELECT limit_terms.department, limit_terms.working_days_allowed
  FROM limit_terms
  CROSS JOIN export_clock
  WHERE limit_terms.wait = 'next_step' AND limit_terms.effective_from <= export_clock.as_of_date
    AND (limit_terms.effective_until IS NULL OR limit_terms.effective_until > export_clock.as_of_date)
),
worked_days AS (
  SELECT DISTINCT department, day, days_done FROM business_clock WHERE is_open
),
tier_ranks AS (
  SELECT tier, arg_max(tier_rank, effective_from) AS tier_rank FROM tiers GROUP BY tier
),
facing AS (
  SELECT
    leads.lead_id, newest.episode, leads.stage, lead_journeys.source, lead_journeys.tier, tier_ranks.tier_rank,
    coalesce(members.department, stages.department) AS department, leads.owner_id,
    CASE WHEN members.left_on < due_days.as_of_date THEN members.left_on END AS owner_left_on,
    leads.company, leads.record_url, coalesce(leads.do_not_contact, FALSE) AS do_not_contact,
    coalesce(open_leads.is_missed, FALSE) AS is_missed,
    coalesce(open_leads.is_untouched, FALSE) AS is_untouched,
    coalesce(open_leads.is_without_owner, FALSE) AS is_without_owner,
    coalesce(open_leads.is_owner_gone, FALSE) AS is_owner_gone,
    coalesce(open_leads.is_past_next_action, FALSE) AS is_past_next_action,
    coalesce(open_leads.is_quiet, FALSE) AS is_quiet,
    CASE WHEN CAST(open_leads.first_touch_due_at AS DATE) <= due_days.until_on THEN open_leads.first_touch_due_at END AS first_touch_due_at,
    CASE WHEN leads.next_action_on <= due_days.until_on THEN leads.next_action_on END AS next_action_on,
    CASE WHEN leads.next_action_on IS NULL AND worked_days.day <= due_days.until_on THEN worked_days.day END AS next_step_due_on,
    due_days.as_of_date
  FROM newest
  JOIN lead_journeys ON lead_journeys.lead_id = newest.lead_id AND lead_journeys.episode = newest.episode
  JOIN leads ON leads.lead_id = newest.lead_id
  JOIN stages ON stages.stage = leads.stage
  CROSS JOIN due_days
  LEFT JOIN open_leads ON open_leads.lead_id = newest.lead_id
  LEFT JOIN members ON members.member_id = leads.owner_id
  LEFT JOIN tier_ranks ON tier_ranks.tier = lead_journeys.tier
  LEFT JOIN next_step ON open_leads.lead_id IS NOT NULL
  LEFT JOIN business_clock AS quiet ON quiet.department = next_step.department
    AND quiet.day = CAST(coalesce(open_leads.last_touch_at, lead_journeys.mql_at, lead_journeys.created_at) AS DATE)
    AND quiet.starts_at <= coalesce(open_leads.last_touch_at, lead_journeys.mql_at, lead_journeys.created_at)
    AND quiet.ends_at > coalesce(open_leads.last_touch_at, lead_journeys.mql_at, lead_journeys.created_at)
  LEFT JOIN worked_days ON worked_days.department = next_step.department
    AND worked_days.days_done = quiet.days_done + next_step.working_days_allowed
  WHERE open_leads.lead_id IS NOT NULL
    OR (stages.milestone = 'recycled' AND leads.next_action_on > due_days.as_of_date AND leads.next_action_on <= due_days.until_on)
),
dated AS (
  SELECT
    facing.*, CAST(facing.first_touch_due_at AS DATE) AS first_touch_due_on,
    least(CAST(facing.first_touch_due_at AS DATE), facing.next_action_on, facing.next_step_due_on) AS first_due_on
  FROM facing
),
reasoned AS (
  SELECT
    dated.*,
    CASE
      WHEN is_untouched THEN 'untouched'
      WHEN is_without_owner THEN 'no_owner'
      WHEN is_owner_gone THEN 'owner_left'
      WHEN is_past_next_action THEN 'next_action'
      WHEN is_quiet THEN 'no_next_step'
      WHEN first_touch_due_on = first_due_on THEN 'untouched'
      WHEN next_action_on = first_due_on THEN 'next_action'
      ELSE 'no_next_step'
    END AS reason
  FROM dated
  WHERE is_missed OR first_due_on IS NOT NULL
),
due AS (
  SELECT
    reasoned.*,
    CASE WHEN is_missed THEN 'overdue' WHEN first_due_on <= as_of_date THEN 'today' ELSE 'next_day' END AS status,
    CASE reason
      WHEN 'untouched' THEN first_touch_due_on
      WHEN 'owner_left' THEN owner_left_on
      WHEN 'next_action' THEN next_action_on
      WHEN 'no_next_step' THEN next_step_due_on
    END AS due_on
  FROM reasoned
)
SELECT
  lead_id, episode, stage, source, tier, tier_rank, department, owner_id, owner_left_on, company, record_url, do_not_contact,
  status, reason, due_on, CASE WHEN is_missed THEN date_diff('day', due_on, as_of_date) END AS days_late,
  is_untouched, is_without_owner, is_owner_gone, is_past_next_action, is_quiet, first_touch_due_at, next_action_on, next_step_due_on,
  CASE WHEN is_past_next_action THEN date_diff('day', next_action_on, as_of_date) END AS days_past_next_action
FROM due
