"""How long a lead may wait, and which leads come first, as agreed on the day that counts."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from tests.oracle.clock import Clock
from tests.oracle.records import Lead

SECONDS = {"minutes": 60, "hours": 3600}


@dataclass(frozen=True)
class Limit:
    """How long something may take by a department's clock."""

    clock: Clock
    within: int
    unit: str

    def is_kept(self, start: datetime, end: datetime) -> bool:
        """Whether no more than the limit lies between two moments."""
        if self.unit == "working_days":
            return self.clock.working_days(start, end) <= self.within
        return self.clock.seconds(start, end) <= self.within * SECONDS[self.unit]

    @property
    def strictness(self) -> float:
        """Its length in seconds, a working day as long as the hours usual for it."""
        return self.within * (SECONDS[self.unit] if self.unit in SECONDS else self.clock.usual_day)


def limit_of(terms: list[dict[str, Any]], clock: Clock, day: date, source: str | None, tier: str | None) -> Limit | None:
    """The limit in force on a day: of the lines that fit the most specific, of these the strictest."""
    newest: dict[tuple, dict] = {}
    for term in terms:
        is_in_force = term["effective_from"] <= day and (term["effective_until"] is None or day < term["effective_until"])
        if is_in_force and term.get("source") in (None, source) and term.get("tier") in (None, tier):
            newest[term.get("source"), term.get("tier")] = term
    given = {keys: sum(key is not None for key in keys) for keys in newest}
    fitting = [Limit(clock, newest[keys]["within"], newest[keys]["unit"]) for keys in newest if given[keys] == max(given.values())]
    return min(fitting, key=lambda one: one.strictness, default=None)


def tier_of(versions: list[dict[str, Any]], lead: Lead, day: date) -> str | None:
    """The first tier that fits a lead, of the version in force on a day."""
    in_force = [version for version in versions if version["effective_from"] <= day]
    tiers = max(in_force, key=lambda version: version["effective_from"])["tiers"] if in_force else []
    return next((tier["id"] for tier in tiers if "when" not in tier or any(_fits(line, lead) for line in tier["when"])), None)


def _fits(line: dict[str, Any], lead: Lead) -> bool:
    """Whether every key of a line fits the lead."""
    return all(_shows(getattr(lead, key), asked) for key, asked in line.items())


def _shows(value: Any, asked: dict[str, Any]) -> bool:
    if "any_of" in asked:
        return value in asked["any_of"]
    return value is not None and ("at_least" not in asked or value >= asked["at_least"])
