"""Macros that print KPIs in tables: week by week, figure by figure, all of them."""

from macros.book import Book
from macros.figure import basis_words, headline_figure, opened
from macros.html import Cell, block, number, table
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape
from macros.words import stage as stage_link
from warehouse.definition_tables import MILESTONES
from warehouse.definitions.kpis import Kpi, Statistic
from warehouse.problems import nearest

RECENT_WEEKS = 13


def missing_words(book: Book, name: str) -> str:
    """What the export lacks for a KPI, if anything: a column in code, a milestone in the glossary's words."""
    return book.join(stage_link(book, needed) if needed in MILESTONES else f"<code>{escape(needed)}</code>" for needed in book.missing[name])


def why_unknown(book: Book, name: str) -> str:
    """Why a KPI shows no figure: what the export lacks, or that it has no data yet."""
    lacking = missing_words(book, name)
    return f"{book.label('export_lacks')} {lacking}" if lacking else book.label("no_data_yet")


def direction(kpi: Kpi, change: float | None) -> str:
    """Whether a change is good, bad or none: never told by colour alone, the arrow and the words say it too."""
    if not change:
        return "flat"
    return "good" if (change > 0) == (kpi.direction == "up") else "bad"


def chosen_basis(kpi: Kpi, name: str, basis: str | None) -> str:
    """The basis asked for, or the KPI's first. Raises Mistake for one it does not have."""
    if basis is not None and basis not in kpi.bases:
        raise Mistake(f"{name} has no basis '{basis}'", nearest(str(basis), kpi.bases))
    return basis or kpi.default_basis


def headings(book: Book, kpi: Kpi, first: str) -> list[str]:
    """The headings over the cells of `line`, after the heading of the first column."""
    value = book.text(kpi.name)
    if kpi.unit != "rate":
        return [first, value]
    return [first, book.label("numerator"), book.label("denominator"), value, book.label("interval_95")]


def line(book: Book, kpi: Kpi, first: str, row: dict, name: str | None = None) -> list[Cell | str]:
    """One row of a KPI as cells: a rate with its counts and interval, anything else as it is; unsettled ones greyed. With its `name` the figure opens."""
    immature = row["mature"] is False
    shown = escape(book.number(row["value"], kpi.unit))
    value = number(opened(book, name, kpi.main_statistic, row, shown) if name else shown, immature or is_small(kpi, row))
    if kpi.unit != "rate":
        return [first, value]
    interval = book.interval(row["low"], row["high"])
    return [first, number(escape(book.number(row["numerator"], "count")), immature), number(escape(book.number(row["denominator"], "count")), immature),
            value, number(escape(interval), immature)]


def is_small(kpi: Kpi, row: dict, unit: str | None = None) -> bool:
    """Below the KPI's minimum n the interval counts, not the rate or the time."""
    return (unit or kpi.unit) in ("rate", "minutes") and row["n"] is not None and row["n"] < kpi.minimum_n


@macro
def kpi_weeks(book: Book, name: str) -> str:
    """The last weeks of a KPI on every basis it has, the newest first; of a stock the export knows no past weeks."""
    kpi = book.kpi(name)
    if kpi.is_stock:
        return block(f'<p class="no-data">{book.label("stock_weeks")}</p>')
    parts = []
    for basis in kpi.bases:
        rows = book.last_weeks(name, basis, RECENT_WEEKS)[::-1]
        caption = f"{book.text(kpi.name)} · {book.label('by_week')} · {basis_words(book, kpi, basis)}"
        firsts = [_week(book, kpi, basis, row) for row in rows]
        if kpi.bases[basis].statistics:
            parts.append(statistics_tables(book, name, book.label("week"), firsts, rows, "week", None, caption))
        else:
            lines = [line(book, kpi, first, row, name) for first, row in zip(firsts, rows, strict=True)]
            parts.append(table(headings(book, kpi, book.label("week")), lines, caption))
    return block("".join(parts))


def statistics_tables(book: Book, name: str, heading: str, firsts: list[str], rows: list[dict], period: str, by: str | None, caption: str) -> str:
    """A KPI with several figures, one column each, and the details in a table of their own.

    `rows` are those of the main figure on the flow, `firsts` their first cells; split by a dimension, a total has None under `by`.
    """
    figures = book.kpi(name).figures("flow")
    parts = []
    for is_detail, words in ((False, caption), (True, f"{caption} · {book.label('details')}")):
        group = {statistic: figure for statistic, figure in figures.items() if figure.is_detail == is_detail}
        if group:
            lines = [[first, *_statistics(book, name, group, row, period, by)] for first, row in zip(firsts, rows, strict=True)]
            parts.append(table([heading, book.label("n"), *(book.text(figure.name) for figure in group.values())], lines, words))
    return "".join(parts)


def _statistics(book: Book, name: str, group: dict[str, Statistic], row: dict, period: str, by: str | None) -> list[Cell]:
    """n of the first of several figures, then each; what stands for the whole opens."""
    kpi, is_part = book.kpi(name), by is not None and row["by"] is not None
    cells = []
    for statistic, figure in group.items():
        found = next((one for one in book.values(name, "flow", period, by if is_part else None, statistic)
                      if (one["period"], one["key"]) == (row["period"], row["key"])), None)
        shown = escape(book.number(found and found["value"], figure.unit))
        cells = cells or [number(escape(book.number(found and found["n"], "count")))]
        cells.append(number(shown if is_part else opened(book, name, statistic, found, shown), bool(found) and is_small(kpi, found, figure.unit)))
    return cells


def _week(book: Book, kpi: Kpi, basis: str, row: dict) -> str:
    note = "" if row["is_complete"] else book.label("running")
    if row["mature"] is False:
        note = book.label("age_of_horizon", age=row["age_days"], horizon=kpi.bases[basis].horizon_days) if row["age_days"] is not None else book.label("not_mature_yet")
    return f'<span class="period">{escape(row["period"])}</span>' + (f' <span class="note">{note}</span>' if note else "")


def escape_lines(text: str) -> str:
    """Code with its line breaks: as references, since a bare one would end the HTML block where a line is empty."""
    return "&#10;".join(escape(line) for line in text.splitlines())


@macro
def kpi_list(book: Book) -> str:
    """All KPIs with what they mean, their layer, owner and present figure."""
    rows = [[book.link(f"kpis/{name}.md", book.text(kpi.name)), book.text(kpi.meaning), book.label(f"layer_{kpi.layer}"), book.department(kpi.owner),
             number(headline_figure(book, name))]
            for name, kpi in book.definitions.kpis.items()]
    headings = [book.label("kpi"), book.label("meaning"), book.label("layer"), book.label("owner"), book.label("value")]
    return block(table(headings, rows, book.label("all_kpis")))
