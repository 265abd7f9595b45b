"""Macros that draw stored figures: a KPI over the weeks, the funnel."""

from macros import charts
from macros.book import Book
from macros.charts import Point, Step
from macros.html import block, chart_title
from macros.kpi_tables import chosen_basis
from macros.mistakes import Mistake
from macros.numbers import Format
from macros.registry import macro
from macros.text import escape
from macros.words import target_on
from warehouse.definitions.kpis import PLAIN, Kpi, Statistic
from warehouse.problems import nearest

TREND_WEEKS = 26


@macro
def kpi_trend(book: Book, name: str, basis: str | None = None, weeks: int = TREND_WEEKS, statistic: str | None = None) -> str:
    """A KPI (its main statistic, unless named) week by week with its interval and the target in force each week; unsettled weeks are hollow."""
    kpi = book.kpi(name)
    if not isinstance(weeks, int) or not 2 <= weeks <= 160:
        raise Mistake(f"weeks is {weeks!r}", "write a number from 2 to 160")
    chosen = chosen_basis(kpi, name, basis)
    figures = kpi.figures(chosen)
    if statistic is not None and statistic not in figures:
        raise Mistake(f"{name} has no statistic '{statistic}'", nearest(str(statistic), figures))
    if kpi.is_stock:
        return block(f'<p class="no-data">{book.label("stock_weeks")}</p>')
    told = statistic or kpi.main_statistic
    rows = book.last_weeks(name, chosen, weeks, told)
    points = [Point(row["period"], row["value"], row["low"], row["high"], not row["is_complete"] or row["mature"] is False) for row in rows]
    targets = [target_on(book, name, row["starts_on"], "week", told) for row in rows]
    goals = [target and target.value for target in targets]
    title = _title(kpi, told, figures[told], book.language)
    return block(charts.trend(
        f"trend-{name}-{chosen}" + (f"-{statistic}" if statistic else ""), title, points, Format(figures[told].unit, book.language),
        text=_finding(book, title, figures[told].unit, rows, goals), target=goals,
        value_label=book.plain_label(f"basis_{chosen}"), target_label=book.plain_label("target"), band_label=book.plain_label("interval_95"),
        muted_label=book.plain_label("unsettled"), no_data=book.plain_label("no_data_yet")))


@macro
def kpi_trends(book: Book, name: str) -> str:
    """The trends of a KPI's page: its main figure and, of several, the rates beside it. None for a stock: the export knows one day of it."""
    kpi = book.kpi(name)
    figures = kpi.figures(kpi.default_basis)
    if kpi.is_stock:
        return ""
    drawn = [statistic for statistic, figure in figures.items() if statistic == kpi.main_statistic or (figure.unit == "rate" and not figure.is_detail)]
    if len(drawn) == 1:
        return kpi_trend(book, name)
    return "".join(block(chart_title(escape(_title(kpi, statistic, figures[statistic], book.language)))) + kpi_trend(book, name, statistic=statistic)
                   for statistic in drawn)


def _title(kpi: Kpi, statistic: str, figure: Statistic, language: str) -> str:
    return kpi.name[language] if statistic == PLAIN else f"{kpi.name[language]} · {figure.name[language]}"


def _finding(book: Book, title: str, unit: str, rows: list[dict], goals: list) -> str:
    """What the chart says, in a sentence: the last settled week, the one before, the target."""
    settled = [(row, goal) for row, goal in zip(rows, goals, strict=True) if row["is_complete"] and row["mature"] is not False and row["value"] is not None]
    if not settled:
        return book.plain_label("no_data_yet")
    last, goal = settled[-1]
    words = {"kpi": title, "period": last["period"], "value": book.number(last["value"], unit)}
    sentence = book.plain_label("trend_text", **words)
    if len(settled) > 1:
        sentence += book.plain_label("trend_before", before=book.number(settled[-2][0]["value"], unit))
    if goal is not None:
        sentence += book.plain_label("trend_target", target=book.number(goal, unit))
    return sentence


@macro
def funnel(book: Book) -> str:
    """How far the leads that became MQL in the last half year have come, each step counted as reached at least."""
    steps = []
    for row in book.engine.rows("SELECT milestone, episodes, rate_from_previous FROM marts.mql_funnel ORDER BY milestone_rank"):
        stage = book.stage(row["milestone"])
        href = book.address(f"stages/{stage.id}.md") if f"stages/{stage.id}.md" in book.titles else None
        steps.append(Step(stage.name[book.language], row["episodes"], row["rate_from_previous"], href))
    ends = [book.number(step.count, "count") for step in (steps[0], steps[-1])] if steps else ["—", "—"]
    return block(charts.funnel("funnel", book.plain_label("funnel"), steps, Format("count", book.language),
                               text=book.plain_label("funnel_text", first=ends[0], last=ends[1]),
                               rate_label=book.plain_label("from_step_before"), no_data=book.plain_label("no_data_yet")))
