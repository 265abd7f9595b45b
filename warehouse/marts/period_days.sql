-- One row per day and period that holds it. A day lies in one week, month, quarter and fiscal year, in four windows of four weeks, and in all.
SELECT days.day, periods.period_kind, periods.period
FROM days
JOIN periods ON days.day BETWEEN periods.starts_on AND periods.ends_on
