-- title: {ja: "連絡禁止の相手には連絡していない", en: "Nobody who asked not to be contacted was contacted"}
-- severity: warning
-- looks_at: [leads, activities]
-- needs: [leads.do_not_contact, activities.type]
-- # No CRM export tells when the wish was made. It is taken as known from the day the lead entered the exit it stands in;
-- # of a lead in no exit, from its last talk or message with us; of one that never spoke with us, from the start.
-- # Counted are a person's calls, mails, letters and messages from the day after.
-- sentence: {ja: "連絡禁止の相手への連絡が{count}件あります：{examples}", en: "Contacts with people who asked not to be contacted: {count} ({examples})"}
-- fix: {ja: "担当者が相手への連絡を止め、リードを対象外に移します。印が誤りなら外し、架電リストが連絡禁止を除いているかを確かめます。", en: "The owner stops and moves the lead to Disqualified. If the mark is wrong, take it off; see that call lists leave marked leads out."}
WITH marked AS (
  SELECT leads.lead_id, leads.stage
  FROM leads
  WHERE leads.do_not_contact = TRUE AND coalesce(leads.is_test, FALSE) = FALSE
),
exits AS (
  SELECT marked.lead_id, max(stage_changes.changed_at) AS left_at
  FROM marked
  JOIN stages ON stages.stage = marked.stage
  JOIN milestones ON milestones.milestone = stages.milestone AND milestones.is_exit
  JOIN stage_changes ON stage_changes.lead_id = marked.lead_id AND stage_changes.to_stage = marked.stage
  WHERE coalesce(stage_changes.from_stage, '') <> stage_changes.to_stage
  GROUP BY marked.lead_id
),
talks AS (
  SELECT marked.lead_id, max(activities.occurred_at) AS talked_at
  FROM marked
  JOIN activities ON activities.lead_id = marked.lead_id
  CROSS JOIN export_clock
  WHERE activities.occurred_at <= export_clock.as_of
    AND (activities.is_connected = TRUE OR activities.outcome = 'replied' OR activities.type IN ('meeting', 'inbound_call', 'inbound_form'))
  GROUP BY marked.lead_id
),
known AS (
  SELECT marked.lead_id, coalesce(exits.left_at, talks.talked_at) AS known_at
  FROM marked
  LEFT JOIN exits ON exits.lead_id = marked.lead_id
  LEFT JOIN talks ON talks.lead_id = marked.lead_id
)
SELECT known.lead_id AS record, activities.type AS value, activities.occurred_at, members.department
FROM known
JOIN activities ON activities.lead_id = known.lead_id
LEFT JOIN members ON members.member_id = activities.member_id
CROSS JOIN export_clock
WHERE activities.type IN ('call', 'email', 'letter', 'social')
  AND activities.occurred_at <= export_clock.as_of
  AND (known.known_at IS NULL OR CAST(activities.occurred_at AS DATE) > CAST(known.known_at AS DATE))
ORDER BY activities.occurred_at, record, activities.activity_id
