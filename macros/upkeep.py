"""The foot of every page: who keeps it up, in what state it is, when it was verified and is due again, how its translation stands."""

from dataclasses import replace
from datetime import date
from typing import Any

from macros.book import Book
from macros.html import definition_list
from macros.text import escape
from warehouse import upkeep
from warehouse.upkeep import Kept

STANDING = "SELECT state, since FROM playbook.agreement_status WHERE agreement = ?"
STATE = "SELECT state FROM playbook.page_translations WHERE page = ? AND language = ?"


def foot(book: Book, path: str, meta: dict[str, Any]) -> str:
    """The facts of one page as a list, what nobody said left out: those of its front matter, else of the definition that it prints."""
    kept = upkeep.of_front_matter(meta) if meta.get("owner") else _of_generated(book, path, meta)
    translation = book.engine.value(STATE, [path, book.language])
    pairs = [
        (book.label("owner"), book.join(book.department(one) for one in kept.owners)),
        (book.label("status"), book.label(f"status_{kept.status}") if kept.status else ""),
        (book.label("verified"), _day(kept.verified)),
        (book.label("review_on"), _day(kept.review) + (_overdue(book) if kept.review and kept.review < book.as_of["as_of_date"] else "")),
        (book.label("translation"), book.label(f"translation_{translation}") if translation else ""),
    ]
    return definition_list(pairs, "upkeep") if any(text for _, text in pairs) else ""


def _of_generated(book: Book, path: str, meta: dict[str, Any]) -> Kept:
    """Of an agreement, its signatures say whether it is in force, and since when: that is when it was last verified."""
    kept = upkeep.of_generated(book.definitions, path) or Kept()
    standing = book.engine.rows(STANDING, [meta.get("agreement_id")])
    return replace(kept, status=standing[0]["state"], verified=standing[0]["since"]) if standing else kept


def _day(day: date | None) -> str:
    return f'<time datetime="{day}">{escape(day)}</time>' if day else ""


def _overdue(book: Book) -> str:
    return f' <strong>{book.label("review_past")}</strong>'
