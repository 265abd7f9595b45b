"""Macros of the weekly page: which week it is, and every KPI's week beside its four weeks and its cohort."""

from macros.book import Book
from macros.html import Cell, block, number, table
from macros.kpi_tables import direction, is_small
from macros.registry import macro
from macros.text import escape


@macro
def week_heading(book: Book) -> str:
    """The last complete week and its days."""
    week = book.last_week
    if week is None:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    return block(f'<p class="week"><strong>{escape(week["period"])}</strong> {escape(week["starts_on"])} – {escape(week["ends_on"])}</p>')


@macro
def week_table(book: Book) -> str:
    """Every KPI: the week, its change, the target in force that week, the four weeks up to it, and the newest mature cohort."""
    if book.last_week is None:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    rows = [_row(book, name) for name in book.definitions.kpis]
    headings = [book.label(key) for key in ("kpi", "week_flow", "change", "target", "four_weeks_flow", "cohort_four_weeks")]
    return block(table(headings, rows, book.label("week_figures") + " " + escape(book.last_week["period"])))


def _row(book: Book, name: str) -> list[Cell | str]:
    kpi, week = book.kpi(name), book.week.get(name)
    first = book.link(f"kpis/{name}.md", book.text(kpi.name)) + book.badge(name)
    if week is None or week["value"] is None:
        return [first, *[number("—")] * 4, number(_cohort(book, name))]
    counts = f' <span class="note">{escape(book.number(week["numerator"], "count"))}/{escape(book.number(week["denominator"], "count"))}</span>' if kpi.unit == "rate" else ""
    four = escape(book.number(week["four_week_value"], kpi.unit))
    return [first, number(escape(book.number(week["value"], kpi.unit)) + counts, is_small(kpi, week)), number(_delta(book, kpi, week["change"])),
            number(escape(book.number(week["target"], kpi.unit))), number(four), number(_cohort(book, name))]


def _delta(book: Book, kpi, change) -> str:
    if change is None:
        return "—"
    arrow = "→" if not change else "▲" if change > 0 else "▼"
    return f'<span class="delta delta--{direction(kpi, change)}">{arrow} {escape(book.delta(change, kpi.unit))}</span>'


def _cohort(book: Book, name: str) -> str:
    """The KPI's newest mature four weeks as a cohort, with the week they end in."""
    kpi = book.kpi(name)
    if "cohort" not in kpi.bases:
        return "—"
    mature = [row for row in book.values(name, "cohort", "four_weeks") if row["mature"] and row["value"] is not None]
    if not mature:
        return "—"
    return f'{escape(book.number(mature[-1]["value"], kpi.unit))} <span class="note">{book.label("until_week", period=mature[-1]["period"])}</span>'
