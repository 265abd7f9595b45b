"""Macros that show how far an agreement was kept: week by week, by term, and the leads that broke it."""

from macros import charts
from macros.agreement_words import agreement
from macros.book import Book
from macros.charts import Point
from macros.due_words import web_address
from macros.html import block, number, table
from macros.numbers import Format
from macros.registry import macro
from macros.text import escape
from warehouse.definitions.kpis import PLAIN
from warehouse.measures import agreement_figure

TREND_WEEKS, TABLE_WEEKS, MOST_BREAKS = 26, 8, 200
BREAKS = """SELECT agreement_records.term, agreement_records.lead_id, agreement_records.counted_at, leads.record_url, members.member_id, members.name
FROM marts.agreement_records
JOIN crm.leads ON leads.lead_id = agreement_records.lead_id
LEFT JOIN crm.members ON members.member_id = agreement_records.member_id
WHERE agreement_records.agreement = ? AND NOT agreement_records.is_kept AND CAST(agreement_records.counted_at AS DATE) BETWEEN ? AND ?
ORDER BY agreement_records.counted_at DESC, agreement_records.lead_id, agreement_records.term"""
BY_MEMBER = """SELECT key, numerator, denominator FROM marts.kpi_values
WHERE kpi = ? AND statistic = ? AND period_kind = 'four_weeks' AND period = ? AND dimension = 'member' ORDER BY key"""
BROKEN_BY = """SELECT term, department, count(*) AS records
FROM marts.agreement_records
WHERE agreement = ? AND NOT is_kept AND CAST(counted_at AS DATE) BETWEEN ? AND ?
GROUP BY term, department ORDER BY term, department"""


@macro
def agreement_trend(book: Book, name: str) -> str:
    """How far all terms together were kept, week by week, with the interval; the running week is hollow."""
    found = agreement(book, name)
    rows = book.values(agreement_figure(name), "flow", "week", None, PLAIN)[-TREND_WEEKS:]
    points = [Point(row["period"], row["value"], row["low"], row["high"], not row["is_complete"]) for row in rows]
    told = [row for row in rows if row["is_complete"] and row["value"] is not None]
    words = {"kpi": f"{found.name[book.language]} {book.plain_label('compliance')}", "period": told[-1]["period"], "value": book.number(told[-1]["value"], "rate")} if told else {}
    return block(charts.trend(f"agreement-{name}", found.name[book.language], points, Format("rate", book.language),
                              text=book.plain_label("trend_text", **words) if told else book.plain_label("no_data_yet"),
                              value_label=book.plain_label("compliance"), band_label=book.plain_label("interval_95"),
                              muted_label=book.plain_label("unsettled"), no_data=book.plain_label("no_data_yet")))


@macro
def agreement_weeks(book: Book, name: str) -> str:
    """The last weeks of an agreement, each term in a column: kept of due. A week is judged by the version that was in force in it."""
    found = agreement(book, name)
    terms = {term.id: term for version in sorted(found.versions, key=lambda one: one.effective_from) for term in version.terms}
    totals = book.values(agreement_figure(name), "flow", "week", None, PLAIN)[-TABLE_WEEKS:][::-1]
    cells = {term: {row["period"]: row for row in book.values(agreement_figure(name), "flow", "week", None, term)} for term in terms}
    asked = [term for term in terms if any(cells[term].get(row["period"], {}).get("denominator") for row in totals)]
    rows = [[_week(book, row), number(escape(book.number(row["value"], "rate"))), number(escape(book.interval(row["low"], row["high"]))),
             *(number(_kept(book, cells[term].get(row["period"]))) for term in asked)] for row in totals]
    headings = [book.label("week"), book.label("all_terms"), book.label("interval_95"), *(book.text(terms[term].name) for term in asked)]
    return block(table(headings, rows, book.label("agreement_weeks")))


def _week(book: Book, row: dict) -> str:
    return escape(row["period"]) + ("" if row["is_complete"] else f' <span class="note">{book.label("running")}</span>')


def _kept(book: Book, row: dict | None) -> str:
    """How many kept it of how many were due."""
    if row is None or not row["denominator"]:
        return "—"
    return f"{escape(book.number(row['numerator'], 'count'))} / {escape(book.number(row['denominator'], 'count'))}"


@macro
def agreement_breaks(book: Book, name: str) -> str:
    """What broke the agreement in the last complete week: counts by department, and in the manager's edition the leads and their owners."""
    found, week = agreement(book, name), book.last_week
    if week is None:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    names = {term.id: term.name for version in found.versions for term in version.terms}
    span = [name, week["starts_on"], week["ends_on"]]
    counts = [[book.text(names[row["term"]]), book.key_name("department", row["department"]), number(escape(book.number(row["records"], "count")))]
              for row in book.engine.rows(BROKEN_BY, span)]
    if not counts:
        return block(f'<p class="good">{book.label("nothing_broken", period=week["period"])}</p>')
    shown = table([book.label(key) for key in ("term_of_agreement", "department", "broken_records")], counts, book.label("broken_in", period=week["period"]))
    return block(shown + (_leads(book, names, span) if book.edition == "manager" else ""))


@macro
def agreement_members(book: Book, name: str) -> str:
    """How far each member kept an agreement over the last complete four weeks, term by term; nothing in the team's edition."""
    found = agreement(book, name)
    if book.edition != "manager" or book.last_week is None:
        return ""
    terms = {term.id: term.name for term in found.present.terms}
    rows = {term: {row["key"]: row for row in book.engine.rows(BY_MEMBER, [agreement_figure(name), term, book.last_week["period"]])} for term in terms}
    members = sorted({key for column in rows.values() for key in column}, key=lambda key: (key is None, key or ""))
    lines = [[book.key_name("member", member), *(number(_kept(book, rows[term].get(member))) for term in terms)] for member in members]
    if not lines:
        return ""
    return block(table([book.label("dimension_member"), *map(book.text, terms.values())], lines, book.label("kept_by_member", period=book.last_week["period"])))


def _leads(book: Book, names: dict, span: list) -> str:
    rows = book.engine.rows(BREAKS, span)
    lines = [[_lead(row), book.text(names[row["term"]]), escape(row["name"] or row["member_id"] or "—"), escape(f"{row['counted_at']:%Y-%m-%d %H:%M}")] for row in rows[:MOST_BREAKS]]
    more = f'<p class="note">{book.label("more_rows", count=len(rows) - MOST_BREAKS)}</p>' if len(rows) > MOST_BREAKS else ""
    return f'<details><summary>{book.label("broken_leads", count=len(rows))}</summary>{table([book.label(key) for key in ("column_record", "term_of_agreement", "lead_owner", "happened_on")], lines)}{more}</details>'


def _lead(row: dict) -> str:
    """The lead's id, linked into the CRM where its address is one of the web."""
    address = web_address(row["record_url"])
    if not address:
        return escape(row["lead_id"])
    return f'<a href="{escape(address)}" rel="noreferrer">{escape(row["lead_id"])}</a>'
