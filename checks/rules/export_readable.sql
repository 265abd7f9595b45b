-- title: {ja: "エクスポートの行と値はすべて読み取れる", en: "Every row and value of the export can be read"}
-- severity: warning
-- tolerance: 0.01
-- looks_at: [leads, activities, stage_changes, opportunities, appointments, verdicts, members, campaigns]
-- kpis: all
-- sentence: {ja: "読み取れない行または値が{count}件あります：{examples}", en: "Rows or values that cannot be read: {count} ({examples})"}
-- fix: {ja: "ファイルの該当行を開いて確かめます。書式が違うだけなら、アダプターの format に加えます。", en: "Open the file at that line; if only the format differs, add it under format in the adapter."}
SELECT
  export_rejects.file || ':' || coalesce(CAST(export_rejects.line AS VARCHAR), '?') AS record,
  export_rejects.reason AS value,
  export_rejects.table_name || '.' || export_rejects.column_name AS found_in,
  CASE WHEN canonical_columns.is_private = FALSE THEN export_rejects.value END AS text
FROM export_rejects
LEFT JOIN canonical_columns
  ON canonical_columns.table_name = export_rejects.table_name AND canonical_columns.column_name = export_rejects.column_name
ORDER BY export_rejects.file, export_rejects.line, found_in
