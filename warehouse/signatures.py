"""How every agreement stands: which departments signed the terms that judge a day, and what became of the other signatures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from warehouse import seals
from warehouse.definitions import Definitions
from warehouse.definitions.agreements import Agreement
from warehouse.definitions.signatures import Signature
from warehouse.seals import Terms


@dataclass(frozen=True)
class Change:
    """One part that differs between what was signed and the terms: a term's id, or parties, escalation or effective_from.

    `kind` is changed, added or removed. The values are texts by their key in the file, of a changed term those that differ; None where there
    is none, or where the file does not know the old one any more.
    """

    part: str
    kind: str
    before: dict[str, str] | None = None
    after: dict[str, str] | None = None

    def __str__(self) -> str:
        if self.kind != "changed":
            return {"added": "+", "removed": "-"}[self.kind] + self.part
        pairs = {key: f"{value} → {self.after[key]}" for key, value in (self.before or {}).items()}
        return f"{self.part} ({text(pairs)})" if pairs else self.part


def text(values: dict[str, str] | None) -> str | None:
    """Values with their keys in one line."""
    return None if values is None else ", ".join(f"{key}: {value}" if key else value for key, value in values.items())


@dataclass(frozen=True)
class Signing:
    """One party under the terms of one version: `state` is signed, void or awaiting. A void one says what changed since."""

    department: str
    state: str
    signature: Signature | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Signed:
    """The terms of one version and where each party stands with them."""

    terms: Terms
    signings: tuple[Signing, ...]

    @property
    def awaiting(self) -> list[str]:
        """The departments without a signature that holds, in the order of the parties."""
        return [one.department for one in self.signings if one.state != "signed"]

    @property
    def state(self) -> str:
        """void when a signature is of other terms, awaiting when one is missing, else signed."""
        states = {one.state for one in self.signings}
        return next(state for state in ("void", "awaiting", "signed") if state in states)

    @property
    def since(self) -> date | None:
        """From when on all had signed and the version ran; None while one is missing."""
        return None if self.awaiting else max(self.terms.effective_from, *(one.signature.signed_on for one in self.signings))


@dataclass(frozen=True)
class Standing:
    """How one agreement stands on a day. `judging` is the version that judges the day (the first one before any does), `ahead` the newest where it begins later.

    `altered` are signatures of earlier versions whose terms were changed afterwards, by their version.
    """

    agreement: str
    review_on: date
    day: date
    judging: Signed
    ahead: Signed | None
    altered: tuple[Signed, ...]

    @property
    def is_expired(self) -> bool:
        """Whether the day to review it has passed."""
        return self.review_on < self.day

    @property
    def state(self) -> str:
        """void, awaiting, upcoming (signed in advance and not begun), expired or in_force."""
        if self.judging.state != "signed":
            return self.judging.state
        if self.judging.terms.effective_from > self.day:
            return "upcoming"
        return "expired" if self.is_expired else "in_force"

    @cached_property
    def versions(self) -> list[tuple[bool, Signed]]:
        """What is to be signed or was: the judging version, then the one ahead (True)."""
        return [(False, self.judging), *([(True, self.ahead)] if self.ahead else [])]


def standings(definitions: Definitions, day: date) -> list[Standing]:
    """Every agreement in order. A signature whose seal is broken counts for nothing."""
    broken = set(seals.broken(definitions.signatures))
    sound = [one for place, one in enumerate(definitions.signatures.signatures) if place not in broken]
    return [_standing(name, agreement, [one for one in sound if one.agreement == name], day) for name, agreement in definitions.agreements.items()]


def _standing(name: str, agreement: Agreement, signatures: list[Signature], day: date) -> Standing:
    known = versions(name, agreement)
    judging = max((one for one in known if one.effective_from <= day), key=_begin, default=known[0])
    later = [one for one in known if one.effective_from > judging.effective_from]
    earlier = [one for one in known if one.effective_from < judging.effective_from]
    ahead = _signed(later[-1], [one for one in known if one != later[-1]], known, signatures) if later else None
    return Standing(name, agreement.review_on, day, _signed(judging, later, known, signatures), ahead,
                    tuple(one for terms in earlier if (one := _altered(terms, known, signatures)).signings))


def versions(name: str, agreement: Agreement) -> list[Terms]:
    """The terms of every version, the oldest first."""
    return sorted((seals.terms(name, agreement, version) for version in agreement.versions), key=_begin)


def _begin(terms: Terms) -> date:
    return terms.effective_from


def _signed(terms: Terms, others: list[Terms], known: list[Terms], signatures: list[Signature]) -> Signed:
    """`others` are versions whose signatures say nothing about this one."""
    elsewhere = {one.digest for one in others}
    return Signed(terms, tuple(_signing(terms, party, known, [one for one in signatures if one.department == party and one.digest not in elsewhere])
                               for party in dict.fromkeys(terms.parties)))


def _signing(terms: Terms, party: str, known: list[Terms], own: list[Signature]) -> Signing:
    valid = next((one for one in own if one.digest == terms.digest), None)
    if valid:
        return Signing(party, "signed", valid)
    return Signing(party, "void", own[-1], changes(own[-1], terms, known)) if own else Signing(party, "awaiting")


def _altered(terms: Terms, known: list[Terms], signatures: list[Signature]) -> Signed:
    """Of a version that is past: the signatures under it that say other terms than it does now. Parties and escalation belong to the present."""
    last = {one.department: one for one in signatures if one.effective_from == terms.effective_from}
    return Signed(terms, tuple(Signing(department, "void", one, tuple(_term_changes(one, terms, known)))
                               for department, one in last.items() if one.terms != terms.shorts))


def changes(signature: Signature, terms: Terms, known: list[Terms]) -> tuple[Change, ...]:
    """What differs between what was signed and these terms. The begin is told where nothing else is, or where the signed version is gone."""
    found = [*_term_changes(signature, terms, known), *_frame_changes(signature, terms)]
    if signature.effective_from != terms.effective_from and (not found or signature.effective_from not in map(_begin, known)):
        found.append(Change("effective_from", "changed", {"": str(signature.effective_from)}, {"": str(terms.effective_from)}))
    return tuple(found)


def _frame_changes(signature: Signature, terms: Terms) -> Iterator[Change]:
    for part in ("parties", "escalation"):
        before, after = (sorted(set(getattr(one, part))) for one in (signature, terms))
        if before != after:
            yield Change(part, "changed", *({"": ", ".join(map(str, one))} for one in (before, after)))


def _term_changes(signature: Signature, terms: Terms, known: list[Terms]) -> Iterator[Change]:
    for term in [*terms.terms, *(one for one in signature.terms if one not in terms.terms)]:
        before, after = signature.terms.get(term), terms.shorts.get(term)
        if before != after:
            kind = "added" if before is None else "removed" if after is None else "changed"
            yield Change(term, kind, *_values(_earlier(term, before, known), terms.terms.get(term)))


def _earlier(term: str, short: str | None, known: list[Terms]) -> dict[str, Any] | None:
    """The value that was signed, where some version of the file still has it."""
    return next((one.terms[term] for one in known if short and one.shorts.get(term) == short), None)


def _values(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[dict[str, str] | None, dict[str, str] | None]:
    """Two values of a term in the words of the file; of two that are known, only what differs."""
    old, new = (None if value is None else _leaves(value) for value in (before, after))
    if old is None or new is None:
        return old, new
    differing = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return tuple({key: one.get(key, "—") for key in differing} for one in (old, new))


def _leaves(value: dict[str, Any]) -> dict[str, str]:
    """A term's value as the keys of its kind and their text."""
    [inner] = value.values()
    return {key: one if isinstance(one, str) else seals.canonical(one, key) for key, one in inner.items()}
