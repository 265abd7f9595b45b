"""The macro that prints how the running week, month and quarter stand against their targets."""

from collections.abc import Iterator

from macros.book import Book
from macros.figure import opened
from macros.html import Cell, block, number, table
from macros.kpi_tables import is_small
from macros.registry import macro
from macros.text import escape
from macros.week_tables import Figure, figure_name, figures, verdict


@macro
def paces(book: Book) -> str:
    """Every figure with a target in the running week, month or quarter: counts with their pace by working days, then rates and times with n and interval."""
    counts = [_counts(book, figure, row) for figure, row in _running(book, "count", "yen")]
    rates = [_rates(book, figure, row) for figure, row in _running(book, "rate", "minutes")]
    if not counts and not rates:
        return block(f'<p class="no-data">{book.label("no_pace")}</p>')
    return block(_paces(book, counts) + _standing(book, rates))


def _paces(book: Book, rows: list) -> str:
    keys = ("kpi", "period", "so_far", "target", "pace_expected", "standing", "needed_per_day", "projected", "working_days")
    return table([book.label(key) for key in keys], rows, book.label("pace_counts")) + f'<p class="note">{book.label("pace_note")}</p>' if rows else ""


def _standing(book: Book, rows: list) -> str:
    keys = ("kpi", "period", "so_far", "n", "interval_95", "target", "verdict")
    return table([book.label(key) for key in keys], rows, book.label("pace_rates")) if rows else ""


def _running(book: Book, *units: str) -> Iterator[tuple[Figure, dict]]:
    """The rows of running periods, the week first; in each the figures in the order of the definitions."""
    for kind in ("week", "month", "quarter"):
        for figure in figures(book, *units):
            row = book.paces.get((figure.name, figure.statistic, kind))
            if row and row["value"] is not None:
                yield figure, row


def _counts(book: Book, figure: Figure, row: dict) -> list[Cell | str]:
    def shown(value) -> str:
        return escape(book.number(value, figure.of.unit))

    return [figure_name(book, figure), _period(book, row), number(opened(book, *figure.key, row, shown(row["value"]))), number(shown(row["target"])), number(shown(row["expected"])),
            _stands(book, row["standing"]), number(_needed(book, row, shown(row["needed_per_day"]))), _projected(book, row, shown(row["projected"])),
            number(_days(book, row))]


def _rates(book: Book, figure: Figure, row: dict) -> list[Cell | str]:
    value = opened(book, *figure.key, row, escape(book.number(row["value"], figure.of.unit)))
    return [figure_name(book, figure), _period(book, row), number(value, is_small(figure.kpi, row, figure.of.unit)), number(escape(book.number(row["n"], "count"))),
            number(escape(book.interval(row["low"], row["high"]))), number(escape(book.number(row["target"], figure.of.unit))), verdict(book, row["health"])]


def _period(book: Book, row: dict) -> str:
    words = {"week": "this_week", "month": "this_month", "quarter": "this_quarter"}[row["period_kind"]]
    return f'{book.label(words)} <span class="note">{escape(row["period"])}</span>'


def _stands(book: Book, standing: str | None) -> str:
    words = {"reached": ("pace_reached", "met"), "on_pace": ("on_pace", "met"), "behind": ("pace_behind", "missed"),
             "too_fast": ("pace_too_fast", "missed"), "exceeded": ("pace_exceeded", "missed")}
    if standing is None:
        return "—"
    label, health = words[standing]
    return f'<span class="health health--{health}">{book.label(label)}</span>'


def _needed(book: Book, row: dict, shown: str) -> str:
    """What each working day left needs; of what should stay low, what each may bring."""
    if row["direction"] == "up" or row["needed_per_day"] is None:
        return shown
    return book.label("at_most", count=book.number(row["needed_per_day"], row["unit"]))


def _projected(book: Book, row: dict, shown: str) -> Cell:
    """Where the period would end; in its first days nothing, and that in words."""
    if row["projected"] is None and row["working_days"]:
        return Cell(f'<span class="note">{book.label("too_early")}</span>', True)
    return number(shown)


def _days(book: Book, row: dict) -> str:
    return book.label("days_of", passed=row["days_passed"], all=row["working_days"]) if row["working_days"] else book.label("no_working_days")
