"""Signatures under the agreements: who signed which terms, and the seals that show when a line was touched."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from warehouse.definitions.model import Id, Model, form
from warehouse.safe_text import printable

ADDRESS = re.compile(r"[^\s@＠/<>]+[@＠][^\s@＠/<>]+\.[^\s@＠/<>]+")
UNSIGNED = "0" * 64
"""The seal before the first signature."""


def fault(text: str) -> str | None:
    """Why a text cannot stand in a signature, which everybody reads; None when it can."""
    if not text.strip():
        return "is empty"
    if printable(text) != text:
        return "holds characters that no line of text has"
    return "holds an e-mail address, which everybody would read" if ADDRESS.search(text) else None


def _stands(text: str) -> str:
    if found := fault(text):
        raise ValueError(found)
    return text


Line = Annotated[str, AfterValidator(_stands)]
Digest = Annotated[str, form(r"^[0-9a-f]{64}$", "64 hexadecimal digits")]
Short = Annotated[str, form(r"^[0-9a-f]{12}$", "12 hexadecimal digits")]


class Signature(Model):
    """One department's signature under the terms of one version. `terms` are short digests of what it read, `escalation` working days."""

    agreement: Id
    department: Id
    signed_by: Line
    signed_on: date
    evidence: Line | None = None
    effective_from: date
    digest: Digest
    parties: tuple[Id, ...]
    escalation: tuple[int, ...]
    terms: dict[Id, Short]
    seal: Digest

    @property
    def link(self) -> str | None:
        """The evidence as an address to link to; only http and https are."""
        return self.evidence if self.evidence and re.match(r"https?://[^\s/]\S*$", self.evidence) else None


class SignaturesFile(Model):
    """All signatures in the order given. `seal` is that of the last one, so that the end cannot be cut off unseen."""

    seal: Digest
    signatures: tuple[Signature, ...]
