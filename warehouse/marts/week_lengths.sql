-- One row per whole week: how many days are worked in it, in the longest week there is, and whether days off make it shorter than that.
WITH counted AS (
  SELECT week, week_starts AS starts_on, count_if(is_working_day) AS working_days
  FROM days
  GROUP BY week, week_starts
  HAVING count(*) = 7
)
SELECT week, starts_on, working_days, max(working_days) OVER () AS longest, working_days < max(working_days) OVER () AS is_short
FROM counted
