-- title: {ja: "期限・割合・基準・ステージ名は手で書かれていない", en: "No limit, share, threshold or stage name is typed by hand"}
-- severity: warning
-- looks_at: [page_lines]
-- # Prose of hand-written pages, templates and agreements. Nothing and the whole (0, 100 %) are no agreed figures; the word for a lead itself is everyday language. A line marked <!-- example --> is left out.
-- sentence: {ja: "手で書かれた数字やステージ名が{count}か所あります：{examples}", en: "Figures and stage names typed by hand: {count} ({examples})"}
-- fix: {ja: "quote の列にあるマクロで引用します。例として書いた行には <!-- example --> を付けます。", en: "Quote it with the macro in the column quote; mark a line that is only an example with <!-- example -->."}
WITH suggested AS (
  SELECT
    typed_words.page, typed_words.line, typed_words.words, quotable_words.quote,
    row_number() OVER (
      PARTITION BY typed_words.page, typed_words.line, typed_words.words
      ORDER BY
        CASE WHEN quotable_words.quote IS NULL THEN 9
          WHEN typed_words.stage IS NOT NULL THEN 0
          WHEN quotable_words.subject = typed_words.subject AND quotable_words.amount = typed_words.amount THEN 1
          WHEN quotable_words.amount = typed_words.amount THEN 2
          WHEN quotable_words.subject = typed_words.subject THEN 3
          ELSE 4 END,
        quotable_words.quote_rank, quotable_words.quote
    ) AS choice
  FROM typed_words
  LEFT JOIN quotable_words ON (typed_words.stage IS NOT NULL AND quotable_words.stage = typed_words.stage)
    OR (typed_words.stage IS NULL AND quotable_words.unit = typed_words.unit)
  WHERE coalesce(typed_words.amount <> 0 AND NOT (typed_words.unit = 'percent' AND typed_words.amount = 100), TRUE)
)
SELECT concat(page, ':', CAST(line AS VARCHAR)) AS record, words AS value, coalesce(quote, '—') AS quote
FROM suggested
WHERE choice = 1
ORDER BY page, line, words
