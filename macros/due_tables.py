"""Macros of the leads that are left lying: how many in each department and why; for managers, which ones and whose."""

from macros.book import Book
from macros.due_words import KPI, Owner, company, due_words, heading, key_name, lacking, owners, stage_name, web_address
from macros.html import Cell, block, number, table
from macros.registry import macro
from macros.text import escape

OVERDUE = "overdue"


@macro
def overdue_counts(book: Book) -> str:
    """How many leads each department has to work, how many of them are overdue, by reason, and how many fall due."""
    counts = book.engine.rows("SELECT * FROM due_counts ORDER BY department")
    unknown = lacking(book, book.engine)
    if unknown or not counts:
        return block(f'<p class="no-data">{escape(unknown) or book.label("no_leads_to_work")}</p>')
    rows = [[name, *(number(escape(book.number(row[column], "count"))) for row in counts)] for column, name in _lines(book)]
    headings = [book.label("leads"), *(book.key_name("department", row["department"]) for row in counts)]
    return block(table(headings, rows, book.label("stock_at", day=book.as_of["as_of_date"])) + f'<p class="note">{book.label("counted_once")}</p>')


def _lines(book: Book) -> list[tuple[str, str]]:
    """The columns of `due_counts` that are shown, each with its name; a reason stands under the count that it is part of."""
    days = book.engine.rows("SELECT * FROM due_days")[0]
    overdue = book.link(f"kpis/{KPI}.md", book.text(book.kpi(KPI).name)) + book.badge(KPI)
    reasons = [("untouched", "reason_untouched"), ("no_owner", "reason_no_owner"), ("owner_left", "reason_owner_left"),
               ("next_action", "reason_next_action"), ("no_next_step", "reason_no_next_step")]
    due = [("due_today", book.label("due_on", day=days["as_of_date"]))]
    due += [("due_next_day", book.label("due_by", day=days["until_on"]))] if days["until_on"] > days["as_of_date"] else []
    return [("open_leads", book.label("leads_to_work")), (OVERDUE, overdue), *((name, book.label("of_which", part=book.plain_label(key))) for name, key in reasons), *due]


@macro
def overdue_leads(book: Book) -> str:
    """The overdue leads of each owner, with a link into the CRM. Only on managers' pages."""
    book.refuse_person("member")
    unknown = lacking(book, book.engine)
    listed = owners(book.engine, OVERDUE)
    if unknown or not listed:
        return block(f'<p class="no-data">{escape(unknown) or book.label("nothing_overdue")}</p>')
    return block("".join(_owner(book, owner) for owner in listed))


def _owner(book: Book, owner: Owner) -> str:
    days = book.engine.rows("SELECT * FROM due_days")[0]
    headings = [book.label(key) for key in ("company", "what_is_due", "dimension_tier", "stage", "dimension_source")]
    rows = [[_link(lead), "<br>".join(map(escape, due_words(book, lead))), escape(key_name(book, lead, "tier")), escape(stage_name(book, lead)),
             escape(key_name(book, lead, "source"))] for lead in owner.leads]
    return f"<details><summary>{escape(heading(book, days, owner))}</summary>{table(headings, rows)}</details>"


def _link(lead: dict) -> Cell:
    """The lead's company, linked into the CRM where its address is one of the web."""
    address = web_address(lead["record_url"])
    words = escape(company(lead))
    return Cell(f'<a href="{escape(address)}" rel="noopener noreferrer">{words}</a>' if address else words)
