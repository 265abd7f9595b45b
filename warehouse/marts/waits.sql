-- One row per wait that a limit holds and each clock it runs on: a first touch by the lead's clock (from MQL) and the member's (from assignment), a verdict from its hand-over.
WITH touches_awaited AS (
  SELECT 'lead' AS clock, lead_id, episode, source, tier, mql_at AS started_at
  FROM lead_journeys
  WHERE mql_at IS NOT NULL AND motion IS DISTINCT FROM 'bdr'
  UNION ALL
  SELECT 'member' AS clock, lead_journeys.lead_id, lead_journeys.episode, lead_journeys.source, lead_journeys.tier, leads.assigned_at AS started_at
  FROM lead_journeys
  JOIN leads ON leads.lead_id = lead_journeys.lead_id
  JOIN episodes ON episodes.lead_id = lead_journeys.lead_id AND episodes.episode = lead_journeys.episode
    AND (episodes.episode = 1 OR leads.assigned_at >= episodes.starts_at)
    AND (episodes.ends_at IS NULL OR leads.assigned_at < episodes.ends_at)
  CROSS JOIN export_clock
  WHERE lead_journeys.mql_at IS NOT NULL AND lead_journeys.motion IS DISTINCT FROM 'bdr' AND leads.assigned_at <= export_clock.as_of
),
touched AS (
  SELECT
    touches_awaited.clock, touches_awaited.lead_id, touches_awaited.episode,
    greatest(human_touches.occurred_at, touches_awaited.started_at) AS answered_at,
    human_touches.member_id AS answered_by,
    row_number() OVER (
      PARTITION BY touches_awaited.clock, touches_awaited.lead_id, touches_awaited.episode
      ORDER BY human_touches.occurred_at, human_touches.activity_id
    ) AS position
  FROM touches_awaited
  JOIN human_touches ON human_touches.lead_id = touches_awaited.lead_id AND human_touches.episode = touches_awaited.episode
  WHERE (human_touches.is_approach AND human_touches.occurred_at >= touches_awaited.started_at)
    OR (human_touches.is_inbound AND CAST(human_touches.occurred_at AS DATE) >= CAST(touches_awaited.started_at AS DATE))
),
waited AS (
  SELECT
    'first_touch' AS wait, touches_awaited.clock, touches_awaited.lead_id, touches_awaited.episode, touches_awaited.source,
    touches_awaited.tier, touches_awaited.started_at, touched.answered_at, touched.answered_by,
    touched.answered_at IS NOT NULL AS is_answered
  FROM touches_awaited
  LEFT JOIN touched ON touched.clock = touches_awaited.clock
    AND touched.lead_id = touches_awaited.lead_id AND touched.episode = touches_awaited.episode AND touched.position = 1
  UNION ALL
  SELECT
    concat(hand_overs.kind, '_verdict') AS wait, 'hand_over' AS clock, hand_overs.lead_id, CAST(NULL AS BIGINT) AS episode, lead_origins.source,
    lead_tiers.tier, hand_overs.handed_at AS started_at,
    CASE WHEN hand_overs.decided_at <= export_clock.as_of THEN hand_overs.decided_at END AS answered_at, hand_overs.decided_by AS answered_by,
    coalesce(hand_overs.decided_at <= export_clock.as_of, hand_overs.is_accepted IS NOT NULL) AS is_answered
  FROM hand_overs
  JOIN lead_identities ON lead_identities.lead_id = hand_overs.lead_id
  JOIN lead_origins ON lead_origins.lead_id = hand_overs.lead_id
  CROSS JOIN export_clock
  LEFT JOIN lead_tiers ON lead_tiers.lead_id = lead_identities.person_lead_id AND CAST(hand_overs.handed_at AS DATE) >= lead_tiers.effective_from
    AND (lead_tiers.effective_until IS NULL OR CAST(hand_overs.handed_at AS DATE) < lead_tiers.effective_until)
  WHERE hand_overs.handed_at <= export_clock.as_of
),
whose_hours AS (
  SELECT wait, arg_min(department, effective_from) AS department FROM limit_terms GROUP BY wait
),
limited AS (
  SELECT
    waited.*, limit_terms.agreement, limit_terms.term, coalesce(limit_terms.department, whose_hours.department) AS department, limit_terms.minutes_allowed, limit_terms.working_days_allowed,
    row_number() OVER (
      PARTITION BY waited.wait, waited.clock, waited.lead_id, waited.episode, waited.started_at
      ORDER BY limit_terms.conditions DESC NULLS LAST, limit_terms.minutes_allowed NULLS LAST, limit_terms.working_days_allowed NULLS LAST,
        limit_terms.source NULLS LAST, limit_terms.agreement, limit_terms.term
    ) AS choice
  FROM waited
  LEFT JOIN whose_hours ON whose_hours.wait = waited.wait
  LEFT JOIN limit_terms ON limit_terms.wait = waited.wait
    AND (limit_terms.source IS NULL OR limit_terms.source = waited.source)
    AND (limit_terms.tier IS NULL OR limit_terms.tier = waited.tier)
    AND CAST(waited.started_at AS DATE) >= limit_terms.effective_from
    AND (limit_terms.effective_until IS NULL OR CAST(waited.started_at AS DATE) < limit_terms.effective_until)
),
timed AS (
  SELECT
    limited.*,
    ended.seconds_before + CASE WHEN ended.is_open THEN date_diff('second', ended.starts_at, coalesce(limited.answered_at, export_clock.as_of)) ELSE 0 END
      - begun.seconds_before - CASE WHEN begun.is_open THEN date_diff('second', begun.starts_at, limited.started_at) ELSE 0 END AS seconds_waited,
    ended.days_before - begun.days_done AS working_days_waited
  FROM limited
  CROSS JOIN export_clock
  LEFT JOIN business_clock AS begun ON begun.department = limited.department AND begun.day = CAST(limited.started_at AS DATE)
    AND begun.starts_at <= limited.started_at AND begun.ends_at > limited.started_at
  LEFT JOIN business_clock AS ended ON ended.department = limited.department
    AND ended.day = CAST(coalesce(limited.answered_at, export_clock.as_of) AS DATE)
    AND ended.starts_at <= coalesce(limited.answered_at, export_clock.as_of) AND ended.ends_at > coalesce(limited.answered_at, export_clock.as_of)
  WHERE limited.choice = 1
),
judged AS (
  SELECT
    timed.*,
    CASE
      WHEN is_answered AND answered_at IS NULL THEN NULL
      WHEN minutes_allowed IS NOT NULL THEN seconds_waited <= minutes_allowed * 60
      ELSE working_days_waited <= working_days_allowed
    END AS is_within
  FROM timed
)
SELECT
  agreement, term, wait, clock, lead_id, episode, source, tier, department, started_at, answered_at, answered_by,
  minutes_allowed, working_days_allowed, seconds_waited, working_days_waited,
  is_answered,
  is_within,
  is_answered OR coalesce(NOT is_within, FALSE) AS is_due
FROM judged
