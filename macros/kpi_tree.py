"""The KPI tree: how the figures multiply, from the result down to what people do."""

from macros.book import Book
from macros.figure import headline_figure
from macros.html import block
from macros.registry import macro
from macros.text import escape


@macro
def kpi_tree(book: Book) -> str:
    """Every KPI that is made of others, as a tree: each node with its figure, target, health and owner."""
    kpis = book.definitions.kpis
    parts = {part for kpi in kpis.values() for part in kpi.made_of}
    roots = sorted((name for name, kpi in kpis.items() if kpi.made_of and name not in parts), key=lambda name: -_size(book, name))
    return block(f'<ul class="tree">{"".join(_branch(book, name) for name in roots)}</ul>')


def _size(book: Book, name: str) -> int:
    """How many nodes hang on a KPI: the largest tree stands first."""
    return 1 + sum(_size(book, part) for part in book.definitions.kpis[name].made_of)


def _branch(book: Book, name: str) -> str:
    inner = "".join(_branch(book, part) for part in book.definitions.kpis[name].made_of)
    return f"<li>{_node(book, name)}{f'<ul>{inner}</ul>' if inner else ''}</li>"


def _node(book: Book, name: str) -> str:
    kpi, headline = book.kpi(name), book.headlines.get(name, {})
    target = headline.get("target")
    goal = f' <span class="tree__target">{book.label("target")} {escape(book.number(target, kpi.unit))} · {_health(book, headline)}</span>' if target is not None else ""
    return (f'<div class="tree__node tree__node--{headline.get("health", "unknown")}">{book.link(f"kpis/{name}.md", book.text(kpi.name))}{book.badge(name)} '
            f'<div class="tree__value">{headline_figure(book, name)}</div>{goal} <span class="note">{book.department(kpi.owner)}</span></div>')


def _health(book: Book, headline: dict) -> str:
    return book.label(f"health_{headline['health']}")
