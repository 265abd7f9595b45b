"""Macros that print how long leads stay in a stage: a table of all stages, the figures and the curve of one."""

from typing import Any

from macros import curves
from macros.book import Book
from macros.html import Cell, block, chart_title, definition_list, number, table
from macros.mistakes import Mistake
from macros.numbers import MISSING, Format
from macros.registry import macro
from macros.stairs import Moment
from macros.text import escape
from macros.words import stage as stage_link
from warehouse.problems import nearest

FEW, FEW_LEFT, LITTLE, TENTH = 20, 10, 0.01, 0.05
MEDIANS = "SELECT * FROM marts.stage_medians ORDER BY stage_rank"
CURVE = """SELECT days, survival, low, high, at_risk FROM marts.stage_survival
WHERE stage = ? AND days <= (SELECT max(days) FROM marts.stage_survival WHERE stage = ? AND ended > 0 AND at_risk >= ? AND survival >= ?)
ORDER BY days"""
IS_TOLD = "SELECT is_provided FROM playbook.canonical_columns WHERE table_name = 'stage_changes' AND column_name = 'to_stage'"


@macro
def stage_times(book: Book) -> str:
    """Every stage with its median stay, the interval, the share that stays longer than agreed, and what it rests on; few are greyed."""
    rows = book.engine.rows(MEDIANS)
    if not any(row["n"] for row in rows):
        return block(f'<p class="no-data">{_why_unknown(book)}</p>')
    headings = [book.label(key) for key in ("stage", "median_stay", "interval_95", "longest_stay", "past_limit", "stays", "stays_open", "stays_repeated")]
    return block(table(headings, [_line(book, row) for row in rows], book.label("stage_times")))


def _line(book: Book, row: dict[str, Any]) -> list[Cell | str]:
    is_few = 0 < row["n"] < FEW
    limit = book.label("days", count=row["longest_stay_days"]) if row["longest_stay_days"] else "—"
    counts = [number(escape(book.number(row[column], "count"))) for column in ("n", "still_open", "repeated")]
    return [stage_link(book, row["stage"]), number(escape(_days(book, row["median_days"])), is_few), number(escape(_interval(book, row)), is_few),
            number(limit), number(escape(book.number(row["past_limit"], "rate")), is_few), *counts]


@macro
def stage_time(book: Book, name: str) -> str:
    """How long leads stay in one stage: the figures, and the share that is still there day by day, with the agreed limit."""
    rows = {row["stage"]: row for row in book.engine.rows(MEDIANS)}
    if name not in rows:
        raise Mistake(f"unknown stage '{name}'", nearest(str(name), rows))
    row = rows[name]
    if not row["n"]:
        return block(f'<p class="no-data">{_why_unknown(book)}</p>')
    title = book.plain_label("stay_title", stage=book.stage(name).name[book.language])
    return block(_facts(book, row) + (_drawn(book, row, title) if row["completed"] else f'<p class="note">{book.label("nobody_left")}</p>'))


def _facts(book: Book, row: dict[str, Any]) -> str:
    interval = f' <span class="note">{book.label("interval", interval=_interval(book, row))}</span>' if row["low_days"] is not None else ""
    past = f'{escape(book.number(row["past_limit"], "rate"))} <span class="note">{book.label("limit_of", count=row["longest_stay_days"])}</span>'
    return definition_list([
        (book.label("median_stay"), f"{escape(_days(book, row['median_days']))}{interval}"),
        (book.label("past_limit"), past if row["past_limit"] is not None else ""),
        (book.label("stays"), escape(book.number(row["n"], "count"))),
        (book.label("stays_open"), escape(book.number(row["still_open"], "count"))),
        (book.label("stays_repeated"), escape(book.number(row["repeated"], "count"))),
    ])


def _drawn(book: Book, row: dict[str, Any], title: str) -> str:
    """The curve until few are left, or hardly any."""
    found = book.engine.rows(CURVE, [row["stage"], row["stage"], FEW_LEFT, LITTLE])
    limit = row["longest_stay_days"]
    return chart_title(escape(title)) + curves.survival(
        f"stay-{row['stage']}", title, [Moment(one["days"], one["survival"], one["low"], one["high"], (), one["at_risk"]) for one in found],
        Format("rate", book.language), text=_sentence(book, row, title), limit=limit, limit_label=_limit_words(book, row),
        day_label=book.plain_label("days", count="{day}"), value_label=book.plain_label("still_there"), band_label=book.plain_label("interval_95"),
        followed_label=book.plain_label("followed"), no_data=book.plain_label("no_rows"))


def _limit_words(book: Book, row: dict[str, Any]) -> str:
    if row["past_limit"] is None:
        return book.plain_label("limit_of", count=row["longest_stay_days"])
    return book.plain_label("limit_past", count=row["longest_stay_days"], share=book.number(row["past_limit"], "rate"))


def _sentence(book: Book, row: dict[str, Any], title: str) -> str:
    words = {"title": title, "n": book.number(row["n"], "count"), "open": book.number(row["still_open"], "count")}
    sentence = book.plain_label("stay_text", median=_days(book, row["median_days"]), interval=_interval(book, row), **words)
    if row["past_limit"] is None:
        return sentence
    return sentence + book.plain_label("stay_limit_text", share=book.number(row["past_limit"], "rate"), limit=row["longest_stay_days"])


def _days(book: Book, days: float | None) -> str:
    """Days with a tenth; a stay of minutes as less than that."""
    if days is None:
        return MISSING
    return book.plain_label("under_a_tenth") if days < TENTH else book.plain_label("days", count=_number(days))


def _interval(book: Book, row: dict[str, Any]) -> str:
    """The ends of the median's interval; the upper one may not have come yet."""
    low, high = row["low_days"], row["high_days"]
    if low is None or (high is not None and high < TENTH):
        return _days(book, high)
    return book.plain_label("days", count=f"{_number(low)}–{_number(high)}") if high is not None else book.plain_label("days_or_more", count=_number(low))


def _number(days: float) -> str:
    return f"{days:,.1f}"


def _why_unknown(book: Book) -> str:
    return book.label("no_data_yet") if book.engine.value(IS_TOLD) else f"{book.label('export_lacks')} <code>{escape('stage_changes.to_stage')}</code>"
