-- One row per lead episode, with the time of each milestone. A later milestone counts for the ones it skipped; MQL counts only when it was given.
-- Ranks: 3 contact, 4 interest, 5 fit, 6 sql, 7 opportunity, 8 won (table milestones).
WITH episodes AS (
  SELECT
    lead_id,
    episode,
    min(happened_at) AS created_at,
    min(happened_at) FILTER (WHERE milestone = 'mql') AS mql_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 3 AND 8) AS contact_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 4 AND 8) AS interest_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 5 AND 8) AS fit_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 6 AND 8) AS sql_at,
    min(happened_at) FILTER (WHERE milestone_rank BETWEEN 7 AND 8) AS opportunity_at,
    min(happened_at) FILTER (WHERE milestone = 'won') AS won_at,
    min(happened_at) FILTER (WHERE milestone = 'lost') AS lost_at,
    min(happened_at) FILTER (WHERE milestone = 'recycled') AS recycled_at,
    min(happened_at) FILTER (WHERE milestone = 'disqualified') AS disqualified_at
  FROM lead_events
  GROUP BY lead_id, episode
)
SELECT
  episodes.lead_id,
  episodes.episode,
  leads.source,
  leads.campaign,
  leads.segment,
  leads.motion,
  members.department,
  leads.owner_id AS member_id,
  episodes.created_at,
  episodes.mql_at,
  episodes.contact_at,
  episodes.interest_at,
  episodes.fit_at,
  episodes.sql_at,
  episodes.opportunity_at,
  episodes.won_at,
  episodes.lost_at,
  episodes.recycled_at,
  episodes.disqualified_at
FROM episodes
JOIN leads ON leads.lead_id = episodes.lead_id
LEFT JOIN members ON members.member_id = leads.owner_id
