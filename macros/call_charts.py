"""Macros that draw calls: when they connect, and how they end."""

from macros.book import Book
from macros.heat import heat
from macros.html import block, chart_title, number, table
from macros.numbers import Format
from macros.registry import macro
from macros.stacked import stacked
from macros.text import escape

FEW_DIALS = 30


@macro
def connect_heat(book: Book) -> str:
    """The connect rate by weekday and hour over the last 13 weeks."""
    rows = book.engine.rows("SELECT * FROM marts.connect_hours ORDER BY weekday, hour_of_day")
    cells = {(row["weekday"], row["hour_of_day"]): row for row in rows}
    weekdays, hours = sorted({day for day, _ in cells}), sorted({hour for _, hour in cells})
    grid = [[(cells[day, hour]["connect_rate"], cells[day, hour]["dials"]) if (day, hour) in cells else None for hour in hours] for day in weekdays]
    names = [[book.plain_label(f"weekday_{day}") for day in weekdays], [book.plain_label("hour", hour=int(hour)) for hour in hours]]
    title = book.plain_label("connect_heat")
    drawn = heat("connect-heat", title, *names, grid, Format("rate", book.language), text=_best_and_worst(book, rows), minimum=FEW_DIALS,
                 few_label=book.plain_label("few_records", count=FEW_DIALS), no_data=book.plain_label("no_data_yet"))
    return block(chart_title(escape(title)) + drawn + _details(book, title, [book.label("weekday"), *map(escape, names[1])], [
        [escape(name), *(number(escape(book.number(cell[0], "rate")) if cell else "—") for cell in line)] for name, line in zip(names[0], grid, strict=True)]))


def _best_and_worst(book: Book, rows: list[dict]) -> str:
    enough = [row for row in rows if row["dials"] >= FEW_DIALS]
    if not enough:
        return book.plain_label("no_data_yet")
    ends = [max(enough, key=lambda row: row["connect_rate"]), min(enough, key=lambda row: row["connect_rate"])]
    best, worst = (_cell_words(book, row) for row in ends)
    return book.plain_label("heat_text", best=best, worst=worst)


def _cell_words(book: Book, row: dict) -> str:
    day, hour = book.plain_label(f"weekday_{row['weekday']}"), book.plain_label("hour", hour=int(row["hour_of_day"]))
    return f"{day} {hour} {book.number(row['connect_rate'], 'rate')}"


@macro
def call_outcomes(book: Book) -> str:
    """How the calls of the last 13 weeks ended, by version of the script."""
    rows = book.engine.rows("SELECT * FROM marts.call_outcomes ORDER BY script_version, outcome")
    known = [value.id for field in book.definitions.fields if (field.table, field.id) == ("activities", "outcome") for value in field.values]
    found = {row["outcome"] for row in rows}
    outcomes = [one for one in known if one in found] + sorted(found.difference(known))
    versions = sorted({row["script_version"] for row in rows}, key=lambda version: (version is None, version or ""))
    dials = {(row["script_version"], row["outcome"]): row["dials"] for row in rows}
    numbers = [[dials.get((version, outcome), 0) for outcome in outcomes] for version in versions]
    names = [version if version is not None else book.plain_label("no_value") for version in versions]
    labels = [book.plain_key_name("outcome", outcome) for outcome in outcomes]
    title = book.plain_label("call_outcomes")
    drawn = stacked("call-outcomes", title, list(zip(names, numbers, strict=True)), labels, Format("count", book.language),
                    text=book.plain_label("outcomes_text", versions=len(versions), calls=book.number(sum(map(sum, numbers)), "count")),
                    other_label=book.plain_label("other"), no_data=book.plain_label("no_data_yet"))
    return block(chart_title(escape(title)) + drawn + _details(book, title, [book.label("dimension_script"), *map(escape, labels)], [
        [escape(name), *(number(escape(book.number(count, "count"))) for count in line)] for name, line in zip(names, numbers, strict=True)]))


def _details(book: Book, title: str, headings: list[str], rows: list) -> str:
    """The chart's numbers as a table, folded away."""
    return f'<details><summary>{book.label("as_table")}</summary>{table(headings, rows, escape(title))}</details>'
