-- One row per lead: how the person it stands for first came, and whether it is a test record. A duplicate has the origin of the first.
SELECT leads.lead_id, coalesce(leads.is_test, FALSE) AS is_test, person.source, person.campaign, person.segment, person.motion
FROM leads
LEFT JOIN lead_identities ON lead_identities.lead_id = leads.lead_id
LEFT JOIN leads AS person ON person.lead_id = lead_identities.person_lead_id
