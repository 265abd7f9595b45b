-- title: {ja: "合意書はすべての当事者が署名している", en: "Every party has signed every agreement"}
-- severity: warning
-- looks_at: [party_signatures]
-- # Those who never signed. A signature under other terms is the rule signature_void; the newest terms are looked at before they begin, too.
-- sentence: {ja: "まだ署名していない当事者が{count}件あります：{examples}", en: "Parties that have not signed: {count} ({examples})"}
-- fix: {ja: "その部門が条件を読み、playbook sign か、フォームから書き出したCSVで署名します。", en: "The department reads the terms and signs with playbook sign, or by the CSV that a form exports."}
SELECT agreement AS record, department AS value, effective_from
FROM party_signatures
WHERE state = 'awaiting'
ORDER BY effective_from, record, party_rank
