-- title: {ja: "どの表も同じ時点までエクスポートされている", en: "Every table reaches as far as the others"}
-- severity: error
-- looks_at: [table_freshness]
-- kpis: all
-- sentence: {ja: "ほかの表より古い表が{count}件あります：{examples}", en: "Tables that end long before the others: {count} ({examples})"}
-- fix: {ja: "その表をもう一度エクスポートします。記録がまれな表なら、アダプターの fresh_within_days を見直します。", en: "Export that table again; if its records are rare, review fresh_within_days in the adapter."}
WITH behind AS (
  SELECT
    table_freshness.table_name,
    table_freshness.newest_at,
    table_freshness.fresh_within_days,
    date_diff('day', CAST(table_freshness.newest_at AS DATE), export_clock.as_of_date) AS days_behind,
    date_diff('day', CAST(table_freshness.oldest_at AS DATE), CAST(table_freshness.newest_at AS DATE))
      / nullif(table_freshness.records, 0) AS usual_days_between
  FROM table_freshness
  CROSS JOIN export_clock
)
SELECT table_name AS record, CAST(newest_at AS DATE) AS value, days_behind
FROM behind
WHERE days_behind > fresh_within_days AND days_behind > 5 * usual_days_between
ORDER BY record
