"""Macros that split a KPI by a dimension: as a table, with the intervals drawn, for every dimension there is."""

from macros import charts
from macros.book import Book
from macros.figure import basis_words, settled
from macros.html import block, chart_title, table
from macros.intervals import Estimate, intervals
from macros.kpi_tables import chosen_basis, headings, kpi_weeks, line, statistics_tables, why_unknown
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape
from warehouse import kpis
from warehouse.definitions.kpis import Kpi
from warehouse.problems import nearest

IN_ORDER = ("hour", "weekday", "script")
PERIODS = (*kpis.PERIODS, "four_weeks")


@macro
def kpi_table(book: Book, name: str, by: str | None = None, period: str = "four_weeks", basis: str | None = None) -> str:
    """A KPI split by a dimension, for the newest period that is complete (and mature); without `by`, its last weeks."""
    kpi = book.kpi(name)
    chosen = chosen_basis(kpi, name, basis)
    if by is None:
        return kpi_weeks(book, name)
    total, rows = _rows(book, name, chosen, period, by)
    if total is None:
        return block(f'<p class="no-data">{why_unknown(book, name)}</p>')
    if all(row["key"] is None for row in rows):
        return block(f'<p class="no-data">{book.label("not_split")}</p>')
    return block(_table(book, name, kpi, by, period, chosen, total, rows))


@macro
def kpi_split(book: Book, name: str, by: str) -> str:
    """A KPI split by a dimension over the last settled four weeks: drawn, and as a table folded under it."""
    kpi = book.kpi(name)
    chosen = kpi.default_basis
    total, rows = _rows(book, name, chosen, "four_weeks", by)
    if total is None or all(row["key"] is None for row in rows):
        return kpi_table(book, name, by)
    title = f"{_figure_name(book, kpi, chosen)} {book.plain_label(f'by_{by}')}"
    drawn = _drawn(book, f"split-{name}-{by}", title, kpi, by, total, rows)
    words = f"{escape(title)} · {_counted(book, kpi, total, 'four_weeks', chosen)}"
    return block(f'{chart_title(words)}{drawn}<details><summary>{book.label("as_table")}</summary>'
                 f"{_table(book, name, kpi, by, 'four_weeks', chosen, total, rows)}</details>")


@macro
def kpi_splits(book: Book, name: str) -> str:
    """A KPI split by every dimension of its mart that has several values in the export, but for persons."""
    kpi = book.kpi(name)
    parts = []
    for by in kpis.dimensions(book.engine, f"marts.{kpi.mart}"):
        if by != "member":
            total, rows = _rows(book, name, kpi.default_basis, "four_weeks", by)
            if total is not None and len(rows) > 1:
                parts.append(kpi_split(book, name, by))
    return "".join(parts) or block(f'<p class="no-data">{why_unknown(book, name)}</p>')


def _rows(book: Book, name: str, basis: str, period: str, by: str) -> tuple[dict | None, list[dict]]:
    """The total of the newest settled period, and its rows by the dimension: the largest first, or in the dimension's own order."""
    if period not in PERIODS:
        raise Mistake(f"unknown period '{period}'", nearest(str(period), PERIODS))
    total = _newest(book, name, basis, period)
    rows = book.values(name, basis, period, by)
    wanted = [row for row in rows if total is not None and row["period"] == total["period"]]
    return total, sorted(wanted, key=lambda row: row["key"] or "") if by in IN_ORDER else wanted


def _newest(book: Book, name: str, basis: str, period: str) -> dict | None:
    """The newest total that is settled; of `all`, the one there is."""
    rows = book.values(name, basis, period) if period == "all" else settled(book, name, basis, period)
    return rows[-1] if rows else None


def _figure_name(book: Book, kpi: Kpi, basis: str) -> str:
    """The KPI, and of several figures the main one, which is drawn."""
    figures = kpi.figures(basis)
    return kpi.name[book.language] + (f" · {figures[kpi.main_statistic].name[book.language]}" if len(figures) > 1 else "")


def _counted(book: Book, kpi: Kpi, row: dict, period: str, basis: str) -> str:
    """From when the figures are, and on which basis; a stock has neither, but the day of the export."""
    if kpi.is_stock:
        return book.label("stock_at", day=book.as_of["as_of_date"])
    named = book.label("four_weeks", period=row["period"]) if period == "four_weeks" else book.label("all_time") if period == "all" else escape(row["period"])
    return f"{named} · {basis_words(book, kpi, basis)}"


def _table(book: Book, name: str, kpi: Kpi, by: str, period: str, basis: str, total: dict, rows: list[dict]) -> str:
    caption = f"{book.text(kpi.name)} · {book.label(f'by_{by}')} · {_counted(book, kpi, total, period, basis)}"
    if kpi.bases[basis].statistics:
        firsts = [*(book.key_name(by, row["key"]) for row in rows), f"<strong>{book.label('total')}</strong>"]
        parts = [{**row, "by": by} for row in rows]
        return statistics_tables(book, name, book.label(f"dimension_{by}"), firsts, [*parts, {**total, "by": None}], period, by, caption)
    lines = [line(book, kpi, book.key_name(by, row["key"]), row) for row in rows]
    return table(headings(book, kpi, book.label(f"dimension_{by}")), [*lines, line(book, kpi, f"<strong>{book.label('total')}</strong>", total, name)], caption)


def _drawn(book: Book, id: str, title: str, kpi: Kpi, by: str, total: dict, rows: list[dict]) -> str:
    """Dots of a rate or a time, with n and the intervals there are; bars of anything else."""
    known = [row for row in rows if row["value"] is not None]
    if kpi.unit not in ("rate", "minutes"):
        largest = max(known, key=lambda row: row["value"])
        text = book.plain_label("bars_text", label=book.plain_key_name(by, largest["key"]), value=book.number(largest["value"], kpi.unit))
        return charts.bars(id, title, [(book.plain_key_name(by, row["key"]), row["value"]) for row in rows], book.format(kpi), text=text,
                           rest=book.plain_label("and_more"), no_data=book.plain_label("no_rows"))
    estimates = [Estimate(book.plain_key_name(by, row["key"]), row["value"], row["low"], row["high"], row["n"]) for row in rows]
    return intervals(id, title, estimates, book.format(kpi), text=_ends(book, kpi, by, total, known), target=total["value"], minimum=kpi.minimum_n,
                     value_label=_figure_name(book, kpi, kpi.default_basis), target_label=book.plain_label("total"),
                     interval_label=book.plain_label("interval_95") if kpi.unit == "rate" else "", few_label=book.plain_label("few_records", count=kpi.minimum_n),
                     no_data=book.plain_label("no_data_yet"))


def _ends(book: Book, kpi: Kpi, by: str, total: dict, known: list[dict]) -> str:
    """The highest and the lowest of those with enough records, in words."""
    enough = [row for row in known if row["n"] >= kpi.minimum_n] or known
    if not enough:
        return book.plain_label("no_data_yet")
    best, worst = (f"{book.plain_key_name(by, row['key'])} {book.number(row['value'], kpi.unit)}" for row in
                   (max(enough, key=lambda row: row["value"]), min(enough, key=lambda row: row["value"])))
    return book.plain_label("intervals_text", total_label=book.plain_label("total"), total=book.number(total["value"], kpi.unit), best=best, worst=worst)
