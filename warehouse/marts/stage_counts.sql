-- One row per defined stage: how many leads stand in it at the export; test records are left out.
SELECT stages.stage, count(leads.lead_id) AS leads
FROM stages
LEFT JOIN leads ON leads.stage = stages.stage AND coalesce(leads.is_test, FALSE) = FALSE
GROUP BY stages.stage
