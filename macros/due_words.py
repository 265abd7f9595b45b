"""The leads that are due, by owner, and in words what is due of each: shared by pages and by the morning's list. Plain text, to be escaped."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from macros.book import Book
from warehouse.definition_tables import missing
from warehouse.engine import Engine
from warehouse.safe_text import printable

KPI = "overdue_leads"
LEADS = """SELECT due_leads.*, members.name AS owner_name
FROM due_leads
LEFT JOIN members ON members.member_id = due_leads.owner_id
WHERE due_leads.status = coalesce(?, due_leads.status)
ORDER BY due_leads.owner_id IS NOT NULL, due_leads.owner_left_on IS NULL, due_leads.owner_id,
  CASE due_leads.status WHEN 'overdue' THEN 1 WHEN 'today' THEN 2 ELSE 3 END, due_leads.tier_rank NULLS LAST, due_leads.due_on NULLS FIRST, due_leads.lead_id"""
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'|\\`]+", re.IGNORECASE)
LONGEST = 60


@dataclass(frozen=True)
class Owner:
    """Who has to act, and on which leads (rows of `due_leads`), the most urgent first. Without an id: nobody owns them."""

    member_id: str | None
    name: str | None
    left_on: date | None
    leads: list[dict[str, Any]]


def owners(engine: Engine, status: str | None = None) -> list[Owner]:
    """Everyone with leads that are due, or of one status: nobody first, then those who left, then by id."""
    rows = engine.rows(LEADS, [status])
    return [Owner(member_id, leads[0]["owner_name"], leads[0]["owner_left_on"], leads)
            for member_id, group in groupby(rows, key=lambda row: row["owner_id"]) for leads in [list(group)]]


def lacking(book: Book, engine: Engine) -> str:
    """Why nothing can be said of what is due, in words; empty where the export tells enough."""
    absent = missing(engine, book.definitions).get(KPI)
    if absent:
        return book.plain_label("due_unknown", columns=book.join(absent))
    ended = engine.value("SELECT min(known_until) FROM kpi_bases CROSS JOIN export_clock WHERE kpi = ? AND known_until < as_of_date", [KPI])
    return book.plain_label("records_end", day=ended) if ended else ""


def owner_words(book: Book, owner: Owner) -> str:
    """Who it is: name and id, and the day of leaving for one who left."""
    if owner.member_id is None:
        return book.plain_label("nobody")
    shown = book.plain_label("member_with_id", id=short(owner.member_id), name=short(owner.name)) if owner.name else short(owner.member_id)
    return book.plain_label("member_who_left", day=owner.left_on, member=shown) if owner.left_on else shown


def heading(book: Book, days: dict[str, Any], owner: Owner) -> str:
    """Whose leads, and how many."""
    return book.plain_label("whose_leads", counts=count_words(book, days, owner.leads), owner=owner_words(book, owner))


def count_words(book: Book, days: dict[str, Any], leads: list[dict[str, Any]]) -> str:
    """How many of the leads are overdue, and how many fall due by when."""
    counts = {status: sum(lead["status"] == status for lead in leads) for status in ("overdue", "today", "next_day")}
    parts = [book.plain_label("leads_overdue", count=counts["overdue"]) if counts["overdue"] else "",
             book.plain_label("leads_due_on", count=counts["today"], day=days["as_of_date"]) if counts["today"] else "",
             book.plain_label("leads_due_by", count=counts["next_day"], day=days["until_on"]) if counts["next_day"] else ""]
    return book.join(part for part in parts if part)


def due_words(book: Book, lead: dict[str, Any]) -> list[str]:
    """What is due of a lead and since when: every reason, the weightiest first, and last what is not overdue."""
    told = [(lead["is_untouched"], _first_touch(book, lead)), (True, _owner(book, lead)), (lead["is_past_next_action"], _next_action(book, lead)),
            (lead["is_quiet"], _next_step(book, lead))]
    parts = [book.plain_label("do_not_contact") if lead["do_not_contact"] else "", *(words for _, words in sorted(told, key=lambda one: not one[0]))]
    return [part for part in parts if part]


def _first_touch(book: Book, lead: dict[str, Any]) -> str:
    due = lead["first_touch_due_at"]
    return book.plain_label("untouched_since" if lead["is_untouched"] else "first_touch_by", due=f"{due:%Y-%m-%d %H:%M}") if due else ""


def _owner(book: Book, lead: dict[str, Any]) -> str:
    if lead["is_without_owner"]:
        return book.plain_label("no_owner")
    return book.plain_label("owner_left", day=lead["owner_left_on"]) if lead["is_owner_gone"] else ""


def _next_action(book: Book, lead: dict[str, Any]) -> str:
    if lead["next_action_on"] is None:
        return ""
    key = "next_action_past" if lead["is_past_next_action"] else "next_action_by"
    return book.plain_label(key, day=lead["next_action_on"], count=lead["days_past_next_action"])


def _next_step(book: Book, lead: dict[str, Any]) -> str:
    due = lead["next_step_due_on"]
    return book.plain_label("no_next_step_since" if lead["is_quiet"] else "no_next_step_by", day=due) if due else ""


def company(lead: dict[str, Any]) -> str:
    """What to call a lead: its company, else its id."""
    return short(lead["company"] or lead["lead_id"])


def stage_name(book: Book, lead: dict[str, Any]) -> str:
    """The stage in the words of its definition."""
    return next(one.name[book.language] for one in book.definitions.stages if one.id == lead["stage"])


def key_name(book: Book, lead: dict[str, Any], dimension: str) -> str:
    """A lead's tier or source as readers call it; a dash where it has none."""
    return short(book.plain_key_name(dimension, lead[dimension])) if lead[dimension] is not None else "—"


def web_address(address: str | None) -> str | None:
    """An address from data where it is one that a browser may open: http or https, in visible characters."""
    address = address or ""
    return address if WEB_ADDRESS.fullmatch(address) and printable(address) == address else None


def short(text: str) -> str:
    """Printable and no longer than a line can take."""
    shown = printable(text)
    return shown if len(shown) <= LONGEST else shown[:LONGEST - 1] + "…"
