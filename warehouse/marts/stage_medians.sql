-- One row per stage: how many days half of its stays last, and how many last longer than agreed, with open stays counted as long as they have lasted so far.
-- median_days: the first day on which at most half are left, NULL if that day has not come. low_days, high_days: the days on which half being left is plausible
-- at 95 %, by Brookmeyer and Crowley (1982) with the log(-log) intervals; NULL where an end is not reached. past_limit: the share left after longest_stay_days.
WITH counted AS (
  SELECT
    stage,
    count(*) AS stays,
    count_if(NOT is_open) AS completed,
    count_if(is_open) AS still_open,
    count_if(visits > 1) AS repeated,
    max(days) AS longest_days
  FROM stage_stays
  GROUP BY stage
),
halved AS (
  SELECT
    stage_survival.stage,
    min(stage_survival.days) FILTER (WHERE round(stage_survival.survival, 9) <= 0.5) AS median_days,
    min(stage_survival.days) FILTER (WHERE stage_survival.low <= 0.5) AS low_days,
    max(stage_survival.days) FILTER (WHERE stage_survival.low <= 0.5 AND stage_survival.high >= 0.5) AS last_plausible_days,
    min(stage_survival.survival) FILTER (WHERE stage_survival.days <= stages.longest_stay_days) AS left_at_limit
  FROM stage_survival
  JOIN stages ON stages.stage = stage_survival.stage
  GROUP BY stage_survival.stage
),
ended AS (
  SELECT stage_survival.stage, min(stage_survival.days) AS high_days
  FROM stage_survival
  JOIN halved ON halved.stage = stage_survival.stage
  WHERE stage_survival.days > halved.last_plausible_days OR (halved.last_plausible_days IS NULL AND stage_survival.high < 0.5)
  GROUP BY stage_survival.stage
)
SELECT
  stages.stage, stages.stage_rank,
  coalesce(counted.stays, 0) AS n,
  coalesce(counted.completed, 0) AS completed,
  coalesce(counted.still_open, 0) AS still_open,
  coalesce(counted.repeated, 0) AS repeated,
  halved.median_days, halved.low_days, ended.high_days, stages.longest_stay_days,
  CASE WHEN counted.longest_days >= stages.longest_stay_days THEN coalesce(halved.left_at_limit, 1) END AS past_limit
FROM stages
LEFT JOIN counted ON counted.stage = stages.stage
LEFT JOIN halved ON halved.stage = stages.stage
LEFT JOIN ended ON ended.stage = stages.stage
