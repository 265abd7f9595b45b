"""Macros that print the rules of time: hours, days off, how long a lead may wait and which leads come first."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from macros.agreement_words import condition
from macros.book import Book
from macros.html import Cell, block, definition_list, number, table
from macros.registry import macro
from macros.text import escape
from warehouse.calendar import WEEKDAYS
from warehouse.definitions.agreements import Limit
from warehouse.definitions.priority import Tier

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
    lines = [[book.link(f"agreements/{spells[0].agreement}.md", book.label(f"wait_{wait}")), _whom(book, source, tier, several), *_history(book, spells, first), book.department(spells[0].limit.department)]
             for wait, subjects in _spells(book).items() for several, first in [(len(subjects) > 1, min(one[0].since for one in subjects.values()))]
             for (source, tier), spells in sorted(subjects.items(), key=lambda item: (not all(item[0]), not item[0][0], not item[0][1], item[0][0] or "", item[0][1] or ""))]
    return block(table([book.label(key) for key in ("limit", "holds_for", "agreed_value", "in_force", "before_and_after", "whose_hours")], lines, book.label("limits")))


class Spell(NamedTuple):
    """One limit, from the day it took effect to the day another took over, or for good."""

    agreement: str
    limit: Limit
    since: date
    until: date | None


def _spells(book: Book) -> dict[str, dict[tuple[str | None, str | None], list[Spell]]]:
    """By wait, then by source and tier, what was agreed one after another; versions that leave a limit as it is are one spell."""
    found: dict[str, dict[tuple, list[Spell]]] = {}
    for name, agreement in book.definitions.agreements.items():
        versions = sorted(agreement.versions, key=lambda version: version.effective_from)
        for version, newer in zip(versions, [*versions[1:], None], strict=True):
            for limit in (term.limit for term in version.terms if term.limit):
                spells = found.setdefault(limit.wait, {}).setdefault((limit.source, limit.tier), [])
                is_the_same = bool(spells) and spells[-1].until == version.effective_from and spells[-1].limit == limit
                since = spells.pop().since if is_the_same else version.effective_from
                spells.append(Spell(name, limit, since, newer and newer.effective_from))
    return found


def _history(book: Book, spells: list[Spell], first: date) -> Iterator[str]:
    """What is in force, since when, and what held before or will hold; `first` is the day since when the wait has any limit."""
    today = book.as_of["as_of_date"]
    now = next((one for one in spells if one.since <= today and (one.until is None or today < one.until)), None)
    yield _within(book, now.limit) if now else "—"
    yield escape(now.since) if now else "—"
    others = [_spell(book, one) for one in reversed(spells) if one is not now]
    if spells[0].since > first:
        others.append(book.label("none_of_its_own"))
    yield "<br>".join(others) or "—"


def _spell(book: Book, one: Spell) -> str:
    until = one.until and book.label("until_day", first=one.since, day=one.until)
    return f"{_within(book, one.limit)} ({until or book.label('since', day=one.since)})"


def _within(book: Book, limit: Limit) -> str:
    return book.label(f"within_{limit.unit}", count=limit.within)


def _whom(book: Book, source: str | None, tier: str | None, several: bool) -> str:
    """The leads that a limit holds for, as readers call them."""
    named = [book.key_name(field, key) for field, key in (("source", source), ("tier", tier)) if key]
    return " × ".join(named) or book.label("all_others" if several else "everything")


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
    lines = [[book.text(tier.name), book.text(tier.meaning), "<br>".join(condition(book, one) for one in tier.when) or book.label("all_others")] for tier in tiers]
    return table([book.label(key) for key in ("dimension_tier", "meaning", "tier_conditions")], lines, caption)
