"""Olist's funnel, real and incomplete: what it tells is counted as plain Python counts it, what it does not tell is missing, never zero."""

from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from checks import rule, run
from tests.shared_data import needed, records
from tests.world import PROJECT, ROOT, SHARED_DATA
from warehouse import build, definition_tables, kpis
from warehouse.engine import Engine
from warehouse.kpis import KpiRow

pytestmark = [needed("olist"), pytest.mark.xdist_group("olist")]
AS_OF = date(2018, 11, 14)
HORIZONS = (30, 90, 180, None)
KPI_VALUES = (PROJECT.marts / "kpi_values.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The warehouse of Olist's files, with the findings of every rule."""
    path = tmp_path_factory.mktemp("olist") / "warehouse.duckdb"
    with Engine.create(path) as engine:
        inputs = build.load(PROJECT, SHARED_DATA / "olist", str(ROOT / "tests" / "adapters" / "olist.yml"))
        build.fill(engine, inputs)
        run.store(engine, run.run(engine, rule.load(PROJECT), inputs.definitions.kpis))
    return path


@pytest.fixture
def engine(path):
    with Engine.read(path) as engine:
        yield engine


@cache
def definitions():
    return build.load(PROJECT, SHARED_DATA / "olist", str(ROOT / "tests" / "adapters" / "olist.yml")).definitions


# The same in plain Python, from the files

@cache
def journeys() -> tuple[tuple[str, date, date | None], ...]:
    """Origin, first contact and day of the deal of every lead."""
    won = {row["mql_id"]: date.fromisoformat(row["won_date"][:10]) for row in records("olist", "olist_closed_deals_dataset")}
    return tuple((row["origin"], date.fromisoformat(row["first_contact_date"]), won.get(row["mql_id"]))
                 for row in records("olist", "olist_marketing_qualified_leads_dataset"))


def counted(horizon: int | None) -> dict[tuple, tuple[int, int]]:
    """(month or all, origin or None for the total) → won within the horizon, and leads at least that old."""
    counts = defaultdict(lambda: [0, 0])
    for origin, first, won in journeys():
        if horizon is not None and (AS_OF - first).days < horizon:
            continue
        reached = won is not None and (horizon is None or 0 <= (won - first).days <= horizon)
        for key in ((f"{first:%Y-%m}", None), (f"{first:%Y-%m}", origin), ("all", None), ("all", origin)):
            counts[key][0] += reached
            counts[key][1] += 1
    return {key: tuple(pair) for key, pair in counts.items()}


def given(rows: list[KpiRow]) -> dict[tuple, tuple[int, int]]:
    """The same from a KPI's rows; the empty source is the empty origin."""
    return {(row.period, None if row.by is None else row.key or ""): (row.numerator, row.denominator) for row in rows if row.denominator}


@pytest.mark.parametrize("period", ["month", "all"])
@pytest.mark.parametrize("horizon", HORIZONS)
def test_every_cohort_of_every_origin_is_what_plain_python_counts(engine, horizon, period) -> None:
    found = given(kpis.rows_at_horizon(engine, KPI_VALUES, "mql_to_won", definitions().kpis["mql_to_won"], horizon, period, "source"))
    assert found == {key: pair for key, pair in counted(horizon).items() if (key[0] == "all") == (period == "all")}
    assert len(found) > 10


def test_the_stored_rows_of_all_time_follow_no_horizon(engine) -> None:
    rows = kpis.rows(engine, "mql_to_won", "cohort", "all", "source")
    assert given(rows) == {key: pair for key, pair in counted(None).items() if key[0] == "all"}
    assert (rows[0].numerator, rows[0].denominator, rows[0].value) == (842, 8000, 842 / 8000)


def test_the_stored_months_follow_the_kpis_own_horizon(engine) -> None:
    assert given(kpis.rows(engine, "mql_to_won", "cohort", "month", "source")) == {key: pair for key, pair in counted(180).items() if key[0] != "all"}


def test_the_empty_origin_and_the_one_called_unknown_are_two(engine) -> None:
    rows = {row.key: (row.numerator, row.denominator) for row in kpis.rows(engine, "mql_to_won", "cohort", "all", "source") if row.by}
    assert (rows["unknown"], rows[None]) == ((179, 1099), (14, 60))
    assert list(rows)[-1] is None


def test_the_deals_of_a_flow_are_counted_when_they_were_won(engine) -> None:
    months = defaultdict(int)
    for _, _, won in journeys():
        if won:
            months[f"{won:%Y-%m}"] += 1
    rows = kpis.rows(engine, "mql_to_won", "flow", "month", None)
    known = {row.period: row.numerator for row in rows if row.numerator is not None}
    assert known == {month: months[month] for month in known}
    assert sum(months.values()) == 842 and len(known) > 10


def test_after_the_leads_end_their_number_is_unknown_and_not_zero(engine) -> None:
    months = {row.period: row.value for row in kpis.rows(engine, "mqls", "flow", "month", None)}
    assert months["2018-05"] == sum(f"{first:%Y-%m}" == "2018-05" for _, first, _ in journeys())
    assert [months[f"2018-{month:02}"] for month in range(6, 12)] == [None] * 6


def test_a_deal_won_before_the_first_contact_is_one_episode(engine) -> None:
    assert engine.value("SELECT count(*) FROM lead_journeys") == 8000
    early = engine.rows("SELECT lead_id, date_diff('day', CAST(mql_at AS DATE), CAST(won_at AS DATE)) AS days FROM lead_journeys WHERE won_at < mql_at")
    assert [(row["lead_id"][:8], row["days"]) for row in early] == [("b91cf881", -2)]


def test_the_export_is_dated_by_its_newest_deal(engine) -> None:
    assert engine.value("SELECT as_of_date FROM export_clock") == AS_OF == max(won for _, _, won in journeys() if won)


LACKING = {"connect_rate": "activities.occurred_at", "sqls": "sql", "mql_to_sql": "sql", "win_rate": "lost"}


@pytest.mark.parametrize("name", LACKING)
def test_what_the_data_cannot_answer_is_null_and_says_why(engine, name) -> None:
    assert LACKING[name] in definition_tables.missing(engine, definitions())[name]
    rows = [row for basis in definitions().kpis[name].bases for period in kpis.PERIODS for row in kpis.rows(engine, name, basis, period, None)]
    assert len(rows) > 50
    assert {(row.numerator, row.denominator, row.value, row.low, row.high, row.n) for row in rows} == {(None,) * 6}


def test_only_two_stages_are_known_and_no_lead_is_outside_them(engine) -> None:
    assert engine.rows("SELECT stage, count(*) AS leads FROM leads GROUP BY stage ORDER BY stage") == [{"stage": "mql", "leads": 7158}, {"stage": "won", "leads": 842}]


def test_no_rule_fails_and_what_cannot_be_checked_is_skipped(engine) -> None:
    outcomes = {finding.rule: finding.outcome for finding in run.stored(engine)}
    assert "failed" not in outcomes.values()
    assert outcomes["illegal_transition"] == outcomes["stage_against_history"] == "skipped"
    assert outcomes["dates_in_order"] == "warned"


def test_every_value_of_the_files_was_read(engine) -> None:
    assert engine.value("SELECT count(*) FROM export_rejects") == 0
    assert {row["file"]: row["row_count"] for row in engine.rows("SELECT file, row_count FROM export_files")} == {
        "olist_marketing_qualified_leads_dataset.csv": 8000, "olist_closed_deals_dataset.csv": 842}
