-- title: {ja: "同じ値が別の書き方で入力されていない（表記ゆれ）", en: "No value is written in several ways"}
-- severity: warning
-- looks_at: [leads, activities, opportunities, verdicts, appointments, campaigns]
-- sentence: {ja: "表記ゆれが{count}種類あります：{examples}", en: "Values written in several ways: {count} ({examples})"}
-- fix: {ja: "use の列の値に統一します。CRMで直せないときは、アダプターの values で対応づけます。", en: "Use the value in the column use; where the CRM cannot be mended, map it under values in the adapter."}
SELECT
  concat(table_name, '.', column_name) AS record,
  value,
  canonical AS use,
  records
FROM value_variants
ORDER BY record, canonical, value
