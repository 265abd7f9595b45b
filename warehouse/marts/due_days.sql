-- One row per export: its day, and the first working day that begins after it, up to which the list of what is due reaches.
-- An export from before opening is for the same day, a later one for the next working day too: its leads were not on the list of the day before.
WITH working AS (
  SELECT DISTINCT department FROM limit_terms WHERE wait = 'first_touch'
),
opened AS (
  SELECT business_clock.day, min(business_clock.starts_at) AS opens_at
  FROM business_clock
  JOIN working ON working.department = business_clock.department
  WHERE business_clock.is_open
  GROUP BY business_clock.day
)
SELECT export_clock.as_of, export_clock.as_of_date, coalesce(min(opened.day), export_clock.as_of_date) AS until_on
FROM export_clock
LEFT JOIN opened ON opened.opens_at >= export_clock.as_of
GROUP BY export_clock.as_of, export_clock.as_of_date
