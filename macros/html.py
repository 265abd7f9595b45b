"""HTML tables and cards out of escaped parts."""

from collections.abc import Iterable
from typing import NamedTuple


class Cell(NamedTuple):
    """One cell: escaped HTML, whether it is a number, whether it is greyed."""

    html: str
    is_number: bool = False
    is_muted: bool = False


def number(text: str, is_muted: bool = False) -> Cell:
    """A cell of figures: to the right, in tabular numerals."""
    return Cell(text, True, is_muted)


def table(headings: Iterable[str], rows: Iterable[Iterable[Cell | str]], caption: str = "", kind: str = "") -> str:
    """A table that scrolls by itself on a narrow screen. Headings, cells and caption are escaped HTML."""
    rows = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    numeric = [all(row[position].is_number for row in rows) for position in range(len(rows[0]))] if rows else []
    head = "".join(f'<th scope="col"{_classes(["num"] if position < len(numeric) and numeric[position] else [])}>{heading}</th>'
                   for position, heading in enumerate(headings))
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    named = f"<caption>{caption}</caption>" if caption else ""
    return (f'<div class="table-wrap{f" {kind}" if kind else ""}" tabindex="0" role="region"{f" aria-label={chr(34)}{caption}{chr(34)}" if caption else ""}>'
            f"<table>{named}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _cell(cell: Cell) -> str:
    classes = [name for name, is_so in (("num", cell.is_number), ("immature", cell.is_muted)) if is_so]
    return f"<td{_classes(classes)}>{cell.html}</td>"


def _classes(names: list[str]) -> str:
    return f' class="{" ".join(names)}"' if names else ""


def definition_list(pairs: Iterable[tuple[str, str]], kind: str = "facts") -> str:
    """Terms and what they say, as a two-column list; a pair without content is left out."""
    return f'<dl class="{kind}">' + "".join(f"<div><dt>{term}</dt><dd>{text}</dd></div>" for term, text in pairs if text) + "</dl>"


def chart_title(words: str) -> str:
    """What a chart shows, in the page; its own title is for screen readers."""
    return f'<p class="chart-title">{words}</p>'


def block(html: str) -> str:
    """Raw HTML that Markdown leaves alone: on lines of its own."""
    return f"\n\n{html}\n\n"
