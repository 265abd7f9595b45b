"""Days as a table: which week, month, quarter and fiscal year each belongs to, and whether it is worked."""

from collections.abc import Iterator
from datetime import date, timedelta

from warehouse.definitions import Definitions
from warehouse.definitions.calendar import CalendarFile
from warehouse.engine import Engine
from warehouse.problems import Problem, WrongInput

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EARLIEST = date(1970, 1, 1)
AHEAD = timedelta(days=400)
TYPES = {"day": "DATE", "week": "VARCHAR", "week_starts": "DATE", "month": "VARCHAR", "month_starts": "DATE",
         "quarter": "VARCHAR", "quarter_starts": "DATE", "year": "VARCHAR", "year_starts": "DATE",
         "is_working_day": "BOOLEAN"}
CLOSED = {"day": "DATE", "year": "VARCHAR", "is_public": "BOOLEAN", "takes_working_day": "BOOLEAN", "name_ja": "VARCHAR", "name_en": "VARCHAR",
          "starts_on": "DATE", "ends_on": "DATE"}


def store(engine: Engine, definitions: Definitions, first: date, as_of: date) -> None:
    """Write `playbook.days`: one row per day from the fiscal year of the first event to over a year past as-of, and `playbook.closed_days`.

    Raises WrongInput when the holidays of the country, or of the export's year, are not known, or the company's days not entered.
    """
    calendar = definitions.calendar
    problems = list(_uncovered(definitions, as_of))
    if problems:
        raise WrongInput(problems)
    start = _year(max(first, EARLIEST), calendar.fiscal_year_starts)[1]
    start -= timedelta(days=start.weekday())
    engine.create_table("playbook.days", TYPES, days(calendar, start, as_of + AHEAD))
    engine.create_table("playbook.closed_days", CLOSED, closed_days(calendar, start, _year_after(as_of, calendar.fiscal_year_starts)))


def _uncovered(definitions: Definitions, as_of: date) -> Iterator[Problem]:
    """What the calendar does not know of the day of the export."""
    calendar, here = definitions.calendar, definitions.sources["calendar.yml"].problem
    until = _known_until(calendar.holidays)
    if until is None:
        yield here(("holidays",), f"the holidays of '{calendar.holidays}' are not known", "write a country's two letters, such as JP")
    elif as_of.year + 2 > until:
        yield here(("holidays",), f"the holidays of '{calendar.holidays}' are known until {until}, and the export is of {as_of}", "name its day with --as-of")
    if calendar.covers and as_of > calendar.covers.last:
        yield here(("covers", "until"), f"the company's closed days are entered until {calendar.covers.last}, and the export is of {as_of}",
                   "add the closed days up to then and move 'until', or name another day with --as-of")


def _known_until(country: str) -> int | None:
    """The last year whose holidays are known; None for an unknown country."""
    import holidays  # takes longer than the rest of a command that needs no new warehouse

    try:
        return holidays.country_holidays(country).end_year
    except NotImplementedError:
        return None


def days(calendar: CalendarFile, first: date, last: date) -> Iterator[tuple]:
    """The rows of `playbook.days`, both ends included."""
    worked = set(working_days(calendar, first, last))
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        quarter, quarter_starts = _quarter(day, calendar.fiscal_year_starts)
        yield (day, week(day), day - timedelta(days=day.weekday()), f"{day:%Y-%m}", day.replace(day=1), quarter, quarter_starts, *_year(day, calendar.fiscal_year_starts), day in worked)


def working_days(calendar: CalendarFile, first: date, last: date) -> Iterator[date]:
    """営業日: the days from first to last that are no weekend, no public holiday and no closed day of the company."""
    import holidays

    public = holidays.country_holidays(calendar.holidays, years=range(first.year, last.year + 1))
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if WEEKDAYS[day.weekday()] in calendar.working_days and day not in public and not any(closure.first <= day <= closure.last for closure in calendar.closed):
            yield day


def closed_days(calendar: CalendarFile, first: date, last: date) -> Iterator[tuple]:
    """The rows of `playbook.closed_days`, both ends included: one for each day and reason not to work on it, with the stretch of days it belongs to.

    A public holiday is called what the country calls it in Japanese and in English, where both are known.
    """
    names = [_public(calendar, first, last, language) for language in ("ja", "en")]
    off = [(day, True, *(known[day] for known in names), day, day) for day in names[0] if first <= day <= last]
    for closure in calendar.closed:
        stretch = (closure.first + timedelta(days=number) for number in range((closure.last - closure.first).days + 1))
        off += [(day, False, closure.name.ja, closure.name.en, closure.first, closure.last) for day in stretch if first <= day <= last]
    for day, is_public, *rest in sorted(off):
        yield (day, _year(day, calendar.fiscal_year_starts)[0], is_public, WEEKDAYS[day.weekday()] in calendar.working_days, *rest)


def _public(calendar: CalendarFile, first: date, last: date, language: str) -> dict[date, str]:
    """The country's holidays by name: in a language if the names are known in it, else in the country's own."""
    import holidays

    country = holidays.country_holidays(calendar.holidays)
    chosen = next((known for known in country.supported_languages if known.split("_")[0] == language), country.default_language)
    return dict(holidays.country_holidays(calendar.holidays, years=range(first.year, last.year + 1), language=chosen))


def week(day: date) -> str:
    """The ISO week of a day: `2026-W47`."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def _quarter(day: date, starts: int) -> tuple[str, date]:
    """A day's fiscal quarter and its first day. A fiscal year is named after the year it starts in."""
    year, first = _year(day, starts)
    number = (day.month - starts) % 12 // 3
    month = starts + 3 * number
    return f"{year}-Q{number + 1}", date(first.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _year_after(day: date, starts: int) -> date:
    """The last day of the fiscal year after a day's own."""
    return date(_year(day, starts)[1].year + 2, starts, 1) - timedelta(days=1)


def _year(day: date, starts: int) -> tuple[str, date]:
    first = date(day.year if day.month >= starts else day.year - 1, starts, 1)
    return f"FY{first.year}", first
