-- title: {ja: "どのページも日本語と英語の両方がある", en: "Every page exists in both languages"}
-- severity: error
-- looks_at: [pages]
-- sentence: {ja: "片方の言語にしかないページが{count}件あります：{examples}", en: "Pages that exist in one language only: {count} ({examples})"}
-- fix: {ja: "同じパスのページをもう一方の言語にも置きます。", en: "Put a page of the same path in the other language too."}
SELECT page AS record, min(language) AS value
FROM pages
GROUP BY page
HAVING count(DISTINCT language) < 2
ORDER BY record
