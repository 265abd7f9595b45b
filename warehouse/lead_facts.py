"""What leads show in the fields that definitions ask of, as rows: the one place whose SQL follows from the definitions themselves."""

from warehouse.agreement_tables import asked_fields
from warehouse.definitions import Definitions
from warehouse.engine import Engine, literal, quote

FACTS = {"lead_id": "VARCHAR", "field": "VARCHAR", "value": "VARCHAR", "amount": "DOUBLE"}
MISFORMATTED = {"table_name": "VARCHAR", "field": "VARCHAR", "record": "VARCHAR"}
NUMBERS = ("number", "integer")


def store(engine: Engine, definitions: Definitions) -> None:
    """Write `playbook.lead_facts` (one row per lead and field) and `playbook.misformatted_values` (one row per record and field).

    A column that the export does not have at all has no rows. Of a private column only whether it is filled in is kept.
    """
    provided = {(row["table_name"], row["column_name"]) for row in
                engine.rows("SELECT table_name, column_name FROM playbook.canonical_columns WHERE is_provided")}
    engine.create_table("playbook.lead_facts", FACTS)
    for field in (field for field in asked_fields(definitions) if ("leads", field) in provided):
        spec = definitions.tables["leads"].columns[field]
        amount = f"CAST({quote(field)} AS DOUBLE)" if spec.type in NUMBERS else "NULL"
        value = f"CASE WHEN {quote(field)} IS NOT NULL THEN 'filled' END" if spec.is_private else f"CAST({quote(field)} AS VARCHAR)"
        engine.run(f"INSERT INTO playbook.lead_facts SELECT lead_id, {literal(field)}, {value}, {amount} FROM crm.leads")
    engine.create_table("playbook.misformatted_values", MISFORMATTED)
    for field in (field for field in definitions.fields if field.format and (field.table, field.id) in provided):
        key = definitions.tables[field.table].key[0]
        engine.run(f"INSERT INTO playbook.misformatted_values SELECT {literal(field.table)}, {literal(field.id)}, CAST({quote(key)} AS VARCHAR) FROM crm.{quote(field.table)}"
                   f" WHERE NOT regexp_full_match(CAST({quote(field.id)} AS VARCHAR), ?)", [field.format.pattern])
