"""The export: one CSV a table, rows in order of time, the same bytes everywhere."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

COLUMNS = {
    "members": "member_id,name,department,motion,team,joined_on,left_on",
    "leads": "lead_id,created_at,source,campaign,segment,motion,owner_id,stage,mql_at,assigned_at,next_action_on,do_not_contact,score,"
             "record_url,company,contact_name,email,phone,is_test,budget,authority,need,timing,exit_reason",
    "activities": "activity_id,lead_id,member_id,occurred_at,type,outcome,is_connected,duration_seconds,script_version",
    "stage_changes": "lead_id,from_stage,to_stage,changed_at,changed_by",
    "opportunities": "opportunity_id,lead_id,owner_id,created_at,stage,amount,closed_at,is_won,loss_reason",
    "appointments": "appointment_id,lead_id,set_at,set_by,scheduled_at,held_at,status",
    "verdicts": "kind,lead_id,handed_at,decided_at,is_accepted,reason,decided_by",
    "campaigns": "campaign,source,started_on,ended_on,cost",
}
ORDER = {"activities": "occurred_at", "stage_changes": "changed_at", "opportunities": "created_at", "appointments": "set_at",
         "verdicts": "handed_at"}
NUMBERED = {"activities": ("activity_id", "A{:05d}"), "opportunities": ("opportunity_id", "O{:04d}"), "appointments": ("appointment_id", "P{:04d}")}


def arrange(rows: dict[str, list[dict]]) -> None:
    """Sorts the rows of each table by time, then lead, and numbers those that carry an id."""
    for table, moment in ORDER.items():
        rows[table].sort(key=lambda row: (row[moment], row["lead_id"]))
    for table, (column, form) in NUMBERED.items():
        for number, row in enumerate(rows[table], 1):
            row[column] = form.format(number)


def write(folder: Path, rows: dict[str, list[dict]]) -> None:
    """Writes every table into the folder as UTF-8 with LF."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, header in COLUMNS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(header.split(","))
            lines.writerows(cells(row, header.split(",")) for row in rows[table])


def cells(row: dict, columns: Iterable[str]) -> list[str]:
    """One row as text."""
    return [text(row.get(column)) for column in columns]


def text(value: object) -> str:
    """A value as the export writes it: nothing, true or false, a date, a time to the second, or itself."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)
