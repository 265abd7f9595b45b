-- title: {ja: "差し戻しには理由がある", en: "Every rejected hand-off has its reason"}
-- severity: warning
-- tolerance: 0.2
-- looks_at: [verdicts]
-- needs: [verdicts.is_accepted, verdicts.reason]
-- sentence: {ja: "理由のない差し戻しが{count}件あります：{examples}", en: "Hand-offs rejected without a reason: {count} ({examples})"}
-- fix: {ja: "差し戻した部門が理由を選びます。理由のない差し戻しは、引き渡した側が次に生かせません。", en: "The department that rejected it chooses the reason; without one, those who handed over learn nothing."}
SELECT
  verdicts.lead_id AS record,
  verdicts.kind AS value,
  CAST(verdicts.handed_at AS DATE) AS handed_on,
  members.department
FROM verdicts
LEFT JOIN leads ON leads.lead_id = verdicts.lead_id
LEFT JOIN members ON members.member_id = verdicts.decided_by
WHERE verdicts.is_accepted = FALSE AND verdicts.reason IS NULL AND coalesce(leads.is_test, FALSE) = FALSE
ORDER BY value, verdicts.handed_at, record
