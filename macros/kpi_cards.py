"""Macros that print KPIs in cards: the figure, where it comes from, its change and its target."""

from macros.book import Book
from macros.figure import basis_words, headline_figure, opened
from macros.html import block
from macros.kpi_tables import direction, why_unknown
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape
from warehouse.definitions.kpis import Kpi
from warehouse.problems import nearest


@macro
def kpi_card(book: Book, name: str) -> str:
    """One KPI in a card: its figure, where it comes from, its change and its target."""
    return _cards(book, [name])


@macro
def kpi_cards(book: Book, layer: str | None = None) -> str:
    """A card for every KPI, in their order, or for those of one layer; figures that stand beside another are in its card."""
    layers = {kpi.layer for kpi in book.definitions.kpis.values()}
    if layer is not None and layer not in layers:
        raise Mistake(f"unknown layer '{layer}'", nearest(str(layer), layers))
    return _cards(book, [name for name, kpi in book.definitions.kpis.items() if not kpi.beside and layer in (None, kpi.layer)])


@macro
def home_cards(book: Book) -> str:
    """A card for every KPI that its definition puts on the home page."""
    return _cards(book, [name for name, kpi in book.definitions.kpis.items() if kpi.on_home])


def _cards(book: Book, names: list[str]) -> str:
    return block('<div class="cards">' + "".join(_card(book, name) for name in names) + "</div>")


def _card(book: Book, name: str) -> str:
    kpi, headline = book.kpi(name), book.headlines.get(name)
    title = f'<span class="card__name">{book.link(f"kpis/{name}.md", book.text(kpi.name))}{book.badge(name)}</span>'
    if headline is None or headline["value"] is None:
        return f'<div class="card card--unknown">{title}<span class="card__value">—</span><span class="card__note">{why_unknown(book, name)}</span></div>'
    health = headline["health"]
    change = "" if headline["is_stock"] else f'<span class="card__delta card__delta--{direction(kpi, headline["change"])}">{_change(book, kpi, headline)}</span>'
    goal = f'<span class="card__target">{book.label("target")} {escape(book.number(headline["target"], kpi.unit))} · {book.label(f"health_{health}")}</span>'
    return (f'<div class="card card--{health}">{title}<div class="card__value">{headline_figure(book, name)}</div>{change}'
            f'{goal if headline["target"] is not None else ""}{_beside(book, name)}<span class="card__note">{_population(book, kpi, headline)}</span></div>')


def _beside(book: Book, name: str) -> str:
    """The figures that belong beside this one, each a line of its card."""
    figures = book.kpi(name).figures(book.kpi(name).default_basis)
    told = [(book.text(figures[row["statistic"]].name), opened(book, name, row["statistic"], row, escape(book.number(row["value"], row["unit"]))))
            for row in book.headline_figures[name][1:] if not figures[row["statistic"]].is_detail]
    told += [(book.link(f"kpis/{other}.md", book.text(kpi.name)), headline_figure(book, other))
             for other, kpi in book.definitions.kpis.items() if kpi.beside == name]
    return "".join(f'<div class="card__beside">{words} {figure}</div>' for words, figure in told)


def _change(book: Book, kpi: Kpi, headline: dict) -> str:
    since = book.label("than_four_weeks_before" if headline["period_kind"] == "four_weeks" else "than_week_before")
    return f"{book.change(headline['change'], kpi.unit)} {since}"


def _population(book: Book, kpi: Kpi, headline: dict) -> str:
    """The period, the basis and n, so that no figure stands without them."""
    if headline["is_stock"]:
        period = book.label("stock_at", day=book.as_of["as_of_date"])
    else:
        period = book.label("four_weeks" if headline["period_kind"] == "four_weeks" else "in_week", period=headline["period"])
        period += f" · {basis_words(book, kpi, headline['basis'])}"
    if kpi.unit in ("count", "yen"):
        return period
    if kpi.unit == "minutes":
        return f"{period} · {book.label('n')} {escape(book.number(headline['n'], 'count'))}"
    counts = escape(f"{book.number(headline['numerator'], 'count')} / {book.number(headline['denominator'], 'count')}")
    return f"{period} · {counts} · {book.label('interval', interval=book.interval(headline['low'], headline['high']))}"
