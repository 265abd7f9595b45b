"""How the agreements stand, for a terminal or as JSON."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from publish.session import Session
from warehouse import seals, signature_tables, signatures
from warehouse.safe_text import printable
from warehouse.signatures import Signed, Signing, Standing

SCHEMA = 1
MARKS = {"in_force": "✓", "upcoming": "✓", "expired": "~", "awaiting": "!", "void": "!"}


def status(session: Session, form: str) -> tuple[str, bool]:
    """All agreements as text or JSON, as of the export, and whether every seal holds."""
    prepared = session.prepare()
    definitions = prepared.inputs.definitions
    found = signatures.standings(definitions, prepared.as_of.date())
    faults = list(signature_tables.faults(definitions))
    name = definitions.sources["signatures.yml"].name
    return (_json if form == "json" else _text)(found, faults, name, prepared.as_of), not faults


def _json(found: list[Standing], faults: list[tuple], name: str, as_of: datetime) -> str:
    broken = [{"file": name, "line": line, "agreement": agreement, "department": department, "fault": fault} for line, agreement, department, fault in faults]
    return json.dumps({"schema": SCHEMA, "as_of": as_of.isoformat(), "agreements": [_standing(one) for one in found], "broken_seals": broken},
                      ensure_ascii=False, indent=2, default=str)


def _standing(one: Standing) -> dict[str, Any]:
    return {"agreement": one.agreement, "state": one.state, "since": one.judging.since, "awaiting": one.judging.awaiting, "review_on": one.review_on,
            **_signed(one.judging), "ahead": {**_signed(one.ahead), "awaiting": one.ahead.awaiting} if one.ahead else None,
            "altered": [{"effective_from": past.terms.effective_from, **_party(party)} for past in one.altered for party in past.signings]}


def _signed(signed: Signed) -> dict[str, Any]:
    return {"effective_from": signed.terms.effective_from, "digest": signed.terms.digest, "parties": [_party(party) for party in signed.signings]}


def _party(party: Signing) -> dict[str, Any]:
    one = party.signature
    return {"department": party.department, "state": party.state, "by": one and one.signed_by, "on": one and one.signed_on, "evidence": one and one.evidence,
            "changes": [{"term": change.part, "change": change.kind, "before": change.before, "after": change.after} for change in party.changes]}


def _text(found: list[Standing], faults: list[tuple], name: str, as_of: datetime) -> str:
    lines = [f"As of {as_of:%Y-%m-%d %H:%M}", *(f"✗ {line}" for line in _faults(faults, name)), *(line for one in found for line in _lines(one))]
    return "\n".join(printable(line) for line in lines)


def _faults(faults: list[tuple], name: str) -> Iterator[str]:
    for line, agreement, department, fault in faults:
        yield f"{name}:{line}: " + ("signatures are missing at the end of the file" if fault == "end" else
                                    f"the seal of {department} under {agreement} does not hold: the line was edited, moved, or the one above it taken out")


def _lines(one: Standing) -> Iterator[str]:
    yield f"{MARKS[one.state]} {one.agreement}: {_state(one)}; terms of {one.judging.terms.effective_from} ({one.judging.terms.digest[:seals.SHORT]})"
    yield from (f"    {line}" for party in one.judging.signings for line in _party_lines(party))
    if one.ahead:
        state = f"awaiting {', '.join(one.ahead.awaiting)}" if one.ahead.awaiting else "signed in advance by all"
        yield f"    from {one.ahead.terms.effective_from} on ({one.ahead.terms.digest[:seals.SHORT]}): {state}"
        yield from (f"        {line}" for party in one.ahead.signings for line in _party_lines(party))
    for past in one.altered:
        yield f"    terms of {past.terms.effective_from}, changed after they were signed:"
        yield from (f"        {line}" for party in past.signings for line in _party_lines(party))


def _state(one: Standing) -> str:
    if one.state in ("awaiting", "void"):
        return f"awaiting {', '.join(one.judging.awaiting)}"
    if one.state == "upcoming":
        return f"signed in advance, begins on {one.judging.terms.effective_from}"
    return f"in force since {one.judging.since}" + (f", due for review since {one.review_on}" if one.state == "expired" else "")


def _party_lines(party: Signing) -> Iterator[str]:
    one = party.signature
    if party.state == "awaiting":
        yield f"{party.department}: not signed"
    elif party.state == "void":
        yield f"{party.department}: signed other terms, those of {one.effective_from}; since then changed: {', '.join(map(str, party.changes))}"
    else:
        yield "  ".join(filter(None, (f"{party.department}: {one.signed_by}", str(one.signed_on), one.evidence)))
