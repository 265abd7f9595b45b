"""What is counted: records on a day, with whom and what they are credited to, and the rates that come of two such counts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from tests.oracle.periods import Almanac

Credit = dict[str, str | None]
Cell = tuple[str, str | None, str | None]  # a period, a dimension or None for the total, its value
Daily = dict[tuple[date, str | None, str | None], list[float]]
TOTAL = (None, None)


class Counted(NamedTuple):
    """A record that counts on a day, once or with an amount."""

    on: datetime
    credit: Credit
    amount: float = 1


class Entered(NamedTuple):
    """A record of a cohort: when it came in, and when it arrived, if it did."""

    on: datetime
    arrived: datetime | None
    credit: Credit


@dataclass(frozen=True)
class Flow:
    """Counts of a period; without `below` a number, with it a rate."""

    above: list[Counted]
    below: list[Counted] | None = None


@dataclass(frozen=True)
class Spread:
    """Amounts of which a quantile is told."""

    records: list[Counted]
    share: float


@dataclass(frozen=True)
class Cohort:
    """Those who entered in a period, followed for a horizon."""

    entered: list[Entered]


def days_between(start: datetime, end: datetime) -> int:
    """The days from one to the other by the calendar: from any time of Monday to any time of Tuesday is one day."""
    return (end.date() - start.date()).days


def within(entered: Iterable[Entered], horizon: int | None, as_of: date) -> Flow:
    """Of those at least a horizon old by as-of, those who arrived from the day they entered to a horizon later; without a horizon, ever."""
    old = [one for one in entered if horizon is None or (as_of - one.on.date()).days >= horizon]
    arrived = [one for one in old if one.arrived and (horizon is None or 0 <= days_between(one.on, one.arrived) <= horizon)]
    return Flow([Counted(one.on, one.credit) for one in arrived], [Counted(one.on, one.credit) for one in old])


def by_day(records: Iterable[Counted]) -> Daily:
    """The amounts of every day, in all and for every value of every dimension."""
    found: Daily = defaultdict(list)
    for record in records:
        day = record.on.date()
        for key in (TOTAL, *record.credit.items()):
            found[day, *key].append(record.amount)
    return found


def by_period(daily: Daily, kind: str, almanac: Almanac) -> dict[Cell, list[float]]:
    """The same for every period of a kind."""
    found: dict[Cell, list[float]] = defaultdict(list)
    for (day, *key), amounts in daily.items():
        found[almanac.labels[kind][day], *key] += amounts
    return found


def quantile(amounts: list[float], share: float) -> float:
    """The quantile by straight lines between neighbours."""
    ordered = sorted(amounts)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
