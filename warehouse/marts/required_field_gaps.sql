-- One row per lead and field that its present stage requires and that is empty. A field that the export does not have is no gap of every lead.
SELECT leads.lead_id, leads.stage, stage_required_fields.field
FROM leads
JOIN stage_required_fields ON stage_required_fields.stage = leads.stage
JOIN lead_facts ON lead_facts.lead_id = leads.lead_id AND lead_facts.field = stage_required_fields.field
WHERE lead_facts.value IS NULL
