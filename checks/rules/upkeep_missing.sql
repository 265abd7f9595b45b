-- title: {ja: "どのページにも責任部門・状態・確認日・見直し日がある", en: "Every page says its owner, status, last verification and next review"}
-- severity: warning
-- looks_at: [upkeep]
-- sentence: {ja: "責任部門、状態、確認日、見直し日のどれかがないページと定義が{count}件あります：{examples}", en: "Pages and definitions that lack an owner, a status, a day verified or a day of review: {count} ({examples})"}
-- fix: {ja: "ページなら先頭の --- の間に owner、status、verified、review を書きます。定義なら upkeep に書きます。", en: "Write owner, status, verified and review between the --- lines of the page, or under upkeep in the definition."}
SELECT
  record,
  concat_ws(
    ', ', CASE WHEN department IS NULL THEN 'owner' END, CASE WHEN status IS NULL THEN 'status' END,
    CASE WHEN verified IS NULL THEN 'verified' END, CASE WHEN review IS NULL THEN 'review' END
  ) AS value,
  language,
  department
FROM upkeep
WHERE department IS NULL OR status IS NULL OR verified IS NULL OR review IS NULL
ORDER BY record
