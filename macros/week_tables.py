"""Macros of the weekly page: which week it is, counts with their pace, rates over four weeks."""

from macros.book import Book
from macros.html import Cell, block, number, table
from macros.kpi_tables import direction, is_small
from macros.registry import macro
from macros.sparkline import sparkline
from macros.text import escape

SPARK_WEEKS = 13


@macro
def week_heading(book: Book) -> str:
    """The last complete week and its days."""
    week = book.last_week
    if week is None:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    return block(f'<p class="week"><strong>{escape(week["period"])}</strong> {escape(week["starts_on"])} – {escape(week["ends_on"])}</p>')


@macro
def week_counts(book: Book) -> str:
    """Every counted KPI: the week, its change and target, and the running week so far with its pace by working days."""
    rows = [_counts(book, name) for name, kpi in book.definitions.kpis.items() if kpi.unit != "rate" and _is_told(book, name)]
    headings = [book.label(key) for key in
                ("kpi", "thirteen_weeks", "last_week", "change", "target", "verdict", "running_week", "pace_expected", "needed_per_day")]
    return _table(book, rows, headings, book.label("week_counts"))


@macro
def week_rates(book: Book) -> str:
    """Every rate over the last four weeks with its interval, change and target, and the newest mature cohort beside it."""
    rows = [_rates(book, name) for name, kpi in book.definitions.kpis.items() if kpi.unit == "rate" and _is_told(book, name)]
    headings = [book.label(key) for key in
                ("kpi", "thirteen_weeks", "four_weeks_flow", "n", "interval_95", "change_four_weeks", "target", "verdict", "cohort_four_weeks")]
    return _table(book, rows, headings, book.label("week_rates"))


def _table(book: Book, rows: list, headings: list[str], caption: str) -> str:
    if book.last_week is None or not rows:
        return block(f'<p class="no-data">{book.label("no_data_yet")}</p>')
    return block(table(headings, rows, f"{caption} {escape(book.last_week['period'])}"))


def _is_told(book: Book, name: str) -> bool:
    """Whether the export can tell anything of this KPI in the week."""
    week = _week(book, name)
    return week.get("value") is not None or week.get("four_week_value") is not None


def _week(book: Book, name: str) -> dict:
    return book.week.get((name, book.kpi(name).main_statistic), {})


def _name(book: Book, name: str) -> str:
    return book.link(f"kpis/{name}.md", book.text(book.kpi(name).name)) + book.badge(name)


def _counts(book: Book, name: str) -> list[Cell | str]:
    kpi, week = book.kpi(name), _week(book, name)
    pace = book.paces.get((name, kpi.main_statistic, "week"), {})
    return [_name(book, name), _spark(book, name), number(_number(book, kpi, week["value"])), number(_delta(book, kpi, week["change"])),
            number(_number(book, kpi, week["target"])), _verdict(book, week["health"]), number(_number(book, kpi, _running(book, name))),
            number(_number(book, kpi, pace.get("expected"))), number(_number(book, kpi, pace.get("needed_per_day")))]


def _rates(book: Book, name: str) -> list[Cell | str]:
    kpi, week = book.kpi(name), _week(book, name)
    interval = book.interval(week["four_week_low"], week["four_week_high"])
    small = is_small(kpi, {"n": week["four_week_n"]})
    return [_name(book, name), _spark(book, name), number(_number(book, kpi, week["four_week_value"]), small), number(escape(book.number(week["four_week_n"], "count"))),
            number(escape(interval)), number(_delta(book, kpi, week["four_week_change"])), number(_number(book, kpi, week["target"])),
            _verdict(book, week["four_week_health"]), number(_cohort(book, name))]


def _number(book: Book, kpi, value) -> str:
    return escape(book.number(value, kpi.unit))


def _running(book: Book, name: str):
    """The KPI in the week that has begun and is not over."""
    rows = book.values(name, "flow", "week")
    return rows[-1]["value"] if rows and not rows[-1]["is_complete"] else None


def _verdict(book: Book, health: str) -> str:
    return "—" if health in ("no_target", "unknown", None) else f'<span class="health health--{health}">{book.label(f"health_{health}")}</span>'


def _spark(book: Book, name: str) -> Cell:
    """The last weeks, or for a rate its four-week values: single weeks of a rate jump about."""
    kpi = book.kpi(name)
    rows = [row for row in book.values(name, "flow", "four_weeks" if kpi.unit == "rate" else "week") if row["is_complete"]][-SPARK_WEEKS:]
    words = book.plain_label("spark_text", kpi=kpi.name[book.language], first=book.number(rows[0]["value"], kpi.unit), last=book.number(rows[-1]["value"], kpi.unit)) if rows else ""
    return Cell(sparkline(words, [row["value"] for row in rows]))


def _delta(book: Book, kpi, change) -> str:
    if change is None:
        return "—"
    return f'<span class="delta delta--{direction(kpi, change)}">{book.change(change, kpi.unit)}</span>'


def _cohort(book: Book, name: str) -> str:
    """The KPI's newest mature four weeks as a cohort, with the week they end in."""
    kpi = book.kpi(name)
    if "cohort" not in kpi.bases:
        return "—"
    mature = [row for row in book.values(name, "cohort", "four_weeks") if row["mature"] and row["value"] is not None]
    if not mature:
        return "—"
    return f'{escape(book.number(mature[-1]["value"], kpi.unit))} <span class="note">{book.label("until_week", period=mature[-1]["period"])}</span>'
