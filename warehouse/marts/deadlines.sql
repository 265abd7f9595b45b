-- One row per wait without an answer whose limit ends on a day that the calendar covers: when that is.
WITH asked AS (
  SELECT
    waits.wait, waits.clock, waits.lead_id, waits.episode, waits.started_at, waits.department,
    begun.seconds_before + CASE WHEN begun.is_open THEN date_diff('second', begun.starts_at, waits.started_at) ELSE 0 END
      + waits.minutes_allowed * 60 AS seconds_at_end,
    begun.days_done + waits.working_days_allowed AS days_done_at_end
  FROM waits
  JOIN business_clock AS begun ON begun.department = waits.department AND begun.day = CAST(waits.started_at AS DATE)
    AND begun.starts_at <= waits.started_at AND begun.ends_at > waits.started_at
  WHERE NOT waits.is_answered
)
SELECT
  asked.wait, asked.clock, asked.lead_id, asked.episode, asked.started_at,
  max(CASE
    WHEN asked.seconds_at_end IS NULL THEN spans.ends_at
    ELSE spans.starts_at + INTERVAL 1 SECOND * (asked.seconds_at_end - spans.seconds_before)
  END) AS due_at
FROM asked
JOIN business_clock AS spans ON spans.department = asked.department AND spans.is_open
  AND (spans.days_done = asked.days_done_at_end
    OR (spans.seconds_before < asked.seconds_at_end
      AND spans.seconds_before + date_diff('second', spans.starts_at, spans.ends_at) >= asked.seconds_at_end))
GROUP BY asked.wait, asked.clock, asked.lead_id, asked.episode, asked.started_at
