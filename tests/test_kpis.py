"""What holds for every KPI: intervals, totals, unknowns, episodes, horizons, and the query a page shows for it."""

import csv
import dataclasses
import random
from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from publish.prepare import prepare
from tests.world import PROJECT, ROOT, World, project_definitions
from warehouse import build, kpis, measures
from warehouse.definitions.kpis import PLAIN
from warehouse.engine import Engine
from warehouse.problems import WrongInput
from warehouse.select import select

pytestmark = pytest.mark.xdist_group("sample warehouse")
SAMPLE = ROOT / "data" / "sample"
KPIS = project_definitions().kpis
BASES = [(name, basis) for name, kpi in KPIS.items() for basis in kpi.bases]
FLOWS = [name for name, kpi in KPIS.items() if "flow" in kpi.bases and kpi.unit != "minutes"]
FIGURES = [(name, basis, statistic) for name, kpi in KPIS.items() for basis in kpi.bases for statistic in kpi.figures(basis)]
ADDITIVE = [(name, basis) for name, basis in BASES if KPIS[name].unit != "minutes" and not KPIS[name].is_stock]
COHORTS = [name for name, kpi in KPIS.items() if "cohort" in kpi.bases]
KPI_VALUES = (PROJECT.marts / "kpi_values.sql").read_text(encoding="utf-8")
LEAD = "leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00}\n"


@pytest.fixture(scope="module")
def sample_path():
    return prepare(build.load(PROJECT, SAMPLE)).path


@pytest.fixture
def sample(sample_path):
    """The sample's warehouse, on a connection of the test's own."""
    with Engine.read(sample_path) as engine:
        yield engine


def only(rows: list) -> kpis.KpiRow:
    [row] = rows
    return row


# Intervals

def pairs() -> list[tuple[int, int]]:
    small = [(hits, n) for n in range(1, 41) for hits in range(n + 1)]
    return small + [(hits, n) for n in (100, 842, 8000, 10**6) for hits in (0, 1, n // 10, n // 2, n - 1, n)]


def test_the_intervals_are_wilsons(world) -> None:
    engine = world(LEAD + "stage_changes:\n  - {lead_id: L1, to_stage: won, changed_at: 2026-11-03 09:00:00}\n").engine
    engine.run("CREATE TEMP TABLE kpi_counts AS SELECT * FROM marts.kpi_counts LIMIT 0")
    counted = [("mql_to_won", "cohort", PLAIN, side, "all", "all", "source", f"{hits}/{n}", records)
               for hits, n in pairs() for side, records in (("numerator", hits), ("denominator", n))]
    engine.append("temp.kpi_counts", list(kpis.COUNTS.values()), counted)
    found = {row["key"]: row for row in engine.rows(KPI_VALUES) if row["dimension"] == "source"}
    assert len(found) == len(pairs())
    for hits, n in pairs():
        row, (low, high) = found[f"{hits}/{n}"], proportion_confint(hits, n, method="wilson")
        assert (row["value"], row["low"], row["high"], row["n"]) == (pytest.approx(hits / n, abs=1e-15), pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9), n)
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1


def test_without_a_denominator_there_is_no_rate(world) -> None:
    row = only(world(LEAD + "stage_changes:\n  - {lead_id: L1, to_stage: sql, changed_at: 2026-11-03 09:00:00}\n").kpi("mql_to_sql", "cohort"))
    assert (row.numerator, row.denominator, row.value, row.low, row.high, row.n) == (0, 0, None, None, None, 0)


def test_a_count_has_neither_numerator_nor_denominator_nor_interval(world) -> None:
    row = only(world("leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00}\n").kpi("mqls", "flow"))
    assert (row.numerator, row.denominator, row.value, row.low, row.high, row.n, row.mature) == (None, None, 1, None, None, 1, None)


# What cannot be known

WITHOUT_COLUMNS = {"mqls": "leads.mql_at or stage_changes.to_stage", "sqls": "stage_changes.to_stage or verdicts.handed_at",
                   "connect_rate": "activities.occurred_at", "win_rate": "opportunities.closed_at"}


@pytest.mark.parametrize("name", WITHOUT_COLUMNS)
def test_a_kpi_whose_columns_the_export_lacks_is_null_and_says_which(world, name) -> None:
    made = world(LEAD)
    assert WITHOUT_COLUMNS[name] in made.missing()[name]
    for basis in KPIS[name].bases:
        row = only(made.kpi(name, basis))
        assert (row.numerator, row.denominator, row.value, row.low, row.high, row.n) == (None,) * 6


def test_a_kpi_whose_milestone_has_no_stage_is_null_and_says_which(world) -> None:
    definitions = project_definitions()
    without = dataclasses.replace(definitions, stages=tuple(stage for stage in definitions.stages if stage.milestone != "sql"))
    made = world("leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00}\n"
                 "verdicts:\n  - {kind: sql, lead_id: L1, handed_at: 2026-11-03 09:00:00}\n", definitions=without)
    assert {name for name, lacking in made.missing().items() if "sql" in lacking} == {name for name, kpi in KPIS.items() if "sql" in kpi.needs.milestones}
    assert [(row.value, row.n) for row in (only(made.kpi("sqls", "flow")), only(made.kpi("mql_to_sql", "cohort")))] == [(None, None)] * 2
    assert only(made.kpi("mqls", "flow")).value == 1


def test_after_a_table_fell_silent_a_kpi_of_it_is_unknown_and_no_longer_zero(world) -> None:
    calls = "activities:\n  - {activity_id: A1, lead_id: L1, occurred_at: 2026-09-01 09:00:00, type: call, is_connected: true}\n"
    rows = world(LEAD + calls, as_of=date(2026, 11, 20)).kpi("connect_rate", "flow", "month")
    assert [(row.period, row.denominator, row.value) for row in rows] == [("2026-09", 1, 1.0), ("2026-10", None, None), ("2026-11", None, None)]


def test_of_alternative_tables_the_one_that_goes_on_longest_counts(world) -> None:
    given = ("leads:\n  - {lead_id: L1, created_at: 2026-09-01 09:00:00, mql_at: 2026-09-01 09:00:00}\n  - {lead_id: L2, created_at: 2026-11-02 09:00:00}\n"
             "stage_changes:\n  - {lead_id: L1, to_stage: sql, changed_at: 2026-09-02 09:00:00}\n"
             "verdicts:\n  - {kind: sql, lead_id: L1, handed_at: 2026-11-02 09:00:00}\n")
    assert [(row.period, row.value) for row in world(given).kpi("sqls", "flow", "month")] == [("2026-09", 1), ("2026-10", 0), ("2026-11", 0)]


def test_a_period_before_a_kpis_first_record_has_no_row(world) -> None:
    made = world("leads:\n  - {lead_id: L1, created_at: 2026-08-03 09:00:00, mql_at: 2026-10-05 09:00:00}\n  - {lead_id: L2, created_at: 2026-11-20 09:00:00}\n",
                 as_of=date(2026, 11, 20))
    assert [(row.period, row.value) for row in made.kpi("mqls", "flow", "month")] == [("2026-10", 1), ("2026-11", 0)]
    assert [row.period for row in made.kpi("mqls", "flow", "quarter")] == ["FY2026-Q3"]


def test_a_definition_that_does_not_run_on_its_mart_is_told_with_its_line() -> None:
    definitions = project_definitions()
    basis = definitions.kpis["connect_rate"].bases["flow"]
    broken = definitions.kpis["connect_rate"].model_copy(update={"bases": {"flow": basis.model_copy(update={
        "numerator": basis.numerator.model_copy(update={"where": "is_dialled"})})}})
    line = definitions.sources["kpis/connect_rate.yml"].line(("bases",))
    with pytest.raises(WrongInput) as error:
        World(LEAD, definitions=dataclasses.replace(definitions, kpis={**definitions.kpis, "connect_rate": broken}))
    assert str(error.value).startswith(f'playbook/definitions/kpis/connect_rate.yml:{line}: does not run over touches: Binder Error: Referenced column "is_dialled" not found')


# Dimensions

def test_an_empty_source_stands_apart_from_one_called_unknown(world) -> None:
    given = "leads:\n" + "".join(f"  - {{lead_id: L{number}, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00, source: {source}}}\n"
                                 for number, source in enumerate(("unknown", "unknown", "null", "webinar")))
    rows = world(given).kpi("mqls", "flow", by="source")
    assert [(row.by, row.key, row.value) for row in rows] == [(None, None, 4), ("source", "unknown", 2), ("source", "webinar", 1), ("source", None, 1)]


@pytest.mark.parametrize(("name", "basis"), BASES)
def test_the_values_of_a_dimension_add_up_to_the_total(sample, name, basis) -> None:
    differing = sample.rows("""
        WITH parts AS (
          SELECT statistic, period_kind, period, dimension, sum(numerator) AS numerator, sum(denominator) AS denominator, sum(n) AS n
          FROM kpi_values WHERE kpi = ? AND basis = ? AND dimension IS NOT NULL GROUP BY ALL
        )
        SELECT total.period, parts.dimension
        FROM parts JOIN kpi_values AS total ON total.kpi = ? AND total.basis = ? AND total.dimension IS NULL AND total.statistic = parts.statistic
          AND total.period_kind = parts.period_kind AND total.period = parts.period
        WHERE parts.numerator IS DISTINCT FROM total.numerator OR parts.denominator IS DISTINCT FROM total.denominator OR parts.n <> total.n""", [name, basis] * 2)
    assert differing == []
    found = {row["dimension"] for row in sample.rows("SELECT DISTINCT dimension FROM kpi_values WHERE kpi = ? AND basis = ?", [name, basis])}
    assert found == {None, *kpis.dimensions(sample, KPIS[name].mart)} and "source" in found


# Periods

@pytest.mark.parametrize("name", FLOWS)
def test_the_weeks_months_and_quarters_of_a_flow_add_up_to_all_of_it(sample, name) -> None:
    sums = sample.rows("SELECT period_kind, dimension, key, sum(coalesce(numerator, value)) AS numerator, sum(denominator) AS denominator FROM kpi_values"
                       " WHERE kpi = ? AND basis = 'flow' AND period_kind <> 'four_weeks' GROUP BY ALL", [name])
    found = defaultdict(dict)
    for row in sums:
        found[row["dimension"], row["key"]][row["period_kind"]] = (row["numerator"], row["denominator"])
    assert {kind for kinds in found.values() for kind in kinds} == set(kpis.PERIODS)
    assert [key for key, kinds in found.items() if set(kinds) != set(kpis.PERIODS) or len(set(kinds.values())) > 1] == []
    assert len(found) > 20


@pytest.mark.parametrize(("name", "basis"), ADDITIVE)
def test_four_weeks_are_the_sum_of_their_weeks(sample, name, basis) -> None:
    rows = sample.rows("SELECT period_kind, period, starts_on, coalesce(numerator, value) AS numerator, denominator FROM kpi_values"
                       " WHERE kpi = ? AND basis = ? AND dimension IS NULL AND period_kind IN ('week', 'four_weeks') ORDER BY starts_on, period", [name, basis])
    weeks = [row for row in rows if row["period_kind"] == "week"]
    four = {row["period"]: row for row in rows if row["period_kind"] == "four_weeks"}
    assert len(weeks) == len(four) > 70
    for last, week in enumerate(weeks):
        part = weeks[max(0, last - 3):last + 1]
        assert four[week["period"]]["numerator"] == sum(row["numerator"] for row in part)
        assert four[week["period"]]["denominator"] == (None if week["denominator"] is None else sum(row["denominator"] for row in part))


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
@pytest.mark.parametrize(("name", "basis", "statistic"), FIGURES)
def test_the_query_shown_on_a_page_counts_what_is_stored(sample, name, basis, statistic, period) -> None:
    queried = select(sample, measures.query(KPIS[name], basis, period, statistic))
    counted = {row[period]: tuple(row.values())[1:] for row in queried}
    shown = {"rate": ("numerator", "denominator"), "minutes": ("value", "n")}.get(KPIS[name].figures(basis)[statistic].unit, ("value",))
    rows = [row for row in kpis.rows(sample, name, basis, period, None) if (row.statistic or PLAIN) == statistic]
    stored = {row.period: tuple(getattr(row, column) for column in shown) for row in rows}
    assert {key: counts for key, counts in counted.items() if any(counts)} == {key: counts for key, counts in stored.items() if any(counts)}
    assert len(counted) >= (1 if KPIS[name].is_stock else 5)


# Horizons

def test_all_horizons_count_whatever_was_reached_and_a_shorter_one_less(world) -> None:
    given = "leads:\n" + "".join(f"  - {{lead_id: L{days}, created_at: 2026-01-05 09:00:00, mql_at: 2026-01-05 09:00:00}}\n" for days in (0, 10, 100, 200)) + \
        "stage_changes:\n" + "".join(f"  - {{lead_id: L{days}, to_stage: won, changed_at: {date.fromordinal(date(2026, 1, 5).toordinal() + days)} 09:00:00}}\n" for days in (0, 10, 100, 200))
    won = {}
    for horizon in (None, 0, 10, 199):
        row = only(kpis.rows_at_horizon(world(given).engine, KPI_VALUES, "mql_to_won", KPIS["mql_to_won"], horizon, "all", None))
        won[horizon] = (row.numerator, row.denominator)
    assert won == {None: (4, 4), 0: (1, 4), 10: (2, 4), 199: (3, 4)}


@pytest.mark.parametrize("name", COHORTS)
def test_the_kpis_own_horizon_gives_the_stored_rows(sample, name) -> None:
    horizon = KPIS[name].bases["cohort"].horizon_days
    found = kpis.rows_at_horizon(sample, KPI_VALUES, name, KPIS[name], horizon, "month", "source")
    assert found == kpis.rows(sample, name, "cohort", "month", "source")


@pytest.mark.parametrize("name", COHORTS)
def test_without_a_horizon_all_periods_together_give_the_stored_row(sample, name) -> None:
    found = kpis.rows_at_horizon(sample, KPI_VALUES, name, KPIS[name], None, "all", "source")
    assert found == kpis.rows(sample, name, "cohort", "all", "source")


@pytest.mark.parametrize("horizon", [7, 45, 90, None])
def test_another_horizon_is_what_plain_python_counts(sample, horizon) -> None:
    as_of = sample.value("SELECT as_of_date FROM export_clock")
    expected = defaultdict(lambda: [0, 0])
    for row in sample.rows("SELECT CAST(mql_at AS DATE) AS entered, CAST(sql_at AS DATE) AS reached FROM lead_journeys WHERE mql_at IS NOT NULL"):
        if horizon is None or (as_of - row["entered"]).days >= horizon:
            counts = expected[f"{row['entered']:%Y-%m}"]
            counts[0] += row["reached"] is not None and (horizon is None or 0 <= (row["reached"] - row["entered"]).days <= horizon)
            counts[1] += 1
    found = kpis.rows_at_horizon(sample, KPI_VALUES, "mql_to_sql", KPIS["mql_to_sql"], horizon, "month", None)
    assert {row.period: [row.numerator, row.denominator] for row in found if row.denominator} == dict(expected)
    assert {row.mature for row in found} == ({None} if horizon is None else {True, False})


# Episodes

def episodes(made: World) -> list[tuple]:
    return [tuple(row.values()) for row in made.engine.rows("SELECT lead_id, episode, mql_at IS NOT NULL AS mql, won_at IS NOT NULL AS won FROM lead_journeys ORDER BY ALL")]


def test_duplicates_by_e_mail_are_counted_once_as_the_first_created(world) -> None:
    made = world("""
        leads:
          - {lead_id: L2, created_at: 2026-11-03 09:00:00, mql_at: 2026-11-03 09:00:00, source: webinar, email: " Hanako@Example.JP "}
          - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00, source: exhibition, email: hanako@example.jp}
          - {lead_id: L3, created_at: 2026-11-03 09:00:00, mql_at: 2026-11-03 09:00:00, email: taro@example.jp}
          - {lead_id: L4, created_at: 2026-11-03 09:00:00, mql_at: 2026-11-03 09:00:00, email: ""}
          - {lead_id: L5, created_at: 2026-11-03 09:00:00, mql_at: 2026-11-03 09:00:00}
        stage_changes:
          - {lead_id: L2, to_stage: won, changed_at: 2026-11-04 09:00:00}""")
    assert episodes(made) == [("L1", 1, True, True), ("L3", 1, True, False), ("L4", 1, True, False), ("L5", 1, True, False)]
    assert [(row.key, row.value) for row in made.kpi("mqls", "flow", by="source")] == [(None, 4), ("exhibition", 1), (None, 3)]


def test_test_records_are_left_out_everywhere(world) -> None:
    made = world("""
        leads:
          - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00, is_test: true, email: a@example.jp}
          - {lead_id: L2, created_at: 2026-11-03 09:00:00, mql_at: 2026-11-03 09:00:00, email: a@example.jp}
        stage_changes:
          - {lead_id: L1, to_stage: sql, changed_at: 2026-11-04 09:00:00}
        activities:
          - {activity_id: A1, lead_id: L1, occurred_at: 2026-11-02 10:00:00, type: call, is_connected: true}
        opportunities:
          - {opportunity_id: O1, lead_id: L1, created_at: 2026-11-03 10:00:00, closed_at: 2026-11-04 10:00:00, is_won: true}""")
    assert episodes(made) == [("L2", 1, True, False)]
    assert [only(made.kpi(name, "flow")).n for name in ("mqls", "sqls", "connect_rate", "win_rate")] == [1, 0, 0, 0]


def test_coming_back_after_an_exit_starts_a_second_episode(world) -> None:
    made = world("""
        leads:
          - {lead_id: L1, created_at: 2026-07-01 09:00:00, mql_at: 2026-07-01 09:00:00}
        stage_changes:
          - {lead_id: L1, from_stage: mql, to_stage: recycled, changed_at: 2026-07-10 09:00:00}
          - {lead_id: L1, from_stage: recycled, to_stage: mql, changed_at: 2026-10-01 09:00:00}
          - {lead_id: L1, from_stage: opportunity, to_stage: won, changed_at: 2026-10-20 09:00:00}""")
    assert episodes(made) == [("L1", 1, True, False), ("L1", 2, True, True)]
    assert [(row.period, row.numerator, row.denominator) for row in made.kpi("mql_to_won", "flow", "month")] == [
        ("2026-07", 0, 1), ("2026-08", 0, 0), ("2026-09", 0, 0), ("2026-10", 1, 1)]


def test_going_on_after_an_exit_without_a_new_entry_stays_in_the_episode(world) -> None:
    made = world("""
        leads:
          - {lead_id: L1, created_at: 2026-07-01 09:00:00, mql_at: 2026-07-01 09:00:00}
        stage_changes:
          - {lead_id: L1, to_stage: lost, changed_at: 2026-07-10 09:00:00}
          - {lead_id: L1, to_stage: won, changed_at: 2026-07-20 09:00:00}""")
    assert episodes(made) == [("L1", 1, True, True)]


def test_a_skipped_stage_counts_as_reached(world) -> None:
    made = world("""
        leads:
          - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00}
        stage_changes:
          - {lead_id: L1, from_stage: mql, to_stage: won, changed_at: 2026-11-05 09:00:00}""")
    [journey] = made.engine.rows("SELECT contact_at, interest_at, fit_at, sql_at, opportunity_at, won_at FROM lead_journeys")
    assert len(set(journey.values())) == 1 and None not in journey.values()
    assert (only(made.kpi("sqls", "flow")).value, only(made.kpi("mql_to_sql", "cohort")).numerator) == (1, 1)


def test_an_exit_does_not_count_as_reaching_what_lies_before_it(world) -> None:
    made = world(LEAD + "stage_changes:\n  - {lead_id: L1, from_stage: lead, to_stage: disqualified, changed_at: 2026-11-05 09:00:00}\n")
    [journey] = made.engine.rows("SELECT contact_at, sql_at, won_at, disqualified_at FROM lead_journeys")
    assert [journey[name] is None for name in journey] == [True, True, True, False]


def test_a_win_before_the_first_contact_stays_in_the_same_episode(world) -> None:
    made = world("""
        leads:
          - {lead_id: L1, created_at: 2026-11-05 00:00:00, mql_at: 2026-11-05 00:00:00}
        opportunities:
          - {opportunity_id: O1, lead_id: L1, closed_at: 2026-11-03 10:00:00, is_won: true}""")
    assert episodes(made) == [("L1", 1, True, True)]
    assert only(made.kpi("mql_to_won", "cohort")).numerator == 1


# The same input, the same rows

def sample_rows(leads: int) -> dict[str, list[dict]]:
    """The first leads of the sample with all that belongs to them."""
    tables = {}
    for name in project_definitions().tables:
        with (SAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = [{column: value or None for column, value in row.items()} for row in csv.DictReader(file)]
    tables["leads"] = tables["leads"][:leads]
    kept = {row["lead_id"] for row in tables["leads"]}
    return {name: [row for row in rows if "lead_id" not in row or row["lead_id"] in kept] for name, rows in tables.items()}


def digests(made: World) -> dict[str, tuple]:
    """How many rows each table has, and the sum of their hashes."""
    tables = ("kpi_values", "weekly_kpis", "kpi_headlines", "lead_journeys", "opportunity_outcomes", "mql_funnel", "kpi_counts")
    return {name: tuple(made.engine.rows(f"SELECT count(*) AS records, sum(hash({name})) AS digest FROM {name}")[0].values()) for name in tables}


def test_the_order_of_the_input_changes_no_row(world) -> None:
    given, shuffle = sample_rows(200), random.Random(1)
    shuffled = {name: shuffle.sample(rows, len(rows)) for name, rows in given.items()}
    assert shuffled != given
    found = digests(world(given))
    assert found["kpi_values"][0] > 1000 and found == digests(world(shuffled))


def test_the_target_of_a_week_is_the_one_in_force_on_its_first_day(world) -> None:
    definitions = project_definitions()
    words = definitions.targets[0].set_by
    targets = tuple(definitions.targets[0].model_copy(update={"kpi": "mqls", "value": value, "effective_from": since, "set_by": words})
                    for value, since in ((10.0, date(2026, 1, 1)), (20.0, date(2026, 11, 11))))
    made = world("leads:\n  - {lead_id: L1, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00}\n  - {lead_id: L2, created_at: 2026-11-16 09:00:00}\n", as_of=date(2026, 11, 17),
                 definitions=dataclasses.replace(definitions, targets=targets))
    assert [(row["week"], row["target"]) for row in made.engine.rows("SELECT week, target FROM weekly_kpis WHERE kpi = 'mqls' ORDER BY week")] == [
        ("2026-W45", 10.0), ("2026-W46", 10.0), ("2026-W47", 20.0)]
    assert made.engine.rows("SELECT period, target FROM kpi_headlines WHERE kpi = 'mqls'") == [{"period": "2026-W46", "target": 10.0}]
    assert made.engine.rows("SELECT period, target FROM kpi_paces WHERE kpi = 'mqls'") == [{"period": "2026-W47", "target": 20.0}]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(150, 900), st.booleans())
def test_one_lead_more_never_lowers_a_count(added, is_known_person) -> None:
    """A lead of the sample with all that happened to it, as a new person or with the address of one who is there."""
    base, more = sample_rows(120), sample_rows(added + 1)
    [lead] = [row for row in more["leads"] if row["lead_id"] == more["leads"][added]["lead_id"]]
    lead = {**lead, "email": base["leads"][added % 120]["email"] if is_known_person else "somebody-new@example.jp"}
    grown = {name: [*rows, *(row for row in more[name] if row.get("lead_id") == lead["lead_id"])] if name != "leads" else [*rows, lead]
             for name, rows in base.items()}
    before, after = (counts(World(given, as_of=date(2026, 11, 20))) for given in (base, grown))
    assert before and {key: (figure, after.get(key, 0)) for key, figure in before.items() if after.get(key, 0) < figure} == {}


def counts(made: World) -> dict[tuple, float]:
    """Every KPI's count over all time: of a rate both that it is made of."""
    rows = made.engine.rows("SELECT kpi, basis, statistic, numerator, denominator, CASE WHEN unit <> 'rate' THEN value END AS counted FROM kpi_values"
                            " WHERE period_kind = 'all' AND dimension IS NULL AND unit <> 'minutes' AND NOT starts_with(kpi, 'agreement_')")
    return {(row["kpi"], row["basis"], row["statistic"], side): row[side] for row in rows for side in ("numerator", "denominator", "counted") if row[side] is not None}
