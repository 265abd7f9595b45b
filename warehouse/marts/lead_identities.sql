-- One row per lead: the person it stands for. Leads of the same normalised e-mail are one person, the first created; test records are left out.
SELECT
  lead_id,
  coalesce(
    first_value(lead_id) OVER (PARTITION BY nullif(lower(trim(email)), '') ORDER BY created_at, lead_id), lead_id
  ) AS person_lead_id
FROM leads
WHERE coalesce(is_test, FALSE) = FALSE AND nullif(lower(trim(email)), '') IS NOT NULL
UNION ALL
SELECT lead_id, lead_id AS person_lead_id
FROM leads
WHERE coalesce(is_test, FALSE) = FALSE AND nullif(lower(trim(email)), '') IS NULL
