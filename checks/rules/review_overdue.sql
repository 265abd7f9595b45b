-- title: {ja: "見直しの日を過ぎたページはない", en: "No page is past its review"}
-- severity: warning
-- looks_at: [upkeep]
-- sentence: {ja: "見直しの日を過ぎたページと定義が{count}件あります：{examples}", en: "Pages and definitions past their review: {count} ({examples})"}
-- fix: {ja: "責任部門が読み直し、必要なら直します。変えるところがなくても、verified（最後に確かめた日）と review（次に見直す日）を新しくします。", en: "The owner reads it again and mends it where needed; verified and review get new days even where nothing changes."}
SELECT
  upkeep.record,
  upkeep.review AS value,
  upkeep.language,
  upkeep.department,
  date_diff('day', upkeep.review, export_clock.as_of_date) AS days
FROM upkeep
CROSS JOIN export_clock
WHERE upkeep.review < export_clock.as_of_date
ORDER BY days DESC, record
