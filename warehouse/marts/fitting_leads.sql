-- One row per lead and rule of fields (a tier, or a term of an agreement) of which one line fits the lead.
WITH asked AS (
  SELECT rule, line_number, count(DISTINCT field) AS fields FROM condition_lines GROUP BY rule, line_number
),
shown AS (
  SELECT lead_facts.lead_id, condition_lines.rule, condition_lines.line_number, count(DISTINCT condition_lines.field) AS fields
  FROM lead_facts
  JOIN condition_lines ON condition_lines.field = lead_facts.field
    AND (condition_lines.value = lead_facts.value OR condition_lines.at_least <= lead_facts.amount
      OR (condition_lines.is_filled AND lead_facts.value IS NOT NULL))
  GROUP BY lead_facts.lead_id, condition_lines.rule, condition_lines.line_number
)
SELECT DISTINCT shown.lead_id, shown.rule
FROM shown
JOIN asked ON asked.rule = shown.rule AND asked.line_number = shown.line_number AND asked.fields = shown.fields
