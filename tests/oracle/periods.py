"""Days and the periods that they lie in."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

KINDS = ("week", "month", "quarter", "year", "all")
ONE_DAY = timedelta(days=1)


def label(day: date, kind: str, fiscal_year_starts: int) -> str:
    """The name of the period of a kind that a day lies in: 2026-W47, 2026-11, FY2026-Q3, FY2026, all."""
    if kind == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if kind == "month":
        return f"{day.year}-{day.month:02}"
    fiscal_year = day.year if day.month >= fiscal_year_starts else day.year - 1
    if kind == "quarter":
        return f"FY{fiscal_year}-Q{(day.month - fiscal_year_starts) % 12 // 3 + 1}"
    return f"FY{fiscal_year}" if kind == "year" else "all"


@dataclass(frozen=True)
class Almanac:
    """The periods of all days from one to another, found by going through them day by day."""

    first: date
    last: date
    fiscal_year_starts: int

    @cached_property
    def labels(self) -> dict[str, dict[date, str]]:
        """For each kind of period the label of each day."""
        days = [self.first + number * ONE_DAY for number in range((self.last - self.first).days + 1)]
        return {kind: {day: label(day, kind, self.fiscal_year_starts) for day in days} for kind in KINDS}

    @cached_property
    def first_days(self) -> dict[str, date]:
        """The first day of each period."""
        return {name: day for days in self.labels.values() for day, name in reversed(days.items())}

    @cached_property
    def last_days(self) -> dict[str, date]:
        """The last day of each period."""
        return {name: day for days in self.labels.values() for day, name in days.items()}
