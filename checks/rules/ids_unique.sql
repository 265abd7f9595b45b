-- title: {ja: "IDは空でなく、重複していない", en: "Ids are present and unique"}
-- severity: error
-- looks_at: [members, leads, activities, opportunities, appointments, campaigns]
-- kpis: all
-- sentence: {ja: "空または重複したIDが{count}件あります：{examples}", en: "Ids that are empty or stand more than once: {count} ({examples})"}
-- fix: {ja: "同じファイルを二度つないでいないか、別の列をIDに対応づけていないかを確かめ、もう一度エクスポートします。", en: "See whether a file was joined twice or another column is mapped as the id, and export again."}
WITH ids AS (
  SELECT 'members' AS found_in, member_id AS record FROM members
  UNION ALL
  SELECT 'leads' AS found_in, lead_id AS record FROM leads
  UNION ALL
  SELECT 'activities' AS found_in, activity_id AS record FROM activities
  UNION ALL
  SELECT 'opportunities' AS found_in, opportunity_id AS record FROM opportunities
  UNION ALL
  SELECT 'appointments' AS found_in, appointment_id AS record FROM appointments
  UNION ALL
  SELECT 'campaigns' AS found_in, campaign AS record FROM campaigns
)
SELECT record, found_in AS value, count(*) AS times
FROM ids
GROUP BY record, found_in
HAVING count(*) > 1 OR record IS NULL
ORDER BY found_in, record
