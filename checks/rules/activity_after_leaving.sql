-- title: {ja: "離任した人の活動はない", en: "Nobody is active after leaving"}
-- severity: warning
-- tolerance: 0.02
-- looks_at: [activities]
-- needs: [activities.member_id, members.left_on]
-- kpis: [approaches, calls, connect_rate, answered_rate]
-- # Automated mails and forms go on under the name of whoever left.
-- sentence: {ja: "離任日より後の活動が{count}件あります：{examples}", en: "Activities by somebody after their last day: {count} ({examples})"}
-- fix: {ja: "実施した本人に付け替え、離任した人のアカウントを止めます。離任日が誤りならメンバーの表を直します。", en: "Credit them to who did them and close the leaver's account; if the last day is wrong, correct the table of members."}
SELECT activities.activity_id AS record, members.department AS value, activities.type, activities.occurred_at
FROM activities
JOIN members ON members.member_id = activities.member_id
CROSS JOIN export_clock
WHERE CAST(activities.occurred_at AS DATE) > members.left_on
  AND activities.occurred_at <= export_clock.as_of
  AND coalesce(activities.type, '') NOT IN ('auto_email', 'inbound_form')
ORDER BY activities.occurred_at, record
