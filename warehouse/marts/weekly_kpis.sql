-- One row per KPI, statistic and week on the KPI's flow basis: its value, the week before, the four weeks up to it, the target in force that week.
-- A count stands per working day beside, so that a week with holidays compares; its target too, spread over a whole week.
SELECT
  week.kpi, week.statistic, week.statistic_rank, week.unit, week.week, week.starts_on, week.ends_on, week.is_complete,
  week.numerator, week.denominator, week.value, week.low, week.high, week.n,
  before.value AS previous_value,
  week.value - before.value AS change,
  week.working_days, week.is_short, length_before.is_short AS previous_is_short,
  week.daily AS value_per_day,
  before.daily AS previous_per_day,
  week.daily - before.daily AS change_per_day,
  CASE WHEN week.unit IN ('count', 'yen') THEN week.target / nullif(week.longest, 0) END AS target_per_day,
  four.value AS four_week_value, four.low AS four_week_low, four.high AS four_week_high, four.n AS four_week_n,
  four.change AS four_week_change,
  week.target,
  week.health,
  four.health AS four_week_health
FROM weekly_values AS week
LEFT JOIN weekly_values AS before
  ON before.kpi = week.kpi AND before.statistic = week.statistic AND date_diff('day', before.starts_on, week.starts_on) = 7
LEFT JOIN week_lengths AS length_before ON date_diff('day', length_before.starts_on, week.starts_on) = 7
LEFT JOIN four_week_kpis AS four ON four.kpi = week.kpi AND four.statistic = week.statistic AND four.week = week.week
