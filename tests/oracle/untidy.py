"""A made-up export in which everything happens that the other data sets are too tidy for."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

STAGES = ("lead", "mql", "contact", "interest", "fit", "sql", "opportunity", "won", "lost", "recycled", "disqualified")
DEPARTMENTS = ("marketing", "inside_sales", "inside_sales", "inside_sales", "field_sales", "field_sales", "", "customer_success")
MEMBERS = [{"member_id": f"M{number}", "department": department, "motion": "", "left_on": "2026-03-31" if number == 3 else "2026-11-20" if number == 2 else ""}
           for number, department in enumerate(DEPARTMENTS)]
SOMEBODY = [*(member["member_id"] for member in MEMBERS), "", "nobody knows"]
TYPES = ("call", "call", "call", "email", "letter", "social", "meeting", "auto_email", "inbound_call", "inbound_form", "")
OUTCOMES = ("no_answer", "reception", "absent", "wrong_number", "connected", "refused", "appointment", "")
SOURCES = ("web_inquiry", "referral", "partner", "webinar", "exhibition", "Web_Inquiry", "")
FIRST, LAST = datetime(2025, 2, 3, 9), datetime(2026, 11, 20, 18)


class Untidy:
    """Rows of every table, drawn by one seed."""

    def __init__(self, leads: int, seed: int):
        self.random = random.Random(seed)
        self.tables: dict[str, list[dict[str, Any]]] = {"members": MEMBERS, "leads": [], "activities": [], "stage_changes": [], "opportunities": [],
                                                        "appointments": [], "verdicts": []}
        for number in range(leads):
            self._lead(f"L{number}")

    def write(self, folder: Path) -> Path:
        """One CSV a table, in a folder that does not exist yet."""
        folder.mkdir()
        for table, rows in self.tables.items():
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0])
                writer.writeheader()
                writer.writerows(rows)
        return folder

    def _one_in(self, number: int) -> bool:
        return self.random.randrange(number) == 0

    def _soon(self, time: datetime, days: int = 30) -> datetime:
        """A time after, now and then before or the same; none past the end."""
        moved = time + timedelta(seconds=self.random.randrange(-days * 8640, days * 86400))
        return moved if FIRST <= moved <= LAST and not self._one_in(20) else time

    def _or_none(self, value: Any, number: int = 8) -> Any:
        return "" if self._one_in(number) else value

    def _lead(self, name: str) -> None:
        created = FIRST + timedelta(seconds=self.random.randrange(int((LAST - FIRST).total_seconds())))
        address = f"person{self.random.randrange(400)}@example.jp"
        self.tables["leads"].append({
            "lead_id": name, "created_at": created, "source": self.random.choice(SOURCES), "campaign": self._or_none(f"c{created.month}"),
            "segment": self.random.choice(("enterprise", "small_business", "")), "motion": self.random.choice(("sdr", "sdr", "bdr", "")),
            "owner_id": self.random.choice(SOMEBODY), "stage": self.random.choice(STAGES), "mql_at": self._or_none(self._soon(created), 2),
            "assigned_at": self._or_none(self._soon(created)), "next_action_on": self._or_none(self._soon(created, 90).date(), 2),
            "score": self._or_none(self.random.randrange(50, 100)), "email": self._or_none(self.random.choice((address, f" {address.upper()} ")), 4),
            "is_test": self.random.choice(("true", *["false"] * 20, ""))})
        time = self._changes(name, created)
        for number in range(self.random.randrange(8)):
            self._activity(name, self._soon(created, 120) + timedelta(seconds=number))
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 3))):
            self._appointment(name, self._soon(created, 60))
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            self._opportunity(name, self._soon(time, 40))

    def _changes(self, name: str, time: datetime) -> datetime:
        """Stages in any order at all, a little more often onwards; hand-overs are answered, most of them."""
        stage = ""
        seen = set()
        for _ in range(self.random.randrange(10)):
            onwards = STAGES[min(STAGES.index(stage) + 1, 10)] if stage in STAGES else "mql"
            before, stage = stage, self.random.choice((onwards, onwards, *STAGES, "no such stage") if self._one_in(2) else (onwards,))
            time = self._soon(time, 25)
            if (time, stage) in seen:
                continue
            seen.add((time, stage))
            change = {"lead_id": name, "from_stage": before, "to_stage": stage, "changed_at": time, "changed_by": self.random.choice(SOMEBODY)}
            self.tables["stage_changes"].append(change)
            if stage in ("mql", "sql") and not self._one_in(5):
                self._verdict(stage, name, time)
        if self._one_in(20):
            self._verdict("sql", name, self._soon(time) + timedelta(microseconds=1000))
        return time

    def _verdict(self, kind: str, name: str, time: datetime) -> None:
        accepted = self.random.choice(("true", "true", "false", ""))
        self.tables["verdicts"].append({"kind": kind, "lead_id": name, "handed_at": time, "decided_at": self._or_none(self._soon(time, 14), 12) if accepted else "",
                                        "is_accepted": accepted, "reason": self._or_none("need_unclear", 3) if accepted == "false" else ""})

    def _activity(self, name: str, time: datetime) -> None:
        kind, outcome = self.random.choice(TYPES), self.random.choice(OUTCOMES)
        self.tables["activities"].append({
            "activity_id": f"A{len(self.tables['activities'])}", "lead_id": self._or_none(name, 30), "member_id": self.random.choice(SOMEBODY), "occurred_at": time,
            "type": kind, "outcome": outcome, "is_connected": self.random.choice(("true", "false", "")), "script_version": self.random.choice(("v1", "v2", ""))})

    def _appointment(self, name: str, time: datetime) -> None:
        scheduled = self._soon(time, 14)
        status = self.random.choice(("planned", "held", "held", "no_show", "cancelled", "rescheduled", ""))
        self.tables["appointments"].append({
            "appointment_id": f"P{len(self.tables['appointments'])}", "lead_id": self._or_none(name, 40), "set_at": self._or_none(time, 30),
            "set_by": self.random.choice(SOMEBODY), "scheduled_at": self._or_none(scheduled, 20),
            "held_at": self._or_none(scheduled, 20) if status == "held" else "", "status": status})

    def _opportunity(self, name: str, time: datetime) -> None:
        won = self.random.choice(("true", "false", "false", ""))
        self.tables["opportunities"].append({
            "opportunity_id": f"O{len(self.tables['opportunities'])}", "lead_id": self._or_none(name, 40), "owner_id": self.random.choice(SOMEBODY),
            "created_at": self._or_none(time, 20), "amount": self._or_none(self.random.randrange(1, 900) * 10_000),
            "closed_at": self._or_none(self._soon(time, 200), 15) if won or self._one_in(3) else "",
            "is_won": won, "loss_reason": self.random.choice(("price", "no_decision", "")) if won == "false" else ""})
