-- One row per week: how many days are worked in it, and whether holidays make it shorter than a whole one.
SELECT
  week, week_starts AS starts_on,
  count_if(is_working_day) AS working_days,
  count_if(is_working_day) < max(count_if(is_working_day)) OVER () AS is_short
FROM days
GROUP BY week, week_starts
