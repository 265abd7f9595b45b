"""The business clock as a table: how many working seconds and working days had passed at any moment, for each department."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from warehouse.calendar import working_days
from warehouse.definitions import Definitions
from warehouse.definitions.calendar import CalendarFile, Window
from warehouse.engine import Engine

DAY = timedelta(days=1)
AHEAD = timedelta(days=60)
STEP = timedelta(minutes=15)
TYPES = {"department": "VARCHAR", "day": "DATE", "starts_at": "TIMESTAMP", "ends_at": "TIMESTAMP", "is_open": "BOOLEAN",
         "seconds_before": "BIGINT", "days_done": "INTEGER", "days_before": "INTEGER"}


def store(engine: Engine, definitions: Definitions, first: date, last: date) -> None:
    """Write `playbook.business_clock` for every department, over the days from first to last that the calendar covers."""
    calendar = definitions.calendar
    if calendar.covers:
        first, last = max(first, calendar.covers.first), min(last, calendar.covers.last)
    engine.create_table("playbook.business_clock", TYPES,
                        (row for department in definitions.departments for row in spans(calendar, department.id, first, last)))


def spans(calendar: CalendarFile, department: str, first: date, last: date) -> Iterator[tuple]:
    """The rows of one department: every day cut, without gaps, into half-open spans [starts_at, ends_at) that are open or closed.

    At a moment of a span, `seconds_before` working seconds have passed, and in an open one as many more as since it started.
    `days_done` counts the working days whose last window has closed, from which a limit in working days starts; `days_before`
    those on earlier dates, by which it ends: what is done late on the last day is still in time. Seconds are those that really pass: the hour that a
    change to summer time skips counts nothing, the one that repeats in autumn counts twice.
    """
    zone, worked = ZoneInfo(calendar.timezone), set(working_days(calendar, first, last))
    windows = _windows(calendar, department)
    seconds = done = 0
    for number in range((last - first).days + 1):
        day, before = first + number * DAY, done
        opened = [(_moment(day, opens), _moment(day, closes)) for opens, closes in windows] if day in worked else []
        for starts, ends in pairwise(_edges(day, opened, zone)):
            length = _elapsed(starts, ends, zone)
            is_open = length > 0 and any(opens <= starts and ends <= closes for opens, closes in opened)
            yield department, day, starts, ends, is_open, seconds, done, before
            seconds += length if is_open else 0
            done += bool(opened) and ends == opened[-1][1]


def _windows(calendar: CalendarFile, department: str) -> list[Window]:
    """The hours of a department, with the breaks cut out."""
    windows = [calendar.hours.get(department) or calendar.hours["default"]]
    for starts, ends in calendar.breaks:
        windows = [part for opens, closes in windows for part in ((opens, min(closes, starts)), (max(opens, ends), closes)) if part[0] < part[1]]
    return windows


def _moment(day: date, clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)


def _edges(day: date, opened: list[tuple[datetime, datetime]], zone: ZoneInfo) -> list[datetime]:
    """Where the spans of a day meet: midnight, the windows' ends, and both sides of a change of the zone's offset."""
    midnight = datetime.combine(day, time())
    return sorted({midnight, midnight + DAY, *(edge for window in opened for edge in window), *_changes(midnight, zone)})


def _changes(midnight: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The local times just before and just after the zone's offset changes on a day."""
    moment, end = _utc(midnight, zone), _utc(midnight + DAY, zone)
    before = (moment - timedelta(seconds=1)).astimezone(zone).utcoffset()
    if before == end.astimezone(zone).utcoffset():
        return
    while moment.astimezone(zone).utcoffset() == before:
        moment += STEP
    for offset in (before, moment.astimezone(zone).utcoffset()):
        local = (moment + offset).replace(tzinfo=None)
        if midnight < local < midnight + DAY:
            yield local


def _elapsed(starts: datetime, ends: datetime, zone: ZoneInfo) -> int:
    return int((_utc(ends, zone) - _utc(starts, zone)).total_seconds())


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
