-- One row per script version and outcome of a call in the last 13 weeks: how many calls ended so.
SELECT touches.script_version, touches.outcome, count(*) AS dials
FROM touches
CROSS JOIN export_clock
WHERE touches.is_dial AND touches.outcome IS NOT NULL
  AND date_diff('day', CAST(touches.occurred_at AS DATE), export_clock.as_of_date) < 13 * 7
GROUP BY touches.script_version, touches.outcome
