"""When an export was made: the option, else the adapter, else its own events; planned dates and lone outliers do not count."""

from datetime import date, datetime, timedelta

import pytest
import yaml

from tests.world import project_definitions
from warehouse import as_of
from warehouse.casts import DUCKDB_TYPES
from warehouse.engine import Engine
from warehouse.problems import WrongInput

TABLES = project_definitions().tables
LEADS = """
leads:
  - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-10 10:00:00, next_action_on: 2027-03-01}
  - {lead_id: L2, created_at: 2026-11-12 11:00:00}
"""
EXPORTED = datetime(2026, 11, 15, 18)


@pytest.fixture
def engine():
    with Engine.create() as made:
        yield made


def judged(engine: Engine, given: str, exported_at: datetime | None = None, wanted: date | None = None) -> datetime:
    """The time all is judged by, for canonical tables of the given rows."""
    rows = yaml.safe_load(given)
    for name, table in TABLES.items():
        types = {column: DUCKDB_TYPES[spec.type] for column, spec in table.columns.items()}
        engine.create_table(f"crm.{name}", types, [[row.get(column) for column in types] for row in rows.get(name) or []])
    return as_of.store(engine, TABLES, exported_at, wanted, 14)


def outliers(engine: Engine) -> list[tuple]:
    return [tuple(row.values()) for row in engine.rows("SELECT * FROM as_of_outliers")]


def lead(number: int, created_at: str) -> str:
    return f"  - {{lead_id: L{number}, created_at: {created_at}}}\n"


def test_the_day_asked_for_comes_first_and_means_its_end(engine) -> None:
    assert judged(engine, LEADS, EXPORTED, date(2026, 11, 11)) == datetime(2026, 11, 11, 23, 59, 59)
    assert engine.value("SELECT named_by FROM export_clock") == "option"


def test_what_the_adapter_says_comes_second(engine) -> None:
    assert judged(engine, LEADS, EXPORTED) == EXPORTED
    assert engine.value("SELECT named_by FROM export_clock") == "adapter"


def test_the_newest_event_comes_third(engine) -> None:
    assert judged(engine, LEADS) == datetime(2026, 11, 12, 11)
    assert engine.rows("SELECT * FROM export_clock") == [{
        "as_of": datetime(2026, 11, 12, 11), "as_of_date": date(2026, 11, 12), "first_event_at": datetime(2026, 11, 2, 9), "named_by": "events"}]


@pytest.mark.parametrize(("table", "row"), [
    ("activities", "{activity_id: A1, occurred_at: 2026-11-13 09:00:00}"), ("stage_changes", "{lead_id: L1, to_stage: mql, changed_at: 2026-11-13 09:00:00}"),
    ("appointments", "{appointment_id: P1, set_at: 2026-11-13 09:00:00}"), ("appointments", "{appointment_id: P1, held_at: 2026-11-13 09:00:00}"),
    ("verdicts", "{kind: sql, lead_id: L1, handed_at: 2026-11-13 09:00:00}"), ("verdicts", "{kind: sql, lead_id: L1, handed_at: 2026-11-01 09:00:00, decided_at: 2026-11-13 09:00:00}"),
    ("opportunities", "{opportunity_id: O1, created_at: 2026-11-13 09:00:00}"), ("opportunities", "{opportunity_id: O1, is_won: false, closed_at: 2026-11-13 09:00:00}"),
    ("leads", "{lead_id: L3, created_at: 2026-11-01 09:00:00, assigned_at: 2026-11-13 09:00:00}"),
])
def test_what_took_place_in_any_table_counts(engine, table, row) -> None:
    given = LEADS + (f"  - {row}\n" if table == "leads" else f"{table}:\n  - {row}\n")
    assert judged(engine, given) == datetime(2026, 11, 13, 9)


@pytest.mark.parametrize(("table", "row"), [
    ("appointments", "{appointment_id: P1, set_at: 2026-11-11 09:00:00, scheduled_at: 2026-11-13 09:00:00}"), ("campaigns", "{campaign: C1, ended_on: 2026-11-13}"),
    ("members", "{member_id: M1, left_on: 2026-11-13}"), ("opportunities", "{opportunity_id: O1, created_at: 2026-11-11 09:00:00, closed_at: 2026-11-13 09:00:00}"),
])
def test_what_is_only_planned_does_not_count(engine, table, row) -> None:
    assert judged(engine, f"{LEADS}{table}:\n  - {row}\n") == datetime(2026, 11, 12, 11)


def test_a_lone_time_far_past_all_others_is_set_aside(engine) -> None:
    assert judged(engine, LEADS + lead(3, "2062-11-12 11:00:00")) == datetime(2026, 11, 12, 11)
    assert outliers(engine) == [("leads", "created_at", datetime(2062, 11, 12, 11), 1)]


def test_a_time_seven_days_past_the_others_is_no_outlier(engine) -> None:
    assert judged(engine, LEADS + lead(3, "2026-11-19 11:00:00")) == datetime(2026, 11, 19, 11)
    assert outliers(engine) == []


def test_a_time_just_over_seven_days_past_the_others_is_one(engine) -> None:
    assert judged(engine, LEADS + lead(3, "2026-11-19 11:00:01")) == datetime(2026, 11, 12, 11)
    assert len(outliers(engine)) == 1


def test_many_times_past_a_gap_are_the_export_itself(engine) -> None:
    assert judged(engine, LEADS + lead(3, "2026-12-01 09:00:00") + lead(4, "2026-12-02 09:00:00")) == datetime(2026, 12, 2, 9)
    assert outliers(engine) == []


def test_of_thousands_of_events_a_few_may_be_set_aside(engine) -> None:
    many = "".join(lead(number, str(datetime(2026, 11, 1) + timedelta(minutes=number))) for number in range(2000))
    assert judged(engine, f"leads:\n{many}" + lead(9001, "2062-01-01 00:00:00") + lead(9002, "2162-01-01 00:00:00")) == datetime(2026, 11, 2, 9, 19)
    assert len(outliers(engine)) == 2


def test_a_single_event_is_the_export(engine) -> None:
    assert judged(engine, "leads:\n" + lead(1, "2026-11-02 09:00:00")) == datetime(2026, 11, 2, 9)


def test_an_export_without_any_event_is_told(engine) -> None:
    with pytest.raises(WrongInput, match="hold no event with a time, so nothing says when they were made; name the day with --as-of"):
        judged(engine, "members: [{member_id: M1}]")


def test_an_export_without_any_event_may_be_dated(engine) -> None:
    assert judged(engine, "members: [{member_id: M1}]", wanted=date(2026, 11, 20)) == datetime(2026, 11, 20, 23, 59, 59)


def test_freshness_tells_how_far_each_table_with_events_reaches(engine) -> None:
    judged(engine, LEADS + "activities:\n  - {activity_id: A1, occurred_at: 2026-11-03 09:00:00}\n  - {activity_id: A2, occurred_at: 2062-11-03 09:00:00}\n")
    assert engine.rows("SELECT * FROM table_freshness ORDER BY table_name") == [
        {"table_name": "activities", "newest_at": datetime(2026, 11, 3, 9), "oldest_at": datetime(2026, 11, 3, 9), "records": 1, "fresh_within_days": 14},
        {"table_name": "leads", "newest_at": datetime(2026, 11, 12, 11), "oldest_at": datetime(2026, 11, 2, 9), "records": 3, "fresh_within_days": 14}]


def test_an_outlier_becomes_a_finding(world) -> None:
    finding = world(LEADS + lead(3, "2062-11-12 11:00:00")).finding("times_plausible")
    assert (finding.outcome, finding.rows) == ("warned", [{"record": "leads.created_at", "value": datetime(2062, 11, 12, 11), "records": 1}])


@pytest.mark.parametrize(("kpi", "basis", "given"), [
    ("mqls", "flow", "leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: %s}"),
    ("sqls", "flow", "leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00}\nstage_changes:\n  - {lead_id: L1, to_stage: sql, changed_at: %s}"),
    ("connect_rate", "flow", "leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00}\n"
                             "activities:\n  - {activity_id: A1, lead_id: L1, type: call, is_connected: true, occurred_at: %s}"),
    ("win_rate", "flow", "leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00}\n"
                         "opportunities:\n  - {opportunity_id: O1, lead_id: L1, created_at: 2026-11-02 09:00:00, is_won: true, closed_at: %s}"),
    ("win_rate", "cohort", "leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00}\n"
                           "opportunities:\n  - {opportunity_id: O1, lead_id: L1, is_won: true, closed_at: 2026-11-30 09:00:00, created_at: %s}"),
])
def test_what_happened_after_as_of_does_not_count(world, kpi, basis, given) -> None:
    counted = {}
    for moment in ("2026-11-20 23:00:00", "2026-11-21 00:00:00"):
        [row] = world(given % moment, as_of=date(2026, 11, 20)).kpi(kpi, basis)
        counted[moment] = row.n
    assert counted == {"2026-11-20 23:00:00": 1, "2026-11-21 00:00:00": 0}


def test_a_win_after_as_of_leaves_the_opportunity_open(world) -> None:
    given = "opportunities:\n  - {opportunity_id: O1, created_at: 2026-11-02 09:00:00, is_won: true, closed_at: 2026-11-21 09:00:00}"
    [row] = world(given, as_of=date(2026, 11, 20)).kpi("win_rate", "cohort")
    assert (row.numerator, row.denominator) == (0, 1)
