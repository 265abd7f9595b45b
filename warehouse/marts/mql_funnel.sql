-- One row per milestone that this CRM knows, from MQL to won: of the episodes that became MQL in the last 26 weeks, how many reached it so far.
WITH recent AS (
  SELECT lead_journeys.*
  FROM lead_journeys
  CROSS JOIN export_clock
  WHERE lead_journeys.mql_at IS NOT NULL
    AND date_diff('day', CAST(lead_journeys.mql_at AS DATE), export_clock.as_of_date) < 26 * 7
),
counted AS (
  SELECT 'mql' AS milestone, count(mql_at) AS episodes FROM recent
  UNION ALL
  SELECT 'contact' AS milestone, count(contact_at) AS episodes FROM recent
  UNION ALL
  SELECT 'fit' AS milestone, count(fit_at) AS episodes FROM recent
  UNION ALL
  SELECT 'sql' AS milestone, count(sql_at) AS episodes FROM recent
  UNION ALL
  SELECT 'opportunity' AS milestone, count(opportunity_at) AS episodes FROM recent
  UNION ALL
  SELECT 'won' AS milestone, count(won_at) AS episodes FROM recent
)
SELECT
  counted.milestone,
  milestones.milestone_rank,
  counted.episodes,
  counted.episodes * 1.0 / nullif(lag(counted.episodes) OVER (ORDER BY milestones.milestone_rank), 0) AS rate_from_previous
FROM counted
JOIN milestones ON milestones.milestone = counted.milestone
WHERE milestones.is_defined
