-- title: {ja: "会社の休業日を登録した期間に、データが収まっている", en: "The calendar covers the data"}
-- severity: warning
-- tolerance: 0.01
-- looks_at: [leads, activities, verdicts]
-- needs: [leads.mql_at or leads.assigned_at or activities.occurred_at or verdicts.handed_at]
-- kpis: [response_minutes, missed_followup_rate, overdue_leads, sql_acceptance_rate]
-- # Without a business clock on its day, a record's waiting time is unknown. Data later than the calendar never gets here: it is refused when it is read.
-- sentence: {ja: "休業日を登録した期間より前の日付が{count}件あり、営業時間を数えられません：{examples}", en: "Dates before the days that the calendar covers, of which business hours cannot be counted: {count} ({examples})"}
-- fix: {ja: "その年の休業日を calendar.yml の closed に書き、covers の from を前に動かします。日付の打ち間違いなら、CRMで直します。", en: "Enter the closed days of those years under closed in calendar.yml and move the start of covers; if a date is mistyped, correct it in the CRM."}
WITH dated AS (
  SELECT lead_id AS record, CAST(mql_at AS DATE) AS happened_on, 'leads.mql_at' AS found_in FROM leads
  UNION ALL
  SELECT lead_id AS record, CAST(assigned_at AS DATE) AS happened_on, 'leads.assigned_at' AS found_in FROM leads
  UNION ALL
  SELECT activity_id AS record, CAST(occurred_at AS DATE) AS happened_on, 'activities.occurred_at' AS found_in FROM activities
  UNION ALL
  SELECT lead_id AS record, CAST(handed_at AS DATE) AS happened_on, 'verdicts.handed_at' AS found_in FROM verdicts
  UNION ALL
  SELECT lead_id AS record, CAST(decided_at AS DATE) AS happened_on, 'verdicts.decided_at' AS found_in FROM verdicts
),
covered AS (
  SELECT DISTINCT day FROM business_clock
)
SELECT dated.record, dated.happened_on AS value, dated.found_in
FROM dated
CROSS JOIN export_clock
LEFT JOIN covered ON covered.day = dated.happened_on
WHERE dated.happened_on <= export_clock.as_of_date AND covered.day IS NULL
ORDER BY dated.happened_on, dated.found_in, dated.record
