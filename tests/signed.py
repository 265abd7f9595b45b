"""Two agreements of a test's own, and definitions in which they are signed as the test says."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

from warehouse import seals
from warehouse.definitions import Definitions
from warehouse.definitions.agreements import Agreement
from warehouse.definitions.signatures import UNSIGNED, SignaturesFile

EMPTY = SignaturesFile(seal=UNSIGNED, signatures=())
WORDS = {"ja": "言葉", "en": "Words"}
PARTIES = ["marketing", "inside_sales", "field_sales"]


def limit(within: int, **more: Any) -> dict[str, Any]:
    """The first touch within so many hours."""
    return {"limit": {"wait": "first_touch", "within": within, "unit": "hours", "department": "inside_sales", **more}}


def written(versions: dict[str, dict[str, dict]], **more: Any) -> dict[str, Any]:
    """An agreement as a file of YAML would hold it: terms by their id, by the day of their version."""
    return {"order": 10, "name": WORDS, "purpose": WORDS, "parties": PARTIES, "review_on": date(2027, 3, 31),
            "commitments": [{"department": "marketing", "does": WORDS, "otherwise": WORDS}],
            "escalation": [{"after_working_days": 1, "to": WORDS}, {"after_working_days": 3, "to": WORDS}],
            "versions": [{"effective_from": date.fromisoformat(day), "reason": WORDS, "terms": [{"id": term, "name": WORDS, **value} for term, value in terms.items()]}
                         for day, terms in versions.items()], **more}


AGREEMENTS = {
    "first_touch": written({"2025-04-01": {"inquiry": limit(4, source="web_inquiry"), "referral": limit(4, source="referral"), "others": limit(9)},
                            "2026-04-01": {"inquiry": limit(1, source="web_inquiry"), "tier_a": limit(4, tier="a"), "others": limit(9)}}),
    "feedback": written({"2025-04-01": {"reason": {"reasoned": {"verdict": "sql", "department": "field_sales"}},
                                        "fields": {"filled": {"milestone": "sql", "department": "inside_sales", "fields": ["budget", "need"]}},
                                        "bant": {"qualification": {"milestone": "sql", "department": "inside_sales", "when": [{"score": {"at_least": 70}, "need": {"any_of": ["confirmed", "partly"]}},
                                                                                                 {"source": {"is_filled": True}}]}}}}),
}


def read(data: Any) -> Agreement:
    """Plain data as the model, the way a file is read: sequences as tuples."""
    return Agreement.model_validate(_tuples(data))


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value


def changed(name: str, *edits: tuple[tuple, Any]) -> dict[str, Any]:
    """One of AGREEMENTS as written, with other values at some paths."""
    data = deepcopy(AGREEMENTS[name])
    for path, value in edits:
        inner = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
    return data


def signed(definitions: Definitions, rows: list[dict[str, Any]], **agreements: dict[str, Any]) -> Definitions:
    """The definitions with those of AGREEMENTS that the rows name, signed as they say: the newest terms, or those of `effective_from`.

    A row without a department only names its agreement; one that `is_edited` was changed after it was sealed. `agreements` are what stands
    in the files today, in place of what was signed.
    """
    asked = {name: read(AGREEMENTS[name]) for name in dict.fromkeys(row["agreement"] for row in rows)}
    given = [row for row in rows if "department" in row]
    file = seals.signed(EMPTY, *(fields(asked[row["agreement"]], row) for row in given))
    lines = tuple(one.model_copy(update={"signed_by": "Somebody else"}) if row.get("is_edited") else one for one, row in zip(file.signatures, given, strict=True))
    return replace(definitions, agreements={**asked, **{name: read(data) for name, data in agreements.items()}}, signatures=file.model_copy(update={"signatures": lines}))


def fields(agreement: Agreement, row: dict[str, Any]) -> dict[str, Any]:
    """One signature before it is sealed."""
    version = next((one for one in agreement.versions if one.effective_from == row.get("effective_from")), agreement.present)
    terms = seals.terms(row["agreement"], agreement, version)
    return {"agreement": row["agreement"], "department": row["department"], "signed_by": row.get("by", "Hanako"), "signed_on": row.get("on", version.effective_from),
            "evidence": row.get("evidence"),
            "effective_from": terms.effective_from, "digest": terms.digest, "parties": terms.parties, "escalation": terms.escalation, "terms": terms.shorts}
