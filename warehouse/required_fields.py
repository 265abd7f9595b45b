"""Leads whose stage requires a field that is empty: the one table whose SQL follows from the definitions themselves."""

from warehouse.definitions import Definitions
from warehouse.engine import Engine, literal, quote

GAPS = {"lead_id": "VARCHAR", "stage": "VARCHAR", "field": "VARCHAR"}


def store(engine: Engine, definitions: Definitions) -> None:
    """Write `playbook.required_field_gaps`. A column that the export does not have at all is not a gap of every lead."""
    provided = {row["column_name"] for row in
                engine.rows("SELECT column_name FROM playbook.canonical_columns WHERE table_name = 'leads' AND is_provided")}
    engine.create_table("playbook.required_field_gaps", GAPS)
    for stage in definitions.stages:
        for field in (field for field in stage.required_fields if field in provided):
            engine.run(f"INSERT INTO playbook.required_field_gaps SELECT lead_id, stage, {literal(field)} FROM crm.leads"
                       f" WHERE stage = ? AND {quote(field)} IS NULL", [stage.id])
