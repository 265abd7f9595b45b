-- title: {ja: "日本語と英語のページがそろっている", en: "Both languages of every page are in step"}
-- severity: warning
-- looks_at: [page_translations]
-- # stale: the other language has changed since. compare: both have. unmarked: nobody has said yet that they are in step.
-- sentence: {ja: "もう一方の言語と照らし合わせるページが{count}件あります：{examples}", en: "Pages to be compared with their other language: {count} ({examples})"}
-- fix: {ja: "もう一方の言語で変わったところを反映し、playbook translate --caught-up ページ名 でそろったことを記録します。", en: "Carry over what changed in the other language, then mark the page: playbook translate --caught-up PAGE."}
SELECT page_translations.page AS record, page_translations.language AS value, page_translations.state, pages.department
FROM page_translations
LEFT JOIN pages ON pages.page = page_translations.page AND pages.language = page_translations.language
WHERE page_translations.state IN ('stale', 'compare', 'unmarked')
ORDER BY record, value
