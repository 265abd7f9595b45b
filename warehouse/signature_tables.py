"""Signatures and the standing of agreements as tables of the schema `playbook`."""

from collections.abc import Iterable, Iterator
from datetime import date

from warehouse import seals
from warehouse.definitions import Definitions
from warehouse.signatures import Signed, Signing, Standing, standings, text

TEXT, WHOLE, TRUTH, DAY = "VARCHAR", "INTEGER", "BOOLEAN", "DATE"
STATUS = {"agreement": TEXT, "state": TEXT, "effective_from": DAY, "terms_digest": TEXT, "since": DAY, "review_on": DAY, "is_expired": TRUTH, "parties": WHOLE,
          "signed": WHOLE, "awaiting": TEXT, "ahead_from": DAY, "ahead_digest": TEXT, "ahead_signed": WHOLE, "ahead_awaiting": TEXT}
PARTIES = {"agreement": TEXT, "effective_from": DAY, "is_ahead": TRUTH, "party_rank": WHOLE, "department": TEXT, "state": TEXT, "signed_on": DAY, "signed_by": TEXT,
           "evidence": TEXT, "evidence_link": TEXT, "signed_from": DAY, "void_terms": TEXT}
VOID = {"agreement": TEXT, "effective_from": DAY, "department": TEXT, "signed_from": DAY, "void_terms": TEXT}
VOID_TERMS = {"agreement": TEXT, "effective_from": DAY, "department": TEXT, "signed_from": DAY, "term_rank": WHOLE, "term": TEXT, "change": TEXT,
              "value_before": TEXT, "value_after": TEXT}
LINES = {"place": WHOLE, "agreement": TEXT, "department": TEXT, "signed_by": TEXT, "signed_on": DAY, "evidence": TEXT, "evidence_link": TEXT, "effective_from": DAY,
         "terms_digest": TEXT}
FAULTS = {"line": WHOLE, "agreement": TEXT, "department": TEXT, "fault": TEXT}


def tables(definitions: Definitions, day: date) -> dict[str, tuple[dict[str, str], Iterable[tuple]]]:
    """Name → columns and rows, as of a day."""
    found = standings(definitions, day)
    return {
        "agreement_status": (STATUS, (_status(one) for one in found)),
        "party_signatures": (PARTIES, (row for one in found for row in _parties(one))),
        "void_signatures": (VOID, ((*key, _list(party.changes)) for one in found for key, party in _void(one))),
        "void_terms": (VOID_TERMS, ((*key, rank, change.part, change.kind, text(change.before), text(change.after)) for one in found for key, party in _void(one)
                                    for rank, change in enumerate(party.changes, 1))),
        "signatures": (LINES, ((place, one.agreement, one.department, one.signed_by, one.signed_on, one.evidence, one.link, one.effective_from, one.digest)
                               for place, one in enumerate(definitions.signatures.signatures, 1))),
        "seal_faults": (FAULTS, faults(definitions)),
    }


def _status(one: Standing) -> tuple:
    ahead = one.ahead
    return (one.agreement, one.state, one.judging.terms.effective_from, one.judging.terms.digest, one.judging.since, one.review_on, one.is_expired,
            len(one.judging.signings), _number_signed(one.judging), _list(one.judging.awaiting),
            *((ahead.terms.effective_from, ahead.terms.digest, _number_signed(ahead), _list(ahead.awaiting)) if ahead else (None,) * 4))


def _number_signed(signed: Signed) -> int:
    return len(signed.signings) - len(signed.awaiting)


def _list(names: Iterable[object]) -> str | None:
    return ", ".join(map(str, names)) or None


def _parties(one: Standing) -> Iterator[tuple]:
    for is_ahead, signed in one.versions:
        for rank, party in enumerate(signed.signings, 1):
            yield one.agreement, signed.terms.effective_from, is_ahead, rank, party.department, party.state, *_signature(party), _list(party.changes)


def _signature(party: Signing) -> tuple:
    one = party.signature
    return (one.signed_on, one.signed_by, one.evidence, one.link, one.effective_from) if one else (None,) * 5


def _void(one: Standing) -> Iterator[tuple[tuple, Signing]]:
    """Every signature that does not hold, under what it should hold for: agreement, begin, department, begin of the version signed."""
    for signed in (*one.altered, *(signed for _, signed in one.versions)):
        yield from (((one.agreement, signed.terms.effective_from, party.department, party.signature.effective_from), party)
                    for party in signed.signings if party.state == "void")


def faults(definitions: Definitions) -> Iterator[tuple[int | None, str | None, str | None, str]]:
    """Line, agreement, department and fault of every broken seal: `seal` for a line that was edited, moved or follows one taken out, `end` where lines are gone."""
    file, source = definitions.signatures, definitions.sources["signatures.yml"]
    for place in seals.broken(file):
        if place < len(file.signatures):
            one = file.signatures[place]
            yield source.line(("signatures", place)), one.agreement, one.department, "seal"
        else:
            yield source.line(("seal",)), None, None, "end"
