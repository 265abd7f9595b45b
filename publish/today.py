"""The morning's list: each owner's leads that are overdue or due, with links into the CRM, as text, CSV or Slack blocks."""

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from macros.book import Book
from macros.due_words import Owner, company, count_words, due_words, key_name, heading, lacking, owners, short, stage_name, web_address
from publish import figures, slack
from publish.session import Session
from warehouse.engine import Engine
from warehouse.problems import CannotRun, Problem, nearest
from warehouse.safe_text import formula_safe, printable

COLUMNS = ("owner_id", "owner", "lead_id", "company", "stage", "tier", "source", "status", "reason", "due", "days_late", "do_not_contact", "record_url")
MEMBERS = "SELECT DISTINCT member_id FROM (SELECT member_id FROM members UNION ALL SELECT owner_id FROM leads) WHERE member_id IS NOT NULL"


@dataclass(frozen=True)
class Morning:
    """What one list says: as of when and up to which day (`due_days`), whose leads, and what the reader must know besides."""

    book: Book
    days: dict[str, Any]
    owners: list[Owner]
    notes: list[str]

    @property
    def title(self) -> str:
        """What it is, with the export's date and time."""
        return self.book.plain_label("due_list", moment=f"{self.days['as_of']:%Y-%m-%d %H:%M}")

    @property
    def remarks(self) -> list[str]:
        """The totals, and the notes."""
        leads = [lead for owner in self.owners for lead in owner.leads]
        return ([count_words(self.book, self.days, leads)] if leads else []) + self.notes


def render(session: Session, form: str, member: str | None, language: str) -> str:
    """The list of all owners, or of one, as text, csv or slack. Raises CannotRun for a member that no table knows."""
    prepared = session.prepare()
    book = Book(prepared.inputs.definitions, prepared.path, prepared.findings, "en" if form == "csv" else language, "manager", {})
    with session.read(prepared) as engine:
        morning = read(engine, book, member)
    return {"text": as_text, "csv": as_csv, "slack": as_slack}[form](morning)


def read(engine: Engine, book: Book, member: str | None = None) -> Morning:
    """The list as the warehouse has it; without leads, the notes say why."""
    if member is not None:
        _refuse_unknown(engine, member)
    unknown = lacking(book, engine)
    found = [] if unknown else [owner for owner in owners(engine) if member in (None, owner.member_id)]
    notes = [book.plain_label("draft_banner")] if any(finding.outcome == "failed" for finding in book.findings) else []
    if not found:
        notes.append(unknown or book.plain_label("nothing_due"))
    return Morning(book, engine.rows("SELECT * FROM due_days")[0], found, notes)


def _refuse_unknown(engine: Engine, member: str) -> None:
    known = [row["member_id"] for row in engine.rows(MEMBERS)]
    if member not in known:
        raise CannotRun([Problem(f"--member {member}", None, "no such member", nearest(member, known))])


# Text

def as_text(morning: Morning) -> str:
    """A table for each owner, under a heading with the counts; for a terminal."""
    head = "".join(f"{printable(line)}\n" for line in (morning.title, *morning.remarks))
    return head + "".join(_part(morning, owner) for owner in morning.owners)


def _part(morning: Morning, owner: Owner) -> str:
    return f"\n{heading(morning.book, morning.days, owner)}\n{figures.render([_cells(morning.book, lead) for lead in owner.leads], 'table')}"


def _cells(book: Book, lead: dict[str, Any]) -> dict[str, Any]:
    return {book.plain_label("what_is_due"): book.join(due_words(book, lead)), book.plain_label("dimension_tier"): key_name(book, lead, "tier"),
            book.plain_label("company"): company(lead), book.plain_label("stage"): stage_name(book, lead),
            book.plain_label("dimension_source"): key_name(book, lead, "source"), "CRM": web_address(lead["record_url"]) or short(lead["lead_id"])}


# CSV

def as_csv(morning: Morning) -> str:
    """One line per lead, ids as they are in the data; the notes go to standard error."""
    for note in morning.notes:
        print(printable(note), file=sys.stderr)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(value) for value in _line(owner, lead)] for owner in morning.owners for lead in owner.leads)
    return out.getvalue()


def _line(owner: Owner, lead: dict[str, Any]) -> Iterator[Any]:
    first_touch = lead["first_touch_due_at"] if lead["reason"] == "untouched" else None
    told = {"owner": owner.name, "due": f"{first_touch:%Y-%m-%d %H:%M}" if first_touch else lead["due_on"], "do_not_contact": str(lead["do_not_contact"]).lower()}
    return (told.get(column, lead.get(column)) for column in COLUMNS)


def _safe(value: Any) -> Any:
    return formula_safe(printable(value)) if isinstance(value, str) else value


# Slack

def as_slack(morning: Morning) -> str:
    """A message in blocks. Every owner gets the same share of what a message holds; what goes beyond it is counted."""
    room = slack.MOST_BLOCKS - slack.HEAD_BLOCKS
    shown = morning.owners if len(morning.owners) <= room else morning.owners[:room - 1]
    share = room // max(1, len(shown))
    sections = [text for owner in shown for text in _texts(morning, owner, share)]
    rest = sum(len(owner.leads) for owner in morning.owners[len(shown):])
    return slack.message(morning.title, map(slack.inert, morning.remarks), sections + ([_more(morning.book, rest)] if rest else []))


def _texts(morning: Morning, owner: Owner, most: int) -> list[str]:
    book = morning.book
    return slack.texts(f"*{slack.inert(heading(book, morning.days, owner))}*", (_bullet(book, lead) for lead in owner.leads), most, lambda left: _more(book, left))


def _bullet(book: Book, lead: dict[str, Any]) -> str:
    facts = (book.join(due_words(book, lead)), key_name(book, lead, "tier"), key_name(book, lead, "source"))
    return f"• {slack.link(web_address(lead['record_url']), slack.inert(company(lead)))} · {' · '.join(map(slack.inert, facts))}"


def _more(book: Book, count: int) -> str:
    return book.plain_label("and_more", count=count)
