"""Macros of the weekly page: which week it is and how long, counts with their targets, rates over four weeks, what stands at the export."""

from collections.abc import Iterator
from typing import NamedTuple

from macros.book import Book
from macros.figure import figure_words, opened, total
from macros.html import Cell, block, number, table
from macros.kpi_tables import direction, is_small
from macros.registry import macro
from macros.sparkline import sparkline
from macros.text import escape
from warehouse.definitions.kpis import Kpi, Statistic

SPARK_WEEKS = 13
LENGTHS = "SELECT week, starts_on, working_days, is_short FROM marts.week_lengths WHERE starts_on <= ? ORDER BY starts_on DESC LIMIT 2"
CLOSURES = "SELECT starts_on, ends_on, name_ja, name_en FROM marts.week_closures WHERE week = ? ORDER BY starts_on"


class Figure(NamedTuple):
    """One figure of a KPI's flow: the KPI's name and definition, and the statistic's."""

    name: str
    kpi: Kpi
    statistic: str
    of: Statistic

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.statistic


def figures(book: Book, *units: str) -> Iterator[Figure]:
    """Every flow figure of these units that is no detail, in the order of the definitions."""
    for name, kpi in book.definitions.kpis.items():
        for statistic, of in (kpi.figures("flow") if "flow" in kpi.bases else {}).items():
            if of.unit in units and not of.is_detail:
                yield Figure(name, kpi, statistic, of)


def figure_name(book: Book, figure: Figure) -> str:
    """The KPI's name, linked, with the statistic's if it has several, and its badge."""
    words = book.text(figure.kpi.name) + figure_words(book, figure.statistic, figure.of)
    return book.link(f"kpis/{figure.name}.md", words) + book.badge(figure.name)


def verdict(book: Book, health: str | None) -> str:
    """Whether a target is met, in words; a dash where there is none."""
    return "—" if health in ("no_target", "unknown", None) else f'<span class="health health--{health}">{book.label(f"health_{health}")}</span>'


@macro
def week_heading(book: Book) -> str:
    """The last complete week, its days, how many of them were worked, and what took the others; the week before too where it was short."""
    week = book.last_week
    if week is None:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    now, *earlier = book.engine.rows(LENGTHS, [week["starts_on"]])
    days = f'{escape(week["starts_on"])} – {escape(week["ends_on"])}'
    words = book.label("week_short" if now["is_short"] else "week_whole", count=now["working_days"], names=_closures(book, now["week"]))
    before = [book.label("week_before_short", week=one["week"], count=one["working_days"], names=_closures(book, one["week"])) for one in earlier if one["is_short"]]
    beside = [book.label("per_day_beside")] if now["is_short"] or before else []
    notes = f'<p class="note">{"".join([*before, *beside])}</p>' if beside else ""
    return block(f'<p class="week"><strong>{escape(week["period"])}</strong> {days} · {words}</p>{notes}')


def _closures(book: Book, week: str) -> str:
    """The days off that made a week short, as plain text."""
    return book.join(f"{_span(row)} {row[f'name_{book.language}']}" for row in book.engine.rows(CLOSURES, [week]))


def _span(row: dict) -> str:
    return f"{row['starts_on']}" + (f" – {row['ends_on']}" if row["ends_on"] != row["starts_on"] else "")


@macro
def week_counts(book: Book) -> str:
    """Every count and time of the week with its change, target and verdict; per working day beside where this week or the one before was short."""
    told = [figure for figure in figures(book, "count", "yen", "minutes") if not figure.kpi.is_stock and _is_told(book, figure)]
    is_short = any(book.week[figure.key]["is_short"] or book.week[figure.key]["previous_is_short"] for figure in told)
    per_day = [book.label(key) for key in ("per_working_day", "change_per_day")] if is_short else []
    headings = [*(book.label(key) for key in ("kpi", "thirteen_weeks", "last_week", "change")), *per_day, *(book.label(key) for key in ("target", "verdict"))]
    return _table(book, [_counts(book, figure, is_short) for figure in told], headings, book.label("week_counts"))


@macro
def week_rates(book: Book) -> str:
    """Every rate over the last four weeks with its interval, change and target, and the newest mature cohort beside it."""
    rows = [_rates(book, figure) for figure in figures(book, "rate") if not figure.kpi.is_stock and _is_told(book, figure)]
    headings = [book.label(key) for key in
                ("kpi", "thirteen_weeks", "four_weeks_flow", "n", "interval_95", "change_four_weeks", "target", "verdict", "cohort_four_weeks")]
    return _table(book, rows, headings, book.label("week_rates"))


@macro
def week_stocks(book: Book) -> str:
    """What stands at the export rather than happened in the week, with its target; nothing where no KPI is a stock."""
    rows = [_stock(book, figure, row) for figure in figures(book, "count", "yen", "minutes", "rate") if figure.kpi.is_stock
            for row in book.headline_figures.get(figure.name, []) if row["statistic"] == figure.statistic and row["value"] is not None]
    day = book.label("stock_at", day=book.as_of["as_of_date"])
    headings = [book.label("kpi"), day, *(book.label(key) for key in ("n", "interval_95", "target", "verdict"))]
    return block(table(headings, rows, book.label("week_stocks"))) if rows else ""


def _table(book: Book, rows: list, headings: list[str], caption: str) -> str:
    if book.last_week is None or not rows:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    return block(table(headings, rows, f"{caption} {escape(book.last_week['period'])}"))


def _is_told(book: Book, figure: Figure) -> bool:
    """Whether the export can tell anything of this figure in the week."""
    week = book.week.get(figure.key, {})
    return week.get("value") is not None or week.get("four_week_value") is not None


def _counts(book: Book, figure: Figure, is_short: bool) -> list[Cell | str]:
    week, unit = book.week[figure.key], figure.of.unit
    small = is_small(figure.kpi, week, unit)
    n = f' <span class="note">n={escape(book.number(week["n"], "count"))}</span>' if unit == "minutes" else ""
    per_day = [number(_number(book, figure, week["value_per_day"]) + _goal(book, figure, week)), number(_delta(book, figure, week["change_per_day"]))] if is_short else []
    value = opened(book, *figure.key, week, _number(book, figure, week["value"])) + n
    return [figure_name(book, figure), _spark(book, figure), number(value, small), number(_delta(book, figure, week["change"])),
            *per_day, number(_number(book, figure, week["target"])), verdict(book, week["health"])]


def _goal(book: Book, figure: Figure, week: dict) -> str:
    """The target of a working day in a whole week, beside the value of one."""
    known = week["target_per_day"]
    return f' <span class="note">{book.label("target")} {_number(book, figure, known)}</span>' if known is not None else ""


def _rates(book: Book, figure: Figure) -> list[Cell | str]:
    week = book.week[figure.key]
    interval = book.interval(week["four_week_low"], week["four_week_high"])
    value = opened(book, *figure.key, total(book, figure.name, "flow", "four_weeks", week["week"], figure.statistic), _number(book, figure, week["four_week_value"]))
    small = is_small(figure.kpi, {"n": week["four_week_n"]}, figure.of.unit)
    return [figure_name(book, figure), _spark(book, figure), number(value, small),
            number(escape(book.number(week["four_week_n"], "count"))), number(escape(interval)), number(_delta(book, figure, week["four_week_change"])),
            number(_number(book, figure, week["target"])), verdict(book, week["four_week_health"]), number(_cohort(book, figure))]


def _stock(book: Book, figure: Figure, row: dict) -> list[Cell | str]:
    counts = f"{book.number(row['numerator'], 'count')} / {book.number(row['denominator'], 'count')}" if row["denominator"] is not None else "—"
    value = opened(book, *figure.key, row, _number(book, figure, row["value"]))
    return [figure_name(book, figure), number(value, is_small(figure.kpi, row, figure.of.unit)), number(escape(counts)),
            number(escape(book.interval(row["low"], row["high"]))), number(_number(book, figure, row["target"])), verdict(book, row["health"])]


def _number(book: Book, figure: Figure, value) -> str:
    return escape(book.number(value, figure.of.unit))


def _spark(book: Book, figure: Figure) -> Cell:
    """The last weeks, or for a rate its four-week values: single weeks of a rate jump about."""
    period, unit = "four_weeks" if figure.of.unit == "rate" else "week", figure.of.unit
    rows = [row for row in book.values(figure.name, "flow", period, None, figure.statistic) if row["is_complete"]][-SPARK_WEEKS:]
    words = book.plain_label("spark_text", kpi=figure.of.name[book.language], first=book.number(rows[0]["value"], unit), last=book.number(rows[-1]["value"], unit)) if rows else ""
    return Cell(sparkline(words, [row["value"] for row in rows]))


def _delta(book: Book, figure: Figure, change) -> str:
    if change is None:
        return "—"
    return f'<span class="delta delta--{direction(figure.of, change)}">{book.change(change, figure.of.unit)}</span>'


def _cohort(book: Book, figure: Figure) -> str:
    """The KPI's newest mature four weeks as a cohort, with the week they end in."""
    if "cohort" not in figure.kpi.bases:
        return "—"
    mature = [row for row in book.values(figure.name, "cohort", "four_weeks") if row["mature"] and row["value"] is not None]
    if not mature:
        return "—"
    return f'{escape(book.number(mature[-1]["value"], figure.of.unit))} <span class="note">{book.label("until_week", period=mature[-1]["period"])}</span>'
