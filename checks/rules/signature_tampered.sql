-- title: {ja: "署名の記録は、署名したときのままである", en: "No signature was touched after it was given"}
-- severity: error
-- looks_at: [signatures]
-- # The seal of a line is made of the line and the seal above it. A line that does not fit was edited, moved, or the one above it is gone; the seal of the file not fitting means that lines at its end are gone.
-- sentence: {ja: "署名の記録に、書き換えや抜き取りの跡が{count}か所あります：{examples}", en: "Places in the signatures where the seal does not hold: {count} ({examples})"}
-- fix: {ja: "signatures.yml をgitの履歴から元に戻し、必要なら playbook sign で署名し直します。手では書き換えません。", en: "Restore signatures.yml from the history of git, and sign again with playbook sign if need be; it is never edited by hand."}
SELECT 'signatures.yml:' || CAST(line AS VARCHAR) AS record, coalesce(agreement || '/' || department, 'seal') AS value
FROM seal_faults
ORDER BY line
