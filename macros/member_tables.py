"""Macros of the managers' pages: members with what they do and what comes of it side by side."""

from macros.book import Book
from macros.html import Cell, block, number, table
from macros.kpi_tables import is_small
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape


@macro
def member_table(book: Book, *names: str) -> str:
    """The members, each with several KPIs over the last complete four weeks. Only on managers' pages; never activity or outcome alone."""
    book.refuse_person("member")
    kpis = {name: book.kpi(name) for name in names}
    layers = {kpi.layer == "individual" for kpi in kpis.values()}
    if layers != {True, False}:
        raise Mistake("a table of people needs activity and outcome side by side", "name KPIs of the individual layer and of another one")
    columns = {name: _by_member(book, name) for name in names}
    members = sorted({member for column in columns.values() for member in column}, key=lambda member: (member is None, member or ""))
    rows = [[book.key_name("member", member), *(_cell(book, name, columns[name].get(member)) for name in names)] for member in members]
    headings = [book.label("dimension_member"), *(book.link(f"kpis/{name}.md", book.text(kpi.name)) for name, kpi in kpis.items())]
    if book.last_week is None or not rows:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    return block(table(headings, rows, book.label("four_weeks", period=book.last_week["period"])))


def _by_member(book: Book, name: str) -> dict[str | None, dict]:
    """The KPI's rows of the last complete four weeks on the flow basis, by member."""
    rows = book.values(name, "flow", "four_weeks", "member")
    return {row["key"]: row for row in rows if book.last_week and row["period"] == book.last_week["period"]}


def _cell(book: Book, name: str, row: dict | None) -> Cell:
    kpi = book.kpi(name)
    if row is None:
        return number("—")
    counts = f' <span class="note">{escape(book.number(row["numerator"], "count"))}/{escape(book.number(row["denominator"], "count"))}</span>' if kpi.unit == "rate" else ""
    return number(escape(book.number(row["value"], kpi.unit)) + counts, is_small(kpi, row))
