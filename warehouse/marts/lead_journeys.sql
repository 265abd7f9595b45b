-- One row per lead episode, with the time of each milestone. A later milestone counts for the ones it skipped; MQL counts only when it was given.
-- The member is who handed the episode over, else the lead's owner; an approach is a person's outbound attempt.
-- Ranks: 3 contact, 4 interest, 5 fit, 6 sql, 7 opportunity, 8 won (table milestones).
WITH milestones_reached AS (
  SELECT
    lead_id,
    episode,
    min(happened_at) AS created_at,
    min(happened_at) FILTER (WHERE milestone = 'mql') AS mql_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 3 AND 8) AS contact_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 4 AND 8) AS interest_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 5 AND 8) AS fit_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 6 AND 8) AS sql_at,
    arg_min(done_by, happened_at) FILTER (WHERE milestone_rank = 6 AND done_by IS NOT NULL) AS handed_by,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 7 AND 8) AS opportunity_at,
    min(happened_at) FILTER (WHERE milestone = 'won') AS won_at,
    min(happened_at) FILTER (WHERE milestone = 'lost') AS lost_at,
    min(happened_at) FILTER (WHERE milestone = 'recycled') AS recycled_at,
    min(happened_at) FILTER (WHERE milestone = 'disqualified') AS disqualified_at
  FROM lead_events
  GROUP BY lead_id, episode
),
approached AS (
  SELECT lead_id, episode, min(occurred_at) AS approached_at FROM human_touches WHERE is_approach GROUP BY lead_id, episode
)
SELECT
  milestones_reached.lead_id,
  milestones_reached.episode,
  leads.source,
  leads.campaign,
  leads.segment,
  leads.motion,
  lead_tiers.tier,
  members.department,
  coalesce(milestones_reached.handed_by, leads.owner_id) AS member_id,
  milestones_reached.created_at,
  milestones_reached.mql_at,
  approached.approached_at,
  milestones_reached.contact_at,
  milestones_reached.interest_at,
  milestones_reached.fit_at,
  milestones_reached.sql_at,
  milestones_reached.opportunity_at,
  milestones_reached.won_at,
  milestones_reached.lost_at,
  milestones_reached.recycled_at,
  milestones_reached.disqualified_at
FROM milestones_reached
JOIN leads ON leads.lead_id = milestones_reached.lead_id
LEFT JOIN members ON members.member_id = coalesce(milestones_reached.handed_by, leads.owner_id)
LEFT JOIN approached ON approached.lead_id = milestones_reached.lead_id AND approached.episode = milestones_reached.episode
LEFT JOIN lead_tiers ON lead_tiers.lead_id = milestones_reached.lead_id
  AND CAST(coalesce(milestones_reached.mql_at, milestones_reached.created_at) AS DATE) >= lead_tiers.effective_from
  AND (lead_tiers.effective_until IS NULL
    OR CAST(coalesce(milestones_reached.mql_at, milestones_reached.created_at) AS DATE) < lead_tiers.effective_until)
