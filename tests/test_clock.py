"""The business clock as a table: what passes between two moments, for each department."""

import dataclasses
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.test_calendar import japan
from tests.world import project_definitions
from warehouse import clock
from warehouse.definitions.calendar import CalendarFile
from warehouse.engine import Engine

steady = settings(deadline=None, derandomize=True, max_examples=150)
FIRST, LAST = date(2025, 11, 1), date(2027, 1, 31)
MOMENTS = st.datetimes(datetime(2025, 11, 1), datetime(2027, 1, 31, 23, 59, 59)).map(lambda moment: moment.replace(microsecond=0))


def closing(first: date, last: date) -> dict:
    return {"from": first, "to": last, "name": {"ja": "休み", "en": "Closed"}}


TOKYO = japan(closed=(closing(date(2025, 12, 29), date(2026, 1, 3)), closing(date(2026, 12, 29), date(2027, 1, 3))))
WITH_LUNCH = japan(breaks=(("12:00", "13:00"),))
NIGHT_AND_DAY = CalendarFile.model_validate({"timezone": "Europe/Amsterdam", "fiscal_year_starts": 1, "holidays": "NL", "hours": {"default": ("00:00", "24:00")},
                                             "working_days": ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})


class Clock:
    """The table of one department, asked as SQL asks it: the span of a moment, and how far into it."""

    def __init__(self, calendar: CalendarFile, department: str = "inside_sales", first: date = FIRST, last: date = LAST):
        self.rows = [dict(zip(list(clock.TYPES), row, strict=True)) for row in clock.spans(calendar, department, first, last)]
        self.starts = [row["starts_at"] for row in self.rows]

    def span(self, moment: datetime) -> dict:
        return self.rows[bisect_right(self.starts, moment) - 1]

    def seconds(self, moment: datetime) -> int:
        span = self.span(moment)
        return span["seconds_before"] + (int((moment - span["starts_at"]).total_seconds()) if span["is_open"] else 0)

    def between(self, start: datetime, end: datetime) -> int:
        return self.seconds(end) - self.seconds(start)


TOKYO_CLOCK, LUNCH_CLOCK, AMSTERDAM_CLOCK = Clock(TOKYO), Clock(WITH_LUNCH), Clock(NIGHT_AND_DAY)
CLOCKS = st.sampled_from([TOKYO_CLOCK, LUNCH_CLOCK, AMSTERDAM_CLOCK])


def in_japan(start: datetime, end: datetime) -> int:
    """Working seconds from nine to six, day by day: another statement of the same calendar."""
    public = holidays.country_holidays("JP", years=range(2025, 2028))
    total, day = timedelta(), start.date()
    while day <= end.date():
        closed = day.weekday() > 4 or day in public or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
        if not closed:
            total += max(timedelta(), min(end, datetime.combine(day, time(18))) - max(start, datetime.combine(day, time(9))))
        day += timedelta(days=1)
    return int(total.total_seconds())


@steady
@given(MOMENTS, MOMENTS)
@example(datetime(2025, 12, 26, 17, 59, 59), datetime(2026, 1, 5, 9, 0, 1))
@example(datetime(2026, 11, 20, 18), datetime(2026, 11, 24, 9))
@example(datetime(2026, 4, 28, 17), datetime(2026, 5, 7, 10))
def test_the_clock_counts_what_walking_from_day_to_day_counts(one, other) -> None:
    start, end = sorted((one, other))
    assert TOKYO_CLOCK.between(start, end) == in_japan(start, end)


@steady
@given(CLOCKS, MOMENTS, MOMENTS, MOMENTS)
def test_two_stretches_that_meet_add_up(made, one, other, third) -> None:
    start, middle, end = sorted((one, other, third))
    assert made.between(start, middle) + made.between(middle, end) == made.between(start, end)


@steady
@given(CLOCKS, MOMENTS, MOMENTS)
def test_later_is_never_less_and_never_more_than_really_passed(made, one, other) -> None:
    start, end = sorted((one, other))
    really = (end.replace(tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC) - start.replace(tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)).total_seconds()
    assert 0 <= made.between(start, end) <= (really if made is AMSTERDAM_CLOCK else (end - start).total_seconds())


@steady
@given(MOMENTS)
def test_outside_the_hours_nothing_passes(moment) -> None:
    after, before = datetime.combine(moment.date(), time(18)), datetime.combine(moment.date(), time(9))
    midnight = datetime.combine(moment.date(), time())
    assert TOKYO_CLOCK.between(midnight, before) == 0
    assert TOKYO_CLOCK.between(after, min(midnight + timedelta(days=1), datetime(2027, 1, 31, 23, 59, 59))) == 0


@steady
@given(st.dates(FIRST, LAST - timedelta(days=1)))
def test_the_spans_of_a_day_leave_no_gap_and_end_where_the_next_begins(day) -> None:
    for made in (TOKYO_CLOCK, LUNCH_CLOCK, AMSTERDAM_CLOCK):
        rows = [row for row in made.rows if row["day"] == day]
        assert rows[0]["starts_at"] == datetime.combine(day, time()) and rows[-1]["ends_at"] == datetime.combine(day + timedelta(days=1), time())
        assert [row["ends_at"] for row in rows[:-1]] == [row["starts_at"] for row in rows[1:]]


@steady
@given(MOMENTS, MOMENTS)
def test_round_the_clock_the_seconds_are_those_that_really_passed_across_changes_of_the_zone(one, other) -> None:
    start, end = sorted((one, other))
    zone = ZoneInfo("Europe/Amsterdam")
    public = holidays.country_holidays("NL", years=range(2025, 2028))
    ambiguous = {datetime(2026, 10, 25, 2), datetime(2026, 3, 29, 2)}
    assume(not any(start.date() <= day <= end.date() for day in public))
    assume(not ambiguous & {start.replace(minute=0, second=0), end.replace(minute=0, second=0)})
    assert AMSTERDAM_CLOCK.between(start, end) == (end.replace(tzinfo=zone).astimezone(UTC) - start.replace(tzinfo=zone).astimezone(UTC)).total_seconds()


def test_a_night_of_the_change_to_summer_time_has_an_hour_less_and_one_back_an_hour_more() -> None:
    hours = {name: AMSTERDAM_CLOCK.between(datetime(2026, month, day), datetime(2026, month, day + 1)) / 3600
             for name, month, day in (("spring", 3, 29), ("plain", 6, 2), ("autumn", 10, 25))}
    assert hours == {"spring": 23, "plain": 24, "autumn": 25}
    assert AMSTERDAM_CLOCK.between(datetime(2026, 3, 29, 1, 59, 59), datetime(2026, 3, 29, 3)) == 1


def test_where_the_change_falls_on_midnight_the_day_still_counts_what_passes() -> None:
    """São Paulo put its clocks forward at midnight until 2018, and back from midnight to eleven."""
    brazil = CalendarFile.model_validate({**NIGHT_AND_DAY.model_dump(by_alias=True), "timezone": "America/Sao_Paulo", "holidays": "BR"})
    made = Clock(brazil, first=date(2018, 1, 1), last=date(2018, 12, 31))
    assert made.between(datetime(2018, 11, 4), datetime(2018, 11, 5)) == 23 * 3600
    assert made.between(datetime(2018, 11, 4, 0, 30), datetime(2018, 11, 4, 1)) == 0
    assert made.between(datetime(2018, 2, 17), datetime(2018, 2, 18)) == 25 * 3600


def test_the_windows_are_half_open() -> None:
    assert TOKYO_CLOCK.span(datetime(2026, 11, 20, 9))["is_open"] and not TOKYO_CLOCK.span(datetime(2026, 11, 20, 8, 59, 59))["is_open"]
    assert TOKYO_CLOCK.span(datetime(2026, 11, 20, 17, 59, 59))["is_open"] and not TOKYO_CLOCK.span(datetime(2026, 11, 20, 18))["is_open"]


def test_a_break_stops_the_clock() -> None:
    assert LUNCH_CLOCK.between(datetime(2026, 11, 20, 11, 59), datetime(2026, 11, 20, 13, 1)) == 120
    assert LUNCH_CLOCK.between(datetime(2026, 11, 20), datetime(2026, 11, 21)) == 8 * 3600


def test_a_break_at_the_edge_of_the_hours_shortens_them() -> None:
    made = Clock(japan(breaks=(("08:00", "09:30"), ("17:00", "18:00"))))
    assert made.between(datetime(2026, 11, 20), datetime(2026, 11, 21)) == 7.5 * 3600


def test_a_department_has_its_own_hours() -> None:
    calendar = japan(hours={"default": ("09:00", "18:00"), "field_sales": ("10:00", "16:00")})
    day = datetime(2026, 11, 20)
    assert {name: Clock(calendar, name).between(day, day + timedelta(days=1)) / 3600 for name in ("field_sales", "marketing")} == {"field_sales": 6, "marketing": 9}


def test_working_days_are_done_at_closing_and_over_at_midnight() -> None:
    made = Clock(TOKYO, first=date(2026, 11, 20), last=date(2026, 11, 25))
    moments = [datetime(2026, 11, 20, 17, 59, 59), datetime(2026, 11, 20, 18), datetime(2026, 11, 23, 12), datetime(2026, 11, 24, 12), datetime(2026, 11, 24, 20)]
    assert [(made.span(moment)["days_done"], made.span(moment)["days_before"]) for moment in moments] == [(0, 0), (1, 0), (1, 1), (1, 1), (2, 1)]


@pytest.fixture
def stored():
    """The table as a build stores it, of a calendar that covers two weeks."""
    with Engine.create() as engine:
        calendar = japan(covers={"from": date(2026, 11, 2), "until": date(2026, 11, 15)})
        clock.store(engine, dataclasses.replace(project_definitions(), calendar=calendar), date(2026, 1, 1), date(2026, 12, 31))
        yield engine


def test_the_table_ends_where_the_calendar_does(stored) -> None:
    assert stored.rows("SELECT min(day) AS first, max(day) AS last FROM playbook.business_clock") == [{"first": date(2026, 11, 2), "last": date(2026, 11, 15)}]


def test_every_department_has_a_clock(stored) -> None:
    found = {row["department"] for row in stored.rows("SELECT DISTINCT department FROM playbook.business_clock")}
    assert found == {one.id for one in project_definitions().departments}
