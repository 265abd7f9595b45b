"""Fenced blocks of SQL whose result stands on the page: ```sql table title="…" and ```sql chart title="…" unit=count."""

import json
import re
import shlex
from collections.abc import Callable

from macros import charts
from macros.book import Book
from macros.html import Cell, block, number, table
from macros.kpi_tables import escape_lines
from macros.mistakes import Mistake
from macros.numbers import UNITS, Format
from macros.text import escape
from warehouse.engine import QueryError
from warehouse.problems import nearest
from warehouse.select import select

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*(.*)$")
LIVE = re.compile(r"^sql\s+([a-z]+)(?=\s|$)(.*)$")
KINDS = ("table", "chart")
OPTIONS = ("title", "unit")
MOST_ROWS = 200


def replace(markdown: str, render: Callable[[int, str, str, str], str]) -> str:
    """The page with each live block replaced by what `render(line, kind, options, sql)` returns.

    Blocks inside a longer fence or between raw and endraw are examples and stay. Lines keep their numbers.
    """
    lines, out, position, raw = markdown.split("\n"), [], 0, False
    while position < len(lines):
        line = lines[position]
        raw = _raw(line, raw)
        fence = FENCE.match(line)
        if not fence or raw:
            out.append(line)
            position += 1
            continue
        end = _end(lines, position, fence[1])
        live = LIVE.match(fence[2])
        if live and end < len(lines):
            height = end - position
            html = render(position + 1, live[1], live[2], "\n".join(lines[position + 1:end]))
            out += [html.strip("\n").replace("\n", " "), *[""] * height]
        else:
            out += lines[position:end + 1]
        position = end + 1
    return "\n".join(out)


def _raw(line: str, raw: bool) -> bool:
    """Whether text after this line is shown as it stands."""
    for tag in re.findall(r"\{%-?\s*(raw|endraw)\s*-?%\}", line):
        raw = tag == "raw"
    return raw


def _end(lines: list[str], start: int, marker: str) -> int:
    """The line that closes the fence; the page's end when none does."""
    for position in range(start + 1, len(lines)):
        text = lines[position].strip()
        if set(text) == {marker[0]} and len(text) >= len(marker):
            return position
    return len(lines)


def render(book: Book, kind: str, options: str, sql: str, line: int) -> str:
    """The block's result as HTML. Raises Mistake for a query or an option that cannot stand."""
    if kind not in KINDS:
        raise Mistake(f"a sql block cannot be shown as '{kind}'", nearest(kind, KINDS))
    chosen = _options(options)
    try:
        rows = select(book.page_engine, sql, book.query_schemas)
        ordered = len(rows) < 2 or _is_ordered(book, sql)
    except QueryError as error:
        raise Mistake(f"the query {error}" if str(error).startswith("is ") else f"the query: {error}", "") from error
    if not ordered:
        raise Mistake("the query has no ORDER BY, so its rows could come in any order", "add ORDER BY")
    if len(rows) > MOST_ROWS:
        raise Mistake(f"the query returns {len(rows):,} rows, a page takes {MOST_ROWS}", "aggregate further, or add LIMIT")
    drawn = _chart(book, chosen, rows, line) if kind == "chart" else _table(book, chosen, rows)
    return block(f'<div class="sql-block">{drawn}<details><summary>{book.label("query")}</summary>'
                 f'<pre class="query"><code>{escape_lines(sql)}</code></pre></details></div>')


def _options(text: str) -> dict[str, str]:
    try:
        pairs = [part.partition("=") for part in shlex.split(text)]
    except ValueError as error:
        raise Mistake(f"the block's header cannot be read: {error}", 'write title="…"') from error
    for name, _, _ in pairs:
        if name not in OPTIONS:
            raise Mistake(f"unknown option '{name}' of a sql block", nearest(name, OPTIONS))
    chosen = {name: value for name, _, value in pairs}
    if chosen.get("unit", "count") not in UNITS:
        raise Mistake(f"unknown unit '{chosen['unit']}'", nearest(chosen["unit"], UNITS))
    return chosen


def _is_ordered(book: Book, sql: str) -> bool:
    tree = json.loads(book.page_engine.syntax_tree(sql.strip().rstrip(";")))
    return any(modifier["type"] == "ORDER_MODIFIER" for modifier in tree["statements"][0]["node"]["modifiers"])


def _table(book: Book, chosen: dict[str, str], rows: list[dict]) -> str:
    if not rows:
        return f'<p class="no-data">{escape(chosen.get("title", ""))} {book.label("no_rows")}</p>'
    cells = [[_cell(book, value) for value in row.values()] for row in rows]
    return table([escape(name) for name in rows[0]], cells, escape(chosen.get("title", "")))


def _cell(book: Book, value: object) -> Cell:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return Cell("—" if value is None else escape(value))
    if isinstance(value, (int, float)):
        return number(escape(book.number(value, "count")))
    return number(escape(value)) if hasattr(value, "quantize") else Cell(escape(value))


def _chart(book: Book, chosen: dict[str, str], rows: list[dict], line: int) -> str:
    pairs = [tuple(row.values())[:2] for row in rows]
    if any(len(pair) < 2 or not isinstance(pair[1], (int, float, type(None))) and not hasattr(pair[1], "quantize") for pair in pairs):
        raise Mistake("a chart needs a label and a number", "select two columns: the label first, the number second")
    named = [(book.plain_label("no_value") if label is None else str(label), value) for label, value in pairs]
    title = chosen.get("title", book.plain_label("chart"))
    form = Format(chosen.get("unit", "count"), book.language)
    largest = max((pair for pair in named if pair[1] is not None), key=lambda pair: pair[1], default=None)
    text = book.plain_label("bars_text", label=largest[0], value=form(largest[1])) if largest else book.plain_label("no_data_yet")
    return charts.bars(f"sql-{line}", title, named, form, text=text, rest=book.plain_label("and_more"), no_data=book.plain_label("no_rows")) + \
        f'<details><summary>{book.label("as_table")}</summary>{_table(book, {"title": title}, rows)}</details>'
