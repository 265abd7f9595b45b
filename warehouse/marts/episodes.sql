-- One row per lead episode: when it starts, and when the lead's next one does (NULL for the last).
WITH started AS (
  SELECT lead_id, episode, min(happened_at) AS starts_at FROM lead_events GROUP BY lead_id, episode
)
SELECT lead_id, episode, starts_at, lead(starts_at) OVER (PARTITION BY lead_id ORDER BY episode) AS ends_at
FROM started
