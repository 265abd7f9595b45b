-- One row per record that a term of an agreement in force on its day asks something of, and whether the department that has to keep it did.
-- The next step is a stock, looked at on the day of the export. A wait counts once it is due; a hand-over by the fields that it shows at the export, an exit while the lead still stands there.
WITH handed AS (
  SELECT lead_id, episode, 'mql' AS milestone, mql_at AS counted_at FROM lead_journeys WHERE mql_at IS NOT NULL
  UNION ALL
  SELECT lead_id, episode, 'sql' AS milestone, sql_at AS counted_at FROM lead_journeys WHERE sql_at IS NOT NULL
),
entered AS (
  SELECT
    lead_events.lead_id, lead_events.episode, lead_events.milestone,
    min(lead_events.happened_at) AS counted_at,
    arg_min(lead_events.done_by, lead_events.happened_at) AS member_id
  FROM lead_events
  GROUP BY lead_events.lead_id, lead_events.episode, lead_events.milestone
),
gaps AS (
  SELECT term_fields.rule, lead_facts.lead_id, count(*) AS fields
  FROM term_fields
  JOIN lead_facts ON lead_facts.field = term_fields.field
  WHERE lead_facts.value IS NULL
  GROUP BY term_fields.rule, lead_facts.lead_id
),
still_there AS (
  SELECT entered.lead_id, max(entered.episode) AS episode, stages.milestone
  FROM entered
  JOIN leads ON leads.lead_id = entered.lead_id
  JOIN stages ON stages.stage = leads.stage
  GROUP BY entered.lead_id, stages.milestone
),
judged AS (
  SELECT waits.agreement, waits.term, waits.lead_id, waits.episode, waits.started_at AS counted_at, waits.answered_by AS member_id,
    waits.is_answered AND waits.is_within AS is_kept, FALSE AS is_stock
  FROM waits
  WHERE waits.clock <> 'member' AND waits.is_due AND waits.is_within IS NOT NULL
  UNION ALL
  SELECT limit_terms.agreement, limit_terms.term, open_leads.lead_id, open_leads.episode, CAST(open_leads.counted_on AS TIMESTAMP) AS counted_at, open_leads.member_id,
    NOT open_leads.is_quiet AS is_kept, TRUE AS is_stock
  FROM open_leads
  JOIN limit_terms ON limit_terms.wait = 'next_step' AND open_leads.counted_on >= limit_terms.effective_from
    AND (limit_terms.effective_until IS NULL OR open_leads.counted_on < limit_terms.effective_until)
  UNION ALL
  SELECT agreement_terms.agreement, agreement_terms.term, handed.lead_id, handed.episode, handed.counted_at, CAST(NULL AS VARCHAR) AS member_id,
    fitting_leads.lead_id IS NOT NULL AS is_kept, FALSE AS is_stock
  FROM handed
  JOIN agreement_terms ON agreement_terms.kind = 'qualification' AND agreement_terms.milestone = handed.milestone
    AND CAST(handed.counted_at AS DATE) >= agreement_terms.effective_from
    AND (agreement_terms.effective_until IS NULL OR CAST(handed.counted_at AS DATE) < agreement_terms.effective_until)
  LEFT JOIN fitting_leads ON fitting_leads.lead_id = handed.lead_id AND fitting_leads.rule = agreement_terms.rule
  UNION ALL
  SELECT agreement_terms.agreement, agreement_terms.term, entered.lead_id, entered.episode, entered.counted_at, entered.member_id,
    gaps.fields IS NULL AS is_kept, FALSE AS is_stock
  FROM entered
  JOIN agreement_terms ON agreement_terms.kind = 'filled' AND agreement_terms.milestone = entered.milestone
    AND CAST(entered.counted_at AS DATE) >= agreement_terms.effective_from
    AND (agreement_terms.effective_until IS NULL OR CAST(entered.counted_at AS DATE) < agreement_terms.effective_until)
  JOIN milestones ON milestones.milestone = entered.milestone
  LEFT JOIN still_there ON still_there.lead_id = entered.lead_id AND still_there.episode = entered.episode AND still_there.milestone = entered.milestone
  LEFT JOIN gaps ON gaps.lead_id = entered.lead_id AND gaps.rule = agreement_terms.rule
  WHERE NOT milestones.is_exit OR still_there.lead_id IS NOT NULL
  UNION ALL
  SELECT agreement_terms.agreement, agreement_terms.term, hand_overs.lead_id, CAST(NULL AS BIGINT) AS episode, hand_overs.decided_at AS counted_at, hand_overs.decided_by AS member_id,
    listed.reason IS NOT NULL AS is_kept, FALSE AS is_stock
  FROM hand_overs
  CROSS JOIN export_clock
  JOIN agreement_terms ON agreement_terms.kind = 'reasoned' AND agreement_terms.verdict = hand_overs.kind
    AND CAST(hand_overs.decided_at AS DATE) >= agreement_terms.effective_from
    AND (agreement_terms.effective_until IS NULL OR CAST(hand_overs.decided_at AS DATE) < agreement_terms.effective_until)
  JOIN lead_identities ON lead_identities.lead_id = hand_overs.lead_id
  LEFT JOIN (
    SELECT DISTINCT stages.milestone, stage_reasons.reason FROM stage_reasons JOIN stages ON stages.stage = stage_reasons.stage
  ) AS listed ON listed.milestone = hand_overs.kind AND listed.reason = hand_overs.reason
  WHERE hand_overs.is_accepted = FALSE AND hand_overs.decided_at <= export_clock.as_of
)
SELECT
  judged.agreement, judged.term, judged.lead_id, judged.episode, judged.counted_at, judged.is_kept, judged.is_stock,
  leads.source, leads.campaign, leads.segment, leads.motion, lead_journeys.tier,
  agreement_terms.department,
  coalesce(judged.member_id, leads.owner_id) AS member_id
FROM judged
JOIN leads ON leads.lead_id = judged.lead_id
LEFT JOIN lead_journeys ON lead_journeys.lead_id = judged.lead_id AND lead_journeys.episode = judged.episode
JOIN agreement_terms ON agreement_terms.agreement = judged.agreement AND agreement_terms.term = judged.term
  AND CAST(judged.counted_at AS DATE) >= agreement_terms.effective_from
  AND (agreement_terms.effective_until IS NULL OR CAST(judged.counted_at AS DATE) < agreement_terms.effective_until)
