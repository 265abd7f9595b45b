"""The canonical tables as plain records: from the sample's CSV files, or from rows that an adapter has already given their canonical form."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Member:
    member_id: str
    department: str | None
    motion: str | None
    left_on: date | None


@dataclass(frozen=True)
class Lead:
    lead_id: str
    created_at: datetime
    source: str | None
    campaign: str | None
    segment: str | None
    motion: str | None
    owner_id: str | None
    stage: str | None
    mql_at: datetime | None
    assigned_at: datetime | None
    next_action_on: date | None
    score: Decimal | None
    email: str | None
    is_test: bool | None


@dataclass(frozen=True)
class Activity:
    activity_id: str
    lead_id: str | None
    member_id: str | None
    occurred_at: datetime
    type: str | None
    outcome: str | None
    is_connected: bool | None
    script_version: str | None


@dataclass(frozen=True)
class StageChange:
    lead_id: str
    from_stage: str | None
    to_stage: str
    changed_at: datetime
    changed_by: str | None


@dataclass(frozen=True)
class Opportunity:
    opportunity_id: str
    lead_id: str | None
    owner_id: str | None
    created_at: datetime | None
    amount: Decimal | None
    closed_at: datetime | None
    is_won: bool | None
    loss_reason: str | None


@dataclass(frozen=True)
class Appointment:
    appointment_id: str
    lead_id: str | None
    set_at: datetime | None
    set_by: str | None
    scheduled_at: datetime | None
    held_at: datetime | None
    status: str | None


@dataclass(frozen=True)
class Verdict:
    kind: str
    lead_id: str
    handed_at: datetime
    decided_at: datetime | None
    is_accepted: bool | None
    reason: str | None


KINDS = {"members": Member, "leads": Lead, "activities": Activity, "stage_changes": StageChange,
         "opportunities": Opportunity, "appointments": Appointment, "verdicts": Verdict}
READ = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "bool": {"true": True, "false": False}.get, "Decimal": Decimal, "str": str}
HAPPENED = {"leads": ("created_at", "mql_at", "assigned_at"), "activities": ("occurred_at",), "stage_changes": ("changed_at",),
            "opportunities": ("created_at", "closed_at"), "appointments": ("set_at", "held_at"), "verdicts": ("handed_at", "decided_at")}


@dataclass(frozen=True)
class Export:
    """What one CRM said: the records of every table, and the columns it gave at all."""

    members: list[Member]
    leads: list[Lead]
    activities: list[Activity]
    stage_changes: list[StageChange]
    opportunities: list[Opportunity]
    appointments: list[Appointment]
    verdicts: list[Verdict]
    columns: frozenset[str]

    @cached_property
    def newest(self) -> dict[str, datetime]:
        """The last time at which something happened in each table that has such a time; planned dates tell nothing."""
        times = {table: [time for record in getattr(self, table) for time in _happenings(record, columns)] for table, columns in HAPPENED.items()}
        return {table: max(found) for table, found in times.items() if found}

    @property
    def as_of(self) -> datetime:
        """The moment that the export tells of."""
        return max(self.newest.values())


def export(rows: dict[str, Iterable[dict[str, Any]]], columns: Iterable[str]) -> Export:
    """Records of rows by table; a value may still be the text of a CSV file, an empty text is no value."""
    return Export(**{table: [_record(kind, row) for row in rows[table]] for table, kind in KINDS.items()}, columns=frozenset(columns))


def from_csv(folder: Path) -> Export:
    """The export of a folder that holds one CSV file a table, named and headed like it."""
    rows, columns = {}, set()
    for table in KINDS:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows[table] = list(reader)
            columns |= {f"{table}.{column}" for column in reader.fieldnames or ()}
    return export(rows, columns)


def _record(kind: type, row: dict[str, Any]) -> Any:
    return kind(**{field.name: _value(row[field.name], field.type) for field in fields(kind)})


def _value(value: Any, wanted: str) -> Any:
    if value in (None, ""):
        return None
    return READ[wanted.removesuffix(" | None")](value) if isinstance(value, str) else value


def _happenings(record: Any, columns: tuple[str, ...]) -> Iterator[datetime]:
    """Its times that are past; the closing day of an opportunity without an outcome is a plan."""
    for column in columns:
        if getattr(record, column) is not None and not (column == "closed_at" and record.is_won is None):
            yield getattr(record, column)
