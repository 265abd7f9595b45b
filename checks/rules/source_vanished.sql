-- title: {ja: "流入元は途絶えていない", en: "No source has dried up"}
-- severity: warning
-- looks_at: [leads]
-- needs: [leads.source]
-- kpis: [mqls]
-- # Leads in at least 8 of 12 weeks, then none in the last 3 complete weeks nor since.
-- sentence: {ja: "続いていたリードが3週以上途絶えた流入元が{count}件あります：{examples}", en: "Sources that brought leads steadily and none for three weeks: {count} ({examples})"}
-- fix: {ja: "フォームや連携が止まっていないか、流入元の名前が変わっていないかを確かめます。やめた施策なら対応は要りません。", en: "See whether a form or an integration stopped, or the source was renamed; nothing to do if the campaign was ended."}
WITH complete_weeks AS (
  SELECT period AS week, row_number() OVER (ORDER BY starts_on DESC) AS weeks_back
  FROM periods
  WHERE period_kind = 'week' AND is_complete
),
brought AS (
  SELECT leads.source, days.week, complete_weeks.weeks_back, max(days.day) AS newest_on
  FROM leads
  JOIN days ON days.day = CAST(leads.created_at AS DATE)
  CROSS JOIN export_clock
  LEFT JOIN complete_weeks ON complete_weeks.week = days.week
  WHERE leads.source IS NOT NULL AND leads.created_at <= export_clock.as_of AND coalesce(leads.is_test, FALSE) = FALSE
  GROUP BY leads.source, days.week, complete_weeks.weeks_back
)
SELECT source AS record, max(newest_on) AS value, count_if(weeks_back BETWEEN 4 AND 15) AS weeks
FROM brought
GROUP BY source
HAVING count_if(weeks_back BETWEEN 4 AND 15) >= 8 AND count_if(weeks_back IS NULL OR weeks_back <= 3) = 0
ORDER BY record
