-- title: {ja: "エクスポートより未来の出来事はない", en: "No event lies far past all others"}
-- severity: warning
-- looks_at: [leads, activities, stage_changes, opportunities, appointments, verdicts]
-- kpis: all
-- sentence: {ja: "ほかから7日を超えて先の日時が{count}件あり、基準日の判定から除きました：{examples}", en: "Times over seven days past all others, set aside when the export was dated: {count} ({examples})"}
-- fix: {ja: "CRMで日時を直します（年の打ち間違いが多い箇所です）。正しい日時なら --as-of で基準日を指定します。", en: "Correct the time in the CRM (often a mistyped year); if it is right, name the day with --as-of."}
SELECT table_name || '.' || column_name AS record, happened_at AS value, records
FROM as_of_outliers
ORDER BY record, value
