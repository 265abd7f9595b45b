"""Working time: nine to six, on days that are no weekend, no public holiday and no company holiday."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

OPENS, CLOSES = time(9), time(18)
JAPAN = holidays.country_holidays("JP", years=range(2025, 2028))


@lru_cache(maxsize=None)
def is_workday(day: date) -> bool:
    """Whether anybody works on that day."""
    return day.weekday() < 5 and day not in JAPAN and not is_company_holiday(day)


def is_company_holiday(day: date) -> bool:
    """Whether the day falls into 年末年始 or お盆."""
    month_day = (day.month, day.day)
    return month_day >= (12, 29) or month_day <= (1, 3) or (8, 12) <= month_day <= (8, 15)


def workdays(first: date, last: date) -> list[date]:
    """The working days from first to last, both included."""
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in span if is_workday(day)]


@lru_cache(maxsize=None)
def workday_after(day: date, count: int) -> date:
    """The count-th working day after a day; with 0, that day or the first working day that follows it."""
    if count:
        return workday_after(workday_after(day, count - 1) + timedelta(days=1), 0)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def opening(moment: datetime) -> datetime:
    """The moment itself if it is working time, else the next time work starts."""
    day = moment.date()
    if is_workday(day) and moment.time() < CLOSES:
        return max(moment, datetime.combine(day, OPENS))
    return datetime.combine(workday_after(day + timedelta(days=1), 0), OPENS)


def later(moment: datetime, seconds: int) -> datetime:
    """The moment after so many seconds of working time."""
    moment, left = opening(moment), timedelta(seconds=seconds)
    while left >= (today := datetime.combine(moment.date(), CLOSES) - moment):
        left -= today
        moment = opening(datetime.combine(moment.date(), CLOSES))
    return moment + left
