-- title: {ja: "期限の切れた免除はない", en: "No waiver has expired"}
-- severity: error
-- looks_at: [waivers]
-- sentence: {ja: "期限の切れた免除が{count}件あります：{examples}", en: "Waivers that have expired: {count} ({examples})"}
-- fix: {ja: "免除していた記録を直して行を消すか、まだ必要なら理由と期限を改めて書きます。", en: "Mend what was waived and take the waiver out, or, if it is still needed, give it a reason and a day anew."}
SELECT
  waivers.waiver AS record,
  waivers.rule AS value,
  waivers.department,
  waivers.expires_on,
  date_diff('day', waivers.expires_on, export_clock.as_of_date) AS days
FROM waivers
CROSS JOIN export_clock
WHERE waivers.expires_on < export_clock.as_of_date
ORDER BY waivers.expires_on, waivers.waiver_rank
