-- One row per period that the export can tell of: weeks, the four weeks up to each, months, quarters, fiscal years, and all of it.
WITH named AS (
  SELECT 'week' AS period_kind, week AS period, week_starts AS starts_on, max(day) AS ends_on FROM days GROUP BY ALL
  UNION ALL
  SELECT 'four_weeks' AS period_kind, week AS period, week_starts - INTERVAL 21 DAY AS starts_on, max(day) AS ends_on FROM days GROUP BY ALL
  UNION ALL
  SELECT 'month' AS period_kind, month AS period, month_starts AS starts_on, max(day) AS ends_on FROM days GROUP BY ALL
  UNION ALL
  SELECT 'quarter' AS period_kind, quarter AS period, quarter_starts AS starts_on, max(day) AS ends_on FROM days GROUP BY ALL
  UNION ALL
  SELECT 'year' AS period_kind, year AS period, year_starts AS starts_on, max(day) AS ends_on FROM days GROUP BY ALL
  UNION ALL
  SELECT 'all' AS period_kind, 'all' AS period, min(day) AS starts_on, any_value(export_clock.as_of_date) AS ends_on
  FROM days
  CROSS JOIN export_clock
)
SELECT
  named.period_kind, named.period, CAST(named.starts_on AS DATE) AS starts_on, named.ends_on,
  date_diff('second', export_clock.as_of, CAST(named.ends_on AS TIMESTAMP) + INTERVAL 1 DAY) <= 1 AS is_complete
FROM named
CROSS JOIN export_clock
WHERE named.starts_on <= export_clock.as_of_date AND NOT (named.period_kind = 'four_weeks' AND named.starts_on + INTERVAL 21 DAY > export_clock.as_of_date)
