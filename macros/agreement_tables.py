"""Macros of an agreement's page: what it says, what each side does, how it changed."""

from itertools import pairwise

from macros.agreement_words import agreement, concerns, said
from macros.book import Book
from macros.html import Cell, block, definition_list, number, table
from macros.registry import macro
from macros.signatures import state
from macros.text import escape
from warehouse.definitions.agreements import Version
from warehouse.definitions.kpis import PLAIN
from warehouse.measures import agreement_figure


@macro
def agreement_definition(book: Book, name: str) -> str:
    """What an agreement is for, who is party to it, when it is looked at again."""
    found = agreement(book, name)
    return block(definition_list([
        (book.label("purpose"), f"<strong>{book.text(found.purpose)}</strong>"),
        (book.label("parties"), book.join(book.department(party) for party in found.parties)),
        (book.label("in_force_since"), escape(found.present.effective_from)),
        (book.label("review_on"), escape(found.review_on)),
        (book.label("recycling"), book.text(found.recycling) if found.recycling else ""),
        (book.label("no_show"), book.text(found.no_show) if found.no_show else ""),
    ]))


@macro
def agreement_terms(book: Book, name: str) -> str:
    """Every term now agreed, what it says, and how far it was kept in the last four weeks."""
    found = agreement(book, name)
    rows = [[book.text(term.name), concerns(book, term), f"<strong>{said(book, term)}</strong>", *kept(book, name, term.id)] for term in found.present.terms]
    headings = [book.label(key) for key in ("term_of_agreement", "concerns", "agreed_value", "kept_four_weeks", "interval_95", "n")]
    return block(table(headings, rows, book.label("four_weeks", period=book.last_week["period"]) if book.last_week else book.label("agreement_terms")))


def kept(book: Book, name: str, term: str = PLAIN) -> list[Cell | str]:
    """The share kept in the last complete four weeks, its interval and n, as cells; dashes where nothing was due."""
    rows = [row for row in book.values(agreement_figure(name), "flow", "four_weeks", None, term) if row["is_complete"]]
    if not rows or not rows[-1]["n"]:
        return [number("—"), number("—"), number("0")]
    row = rows[-1]
    return [number(escape(book.number(row["value"], "rate"))), number(escape(book.interval(row["low"], row["high"]))), number(escape(book.number(row["n"], "count")))]


@macro
def agreement_commitments(book: Book, name: str) -> str:
    """What each side does, and what happens where it does not."""
    rows = [[book.department(one.department), book.text(one.does), book.text(one.otherwise)] for one in agreement(book, name).commitments]
    return block(table([book.label(key) for key in ("department", "does", "otherwise")], rows, book.label("commitments_of_sides")))


@macro
def agreement_clock(book: Book, name: str) -> str:
    """When the time runs: what starts it, what stops it, what does not; nothing for an agreement without a clock."""
    clock = agreement(book, name).clock
    if clock is None:
        return ""
    return f"\n\n## {book.label('clock')} {{#clock}}" + block(definition_list([
        (book.label("clock_starts"), book.text(clock.starts)),
        (book.label("clock_stops"), "<br>".join(book.text(one) for one in clock.stops)),
        (book.label("clock_ignores"), "<br>".join(book.text(one) for one in clock.ignores)),
    ]))


@macro
def agreement_escalation(book: Book, name: str) -> str:
    """The two steps that follow when a term is not kept."""
    steps = "".join(f"<li><strong>{book.label('working_days_later', count=step.after_working_days)}</strong> {book.text(step.to)}</li>" for step in agreement(book, name).escalation)
    return block(f'<ol class="steps">{steps}</ol>')


@macro
def agreement_versions(book: Book, name: str) -> str:
    """Every version, the newest first: since when, why, and what changed in words a reader can compare."""
    found = agreement(book, name)
    versions = sorted(found.versions, key=lambda version: version.effective_from)
    parts = [_version(book, new, _changes(book, old, new)) for old, new in reversed(list(pairwise(versions)))]
    return block("".join([*parts, _version(book, versions[0], [])]))


def _version(book: Book, version: Version, changes: list[str]) -> str:
    listed = f'<ul class="changes">{"".join(changes)}</ul>' if changes else ""
    return f'<p><strong>{book.label("since", day=version.effective_from)}</strong> {book.text(version.reason)}</p>{listed}'


def _changes(book: Book, old: Version, new: Version) -> list[str]:
    """Terms that were added, dropped or changed, each as one line."""
    before, after = ({term.id: term for term in version.terms} for version in (old, new))
    lines = []
    for term_id in dict.fromkeys((*before, *after)):
        was, now = before.get(term_id), after.get(term_id)
        if was and now and was.value != now.value:
            lines.append(f"<li>{book.text(now.name)}{book.label('colon')}<del>{said(book, was)}</del> → <ins>{said(book, now)}</ins></li>")
        elif not now:
            lines.append(f"<li>{book.label('term_dropped')}{book.label('colon')}<del>{book.text(was.name)} {said(book, was)}</del></li>")
        elif not was:
            lines.append(f"<li>{book.label('term_added')}{book.label('colon')}<ins>{book.text(now.name)} {said(book, now)}</ins></li>")
    return lines


@macro
def agreement_list(book: Book) -> str:
    """Every agreement: what it is for, who is party, how far it was kept in the last four weeks."""
    rows = [[book.link(f"agreements/{name}.md", book.text(found.name)), book.text(found.purpose), state(book, name), *kept(book, name)]
            for name, found in book.definitions.agreements.items()]
    headings = [book.label(key) for key in ("agreement", "purpose", "status", "kept_four_weeks", "interval_95", "n")]
    return block(table(headings, rows, book.label("all_agreements")))
