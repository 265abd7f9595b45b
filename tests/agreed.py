"""Limits for a test, laid into the agreement they belong to."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from warehouse.definitions import Definitions
from warehouse.definitions.agreements import Agreement, Limit, Term, Version


class Agreed(NamedTuple):
    """One limit from a day on; it takes the place of the one for the same source and tier."""

    since: date
    within: int
    unit: str
    source: str | None = None
    tier: str | None = None


def term(within: int, unit: str, since: date, source: str | None = None, tier: str | None = None) -> Agreed:
    return Agreed(since, within, unit, source, tier)


def terms(definitions: Definitions, wait: str) -> list[Agreed]:
    """What the definitions say of one wait, version by version."""
    return [Agreed(version.effective_from, one.limit.within, one.limit.unit, one.limit.source, one.limit.tier)
            for version in _agreement(definitions, wait)[1].versions for one in version.terms if one.limit and one.limit.wait == wait]


def with_terms(definitions: Definitions, wait: str, *added: Agreed, instead: bool = False) -> Definitions:
    """The definitions with more limits for one wait, or with these only: a version for each day on which one begins."""
    name, agreement = _agreement(definitions, wait)
    versions = {} if instead else {version.effective_from: version.terms for version in agreement.versions}
    others = tuple(one for one in agreement.present.terms if not (one.limit and one.limit.wait == wait))
    for since in sorted({one.since for one in added}):
        before = max((day for day in versions if day <= since), default=None)
        versions[since] = _replaced(versions[before] if before else others, wait, [one for one in added if one.since == since])
    made = tuple(Version(effective_from=since, reason=agreement.present.reason, terms=listed) for since, listed in sorted(versions.items()))
    return replace(definitions, agreements={**definitions.agreements, name: agreement.model_copy(update={"versions": made})})


def _agreement(definitions: Definitions, wait: str) -> tuple[str, Agreement]:
    name = "feedback" if wait.endswith("_verdict") else "first_touch"
    return name, definitions.agreements[name]


def _replaced(kept: tuple[Term, ...], wait: str, added: Iterable[Agreed]) -> tuple[Term, ...]:
    department = "field_sales" if wait == "sql_verdict" else "inside_sales"
    limits = [Limit(wait=wait, source=one.source, tier=one.tier, within=one.within, unit=one.unit, department=department) for one in added]
    subjects = {(limit.source, limit.tier) for limit in limits}
    stay = [one for one in kept if not (one.limit and one.limit.wait == wait and (one.limit.source, one.limit.tier) in subjects)]
    words = kept[0].name if kept else None
    made = [Term(id=f"made_{limit.source or 'any'}_{limit.tier or 'any'}", name=words or {"ja": "期限", "en": "Limit"}, limit=limit) for limit in limits]
    return (*stay, *made)
