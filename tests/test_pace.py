"""Where the running week, month and quarter stand by working days, against plain Python; and weeks with holidays per working day."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from macros.book import Book
from macros.pace_tables import paces
from macros.week_tables import week_counts, week_heading, week_rates, week_stocks
from tests.test_calendar import japan
from tests.world import World, project_definitions
from warehouse.definitions import Definitions
from warehouse.definitions.kpis import Target

steady = settings(deadline=None, derandomize=True, max_examples=12)
OPENS, CLOSES = time(9), time(18)
WORDS = project_definitions().targets[0].set_by
PUBLIC = holidays.country_holidays("JP", years=range(2024, 2029))
KINDS = ("week", "month", "quarter")


def defined(targets: list[tuple], *kpis: str, **changes) -> Definitions:
    """The project's definitions with these KPIs only and these targets: (kpi, period, value, since) or with a statistic as a fifth."""
    whole = project_definitions()
    lines = tuple(Target(kpi=kpi, period=period, value=value, effective_from=since, statistic=rest[0] if rest else None, set_by=WORDS)
                  for kpi, period, value, since, *rest in targets)
    return replace(whole, kpis={name: whole.kpis[name] for name in kpis}, targets=lines, **changes)


def mqls(*moments: datetime, first: datetime = datetime(2026, 9, 1, 9)) -> dict[str, list[dict]]:
    """A lead for each moment at which one became MQL, and one that never did, from which on the export tells."""
    leads = [{"lead_id": "L0", "created_at": first, "mql_at": None}]
    return {"leads": leads + [{"lead_id": f"L{number}", "created_at": moment, "mql_at": moment} for number, moment in enumerate(moments, 1)]}


def pace(made: World) -> dict[str, dict]:
    """The rows by kind of period."""
    return {row["period_kind"]: row for row in made.engine.rows("SELECT * FROM kpi_paces ORDER BY period_kind")}


# By plain Python

def is_worked(day: date) -> bool:
    """A day that is no weekend, no public holiday and none of the company's: お盆 from 12 to 15 August, the turn of the year from 29 December to 3 January."""
    company = (8, 12) <= (day.month, day.day) <= (8, 15) or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and day not in PUBLIC and not company


def bounds(kind: str, day: date) -> tuple[date, date]:
    """The first and last day of the week, month or quarter of a day; a fiscal quarter from April is one of the calendar's."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = date(day.year, day.month if kind == "month" else (day.month - 1) // 3 * 3 + 1, 1)
    after = first + timedelta(days=31 if kind == "month" else 93)
    return first, date(after.year, after.month, 1) - timedelta(days=1)


def expected(kind: str, as_of: datetime, target: float, value: float) -> dict:
    """What a row has to say, worked out day by day."""
    first, last = bounds(kind, as_of.date())
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    worked = [day for day in days if is_worked(day)]
    over = [day for day in worked if datetime.combine(day, CLOSES) <= as_of]
    hours = [max(timedelta(), min(as_of, datetime.combine(day, CLOSES)) - datetime.combine(day, OPENS)) / timedelta(hours=9) for day in worked]
    elapsed, left = sum(hours), len(worked) - len(over)
    return {
        "working_days": len(worked), "days_passed": len(over), "days_elapsed": elapsed,
        "expected": target * elapsed / len(worked) if worked else None,
        "projected": value * len(worked) / elapsed if worked and elapsed and elapsed * 3 >= len(worked) else None,
        "needed_per_day": max(target - value, 0) / left if left else None,
    }


MOMENTS = {
    "Monday before opening": datetime(2026, 11, 16, 8),
    "Monday at opening": datetime(2026, 11, 16, 9),
    "Monday noon": datetime(2026, 11, 16, 12, 20, 7),
    "one second before closing": datetime(2026, 11, 16, 17, 59, 59),
    "Monday at closing": datetime(2026, 11, 16, 18),
    "Monday night": datetime(2026, 11, 16, 23, 30),
    "before a third of the days": datetime(2026, 11, 17, 14, 59),
    "after a third of the days": datetime(2026, 11, 17, 15, 1),
    "Friday evening": datetime(2026, 11, 20, 17, 45),
    "Saturday": datetime(2026, 11, 21, 10),
    "a week with two holidays": datetime(2025, 5, 8, 11),
    "a holiday itself": datetime(2026, 11, 3, 11),
    "golden week": datetime(2026, 5, 7, 9, 30),
    "obon with one day worked": datetime(2026, 8, 10, 16),
    "obon without a day worked": datetime(2025, 8, 13, 12),
    "the end of the year": datetime(2026, 12, 28, 18),
    "the first days of the year": datetime(2027, 1, 4, 13),
    "a month that ends on a Sunday": datetime(2026, 5, 29, 19),
    "the Saturday before that month ends": datetime(2026, 5, 30, 12),
    "the first day of a quarter": datetime(2026, 10, 1, 13),
}


def check(as_of: datetime, target: float, count: int) -> None:
    since = date(2025, 4, 1)
    made = World(mqls(*[as_of - timedelta(seconds=1)] * count, first=as_of - timedelta(days=2)), definitions=defined([("mqls", kind, target, since) for kind in KINDS], "mqls"), exported_at=as_of)
    with made.engine:
        found = pace(made)
        assert set(found) == set(KINDS)
        for kind, row in found.items():
            wanted = expected(kind, as_of, target, count)
            assert {name: row[name] for name in wanted} == pytest.approx(wanted), kind
            assert (row["value"], row["target"]) == (count, target)


@pytest.mark.parametrize("name", MOMENTS)
def test_the_pace_is_what_counting_day_by_day_gives(name) -> None:
    check(MOMENTS[name], 12, 5)


@steady
@given(st.datetimes(datetime(2025, 6, 1), datetime(2027, 3, 1)), st.integers(1, 40), st.integers(1, 30))
@example(datetime(2026, 12, 31, 9), 10, 3)
def test_the_pace_of_any_moment_is_what_counting_day_by_day_gives(moment, target, count) -> None:
    as_of = moment.replace(microsecond=0)
    if as_of.time() < time(23, 59, 58) and as_of.time() > time(0, 0, 1):
        check(as_of, float(target), count)


# Said in figures

def test_a_day_named_by_option_is_over(world) -> None:
    found = pace(world(mqls(datetime(2026, 11, 17, 10)), date(2026, 11, 18), defined([("mqls", "week", 10, date(2026, 1, 1))], "mqls")))["week"]
    assert (found["days_passed"], found["working_days"], found["expected"], found["projected"]) == (3, 5, 6.0, pytest.approx(1 / 3 * 5))
    assert found["needed_per_day"] == 4.5


def test_a_day_named_by_option_is_over_where_work_goes_on_till_midnight(world) -> None:
    calendar = japan(hours={"default": ("00:00", "24:00")})
    found = pace(world(mqls(), date(2026, 11, 18), defined([("mqls", "week", 10, date(2026, 1, 1))], "mqls", calendar=calendar)))["week"]
    assert (found["days_passed"], found["days_elapsed"]) == (3, 3.0)


def test_a_whole_week_is_no_running_one(world) -> None:
    found = pace(world(mqls(), date(2026, 11, 22), defined([("mqls", kind, 10, date(2026, 1, 1)) for kind in KINDS], "mqls")))
    assert sorted(found) == ["month", "quarter"]


def test_every_department_has_its_own_closing(world) -> None:
    calendar = japan(hours={"default": ("09:00", "18:00"), "marketing": ("09:00", "17:00")})
    targets = [(kpi, "week", 10, date(2026, 1, 1)) for kpi in ("mqls", "sqls")]
    given = {**mqls(datetime(2026, 11, 17, 10)), "stage_changes": [{"lead_id": "L1", "to_stage": "sql", "changed_at": datetime(2026, 11, 17, 10)}]}
    made = world(given, exported_at=datetime(2026, 11, 18, 17, 30), definitions=defined(targets, "mqls", "sqls", calendar=calendar))
    found = {row["kpi"]: (row["days_passed"], row["days_elapsed"]) for row in made.engine.rows("SELECT * FROM kpi_paces")}
    assert found == {"mqls": (3, 3.0), "sqls": (2, pytest.approx(2 + 8.5 / 9))}


@pytest.mark.parametrize(("direction", "count", "standing"), [
    ("up", 10, "reached"), ("up", 11, "reached"), ("up", 6, "on_pace"), ("up", 5, "behind"), ("up", 0, "behind"),
    ("down", 11, "exceeded"), ("down", 10, "too_fast"), ("down", 7, "too_fast"), ("down", 6, "on_pace"), ("down", 0, "on_pace"),
])
def test_it_stands_by_where_it_should_be_now(world, direction, count, standing) -> None:
    """Ten a week, and three of five days over: six by now."""
    given = mqls(*[datetime(2026, 11, 17, 10)] * count, first=datetime(2026, 11, 10, 10))
    found = pace(world(given, date(2026, 11, 18), directed(direction)))["week"]
    assert (found["expected"], found["standing"]) == (6.0, standing)


@pytest.mark.parametrize(("direction", "healths"), [("up", ["missed", "met", "met"]), ("down", ["met", "met", "missed"])])
def test_a_target_to_stay_below_is_met_at_it_and_missed_above(world, direction, healths) -> None:
    weeks = [datetime(2026, 10, 5, 10), datetime(2026, 10, 12, 10), datetime(2026, 10, 19, 10)]
    made = world(mqls(*weeks[:1] * 9, *weeks[1:2] * 10, *weeks[2:] * 11), date(2026, 10, 25), directed(direction))
    rows = made.engine.rows("SELECT health FROM weekly_kpis WHERE week IN ('2026-W41', '2026-W42', '2026-W43') ORDER BY week")
    assert [row["health"] for row in rows] == healths


def directed(direction: str) -> Definitions:
    """Ten MQLs a week, wanted or feared."""
    made = defined([("mqls", "week", 10, date(2026, 1, 1))], "mqls")
    return replace(made, kpis={"mqls": made.kpis["mqls"].model_copy(update={"direction": direction})})


def test_without_a_working_day_nothing_is_expected_or_needed(world) -> None:
    found = pace(world(mqls(datetime(2025, 8, 12, 10), first=datetime(2025, 8, 1, 10)), date(2025, 8, 15), defined([("mqls", "week", 10, date(2025, 4, 1))], "mqls")))["week"]
    assert (found["working_days"], found["value"]) == (0, 1)
    assert [found[name] for name in ("expected", "projected", "needed_per_day", "standing")] == [None] * 4


def test_a_target_changed_within_a_period_holds_from_the_next_one(world) -> None:
    targets = [("mqls", kind, value, since) for kind in KINDS for value, since in ((10, date(2025, 4, 1)), (20, date(2026, 11, 18)))]
    made = defined(targets, "mqls")
    changed = {moment: {kind: row["target"] for kind, row in pace(world(mqls(), moment, made)).items()} for moment in (date(2026, 11, 19), date(2026, 11, 24), date(2026, 12, 1))}
    assert changed == {date(2026, 11, 19): {"week": 10, "month": 10, "quarter": 10}, date(2026, 11, 24): {"week": 20, "month": 10, "quarter": 10},
                       date(2026, 12, 1): {"week": 20, "month": 20, "quarter": 10}}


def test_a_figure_without_a_target_yet_has_no_pace(world) -> None:
    made = world(mqls(), date(2026, 11, 19), defined([("mqls", "week", 10, date(2026, 11, 23)), ("mqls", "month", 40, date(2026, 11, 2))], "mqls"))
    assert pace(made) == {}


CALLS = {"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9)}],
         "activities": [{"activity_id": f"A{number}", "lead_id": "L1", "occurred_at": datetime(2026, 11, 17, 10, number), "type": "call", "is_connected": number < 20} for number in range(50)]}


OWNERLESS = {"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 9, 9), "mql_at": datetime(2026, 11, 9, 9), "stage": "mql", "owner_id": None, "next_action_on": None}],
             "activities": [{"activity_id": "A1", "lead_id": "L1", "occurred_at": datetime(2026, 11, 17, 10), "type": "call"}]}


def test_a_rate_has_its_interval_and_n_and_nothing_spread_over_days(world) -> None:
    found = pace(world(CALLS, date(2026, 11, 18), defined([("connect_rate", "week", 0.3, date(2026, 1, 1))], "connect_rate")))["week"]
    assert (found["value"], found["n"], found["numerator"], found["denominator"], found["health"]) == (0.4, 50, 20, 50, "small_n")
    assert 0.27 < found["low"] < found["value"] < found["high"] < 0.55
    assert [found[name] for name in ("expected", "projected", "needed_per_day", "standing")] == [None] * 4


def test_a_count_that_the_export_cannot_tell_stands_nowhere(world) -> None:
    found = pace(world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9)}]}, date(2026, 11, 18), defined([("mqls", "week", 10, date(2026, 1, 1))], "mqls")))["week"]
    assert [found[name] for name in ("value", "projected", "needed_per_day", "standing")] == [None] * 4


def test_a_stock_has_no_pace(world) -> None:
    made = world(OWNERLESS, date(2026, 11, 18), defined([("missed_followup_rate", "week", 0.1, date(2026, 1, 1))], "missed_followup_rate"))
    assert made.engine.value("SELECT value FROM kpi_headlines") == 1.0 and pace(made) == {}


# Weeks with holidays

def weeks(made: World, *columns: str) -> dict[str, tuple]:
    return {row["week"]: tuple(row[name] for name in columns) for row in made.engine.rows("SELECT * FROM weekly_kpis WHERE kpi = 'mqls' ORDER BY week")}


def test_a_week_with_a_holiday_stands_per_working_day_beside(world) -> None:
    """Four days with eight, then five with ten: as many a day."""
    given = mqls(datetime(2026, 10, 29, 10), *[datetime(2026, 11, 4, 10)] * 8, *[datetime(2026, 11, 11, 10)] * 10)
    found = weeks(world(given, date(2026, 11, 15), defined([], "mqls")), "change", "working_days", "is_short", "previous_is_short", "value_per_day", "previous_per_day", "change_per_day")
    assert found["2026-W45"] == (7.0, 4, True, False, 2.0, 0.2, 1.8)
    assert found["2026-W46"] == (2.0, 5, False, True, 2.0, 2.0, 0.0)


def test_the_target_of_a_working_day_is_that_of_a_whole_week_spread_over_it(world) -> None:
    """Fifteen a week are three a day, in a week of four days too; a time is no count."""
    made = world(mqls(datetime(2026, 11, 4, 10)), date(2026, 11, 15), defined([("mqls", "week", 15, date(2026, 1, 1))], "mqls"))
    assert weeks(made, "target", "target_per_day", "value_per_day")["2026-W45"] == (15, 3.0, 0.25)


def test_a_week_without_a_working_day_has_no_value_per_day(world) -> None:
    found = weeks(world(mqls(datetime(2026, 1, 1, 10), datetime(2026, 1, 6, 10), first=datetime(2025, 12, 1)), date(2026, 1, 11), defined([], "mqls")), "value", "working_days", "value_per_day", "change_per_day")
    assert (found["2026-W01"], found["2026-W02"]) == ((1.0, 0, None, None), (1.0, 5, 0.2, None))


def test_a_rate_is_not_spread_over_working_days(world) -> None:
    made = world(CALLS, date(2026, 11, 18), defined([("connect_rate", "week", 0.3, date(2026, 1, 1))], "connect_rate"))
    assert {(row["value_per_day"], row["change_per_day"], row["target_per_day"]) for row in made.engine.rows("SELECT * FROM weekly_kpis")} == {(None, None, None)}


def test_the_longest_week_is_no_short_one_whatever_days_are_worked(world) -> None:
    calendar = japan(working_days=("mon", "tue", "wed", "thu", "fri", "sat"))
    rows = world(mqls(), date(2026, 11, 15), defined([], "mqls", calendar=calendar)).engine.rows("SELECT * FROM week_lengths WHERE week IN ('2026-W45', '2026-W46') ORDER BY week")
    assert [(row["working_days"], row["is_short"]) for row in rows] == [(5, True), (6, False)]


def test_a_week_cut_off_by_the_end_of_the_table_has_no_length(world) -> None:
    engine = world(mqls(), date(2026, 11, 18), defined([], "mqls")).engine
    assert engine.value("SELECT min(last_on) FROM (SELECT max(day) AS last_on, count(*) AS days FROM days GROUP BY week) WHERE days < 7") is not None
    assert engine.value("SELECT max(weeks) FROM (SELECT count(*) AS weeks FROM days JOIN week_lengths USING (week) GROUP BY week)") == 7
    assert engine.value("SELECT min(weeks) FROM (SELECT count(*) AS weeks FROM days JOIN week_lengths USING (week) GROUP BY week)") == 7


@pytest.mark.parametrize(("week", "off"), [
    ("2026-W45", [("2026-11-03", "2026-11-03", 1, "文化の日", "Culture Day")]),
    ("2026-W46", []),
    ("2026-W19", [("2026-05-04", "2026-05-04", 1, "みどりの日", "Greenery Day"), ("2026-05-05", "2026-05-05", 1, "こどもの日", "Children's Day"),
                  ("2026-05-06", "2026-05-06", 1, "振替休日", "Substitute Holiday")]),
    ("2026-W33", [("2026-08-11", "2026-08-11", 1, "山の日", "Mountain Day"), ("2026-08-12", "2026-08-14", 3, "お盆休み", "Obon holidays")]),
    ("2026-W53", [("2026-12-29", "2027-01-01", 4, "年末年始", "New Year holidays")]),
])
def test_a_week_says_which_of_its_working_days_are_off_and_why(world, week, off) -> None:
    rows = world(mqls(), date(2026, 11, 18), defined([], "mqls")).engine.rows("SELECT * FROM week_closures WHERE week = ? ORDER BY starts_on", [week])
    assert [(str(row["starts_on"]), str(row["ends_on"]), row["days_off"], row["name_ja"], row["name_en"]) for row in rows] == off


# Printed

@pytest.fixture(params=["ja", "en"])
def book(request):
    """Makes a book over a world, in each language."""
    def make(made: World) -> Book:
        bound = Book(made.definitions, Path(), [], request.param, "team", {}, page_url="weekly.html")
        bound.__dict__["engine"] = made.engine
        return bound

    return make


def test_the_heading_says_how_long_the_week_was_and_why(world, book) -> None:
    made = book(world(mqls(), date(2026, 11, 8), defined([], "mqls")))
    said = {"ja": "営業日4日（休み：2026&#45;11&#45;03 文化の日）", "en": "working days&#58; 4 &#40;off&#58; 2026&#45;11&#45;03 Culture Day&#41;"}
    assert said[made.language] in week_heading(made) and week_heading(made).count("<p") == 2


def test_the_heading_says_that_the_week_before_was_short(world, book) -> None:
    made = book(world(mqls(), date(2026, 11, 15), defined([], "mqls")))
    assert {"ja": "営業日5日", "en": "working days&#58; 5"}[made.language] in week_heading(made)
    assert {"ja": "前の週の2026&#45;W45は営業日4日", "en": "The week before, 2026&#45;W45, had 4"}[made.language] in week_heading(made)


def test_between_whole_weeks_nothing_is_said_per_working_day(world, book) -> None:
    made = book(world(mqls(datetime(2026, 11, 17, 10)), date(2026, 11, 22), defined([], "mqls")))
    assert week_heading(made).count("<p") == 1
    assert made.label("per_working_day") not in week_counts(made) and made.label("target") in week_counts(made)


def test_beside_a_short_week_every_count_stands_per_working_day(world, book) -> None:
    made = book(world(mqls(*[datetime(2026, 11, 11, 10)] * 12), date(2026, 11, 15), defined([("mqls", "week", 15, date(2026, 1, 1))], "mqls")))
    shown = week_counts(made)
    assert made.label("per_working_day") in shown and f'<td class="num">2&#46;4 <span class="note">{made.label("target")} 3</span></td>' in shown


def test_a_pace_is_told_with_what_each_day_left_needs(world, book) -> None:
    made = book(world(mqls(*[datetime(2026, 11, 17, 10)] * 3), date(2026, 11, 18), defined([("mqls", "week", 10, date(2026, 1, 1))], "mqls")))
    shown = paces(made)
    for words in (made.label("pace_behind"), "<td class=\"num\">3&#46;5</td>", "<td class=\"num\">6</td>", made.label("days_of", passed=3, all=5)):
        assert words in shown


def test_in_the_first_days_the_projection_is_words(world, book) -> None:
    targets = [("mqls", "week", 10, date(2026, 1, 1))]
    early, later = (book(world(mqls(datetime(2026, 11, 16, 10)), day, defined(targets, "mqls"))) for day in (date(2026, 11, 16), date(2026, 11, 17)))
    assert early.label("too_early") in paces(early) and later.label("too_early") not in paces(later)


def test_what_should_stay_low_may_still_bring_so_many(world, book) -> None:
    made = book(world(mqls(*[datetime(2026, 11, 17, 10)] * 6), date(2026, 11, 18), directed("down")))
    assert made.label("at_most", count="2") in paces(made) and made.label("on_pace") in paces(made)


def test_without_a_running_target_the_page_says_so(world, book) -> None:
    made = book(world(mqls(), date(2026, 11, 18), defined([], "mqls")))
    assert made.label("no_pace") in paces(made) and "<table" not in paces(made)


def test_a_stock_stands_by_itself_and_names_its_day(world, book) -> None:
    made = book(world(OWNERLESS, date(2026, 11, 18), defined([("missed_followup_rate", "week", 0.1, date(2026, 1, 1))], "missed_followup_rate", "overdue_leads")))
    shown = week_stocks(made)
    assert made.label("stock_at", day="2026-11-18") in shown and "1 &#47; 1" in shown
    assert all(made.text(made.kpi(name).name) not in table(made) for name in ("missed_followup_rate", "overdue_leads") for table in (week_counts, week_rates))


def test_a_kpi_with_several_figures_has_a_row_for_each_that_is_no_detail(world, book) -> None:
    given = {"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 9, 9), "mql_at": datetime(2026, 11, 9, 10), "source": "web_inquiry"}],
             "activities": [{"activity_id": "A1", "lead_id": "L1", "occurred_at": datetime(2026, 11, 9, 11), "type": "call"}]}
    made = book(world(given, date(2026, 11, 15), defined([], "response_minutes")))
    names = {name: made.text(figure.name) for name, figure in made.kpi("response_minutes").figures("flow").items()}
    counts, rates = week_counts(made), week_rates(made)
    assert [name for name, words in names.items() if f"· {words}</td>" in counts] == ["median", "p90", "untouched_overdue"]
    assert [name for name, words in names.items() if f"· {words}</td>" in rates] == ["in_time"]
    assert {"ja": "1時間", "en": "1 h"}[made.language] in counts
