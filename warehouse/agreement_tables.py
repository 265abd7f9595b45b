"""Agreements and tiers as tables of the schema `playbook`, so that SQL judges each day by the terms in force then."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from warehouse.definitions import Definitions
from warehouse.definitions.agreements import Term
from warehouse.definitions.conditions import Condition

TEXT, WHOLE, TRUTH, DAY = "VARCHAR", "INTEGER", "BOOLEAN", "DATE"
NAMES = {"name_ja": TEXT, "name_en": TEXT}
IN_FORCE = {"effective_from": DAY, "effective_until": DAY}


def until(one: Any, others: Iterable[Any]) -> date | None:
    """The day on which the next of its kind takes over."""
    return min((other.effective_from for other in others if other.effective_from > one.effective_from), default=None)


def tables(definitions: Definitions) -> dict[str, tuple[dict[str, str], Iterable[tuple]]]:
    """Name → columns and rows."""
    terms = list(_terms(definitions))
    return {
        "agreements": ({"agreement": TEXT, "agreement_rank": WHOLE, **NAMES, "review_on": DAY},
                       ((name, rank, one.name.ja, one.name.en, one.review_on) for rank, (name, one) in enumerate(definitions.agreements.items(), 1))),
        "agreement_parties": ({"agreement": TEXT, "department": TEXT}, ((name, party) for name, one in definitions.agreements.items() for party in one.parties)),
        "agreement_terms": ({"agreement": TEXT, "term": TEXT, "term_rank": WHOLE, **NAMES, "kind": TEXT, "department": TEXT, "milestone": TEXT, "verdict": TEXT, "rule": TEXT, **IN_FORCE},
                            ((agreement, term.id, rank, term.name.ja, term.name.en, term.kind, term.value.department, getattr(term.value, "milestone", None),
                              getattr(term.value, "verdict", None), _rule(agreement, term.id, since), since, end) for agreement, rank, term, since, end in terms)),
        "limit_terms": ({"agreement": TEXT, "term": TEXT, "wait": TEXT, "department": TEXT, "source": TEXT, "tier": TEXT, "conditions": WHOLE,
                         "minutes_allowed": WHOLE, "working_days_allowed": WHOLE, **IN_FORCE},
                        ((agreement, term.id, term.limit.wait, term.limit.department, term.limit.source, term.limit.tier, term.limit.conditions,
                          term.limit.minutes, term.limit.working_days, since, end) for agreement, _, term, since, end in terms if term.limit)),
        "term_fields": ({"rule": TEXT, "field": TEXT}, ((_rule(agreement, term.id, since), field) for agreement, _, term, since, _ in terms if term.filled
                                                        for field in dict.fromkeys(term.filled.fields))),
        "tiers": ({"tier": TEXT, "tier_rank": WHOLE, **NAMES, "rule": TEXT, "takes_the_rest": TRUTH, **IN_FORCE}, _tiers(definitions)),
        "condition_lines": ({"rule": TEXT, "line_number": WHOLE, "field": TEXT, "value": TEXT, "at_least": "DOUBLE", "is_filled": TRUTH}, _lines(definitions)),
    }


def asked_fields(definitions: Definitions) -> list[str]:
    """The columns of leads that a stage, a tier or a term asks of, in order."""
    asked = {field for stage in definitions.stages for field in stage.required_fields}
    asked |= {field for _, when in _rules(definitions) for line in when for field in line}
    return sorted(asked | {field for _, _, term, _, _ in _terms(definitions) if term.filled for field in term.filled.fields})


def _rule(*parts: object) -> str:
    """What lines of conditions are known by: an agreement's term, or a tier, and the day since when."""
    return "/".join(map(str, parts))


def _terms(definitions: Definitions) -> Iterator[tuple[str, int, Term, date, date | None]]:
    """Each term of each version, with its place and the days it is in force."""
    for agreement, one in definitions.agreements.items():
        for version in one.versions:
            for rank, term in enumerate(version.terms, 1):
                yield agreement, rank, term, version.effective_from, until(version, one.versions)


def _tiers(definitions: Definitions) -> Iterator[tuple]:
    for version in definitions.priorities:
        for rank, tier in enumerate(version.tiers, 1):
            yield (tier.id, rank, tier.name.ja, tier.name.en, _rule("tier", tier.id, version.effective_from), not tier.when,
                   version.effective_from, until(version, definitions.priorities))


def _rules(definitions: Definitions) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    for version in definitions.priorities:
        yield from ((_rule("tier", tier.id, version.effective_from), tier.when) for tier in version.tiers)
    yield from ((_rule(agreement, term.id, since), term.qualification.when) for agreement, _, term, since, _ in _terms(definitions) if term.qualification)


def _lines(definitions: Definitions) -> Iterator[tuple]:
    """A row for each value that a line accepts of a field, or for the number or the content that it asks."""
    for rule, when in _rules(definitions):
        for number, line in enumerate(when, 1):
            for field, asked in line.items():
                for value in dict.fromkeys(asked.any_of or (None,)):
                    yield rule, number, field, value, asked.at_least, asked.is_filled
