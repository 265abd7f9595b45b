"""Macros that print a KPI: its definition, its card, its tables, its query."""

from macros.book import Book
from macros.html import Cell, block, definition_list, number, table
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape
from macros.words import current_target
from macros.words import stage as stage_link
from warehouse import measures
from warehouse.definition_tables import MILESTONES
from warehouse.definitions.kpis import PLAIN, Kpi, Statistic
from warehouse.problems import nearest

RECENT_WEEKS = 13


@macro
def kpi_definition(book: Book, name: str) -> str:
    """Everything that defines a KPI, as a list of facts."""
    kpi = book.kpi(name)
    goal = current_target(book, name)
    in_force = f"{escape(book.number(goal.value, kpi.unit))} ({book.label('since', day=goal.effective_from)}, {book.text(goal.set_by)})" if goal else book.label("no_target")
    return block(definition_list([
        (book.label("meaning"), book.text(kpi.meaning)),
        (book.label("formula"), book.text(kpi.formula)),
        (book.label("bases"), book.join(basis_words(book, kpi, basis) for basis in kpi.bases)),
        (book.label("exclusions"), book.text(kpi.exclusions)),
        (book.label("target"), in_force),
        (book.label("direction"), book.label(f"direction_{kpi.direction}")),
        (book.label("layer"), book.label(f"layer_{kpi.layer}")),
        (book.label("owner"), book.department(kpi.owner)),
        (book.label("minimum_n"), escape(kpi.minimum_n) if kpi.unit in ("rate", "minutes") else ""),
        (book.label("when_low"), book.text(kpi.when_low)),
        (book.label("missing_data"), _missing(book, name)),
    ]))


def basis_words(book: Book, kpi: Kpi, basis: str) -> str:
    """A basis by name, a cohort with its horizon."""
    horizon = kpi.bases[basis].horizon_days
    return book.label(f"basis_{basis}") + (f" ({book.label('within_days', count=horizon)})" if horizon is not None else "")


def _missing(book: Book, name: str) -> str:
    """What the export lacks for this KPI, if anything."""
    return book.join(_lacking(book, one) for one in book.missing[name])


def _lacking(book: Book, needed: str) -> str:
    """A column in code, a milestone in the glossary's words."""
    return stage_link(book, needed) if needed in MILESTONES else f"<code>{escape(needed)}</code>"


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
    shown = escape(book.number(headline["value"], kpi.unit))
    change = "" if headline["is_stock"] else f'<span class="card__delta card__delta--{direction(kpi, headline["change"])}">{_change(book, kpi, headline)}</span>'
    goal = f'<span class="card__target">{book.label("target")} {escape(book.number(headline["target"], kpi.unit))} · {book.label(f"health_{health}")}</span>'
    return (f'<div class="card card--{health}">{title}<span class="card__value">{shown}</span>{change}'
            f'{goal if headline["target"] is not None else ""}{_beside(book, name)}<span class="card__note">{_population(book, kpi, headline)}</span></div>')


def figure_words(book: Book, statistic: str, figure: Statistic) -> str:
    """The name of one statistic after what it belongs to; nothing for the only one of a KPI."""
    return "" if statistic == PLAIN else f" · {book.text(figure.name)}"


def _beside(book: Book, name: str) -> str:
    """The figures that belong beside this one, each a line of its card."""
    figures = book.kpi(name).figures(book.kpi(name).default_basis)
    lines = [f'<span class="card__beside">{book.text(figures[row["statistic"]].name)} {escape(book.number(row["value"], row["unit"]))}</span>'
             for row in book.headline_figures[name][1:] if not figures[row["statistic"]].is_detail]
    for other, kpi in book.definitions.kpis.items():
        if kpi.beside == name:
            value = book.number(book.headlines.get(other, {}).get("value"), kpi.unit)
            lines.append(f'<span class="card__beside">{book.link(f"kpis/{other}.md", book.text(kpi.name))} {escape(value)}</span>')
    return "".join(lines)


def why_unknown(book: Book, name: str) -> str:
    """Why a KPI shows no figure: what the export lacks, or that it has no data yet."""
    lacking = _missing(book, name)
    return f"{book.label('export_lacks')} {lacking}" if lacking else book.label("no_data_yet")


def direction(kpi: Kpi, change: float | None) -> str:
    """Whether a change is good, bad or none: never told by colour alone, the arrow and the words say it too."""
    if not change:
        return "flat"
    return "good" if (change > 0) == (kpi.direction == "up") else "bad"


def _change(book: Book, kpi, headline: dict) -> str:
    since = book.label("than_four_weeks_before" if headline["period_kind"] == "four_weeks" else "than_week_before")
    return f"{book.change(headline['change'], kpi.unit)} {since}"


def _population(book: Book, kpi, headline: dict) -> str:
    """The period, the basis and n, so that no figure stands without them."""
    period = book.label("four_weeks" if headline["period_kind"] == "four_weeks" else "in_week", period=headline["period"])
    if headline["is_stock"]:
        period = book.label("stock_at", day=book.as_of["as_of_date"])
    if kpi.unit in ("count", "yen"):
        return f"{period} · {book.label('basis_flow')}" if not headline["is_stock"] else period
    if kpi.unit == "minutes":
        return f"{period} · {book.label('basis_flow')} · {book.label('n')} {escape(book.number(headline['n'], 'count'))}"
    interval = book.interval(headline["low"], headline["high"])
    counts = f"{book.number(headline['numerator'], 'count')} / {book.number(headline['denominator'], 'count')}"
    basis = "" if headline["is_stock"] else f" · {basis_words(book, kpi, headline['basis'])}"
    return f"{period}{basis} · {escape(counts)} · {book.label('interval', interval=interval)}"


def chosen_basis(kpi: Kpi, name: str, basis: str | None) -> str:
    """The basis asked for, or the KPI's first. Raises Mistake for one it does not have."""
    if basis is not None and basis not in kpi.bases:
        raise Mistake(f"{name} has no basis '{basis}'", nearest(str(basis), kpi.bases))
    return basis or kpi.default_basis


def headings(book: Book, kpi: Kpi, first: str) -> list[str]:
    """The headings over the cells of `line`, after the heading of the first column."""
    value = book.text(kpi.name)
    if kpi.unit != "rate":
        return [first, value]
    return [first, book.label("numerator"), book.label("denominator"), value, book.label("interval_95")]


def line(book: Book, kpi: Kpi, first: str, row: dict) -> list[Cell | str]:
    """One row of a KPI as cells: a rate with its counts and interval, anything else as it is; unsettled ones greyed."""
    immature = row["mature"] is False
    value = number(escape(book.number(row["value"], kpi.unit)), immature or is_small(kpi, row))
    if kpi.unit != "rate":
        return [first, value]
    interval = book.interval(row["low"], row["high"])
    return [first, number(escape(book.number(row["numerator"], "count")), immature), number(escape(book.number(row["denominator"], "count")), immature),
            value, number(escape(interval), immature)]


def is_small(kpi: Kpi, row: dict, unit: str | None = None) -> bool:
    """Below the KPI's minimum n the interval counts, not the rate or the time."""
    return (unit or kpi.unit) in ("rate", "minutes") and row["n"] is not None and row["n"] < kpi.minimum_n


@macro
def kpi_weeks(book: Book, name: str) -> str:
    """The last weeks of a KPI on every basis it has, the newest first."""
    kpi = book.kpi(name)
    parts = []
    for basis in kpi.bases:
        rows = book.last_weeks(name, basis, RECENT_WEEKS)[::-1]
        caption = f"{book.text(kpi.name)} · {book.label('by_week')} · {basis_words(book, kpi, basis)}"
        firsts = [_week(book, kpi, basis, row) for row in rows]
        if kpi.bases[basis].statistics:
            parts.append(statistics_table(book, name, basis, book.label("week"), firsts, rows, "week", None, caption))
        else:
            parts.append(table(headings(book, kpi, book.label("week")), [line(book, kpi, first, row) for first, row in zip(firsts, rows, strict=True)], caption))
    return block("".join(parts))


def statistics_table(book: Book, name: str, basis: str, heading: str, firsts: list[str], rows: list[dict], period: str, by: str | None, caption: str) -> str:
    """A KPI with several figures, one column each; `rows` are those of its main one, `firsts` their first cells."""
    kpi = book.kpi(name)
    figures = kpi.figures(basis)
    found = {statistic: {(row["period"], row["key"]): row for row in book.values(name, basis, period, by, statistic)} for statistic in figures}
    total = {statistic: {row["period"]: row for row in book.values(name, basis, period, None, statistic)} for statistic in figures} if by else {}
    lines = []
    for first, row in zip(firsts, rows, strict=True):
        cells = [found[statistic].get((row["period"], row["key"])) if by is None or row["by"] else total[statistic].get(row["period"]) for statistic in figures]
        shown = [number(escape(book.number(cell and cell["value"], figure.unit)), bool(cell) and is_small(kpi, cell, figure.unit))
                 for cell, figure in zip(cells, figures.values(), strict=True)]
        lines.append([first, number(escape(book.number(row["n"], "count"))), *shown])
    return table([heading, book.label("n"), *(book.text(figure.name) for figure in figures.values())], lines, caption)


def _week(book: Book, kpi: Kpi, basis: str, row: dict) -> str:
    note = "" if row["is_complete"] else book.label("running")
    if row["mature"] is False:
        note = book.label("age_of_horizon", age=row["age_days"], horizon=kpi.bases[basis].horizon_days) if row["age_days"] is not None else book.label("not_mature_yet")
    return escape(row["period"]) + (f' <span class="note">{note}</span>' if note else "")


@macro
def kpi_list(book: Book) -> str:
    """All KPIs with what they mean, their layer, owner and present figure."""
    rows = [[book.link(f"kpis/{name}.md", book.text(kpi.name)), book.text(kpi.meaning), book.label(f"layer_{kpi.layer}"), book.department(kpi.owner),
             number(escape(book.number(book.headlines.get(name, {}).get("value"), kpi.unit)))]
            for name, kpi in book.definitions.kpis.items()]
    headings = [book.label("kpi"), book.label("meaning"), book.label("layer"), book.label("owner"), book.label("value")]
    return block(table(headings, rows, book.label("all_kpis")))


@macro
def kpi_query(book: Book, name: str) -> str:
    """The queries behind a KPI, one for each basis, as they can be run with `playbook query`."""
    kpi = book.kpi(name)
    parts = [f'<p>{basis_words(book, kpi, basis)}{figure_words(book, statistic, figure)}</p>'
             f'<pre class="query"><code>{escape_lines(measures.query(kpi, basis, statistic=statistic))}</code></pre>'
             for basis in kpi.bases for statistic, figure in kpi.figures(basis).items()]
    return block("".join(parts))


def escape_lines(text: str) -> str:
    """Code with its line breaks: as references, since a bare one would end the HTML block where a line is empty."""
    return "&#10;".join(escape(line) for line in text.splitlines())


@macro
def kpi_csv(book: Book, name: str) -> str:
    """A link to the KPI's rows as CSV."""
    book.kpi(name)
    return f'<a class="download" href="{book.href(f"kpis/{name}.csv")}" download>{book.label("download_csv")}</a>'
