"""The macro that tells managers which records stand behind a KPI's figures."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from macros.book import Book
from macros.due_words import web_address
from macros.figure import basis_words, figure_words, settled
from macros.html import block, chart_title
from macros.kpi_tables import escape_lines
from macros.registry import macro
from macros.text import escape
from warehouse import measures

MOST = 200
LINKED = """SELECT found.*, addresses.record_url
FROM ({records}) AS found
LEFT JOIN (SELECT lead_id, min(record_url) AS record_url FROM crm.leads GROUP BY lead_id) AS addresses ON addresses.lead_id = found.lead_id
ORDER BY found.counted_at, found.record"""


class Records(NamedTuple):
    """One list to print: what it is of the figure, in escaped words, the query of its rows, the days that are bound, the unit of their amounts."""

    words: str
    query: str
    days: tuple[date, date]
    unit: str


@macro
def kpi_records(book: Book, name: str) -> str:
    """The records behind the figures that a KPI leads with, and the queries that find those of any other; nothing in the team's edition."""
    if book.edition != "manager":
        return ""
    told: dict[tuple[Records, ...], list[str]] = {}
    for statistic, row in _figures(book, name):
        told.setdefault(_records(book, name, statistic, row), []).append(_title(book, name, statistic, row))
    parts = [chart_title(book.join(titles)) + "".join(_list(book, one) for one in lists) for lists, titles in told.items()]
    shown = "".join(parts) or f'<p class="no-data">{book.label("no_data_yet")}</p>'
    return f'\n\n## {book.label("records")} {{#records}}\n{block(shown)}'


def _figures(book: Book, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The headlines but for details; of another basis its newest settled four weeks."""
    kpi = book.kpi(name)
    for row in book.headline_figures.get(name, []):
        if row["value"] is not None and not kpi.figures(row["basis"])[row["statistic"]].is_detail:
            yield row["statistic"], row
    for basis in list(kpi.bases)[1:]:
        yield from ((kpi.main_statistic, row) for row in settled(book, name, basis, "four_weeks")[-1:])


def _title(book: Book, name: str, statistic: str, row: dict[str, Any]) -> str:
    kpi = book.kpi(name)
    figure = kpi.figures(row["basis"])[statistic]
    days = f"{row['starts_on']} – {row['ends_on']}" if not kpi.is_stock else book.plain_label("stock_at", day=row["ends_on"])
    counted = escape(days) if kpi.is_stock else f"{basis_words(book, kpi, row['basis'])} · {days}"
    return f"{book.text(kpi.name)}{figure_words(book, statistic, figure)} {escape(book.number(row['value'], figure.unit))} · {counted}"


def _records(book: Book, name: str, statistic: str, row: dict[str, Any]) -> tuple[Records, ...]:
    """Of a rate the records that it counts and the rest of its denominator; of anything else its records."""
    kpi = book.kpi(name)
    columns, unit = book.engine.columns(f"marts.{kpi.mart}"), kpi.figures(row["basis"])[statistic].unit
    days = row["starts_on"], row["ends_on"]
    sides = measures.of_figure(name, kpi, row["basis"], statistic)
    part, whole = sides["numerator"], sides.get("denominator")
    counted = measures.records(part, columns)
    if unit != "rate":
        return (Records(book.label("records_counted"), counted, days, unit),)
    if part.date == whole.date:
        rest = Records(book.label("rest_of_denominator"), measures.records(whole, columns, without=part), days, unit)
    else:
        rest = Records(book.label("denominator"), measures.records(whole, columns), days, unit)
    return Records(book.label("numerator"), counted, days, unit), rest


def _list(book: Book, records: Records) -> str:
    found = book.engine.rows(LINKED.format(records=records.query), records.days)
    items = "".join(f"<li>{_record(book, row, records.unit)}</li>" for row in found[:MOST])
    more = f'<p class="note">{book.label("more_rows", count=book.number(len(found) - MOST, "count"))}</p>' if len(found) > MOST else ""
    return (f'<details><summary>{records.words} {escape(book.number(len(found), "count"))}</summary><ul class="records" data-search-exclude>{items}</ul>{more}'
            f'<p class="note">{book.label("records_query")}</p><pre class="query"><code>{escape_lines(_dated(records))}</code></pre></details>')


def _dated(records: Records) -> str:
    """The query with its days written in, as `playbook query` runs it."""
    query = records.query
    for day in records.days:
        query = query.replace("?", f"DATE '{day}'", 1)
    return query


def _record(book: Book, row: dict[str, Any], unit: str) -> str:
    """What names a record, its lead with a link into the CRM, its day, and the amount that counts."""
    lead, own, address = escape(row["lead_id"]), escape(row["record"]), web_address(row["record_url"])
    if lead and address:
        lead = f'<a href="{escape(address)}">{lead}</a>'
    named = lead if row["record"] == row["lead_id"] else f"{own} {lead}"
    amount = f" {escape(book.number(row['amount'], unit))}" if row["amount"] is not None else ""
    return f'{named} <span class="note">{escape(row["counted_at"].strftime("%Y-%m-%d"))}{amount}</span>'
