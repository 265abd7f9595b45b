-- title: {ja: "値は決められた形で書かれている", en: "Every value is written in its form"}
-- severity: warning
-- tolerance: 0.1
-- looks_at: [leads]
-- needs: [leads.email or leads.phone or leads.record_url]
-- sentence: {ja: "決められた形でない値が{count}件あります：{examples}", en: "Values that are not written in their form: {count} ({examples})"}
-- fix: {ja: "項目辞書の形に合わせてCRMを直します。形のほうが実態に合わないなら fields.yml の format を直します。", en: "Correct it in the CRM as the field dictionary says; if the form is wrong, correct format in fields.yml."}
SELECT record, concat(table_name, '.', field) AS value
FROM misformatted_values
ORDER BY value, record
