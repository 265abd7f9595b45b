"""Macros that draw how leads arrive at a milestone or leave before it, day by day after the start."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from macros import curves
from macros.book import Book
from macros.curves import Curve
from macros.html import Cell, block, chart_title, number, table
from macros.mistakes import Mistake
from macros.numbers import Format
from macros.registry import macro
from macros.stairs import Moment
from macros.text import escape
from macros.words import term
from warehouse.problems import nearest

CURVES = {"lead_to_sql": ("lead", "sql"), "mql_to_sql": ("mql", "sql"), "sql_to_won": ("sql", "won"), "lead_to_won": ("lead", "won")}
EXITS = ("lost", "recycled", "disqualified")
READ_AT = (7, 14, 30, 60, 90, 180, 365)
FEW = 30

ROWS = "SELECT * FROM marts.incidence_curves WHERE curve = ? AND dimension IS NOT DISTINCT FROM ? ORDER BY n DESC, key, day_number"
Rows = list[dict[str, Any]]


@macro
def incidence_curve(book: Book, name: str, by: str | None = None, days: int = 30) -> str:
    """The share that reached a milestone, left or is still open, day by day; read off after `days`. `by="source"` compares sources."""
    if name not in CURVES:
        raise Mistake(f"unknown curve '{name}'", nearest(str(name), CURVES))
    if by not in (None, "source"):
        raise Mistake(f"curves are not split by '{by}'", 'write by="source" or leave it out')
    if not isinstance(days, int) or days < 0:
        raise Mistake(f"days is {days!r}", "write a number of days, such as 30")
    rows = book.engine.rows(ROWS, [name, None])
    if not rows:
        return block(f'<p class="no-data">{_why_no_curve(book, name)}</p>')
    return _by_source(book, name, rows, days) if by else _together(book, name, rows, days)


def _why_no_curve(book: Book, name: str) -> str:
    """What the CRM lacks for a curve, or that there is too little to draw."""
    lacking = [milestone for milestone in CURVES[name] if milestone != "lead" and book.stage(milestone) is None]
    if lacking:
        return f"{_title(book, name)}：{book.label('export_lacks')} {book.join(term(book, milestone) for milestone in lacking)}"
    return book.label("no_curve", title=_title(book, name), goal=_milestone(book, CURVES[name][1]))


def _together(book: Book, name: str, rows: Rows, days: int) -> str:
    """All sources in one: arrivals, exits and the open rest."""
    title, last = _title(book, name), _last_day(rows, days)
    moments = [Moment(row["day_number"], row["reached_share"], row["low"], row["high"], tuple(row[f"{one}_share"] for one in EXITS), row["at_risk"])
               for row in rows if row["day_number"] <= last]
    sentence = _sentence(book, name, rows, days)
    drawn = curves.incidence(
        f"curve-{name}", title, moments, [_milestone(book, one) for one in EXITS], Format("rate", book.language), text=sentence, mark=days,
        day_label=book.plain_label("days", count="{day}"), reached_label=book.plain_label("reached", goal=_milestone(book, CURVES[name][1])),
        band_label=book.plain_label("interval_95"), open_label=book.plain_label("still_open"), followed_label=book.plain_label("followed"))
    return block(f"{chart_title(escape(title))}<p>{escape(sentence)}</p>{drawn}{_details(book, _day_table(book, name, rows, last))}")


def _sentence(book: Book, name: str, rows: Rows, days: int) -> str:
    """What the curve says after so many days, or on its last day if that comes before."""
    row, (start, goal) = _on(rows, days), CURVES[name]
    arrived = book.plain_label("curve_text", start=_milestone(book, start), goal=_milestone(book, goal), n=book.number(row["n"], "count"),
                               days=row["day_number"], reached=_rate(book, row["reached_share"]), interval=book.interval(row["low"], row["high"]))
    if not any(one["left_share"] for one in rows):
        return arrived + book.plain_label("curve_no_exits")
    return arrived + book.plain_label("curve_left_text", left=_rate(book, row["left_share"]), open=_rate(book, row["open_share"]))


def _day_table(book: Book, name: str, rows: Rows, last: int) -> str:
    """The shares on a few days and on the last one drawn."""
    taken = [one for one in EXITS if rows[-1][f"{one}_share"]]
    names = [book.label("reached", goal=_milestone(book, CURVES[name][1])), book.label("interval_95"), *(escape(_milestone(book, one)) for one in taken)]
    headings = [book.label("days_since"), book.label("followed"), *names, book.label("still_open")]
    lines = [[number(book.label("days", count=row["day_number"])), number(escape(book.number(row["at_risk"], "count"))), *_arrived(book, row),
              *(_cell(book, row[f"{one}_share"]) for one in taken), _cell(book, row["open_share"])]
             for row in (_on(rows, day) for day in sorted({*(day for day in READ_AT if day < last), last}))]
    return table(headings, lines, escape(_title(book, name)))


def _by_source(book: Book, name: str, total: Rows, days: int) -> str:
    """The arrivals of the largest sources beside those of all, and every source's shares as a table."""
    title, last = f"{_title(book, name)} · {book.plain_label('by_source')}", _last_day(total, days)
    sources = {key: list(rows) for key, rows in groupby(book.engine.rows(ROWS, [name, "source"]), key=lambda row: row["key"])}
    if not any(key is not None for key in sources):
        return block(f'<p class="no-data">{escape(title)}：{book.label("not_split")}</p>')
    enough = {key: rows for key, rows in sources.items() if rows[0]["n"] >= FEW}
    sentence = _best_and_worst(book, total, enough, days)
    drawn = curves.comparison(
        f"curve-{name}-source", title, [Curve(book.plain_key_name("source", key), _arrivals(rows, last)) for key, rows in enough.items()],
        Format("rate", book.language), text=sentence, total=Curve(book.plain_label("total"), _arrivals(total, last)),
        day_label=book.plain_label("days", count="{day}"), no_data=book.plain_label("no_rows"))
    notes = [book.label("largest_drawn", count=curves.MOST_CURVES)] if len(enough) > curves.MOST_CURVES else []
    if sum(rows[0]["n"] for rows in sources.values()) < total[0]["n"]:
        notes.append(book.label("few_left_out"))
    return block(f"{chart_title(escape(title))}<p>{escape(sentence)}</p>{drawn}" + "".join(f'<p class="note">{note}</p>' for note in notes)
                 + _details(book, _source_table(book, title, total, sources, days)))


def _arrivals(rows: Rows, last: int) -> list[tuple[float, float]]:
    return [(row["day_number"], row["reached_share"]) for row in rows if row["day_number"] <= last]


def _best_and_worst(book: Book, total: Rows, sources: dict[str | None, Rows], days: int) -> str:
    shares = {book.plain_key_name("source", key): _on(rows, days)["reached_share"] for key, rows in sources.items()}
    if not shares:
        return book.plain_label("no_rows")
    best, worst = (f"{name} {_rate(book, shares[name])}" for name in (max(shares, key=shares.get), min(shares, key=shares.get)))
    return book.plain_label("curves_text", days=days, total=_rate(book, _on(total, days)["reached_share"]), best=best, worst=worst)


def _source_table(book: Book, title: str, total: Rows, sources: dict[str | None, Rows], days: int) -> str:
    headings = [book.label(key) for key in ("dimension_source", "n", "reached_share", "interval_95", "left_share", "still_open")]
    lines = [list(_source_line(book, book.key_name("source", key), rows, days)) for key, rows in sources.items()]
    return table(headings, [*lines, list(_source_line(book, f"<strong>{book.label('total')}</strong>", total, days))],
                 f"{escape(title)} · {book.label('after_days', count=days)}")


def _source_line(book: Book, name: str, rows: Rows, days: int) -> Iterator[Cell | str]:
    """A source's shares after so many days; where its curve ends before, those of its last day, which is told."""
    row = _on(rows, days)
    ended = f' <span class="note">{book.label("days", count=row["day_number"])}</span>' if row["day_number"] < days else ""
    is_few = row["n"] < FEW
    yield name + ended
    yield number(escape(book.number(row["n"], "count")))
    yield from _arrived(book, row, is_few)
    yield _cell(book, row["left_share"], is_few)
    yield _cell(book, row["open_share"], is_few)


def _arrived(book: Book, row: dict, is_few: bool = False) -> list[Cell]:
    return [_cell(book, row["reached_share"], is_few), number(escape(book.interval(row["low"], row["high"])))]


def _cell(book: Book, share: float, is_muted: bool = False) -> Cell:
    return number(escape(_rate(book, share)), is_muted)


def _rate(book: Book, share: float) -> str:
    return book.number(share, "rate")


def _on(rows: Rows, day: int) -> dict[str, Any]:
    """The row of a day, or of the last one before it."""
    return next((row for row in reversed(rows) if row["day_number"] <= day), rows[0])


def _last_day(rows: Rows, days: int) -> int:
    """The last day worth drawing: that of the last arrival, or the one that is read off; never past the curve's end."""
    arrivals = [row["day_number"] for row in rows if row["reached"]]
    return min(max([days, *arrivals]), rows[-1]["day_number"])


def _title(book: Book, name: str) -> str:
    start, goal = (_milestone(book, milestone) for milestone in CURVES[name])
    return book.plain_label("curve_title", start=start, goal=goal)


def _milestone(book: Book, milestone: str) -> str:
    """A milestone in the glossary's word: a CRM may have several stages for it."""
    return next(one.term[book.language] for one in book.definitions.terms if one.id == milestone)


def _details(book: Book, inside: str) -> str:
    return f'<details><summary>{book.label("as_table")}</summary>{inside}</details>'
