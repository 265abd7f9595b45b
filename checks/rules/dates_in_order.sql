-- title: {ja: "日付の前後関係は正しい", en: "Dates come in their order"}
-- severity: warning
-- tolerance: 0.02
-- looks_at: [leads, opportunities, appointments, verdicts]
-- kpis: [mql_to_sql, mql_to_won, win_rate, wins, losses, amount_won, appointments_held, sqls_accepted, sql_acceptance_rate, response_minutes]
-- sentence: {ja: "日付の前後が逆のレコードが{count}件あります：{examples}", en: "Records whose dates are out of order: {count} ({examples})"}
-- fix: {ja: "CRMで日付を直します。まとめて起きているなら、アダプターのタイムゾーンと日付の書式を確かめます。", en: "Correct the dates in the CRM; if many are wrong, check the zone and the date format in the adapter."}
WITH pairs AS (
  SELECT lead_id AS record, 'leads.created_at > mql_at' AS value, created_at AS earlier, mql_at AS later FROM leads
  UNION ALL
  SELECT lead_id AS record, 'leads.mql_at > assigned_at' AS value, mql_at AS earlier, assigned_at AS later FROM leads
  UNION ALL
  SELECT opportunity_id AS record, 'opportunities.created_at > closed_at' AS value, created_at AS earlier, closed_at AS later FROM opportunities
  UNION ALL
  SELECT opportunities.opportunity_id AS record, 'leads.created_at > opportunities.closed_at' AS value,
    leads.created_at AS earlier, opportunities.closed_at AS later
  FROM opportunities
  JOIN leads ON leads.lead_id = opportunities.lead_id
  UNION ALL
  SELECT appointment_id AS record, 'appointments.set_at > held_at' AS value, set_at AS earlier, held_at AS later FROM appointments
  UNION ALL
  SELECT lead_id AS record, 'verdicts.handed_at > decided_at' AS value, handed_at AS earlier, decided_at AS later FROM verdicts
)
SELECT record, value, CAST(earlier AS DATE) AS should_be_earlier, CAST(later AS DATE) AS should_be_later
FROM pairs
WHERE CAST(earlier AS DATE) > CAST(later AS DATE)
ORDER BY value, record
