"""What a signature is under, in one canonical form, and the chain of seals that shows when a line was touched."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

from warehouse.definitions.agreements import Agreement, Version
from warehouse.definitions.signatures import UNSIGNED, Signature, SignaturesFile

FORM = 1
SHORT = 12
SETS = frozenset({"when", "any_of", "fields", "parties", "escalation"})
"""The lists of an agreement whose order and repetitions mean nothing; those of any other name are kept as they stand."""


@dataclass(frozen=True)
class Terms:
    """What one version of an agreement binds its parties to, without a word of prose. `terms` maps each term's id to kind and value."""

    agreement: str
    effective_from: date
    parties: tuple[str, ...]
    escalation: tuple[int, ...]
    terms: dict[str, Any]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the whole, in 64 hexadecimal digits."""
        return digest({"form": FORM, **asdict(self)})

    @cached_property
    def shorts(self) -> dict[str, str]:
        """Term → the beginning of its own digest."""
        return {term: digest(value)[:SHORT] for term, value in self.terms.items()}


def terms(name: str, agreement: Agreement, version: Version) -> Terms:
    """The normative part of one version. A value left out and its default written out are the same."""
    return Terms(name, version.effective_from, tuple(dict.fromkeys(agreement.parties)), tuple(sorted(step.after_working_days for step in agreement.escalation)),
                 {term.id: {term.kind: term.value.model_dump(mode="json", exclude_defaults=True)} for term in version.terms})


def canonical(value: Any, name: str = "") -> str:
    """JSON with sorted keys and without blanks: 4.0 is 4, a day is text, a list whose `name` is in SETS is sorted and says each thing once."""
    return json.dumps(_plain(value, name), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner, key) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_plain(item, "") for item in value]
        return [json.loads(text) for text in sorted({canonical(item) for item in items})] if name in SETS else items
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def digest(value: Any) -> str:
    """SHA-256 over the canonical form in UTF-8."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def sealed(before: str, fields: dict[str, Any]) -> Signature:
    """A signature of these fields, closed with the seal that follows `before`, that of the signature above it."""
    return Signature(**fields, seal=_seal(before, fields))


def signed(file: SignaturesFile, *added: dict[str, Any]) -> SignaturesFile:
    """The file with signatures of these fields at its end."""
    signatures, before = list(file.signatures), file.seal
    for fields in added:
        signatures.append(sealed(before, fields))
        before = signatures[-1].seal
    return SignaturesFile(seal=before, signatures=tuple(signatures))


def _seal(before: str, fields: dict[str, Any]) -> str:
    return digest({"form": FORM, "before": before, **{name: value for name, value in fields.items() if value is not None}})


def broken(file: SignaturesFile) -> Iterator[int]:
    """The places at which the chain does not hold: a line that was edited, moved, or follows one taken out; the number of lines where the end is gone."""
    before = UNSIGNED
    for place, signature in enumerate(file.signatures):
        if signature.seal != _seal(before, signature.model_dump(exclude={"seal"})):
            yield place
        before = signature.seal
    if file.seal != before:
        yield len(file.signatures)
