-- title: {ja: "署名した条件は、あとから変わっていない", en: "No terms changed after they were signed"}
-- severity: warning
-- looks_at: [signatures]
-- # An earlier version stands for the weeks it judged: a change of its terms voids the signatures under it as well.
-- sentence: {ja: "条件が変わり、無効になった署名が{count}件あります：{examples}", en: "Signatures that are void because the terms have changed: {count} ({examples})"}
-- fix: {ja: "変わった条件をその部門が読み、あらためて署名します。変えるつもりがなかったなら、合意書の定義を元に戻します。", en: "The department reads what changed and signs again; if no change was meant, restore the agreement's definition."}
SELECT agreement AS record, department AS value, signed_from, effective_from, void_terms
FROM void_signatures
ORDER BY effective_from, record, value
