-- One row per week and stretch of its working days that is off: from when to when, and why. On a holiday within the company's own days off their name counts.
WITH off AS (
  SELECT
    closed_days.*,
    row_number() OVER (PARTITION BY closed_days.day ORDER BY closed_days.is_public, closed_days.starts_on, closed_days.name_ja) AS position
  FROM closed_days
  WHERE closed_days.takes_working_day
)
SELECT days.week, min(off.day) AS starts_on, max(off.day) AS ends_on, count(*) AS days_off, off.name_ja, off.name_en
FROM off
JOIN days ON days.day = off.day
WHERE off.position = 1
GROUP BY days.week, off.is_public, off.starts_on, off.name_ja, off.name_en
