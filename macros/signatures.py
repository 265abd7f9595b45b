"""Macros that show how an agreement stands: in force or awaiting whom, who signed, which changed term voided what."""

from typing import Any

from macros.agreement_words import agreement
from macros.book import Book
from macros.due_words import web_address
from macros.html import block, table
from macros.registry import macro
from macros.text import escape

STANDINGS = "SELECT * FROM playbook.agreement_status ORDER BY agreement"
PARTIES = "SELECT * FROM playbook.party_signatures WHERE agreement = ? ORDER BY is_ahead, party_rank"
DIGITS = 12


def standing(book: Book, name: str) -> dict[str, Any]:
    """How an agreement stands at the export's date."""
    return next((row for row in book.engine.rows(STANDINGS) if row["agreement"] == name), {})


def state(book: Book, name: str) -> str:
    """In force, or what it waits for, as a mark that words carry, not colour alone."""
    row = standing(book, name)
    if not row:
        return "—"
    awaiting = book.join(book.department(one) for one in (row["awaiting"] or "").split(", ") if one)
    return mark(row["state"], book.label(f"status_{row['state']}")) + (f' <span class="note">{awaiting}</span>' if awaiting else "")


def mark(state: str, words: str) -> str:
    """A state in words on a mark: good, or something to do."""
    kind = {"in_force": "ok", "signed": "ok", "upcoming": "info", "void": "failed"}.get(state, "warning")
    return f'<span class="badge badge--{kind}">{words}</span>'


@macro
def agreement_standing(book: Book, name: str) -> str:
    """The state of an agreement in one line: since when it binds, whom it awaits, and the digest that a form's answer names."""
    agreement(book, name)
    row = standing(book, name)
    if not row:
        return ""
    since = f" · {book.label('since', day=row['since'])}" if row["since"] else ""
    expired = f" · <strong>{book.label('status_expired')}</strong>" if row["is_expired"] and row["state"] != "expired" else ""
    digest = f' <span class="note">{book.label("terms_digest", digest=row["terms_digest"][:DIGITS])}</span>'
    return block(f'<p class="standing-line">{state(book, name)}{since}{expired}{digest}</p>')


@macro
def agreement_signatures(book: Book, name: str) -> str:
    """Every party with its signature: day, name, evidence; where a changed term voided it, which and from what to what."""
    agreement(book, name)
    rows = [[book.department(row["department"]), _state(book, row), escape(row["signed_on"] or "—"), escape(row["signed_by"] or "—"), _evidence(row)]
            for row in book.engine.rows(PARTIES, [name])]
    headings = [book.label(key) for key in ("department", "status", "signed_on", "signed_by", "evidence")]
    return block(table(headings, rows, book.label("signatures")))


def _state(book: Book, row: dict[str, Any]) -> str:
    ahead = f' <span class="note">{book.label("since", day=row["effective_from"])}</span>' if row["is_ahead"] else ""
    why = f'<br><span class="note">{book.label("voided_by", terms=row["void_terms"])}</span>' if row["state"] == "void" and row["void_terms"] else ""
    words = book.label(f"signature_{row['state']}")
    return f"{mark(row['state'], words)}{ahead}{why}"


def _evidence(row: dict[str, Any]) -> str:
    words = escape(row["evidence"] or "—")
    address = web_address(row["evidence_link"])
    return f'<a href="{escape(address)}" rel="noreferrer">{words}</a>' if address else words


@macro
def agreements_awaiting(book: Book) -> str:
    """What keeps agreements from being in force, for the home page; one calm line when all are."""
    rows = [row for row in book.engine.rows(STANDINGS) if row["state"] != "in_force"]
    total = len(book.definitions.agreements)
    if not rows:
        return block(f'<p class="good">{book.label("all_in_force", count=total)}</p>')
    names = book.definitions.agreements
    lines = "".join(f"<li>{book.link(f'agreements/{one}.md', book.text(names[one].name))} {state(book, one)}</li>" for one in (row["agreement"] for row in rows))
    return block(f'<p>{book.label("some_in_force", count=total - len(rows), total=total)}</p><ul class="awaiting">{lines}</ul>')
