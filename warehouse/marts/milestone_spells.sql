-- One row per curve and lead episode: the day its clock started, the days until it stopped, and what stopped it (NULL while it still runs at as-of).
-- The clock stops at the milestone waited for ('reached') or at the first exit before it, whichever came first; an exit is no longer waiting.
-- Whole days between dates. Left out: curves whose milestones this CRM lacks, and episodes that reached the milestone on a day before the start.
WITH started AS (
  SELECT 'lead_to_sql' AS curve, 'lead' AS from_milestone, 'sql' AS to_milestone, lead_id, episode, source, created_at AS started_at, sql_at AS reached_at
  FROM lead_journeys
  UNION ALL
  SELECT 'mql_to_sql' AS curve, 'mql' AS from_milestone, 'sql' AS to_milestone, lead_id, episode, source, mql_at AS started_at, sql_at AS reached_at
  FROM lead_journeys
  WHERE mql_at IS NOT NULL
  UNION ALL
  SELECT 'sql_to_won' AS curve, 'sql' AS from_milestone, 'won' AS to_milestone, lead_id, episode, source, sql_at AS started_at, won_at AS reached_at
  FROM lead_journeys
  WHERE sql_at IS NOT NULL
  UNION ALL
  SELECT 'lead_to_won' AS curve, 'lead' AS from_milestone, 'won' AS to_milestone, lead_id, episode, source, created_at AS started_at, won_at AS reached_at
  FROM lead_journeys
),
asked AS (
  SELECT started.*
  FROM started
  JOIN milestones AS origin ON origin.milestone = started.from_milestone AND (origin.is_defined OR origin.milestone = 'lead')
  JOIN milestones AS goal ON goal.milestone = started.to_milestone AND goal.is_defined
  WHERE coalesce(CAST(started.reached_at AS DATE) >= CAST(started.started_at AS DATE), TRUE)
),
exited AS (
  SELECT asked.curve, asked.lead_id, asked.episode, lead_events.milestone AS exit_milestone, lead_events.happened_at AS exit_at
  FROM asked
  JOIN lead_events ON lead_events.lead_id = asked.lead_id AND lead_events.episode = asked.episode
    AND lead_events.milestone IN ('lost', 'recycled', 'disqualified')
    AND CAST(lead_events.happened_at AS DATE) >= CAST(asked.started_at AS DATE)
  QUALIFY row_number() OVER (
    PARTITION BY asked.curve, asked.lead_id, asked.episode ORDER BY lead_events.happened_at, lead_events.milestone_rank
  ) = 1
),
stopped AS (
  SELECT
    asked.curve, asked.lead_id, asked.episode, asked.source, asked.started_at,
    CASE WHEN coalesce(asked.reached_at <= exited.exit_at, asked.reached_at IS NOT NULL) THEN 'reached' ELSE exited.exit_milestone END AS stopped_by,
    CASE WHEN coalesce(asked.reached_at <= exited.exit_at, asked.reached_at IS NOT NULL) THEN asked.reached_at ELSE exited.exit_at END AS stopped_at
  FROM asked
  LEFT JOIN exited ON exited.curve = asked.curve AND exited.lead_id = asked.lead_id AND exited.episode = asked.episode
),
dated AS (
  SELECT
    stopped.curve, stopped.lead_id, stopped.episode, stopped.source, stopped.stopped_by,
    CAST(stopped.started_at AS DATE) AS started_on,
    CAST(coalesce(stopped.stopped_at, export_clock.as_of) AS DATE) AS until_on
  FROM stopped
  CROSS JOIN export_clock
)
SELECT curve, lead_id, episode, source, started_on, stopped_by, date_diff('day', started_on, until_on) AS days
FROM dated
