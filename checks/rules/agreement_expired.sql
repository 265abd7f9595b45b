-- title: {ja: "合意書の見直し期限は過ぎていない", en: "No agreement is past its review"}
-- severity: warning
-- looks_at: [agreement_status]
-- sentence: {ja: "見直し期限を過ぎた合意書が{looked_at}のうち{count}あります：{examples}", en: "Agreements past the day of their review: {count} of {looked_at} ({examples})"}
-- fix: {ja: "当事者で条件を見直し、次の見直し日を review_on に書きます。条件を変えないなら、署名し直す必要はありません。", en: "The parties go through the terms and write the next day into review_on; as long as no term changes, nobody signs again."}
SELECT agreement AS record, review_on AS value
FROM agreement_status
WHERE is_expired
ORDER BY value, record
