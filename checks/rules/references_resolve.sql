-- title: {ja: "参照先のレコードはすべて存在する", en: "Every id that one table takes from another exists there"}
-- severity: error
-- looks_at: [activities, stage_changes, opportunities, appointments, verdicts, leads]
-- kpis: all
-- sentence: {ja: "参照先が見つからないIDが{count}件あります：{examples}", en: "Ids that point to no record: {count} ({examples})"}
-- fix: {ja: "関連する表を同じ条件・同じ日にエクスポートします。退職者もメンバーの表に残します。", en: "Export the tables together, with the same filter on the same day; keep people who left in the table of members."}
WITH pointers AS (
  SELECT 'activities.lead_id' AS found_in, lead_id AS record, 'leads' AS target FROM activities
  UNION ALL
  SELECT 'stage_changes.lead_id' AS found_in, lead_id AS record, 'leads' AS target FROM stage_changes
  UNION ALL
  SELECT 'opportunities.lead_id' AS found_in, lead_id AS record, 'leads' AS target FROM opportunities
  UNION ALL
  SELECT 'appointments.lead_id' AS found_in, lead_id AS record, 'leads' AS target FROM appointments
  UNION ALL
  SELECT 'verdicts.lead_id' AS found_in, lead_id AS record, 'leads' AS target FROM verdicts
  UNION ALL
  SELECT 'leads.owner_id' AS found_in, owner_id AS record, 'members' AS target FROM leads
  UNION ALL
  SELECT 'activities.member_id' AS found_in, member_id AS record, 'members' AS target FROM activities
  UNION ALL
  SELECT 'opportunities.owner_id' AS found_in, owner_id AS record, 'members' AS target FROM opportunities
  UNION ALL
  SELECT 'leads.campaign' AS found_in, campaign AS record, 'campaigns' AS target FROM leads
),
targets_found AS (
  SELECT 'leads' AS target, lead_id AS record FROM leads
  UNION
  SELECT 'members' AS target, member_id AS record FROM members
  UNION
  SELECT 'campaigns' AS target, campaign AS record FROM campaigns
),
exported AS (
  SELECT DISTINCT table_name AS target FROM canonical_columns WHERE is_provided
)
SELECT pointers.record, pointers.found_in AS value, count(*) AS times
FROM pointers
JOIN exported ON exported.target = pointers.target
LEFT JOIN targets_found ON targets_found.target = pointers.target AND targets_found.record = pointers.record
WHERE pointers.record IS NOT NULL AND targets_found.record IS NULL
GROUP BY pointers.record, pointers.found_in
ORDER BY value, record
