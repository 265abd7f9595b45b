"""A figure that opens: what it counts, on which basis, over how many, from when, and where to read on."""

from typing import Any

from macros.book import Book
from macros.text import escape
from warehouse.definitions.kpis import PLAIN, Kpi, Statistic


def opened(book: Book, name: str, statistic: str, row: dict[str, Any] | None, shown: str) -> str:
    """`shown` (escaped HTML) as a figure that opens where it stands, without a script; `shown` itself where there is no figure.

    `row` is a total of kpi_values, kpi_headlines or weekly_kpis: its days, counts and interval, on the flow basis unless it names another.
    """
    if row is None or row["value"] is None:
        return shown
    items = "".join(f"<li>{line}</li>" for line in _lines(book, name, statistic, row, shown) if line)
    return f'<details class="figure" name="figure"><summary>{shown}</summary><ul data-search-exclude>{items}</ul></details>'


def headline_figure(book: Book, name: str) -> str:
    """The figure that a KPI's card leads with, as one that opens; a dash where it has none."""
    kpi, headline = book.kpi(name), book.headlines.get(name)
    return opened(book, name, kpi.main_statistic, headline, escape(book.number(headline and headline["value"], kpi.unit)))


def total(book: Book, name: str, basis: str, period_kind: str, period: str, statistic: str | None = None) -> dict[str, Any] | None:
    """The stored total of one period; None where there is none."""
    return next((row for row in book.values(name, basis, period_kind, None, statistic) if row["period"] == period), None)


def settled(book: Book, name: str, basis: str, period_kind: str) -> list[dict[str, Any]]:
    """The stored totals to judge by, the oldest first: complete, mature and told of to their last day; of a stock what stands."""
    [reach] = book.engine.rows("SELECT DISTINCT known_until FROM playbook.kpi_bases WHERE kpi = ?", [name])
    return [row for row in book.values(name, basis, period_kind) if row["value"] is not None and row["mature"] is not False
            and (book.kpi(name).is_stock or (row["is_complete"] and row["ends_on"] <= reach["known_until"]))]


def _lines(book: Book, name: str, statistic: str, row: dict[str, Any], shown: str) -> list[str]:
    kpi = book.kpi(name)
    basis = row.get("basis", "flow")
    figure = kpi.figures(basis)[statistic]
    is_own, is_main = book.page_path == f"kpis/{name}.md", statistic == kpi.main_statistic
    return [
        f'<a href="{_address(book, name)}">{book.text(kpi.name)}{figure_words(book, statistic, figure)}</a> {shown}',
        book.text(kpi.formula) if is_main and not is_own else "",
        basis_words(book, kpi, basis) if is_own and not kpi.is_stock else basis_use(book, kpi, basis, row),
        _counts(book, figure, row),
        _days(book, kpi, row),
        _onward(book, name),
    ]


def _address(book: Book, name: str, anchor: str = "") -> str:
    """The address of a place on a KPI's page, which begins with its definition; on that page the place alone."""
    return f"#{anchor or 'definition'}" if book.page_path == f"kpis/{name}.md" else book.href(f"kpis/{name}.md", anchor)


def _counts(book: Book, figure: Statistic, row: dict[str, Any]) -> str:
    if figure.unit == "minutes":
        return f"{book.label('n')} {escape(book.number(row['n'], 'count'))}"
    if figure.unit != "rate":
        return ""
    counts = " / ".join(f"{book.label(side)} {escape(book.number(row[side], 'count'))}" for side in ("numerator", "denominator"))
    return counts + (f" · {book.label('interval', interval=book.interval(row['low'], row['high']))}" if row["low"] is not None else "")


def _days(book: Book, kpi: Kpi, row: dict[str, Any]) -> str:
    exported = f"{book.label('exported')} {book.as_of['as_of_date']}"
    return exported if kpi.is_stock else f"{row['starts_on']} – {row['ends_on']} · {exported}"


def _onward(book: Book, name: str) -> str:
    """Where to read on: the query, the rows, the findings that touch it and, for managers, the records."""
    links = [f'<a href="{_address(book, name, "query")}">{book.label("query")}</a>', f'<a href="{book.href(f"kpis/{name}.csv")}">CSV</a>']
    if book.edition == "manager":
        links.append(f'<a href="{_address(book, name, "records")}">{book.label("records")}</a>')
    return " · ".join(links) + findings_mark(book, name, _address(book, name, "touching"))


def findings_mark(book: Book, name: str, href: str) -> str:
    """How many findings touch a KPI, as a badge that leads to them; empty when none does."""
    touching = book.touching(name)
    if not touching:
        return ""
    worst = "failed" if any(finding.outcome == "failed" for finding in touching) else "warning"
    return f' <a class="badge badge--{worst}" href="{href}">{book.label("findings_touch", count=len(touching))}</a>'


def basis_words(book: Book, kpi: Kpi, basis: str) -> str:
    """A basis by name, a cohort with its horizon."""
    horizon = kpi.bases[basis].horizon_days
    return book.label(f"basis_{basis}") + (f" ({book.label('within_days', count=horizon)})" if horizon is not None else "")


def basis_use(book: Book, kpi: Kpi, basis: str, row: dict[str, Any] | None = None) -> str:
    """A basis by name with what it is for; with a row of a cohort that is too young, how far it has come."""
    horizon = kpi.bases[basis].horizon_days
    if kpi.is_stock:
        return book.label("stock_told")
    if horizon is None:
        return book.label("flow_told" if kpi.unit == "rate" else "flow_counted")
    if row is not None and row.get("mature", True) is None:
        return book.label("cohort_so_far")
    age = row and row.get("age_days")
    is_young = age is not None and row["mature"] is False
    return book.label("cohort_told", count=horizon) + (f" · {book.label('age_of_horizon', age=age, horizon=horizon)}" if is_young else "")


def figure_words(book: Book, statistic: str, figure: Statistic) -> str:
    """The name of one statistic after what it belongs to; nothing for the only one of a KPI."""
    return "" if statistic == PLAIN else f" · {book.text(figure.name)}"
