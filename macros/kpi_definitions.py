"""Macros that define a KPI: its facts, its targets over time, its query."""

from collections.abc import Iterable

from macros.book import Book
from macros.figure import basis_use, basis_words, figure_words
from macros.html import block, definition_list
from macros.kpi_tables import escape_lines, missing_words
from macros.registry import macro
from macros.text import escape
from macros.words import target_on, targets_of
from warehouse import measures
from warehouse.definitions.kpis import PLAIN, Kpi, Target


@macro
def kpi_definition(book: Book, name: str) -> str:
    """Everything that defines a KPI, as a list of facts."""
    kpi = book.kpi(name)
    facts = definition_list([
        (book.label("meaning"), book.text(kpi.meaning)),
        (book.label("formula"), book.text(kpi.formula)),
        (book.label("statistics"), _statistics(book, kpi)),
        (book.label("bases"), _lines(_basis(book, kpi, basis) for basis in kpi.bases)),
        (book.label("exclusions"), book.text(kpi.exclusions)),
        (book.label("target"), _targets(book, name) or book.label("no_target")),
        (book.label("direction"), "" if _has_statistics(kpi) else book.label(f"direction_{kpi.direction}")),
        (book.label("layer"), book.label(f"layer_{kpi.layer}")),
        (book.label("owner"), book.department(kpi.owner)),
        (book.label("minimum_n"), escape(kpi.minimum_n) if kpi.unit in ("rate", "minutes") else ""),
        (book.label("when_low"), book.text(kpi.when_low)),
        (f'<span id="touching">{book.label("findings")}</span>', _touching(book, name)),
        (book.label("missing_data"), missing_words(book, name)),
    ])
    return block(f'<div id="definition">{facts}</div>')


def _lines(parts: Iterable[str]) -> str:
    """One part as it is, several as a list."""
    parts = list(parts)
    return "".join(parts) if len(parts) < 2 else f"<ul>{''.join(f'<li>{part}</li>' for part in parts)}</ul>"


def _has_statistics(kpi: Kpi) -> bool:
    return bool(kpi.bases[kpi.default_basis].statistics)


def _statistics(book: Book, kpi: Kpi) -> str:
    """The figures of a KPI that has several, each with the way it should go."""
    if not _has_statistics(kpi):
        return ""
    return _lines(f"{book.text(figure.name)} <span class=\"note\">{book.label(f'direction_{figure.direction}')}</span>"
                  for figure in kpi.figures(kpi.default_basis).values())


def _basis(book: Book, kpi: Kpi, basis: str) -> str:
    """What a basis is for, and whether the card leads with it."""
    leads = len(kpi.bases) > 1 and basis == kpi.default_basis
    return basis_use(book, kpi, basis) + (f' <span class="note">{book.label("on_the_card")}</span>' if leads else "")


def _targets(book: Book, name: str) -> str:
    """The targets of every figure and kind of period, each with what held before and what comes."""
    lines = []
    for statistic, figure in book.kpi(name).figures(book.kpi(name).default_basis).items():
        words = "" if statistic == PLAIN else f"{book.text(figure.name)} · "
        for period, label in (("week", "per_week"), ("month", "per_month"), ("quarter", "per_quarter")):
            known = [one for one in targets_of(book, name, statistic) if one.period == period]
            if known:
                lines.append(f"{words}{book.label(label)} {_history(book, name, statistic, known, figure.unit)}")
    return _lines(lines)


def _history(book: Book, name: str, statistic: str, known: list[Target], unit: str) -> str:
    """One target: what is in force, then each that was or will be on a line of its own, the newest first."""
    now = target_on(book, name, book.as_of["as_of_date"], known[0].period, statistic)
    in_force = book.label("target_in_force", value=book.number(now.value, unit), day=now.effective_from, who=now.set_by[book.language]) if now else book.label("no_target")
    newest_first = sorted(known, key=lambda one: one.effective_from, reverse=True)
    others = [_spell(book, one, newer, unit) for one, newer in zip(newest_first, [None, *newest_first], strict=False) if one is not now]
    return "<br>".join([in_force, *(f'<span class="note">{words}</span>' for words in others)])


def _spell(book: Book, target: Target, newer: Target | None, unit: str) -> str:
    """A target that is not in force, with the days on which it was or will be."""
    is_past = newer is not None and target.effective_from <= book.as_of["as_of_date"]
    days = book.label("until_day", first=target.effective_from, day=newer.effective_from) if is_past else book.label("since", day=target.effective_from)
    return f"{escape(book.number(target.value, unit))} ({days})"


def _touching(book: Book, name: str) -> str:
    """The findings that touch the KPI, each with a link to its records."""
    return _lines(book.link("findings.md", book.sentence(finding), f"rule-{finding.rule}") for finding in book.touching(name))


@macro
def kpi_query(book: Book, name: str) -> str:
    """The queries behind a KPI, one for each basis, as they can be run with `playbook query`."""
    kpi = book.kpi(name)
    parts = [f'<p>{basis_words(book, kpi, basis)}{figure_words(book, statistic, figure)}</p>'
             f'<pre class="query"><code>{escape_lines(measures.query(kpi, basis, statistic=statistic))}</code></pre>'
             for basis in kpi.bases for statistic, figure in kpi.figures(basis).items()]
    return block("".join(parts))


@macro
def kpi_csv(book: Book, name: str) -> str:
    """A link to the KPI's rows as CSV."""
    book.kpi(name)
    return f'<a class="download" href="{book.href(f"kpis/{name}.csv")}" download>{book.label("download_csv")}</a>'
