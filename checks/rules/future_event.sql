-- title: {ja: "未来の日付の記録はない", en: "Nothing is dated in the future"}
-- severity: warning
-- tolerance: 0.01
-- looks_at: [leads, activities, stage_changes, opportunities, appointments, verdicts]
-- kpis: [response_minutes, missed_followup_rate, overdue_leads]
-- # Events past as-of, unless somebody asked for an earlier day; those that times_plausible set aside are told there.
-- # A next action lies ahead by right, but not for more than two years.
-- sentence: {ja: "基準日より後の出来事、または2年を超えて先の次回対応日が{count}件あります：{examples}", en: "Events after the export, or next actions over two years ahead: {count} ({examples})"}
-- fix: {ja: "CRMで日付を直します（年の打ち間違いが多い箇所です）。多いときは、アダプターの exported_at とタイムゾーンを確かめます。", en: "Correct the date in the CRM (often a mistyped year); if there are many, check exported_at and the zone in the adapter."}
WITH events AS (
  SELECT 'leads' AS table_name, 'created_at' AS column_name, lead_id AS record, created_at AS happened_at FROM leads
  UNION ALL
  SELECT 'leads' AS table_name, 'mql_at' AS column_name, lead_id AS record, mql_at AS happened_at FROM leads
  UNION ALL
  SELECT 'leads' AS table_name, 'assigned_at' AS column_name, lead_id AS record, assigned_at AS happened_at FROM leads
  UNION ALL
  SELECT 'activities' AS table_name, 'occurred_at' AS column_name, activity_id AS record, occurred_at AS happened_at FROM activities
  UNION ALL
  SELECT 'stage_changes' AS table_name, 'changed_at' AS column_name, lead_id AS record, changed_at AS happened_at FROM stage_changes
  UNION ALL
  SELECT 'opportunities' AS table_name, 'created_at' AS column_name, opportunity_id AS record, created_at AS happened_at FROM opportunities
  UNION ALL
  SELECT 'opportunities' AS table_name, 'closed_at' AS column_name, opportunity_id AS record, closed_at AS happened_at
  FROM opportunities
  WHERE is_won IS NOT NULL
  UNION ALL
  SELECT 'appointments' AS table_name, 'set_at' AS column_name, appointment_id AS record, set_at AS happened_at FROM appointments
  UNION ALL
  SELECT 'appointments' AS table_name, 'held_at' AS column_name, appointment_id AS record, held_at AS happened_at FROM appointments
  UNION ALL
  SELECT 'verdicts' AS table_name, 'handed_at' AS column_name, lead_id AS record, handed_at AS happened_at FROM verdicts
  UNION ALL
  SELECT 'verdicts' AS table_name, 'decided_at' AS column_name, lead_id AS record, decided_at AS happened_at FROM verdicts
),
ahead AS (
  SELECT events.record, CAST(events.happened_at AS DATE) AS value, events.table_name || '.' || events.column_name AS found_in
  FROM events
  CROSS JOIN export_clock
  LEFT JOIN as_of_outliers
    ON as_of_outliers.table_name = events.table_name AND as_of_outliers.column_name = events.column_name
    AND as_of_outliers.happened_at = events.happened_at
  WHERE events.happened_at > export_clock.as_of AND export_clock.named_by <> 'option' AND as_of_outliers.table_name IS NULL
  UNION ALL
  SELECT leads.lead_id AS record, leads.next_action_on AS value, 'leads.next_action_on' AS found_in
  FROM leads
  CROSS JOIN export_clock
  WHERE leads.next_action_on > CAST(export_clock.as_of_date + INTERVAL 2 YEAR AS DATE)
)
SELECT record, value, found_in
FROM ahead
ORDER BY found_in, value, record
