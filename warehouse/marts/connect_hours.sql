-- One row per weekday and hour with calls in the last 13 weeks: dials, connects, and the share that connected. Weekday 1 is Monday.
SELECT
  touches.occurred_weekday AS weekday,
  touches.occurred_hour AS hour_of_day,
  count(*) AS dials,
  count_if(touches.is_connected) AS connects,
  count_if(touches.is_connected) * 1.0 / nullif(count(*), 0) AS connect_rate
FROM touches
CROSS JOIN export_clock
WHERE touches.is_dial AND date_diff('day', CAST(touches.occurred_at AS DATE), export_clock.as_of_date) < 13 * 7
GROUP BY touches.occurred_weekday, touches.occurred_hour
