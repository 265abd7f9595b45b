-- title: {ja: "どの免除にも該当する記録がある", en: "Every waiver waives something"}
-- severity: warning
-- looks_at: [waivers]
-- # A waiver of a rule that was skipped is not judged, nor one that has expired: that is a finding of its own.
-- sentence: {ja: "該当する記録のない免除が{count}件あります：{examples}", en: "Waivers that match nothing: {count} ({examples})"}
-- fix: {ja: "記録が直ったのなら、免除を消します。そうでなければ、IDや条件の書き間違いを直します。", en: "If the records were mended, take the waiver out; if not, correct its ids or its condition."}
SELECT waiver AS record, rule AS value, department, expires_on
FROM waivers
WHERE records = 0
ORDER BY waiver_rank
