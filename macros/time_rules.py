"""Macros that print the rules of time: hours, days off, how long a lead may wait and which leads come first."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from macros.book import Book
from macros.html import Cell, block, definition_list, number, table
from macros.registry import macro
from macros.text import escape
from warehouse.calendar import WEEKDAYS
from warehouse.definitions.limits import Condition, Limit, Term, Tier

CLOSED = """SELECT DISTINCT year, starts_on, ends_on, is_public, name_ja, name_en FROM playbook.closed_days
WHERE year >= (SELECT min(year) FROM playbook.days WHERE day = ?) ORDER BY year, starts_on, is_public"""


@macro
def hours_table(book: Book) -> str:
    """The weekdays worked, the days entered, and each department's hours and breaks."""
    calendar = book.definitions.calendar
    breaks = book.join(escape(f"{starts} – {ends}") for starts, ends in calendar.breaks) or "—"
    rows = [[book.text(one.name), number(escape(" – ".join(calendar.hours.get(one.id) or calendar.hours["default"]))), number(breaks)]
            for one in book.definitions.departments]
    worked = book.join(book.label(f"weekday_{position}") for position, day in enumerate(WEEKDAYS, 1) if day in calendar.working_days)
    covered = f"{calendar.covers.first} – {calendar.covers.last}" if calendar.covers else ""
    facts = [(book.label("weekdays_worked"), worked), (book.label("days_entered"), escape(covered)), (book.label("timezone"), escape(calendar.timezone))]
    return block(definition_list(facts) + table([book.label(key) for key in ("dimension_department", "business_hours", "breaks")], rows, book.label("hours_by_department")))


@macro
def closed_days(book: Book) -> str:
    """The public holidays and the company's closed days of this fiscal year and the next; the next folded."""
    years: dict[str, list[dict[str, Any]]] = {}
    for row in book.engine.rows(CLOSED, [book.as_of["as_of_date"]]):
        years.setdefault(row["year"], []).append(row)
    tables = [(book.label("days_off_in", year=year), _days_off(book, year, rows)) for year, rows in years.items()]
    return block("".join(shown if position == 0 else f"<details><summary>{words}</summary>{shown}</details>" for position, (words, shown) in enumerate(tables)))


def _days_off(book: Book, year: str, rows: list[dict[str, Any]]) -> str:
    headings = [book.label(key) for key in ("days_off", "weekday", "name", "reason_off")]
    lines = [[escape(_span(row["starts_on"], row["ends_on"])), _weekdays(book, row), escape(row[f"name_{book.language}"]),
              book.label("public_holiday" if row["is_public"] else "company_closed")] for row in rows]
    return table(headings, lines, book.label("days_off_in", year=year))


def _span(first: date, last: date) -> str:
    return f"{first} – {last}" if last != first else f"{first}"


def _weekdays(book: Book, row: dict[str, Any]) -> str:
    ends = dict.fromkeys((row["starts_on"], row["ends_on"]))
    return " – ".join(book.label(f"weekday_{day.isoweekday()}") for day in ends)


@macro
def limits_table(book: Book) -> str:
    """Every limit in force with whom it holds for, since when, and what held before; what is agreed for later is named too."""
    limits = book.definitions.limits
    meanings = definition_list((book.text(limit.name), book.text(limit.meaning)) for limit in limits)
    lines = [[book.text(limit.name), _whom(book, limit, terms[0]), *_history(book, limit, terms), book.department(limit.department)]
             for limit in limits for terms in _by_subject(limit)]
    return block(meanings + table([book.label(key) for key in ("limit", "holds_for", "within", "in_force", "before_and_after", "whose_hours")], lines, book.label("limits")))


def _by_subject(limit: Limit) -> list[list[Term]]:
    """The terms of a limit in groups for the same leads, the newest first; the most specific group first, as they are applied."""
    groups: dict[tuple, list[Term]] = {}
    for term in sorted(limit.terms, key=lambda term: term.effective_from, reverse=True):
        groups.setdefault((term.source, term.tier), []).append(term)
    return sorted(groups.values(), key=lambda terms: (not terms[0].source or not terms[0].tier, not terms[0].source, not terms[0].tier))


def _history(book: Book, limit: Limit, terms: list[Term]) -> Iterator[Cell | str]:
    """What is in force, since when, and what held before or will hold."""
    today = book.as_of["as_of_date"]
    known = [(term, newer.effective_from if newer else None) for term, newer in zip(terms, [None, *terms], strict=False)]
    now = next((term for term in terms if term.effective_from <= today), None)
    yield _within(book, now) if now else "—"
    yield number(escape(now.effective_from) if now else "—")
    others = [_spell(book, term, until) for term, until in known if term is not now]
    if terms[-1].effective_from > min(one.effective_from for one in limit.terms):
        others.append(book.label("none_of_its_own"))
    yield "<br>".join(others) or "—"


def _spell(book: Book, term: Term, until: date | None) -> str:
    if until is None or term.effective_from > book.as_of["as_of_date"]:
        return f"{_within(book, term)} ({book.label('since', day=term.effective_from)})"
    return f"{_within(book, term)} ({book.label('until_day', first=term.effective_from, day=until)})"


def _within(book: Book, term: Term) -> str:
    if term.unit == "working_days":
        return book.label("next_working_day" if term.within == 1 else "within_working_days", count=term.within)
    return book.label("within_business_time", time=book.number(term.minutes, "minutes"))


def _whom(book: Book, limit: Limit, term: Term) -> str:
    """The leads that a term holds for, as readers call them."""
    named = [book.key_name(field, key) for field, key in (("source", term.source), ("tier", term.tier)) if key]
    return " × ".join(named) or book.label("everything" if len({(one.source, one.tier) for one in limit.terms}) == 1 else "all_others")


@macro
def tiers_table(book: Book) -> str:
    """The tiers of priority in force and what a lead must show for each, the most urgent first; earlier and later versions folded."""
    today = book.as_of["as_of_date"]
    versions = sorted(book.definitions.priorities, key=lambda version: version.effective_from, reverse=True)
    now = next((version for version in versions if version.effective_from <= today), None)
    shown = [_tiers(book, now.tiers, book.label("tiers_since", day=now.effective_from))] if now else []
    for version in versions:
        if version is not now:
            words = book.label("tiers_since", day=version.effective_from)
            shown.append(f"<details><summary>{words}</summary>{_tiers(book, version.tiers, words)}</details>")
    return block("".join(shown))


def _tiers(book: Book, tiers: tuple[Tier, ...], caption: str) -> str:
    lines = [[book.text(tier.name), book.text(tier.meaning), "<br>".join(_condition(book, one) for one in tier.when) or book.label("all_others")] for tier in tiers]
    return table([book.label(key) for key in ("dimension_tier", "meaning", "tier_conditions")], lines, caption)


def _condition(book: Book, condition: Condition) -> str:
    """One line of a tier: everything it asks, all of which has to fit."""
    fields = {"source": "dimension_source", "campaign": "dimension_campaign", "segment": "dimension_segment", "motion": "dimension_motion"}
    asked = [f"{book.label(fields[field])} {book.join(book.key_name(field, value) for value in values)}" for field, values in condition.lists.items()]
    if condition.score_at_least is not None:
        asked.append(book.label("score_at_least", score=book.number(condition.score_at_least, "count")))
    return book.label("and_also").join(asked)
