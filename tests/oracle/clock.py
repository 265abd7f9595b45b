"""Business time in the plainest way: every day is looked at, one after another."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import holidays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Clock:
    """The hours of one department."""

    calendar: dict[str, Any]
    department: str

    @cache
    def windows(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spans of a day in which the department works, each without its last instant; none on a closed day."""
        if WEEKDAYS[day.weekday()] not in self.calendar["working_days"] or day in _holidays(self.calendar["holidays"], day.year):
            return []
        if any(closed["from"] <= day <= closed["to"] for closed in self.calendar.get("closed", ())):
            return []
        hours = self.calendar["hours"]
        opens, closes = hours.get(self.department, hours["default"])
        edges = [opens, *(edge for pause in self.calendar.get("breaks", ()) for edge in pause), closes]
        moments = [datetime.combine(day, time.fromisoformat(edge)) for edge in edges]
        return list(zip(moments[::2], moments[1::2], strict=True))

    def seconds(self, start: datetime, end: datetime) -> float:
        """The business seconds from one moment to a later one; of both the whole seconds count."""
        start, end = start.replace(microsecond=0), end.replace(microsecond=0)
        total, day = 0.0, start.date()
        while day <= end.date():
            for opens, closes in self.windows(day):
                total += max(0.0, (min(end, closes) - max(start, opens)).total_seconds())
            day += ONE_DAY
        return total

    def working_days(self, start: datetime, end: datetime) -> int:
        """The working days that came to their end between two moments; one that had closed before the first is not among them."""
        completed, day = 0, start.date()
        while day < end.date():
            windows = self.windows(day)
            completed += bool(windows) and start < windows[-1][1]
            day += ONE_DAY
        return completed

    @property
    def usual_day(self) -> float:
        """The business seconds of a day on which it works."""
        day = next(day for day in (date(2026, 1, 1) + number * ONE_DAY for number in range(366)) if self.windows(day))
        return self.seconds(datetime.combine(day, time.min), datetime.combine(day + ONE_DAY, time.min))


@cache
def _holidays(country: str, year: int) -> set[date]:
    return set(holidays.country_holidays(country, years=year))
