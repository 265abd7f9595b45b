"""Days as a table: the week, month and fiscal quarter of each, and whether it is worked."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.world import project_definitions
from warehouse import calendar
from warehouse.definitions.calendar import CalendarFile
from warehouse.engine import Engine
from warehouse.problems import WrongInput

steady = settings(deadline=None, derandomize=True)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
COLUMNS = list(calendar.TYPES)


def japan(**changes) -> CalendarFile:
    return CalendarFile.model_validate({"timezone": "Asia/Tokyo", "fiscal_year_starts": 4, "holidays": "JP", "hours": {"default": ("09:00", "18:00")},
                                        "working_days": ("mon", "tue", "wed", "thu", "fri"), **changes})


def of(day: date, **changes) -> dict:
    """A day's row."""
    [row] = calendar.days(japan(**changes), day, day)
    return dict(zip(COLUMNS, row, strict=True))


def store(engine: Engine, first: date, as_of: date, **changes) -> None:
    calendar.store(engine, dataclasses.replace(project_definitions(), calendar=japan(**changes)), first, as_of)


@steady
@given(DAYS)
@example(date(2024, 12, 30))
@example(date(2027, 1, 3))
def test_a_week_is_the_iso_one_and_starts_on_monday(day) -> None:
    year, number, weekday = day.isocalendar()
    row = of(day)
    assert row["week"] == f"{year}-W{number:02}"
    assert row["week_starts"] == day - timedelta(days=weekday - 1) and row["week_starts"].weekday() == 0


@steady
@given(DAYS)
def test_a_month_is_the_calendars(day) -> None:
    row = of(day)
    assert (row["month"], row["month_starts"]) == (day.isoformat()[:7], date(day.year, day.month, 1))


@steady
@given(DAYS, st.integers(1, 12))
def test_a_quarter_holds_its_day_and_starts_a_whole_number_of_quarters_into_the_fiscal_year(day, starts) -> None:
    row = of(day, fiscal_year_starts=starts)
    begins = row["quarter_starts"]
    months = (day.year - begins.year) * 12 + day.month - begins.month
    assert begins.day == 1 and 0 <= months <= 2 and (begins.month - starts) % 3 == 0
    assert row["quarter"].endswith(f"-Q{(begins.month - starts) % 12 // 3 + 1}")


@steady
@given(DAYS, st.integers(1, 12))
def test_a_fiscal_year_is_named_after_the_year_it_starts_in(day, starts) -> None:
    named = int(of(day, fiscal_year_starts=starts)["quarter"][2:6])
    assert date(named, starts, 1) <= day < date(named + 1, starts, 1)


@pytest.mark.parametrize(("day", "starts", "quarter", "begins"), [
    (date(2026, 11, 20), 4, "FY2026-Q3", date(2026, 10, 1)), (date(2026, 3, 31), 4, "FY2025-Q4", date(2026, 1, 1)),
    (date(2026, 4, 1), 4, "FY2026-Q1", date(2026, 4, 1)), (date(2026, 11, 20), 1, "FY2026-Q4", date(2026, 10, 1)),
    (date(2026, 1, 1), 1, "FY2026-Q1", date(2026, 1, 1)), (date(2027, 1, 31), 12, "FY2026-Q1", date(2026, 12, 1)),
])
def test_quarters_of_fiscal_years_from_april_january_and_december(day, starts, quarter, begins) -> None:
    row = of(day, fiscal_year_starts=starts)
    assert (row["quarter"], row["quarter_starts"]) == (quarter, begins)


@steady
@given(DAYS, st.integers(0, 800))
def test_every_day_stands_once_in_order(first, length) -> None:
    found = [row[0] for row in calendar.days(japan(), first, first + timedelta(days=length))]
    assert found == [first + timedelta(days=number) for number in range(length + 1)]


@pytest.mark.parametrize("day", [date(2026, 5, 6), date(2026, 9, 22), date(2026, 11, 3), date(2026, 11, 23), date(2027, 1, 11)])
def test_a_public_holiday_of_the_country_is_not_worked(day) -> None:
    assert not of(day)["is_working_day"] and of(day, holidays="US")["is_working_day"]


def test_weekdays_are_worked_and_weekends_are_not() -> None:
    assert [row[-1] for row in calendar.days(japan(), date(2026, 11, 9), date(2026, 11, 15))] == [True] * 5 + [False] * 2


def test_other_working_days_may_be_agreed() -> None:
    assert [row[-1] for row in calendar.days(japan(working_days=("sun", "wed")), date(2026, 11, 9), date(2026, 11, 15))] == [
        False, False, True, False, False, False, True]


def test_the_companys_closed_days_are_not_worked_both_ends_included() -> None:
    closed = ({"from": date(2026, 8, 12), "to": date(2026, 8, 13), "name": {"ja": "お盆休み", "en": "Obon"}},)
    assert [row[-1] for row in calendar.days(japan(closed=closed), date(2026, 8, 10), date(2026, 8, 14))] == [True, False, False, False, True]


@pytest.mark.parametrize("first", [date(2025, 5, 19), date(2026, 1, 1), date(2026, 4, 2)])
def test_the_table_holds_whole_weeks_and_quarters_around_the_export(first) -> None:
    with Engine.create() as engine:
        store(engine, first, date(2026, 11, 20))
        [row] = engine.rows("SELECT min(day) AS earliest, max(day) AS latest, min(week_starts) AS monday, min(quarter_starts) FILTER (WHERE day = ?) AS quarter,"
                            " count(*) AS days FROM days", [first])
    assert row["earliest"] == row["monday"] <= row["quarter"] <= first
    assert row["latest"] - date(2026, 11, 20) == timedelta(days=400) and row["days"] == (row["latest"] - row["earliest"]).days + 1


def test_a_date_from_before_computers_does_not_swell_the_table() -> None:
    with Engine.create() as engine:
        store(engine, date(1, 1, 1), date(2026, 11, 20))
        assert engine.value("SELECT min(day) FROM days").year == 1969


def test_a_country_whose_holidays_nobody_knows_is_refused() -> None:
    with Engine.create() as engine, pytest.raises(WrongInput, match=r"calendar\.yml:\d+: the holidays of 'XX' are not known; write a country's two letters, such as JP"):
        store(engine, date(2026, 1, 1), date(2026, 11, 20), holidays="XX")


def test_a_year_whose_holidays_nobody_knows_is_refused() -> None:
    with Engine.create() as engine, pytest.raises(WrongInput, match="the holidays of 'JP' are known until 2099, and the export is of 9999-12-31; name its day with --as-of"):
        store(engine, date(2026, 1, 1), date(9999, 12, 31))
