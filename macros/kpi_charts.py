"""Macros that draw stored figures: a KPI over the weeks, the funnel."""

from macros import charts
from macros.book import Book
from macros.charts import Point, Step
from macros.html import block
from macros.kpi_tables import chosen_basis
from macros.mistakes import Mistake
from macros.numbers import Format
from macros.registry import macro
from macros.words import target_on

TREND_WEEKS = 26


@macro
def kpi_trend(book: Book, name: str, basis: str | None = None, weeks: int = TREND_WEEKS) -> str:
    """A KPI week by week with its interval and the target in force each week; unsettled weeks are hollow."""
    kpi = book.kpi(name)
    if not isinstance(weeks, int) or not 2 <= weeks <= 160:
        raise Mistake(f"weeks is {weeks!r}", "write a number from 2 to 160")
    chosen = chosen_basis(kpi, name, basis)
    rows = book.last_weeks(name, chosen, weeks)
    points = [Point(row["period"], row["value"], row["low"], row["high"], not row["is_complete"] or row["mature"] is False) for row in rows]
    targets = [target_on(book, name, row["starts_on"], "week") for row in rows]
    goals = [target and target.value for target in targets]
    return block(charts.trend(
        f"trend-{name}-{chosen}", kpi.name[book.language], points, book.format(kpi), text=_finding(book, kpi, rows, goals), target=goals,
        value_label=book.plain_label(f"basis_{chosen}"), target_label=book.plain_label("target"), band_label=book.plain_label("interval_95"),
        muted_label=book.plain_label("unsettled"), no_data=book.plain_label("no_data_yet")))


def _finding(book: Book, kpi, rows: list[dict], goals: list) -> str:
    """What the chart says, in a sentence: the last settled week, the one before, the target."""
    settled = [(row, goal) for row, goal in zip(rows, goals, strict=True) if row["is_complete"] and row["mature"] is not False and row["value"] is not None]
    if not settled:
        return book.plain_label("no_data_yet")
    last, goal = settled[-1]
    words = {"kpi": kpi.name[book.language], "period": last["period"], "value": book.number(last["value"], kpi.unit)}
    sentence = book.plain_label("trend_text", **words)
    if len(settled) > 1:
        sentence += book.plain_label("trend_before", before=book.number(settled[-2][0]["value"], kpi.unit))
    if goal is not None:
        sentence += book.plain_label("trend_target", target=book.number(goal, kpi.unit))
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
