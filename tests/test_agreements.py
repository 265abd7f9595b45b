"""Agreements on the sample: each week is judged by the terms in force in it, and by nothing else."""

import dataclasses
from datetime import date

import pytest

from publish.prepare import prepare
from tests.world import PROJECT, ROOT, project_definitions
from warehouse import build
from warehouse.definitions import Definitions
from warehouse.engine import Engine
from warehouse.measures import agreement_figure

SAMPLE = ROOT / "data" / "sample"
SINCE = date(2026, 9, 7)
COMPLIANCE = ("SELECT period, starts_on, numerator, denominator FROM kpi_values WHERE kpi = ? AND statistic = ? AND period_kind = 'week'"
              " AND dimension IS NULL ORDER BY starts_on")


def stricter(definitions: Definitions) -> Definitions:
    """The project's, with one business hour instead of four for web inquiries from a Monday on."""
    agreement = definitions.agreements["first_touch"]
    terms = tuple(term.model_copy(update={"limit": term.limit.model_copy(update={"within": 1})}) if term.id == "inquiry" else term for term in agreement.present.terms)
    newer = agreement.present.model_copy(update={"effective_from": SINCE, "terms": terms})
    changed = agreement.model_copy(update={"versions": (*agreement.versions, newer)})
    return dataclasses.replace(definitions, agreements={**definitions.agreements, "first_touch": changed})


@pytest.fixture(scope="module")
def as_agreed():
    with Engine.read(prepare(build.load(PROJECT, SAMPLE)).path) as engine:
        yield engine


@pytest.fixture(scope="module")
def tightened():
    inputs = build.load(PROJECT, SAMPLE)
    with Engine.create() as engine:
        build.fill(engine, dataclasses.replace(inputs, definitions=stricter(inputs.definitions)))
        yield engine


def weeks(engine: Engine, term: str) -> dict[date, tuple[int, int]]:
    return {row["starts_on"]: (row["numerator"], row["denominator"]) for row in engine.rows(COMPLIANCE, [agreement_figure("first_touch"), term])}


def test_a_limit_tightened_from_a_week_on_leaves_the_weeks_before_as_they_were(as_agreed, tightened) -> None:
    before, after = weeks(as_agreed, "inquiry"), weeks(tightened, "inquiry")
    assert {week: figures for week, figures in after.items() if week < SINCE} == {week: figures for week, figures in before.items() if week < SINCE}
    later = [week for week in before if week >= SINCE and before[week][1]]
    assert all(after[week][1] >= before[week][1] for week in later)
    assert sum(after[week][0] for week in later) < sum(before[week][0] for week in later)
    assert len(later) > 8 and len(before) > 70


def test_the_other_terms_keep_their_figures(as_agreed, tightened) -> None:
    for term in ("tier_a", "tier_c", "others"):
        assert weeks(as_agreed, term) == weeks(tightened, term)


def test_the_response_kpi_is_judged_by_the_same_terms(as_agreed, tightened) -> None:
    for engine in (as_agreed, tightened):
        in_time = engine.rows("SELECT starts_on, numerator, denominator FROM kpi_values WHERE kpi = 'response_minutes' AND statistic = 'in_time'"
                              " AND period_kind = 'week' AND dimension IS NULL ORDER BY starts_on")
        assert {row["starts_on"]: (row["numerator"], row["denominator"]) for row in in_time} == weeks(engine, "value")


def test_a_record_is_asked_once_by_each_term_that_concerns_it(as_agreed) -> None:
    repeated = as_agreed.rows("SELECT agreement, term, lead_id, counted_at, count(*) AS times FROM agreement_records GROUP BY ALL HAVING count(*) > 1")
    assert repeated == [] and as_agreed.value("SELECT count(*) FROM agreement_records") > 20_000


def test_the_terms_of_an_agreement_add_up_to_the_whole_but_for_a_stock(as_agreed) -> None:
    sums = as_agreed.rows("SELECT kpi, period, sum(numerator) FILTER (WHERE statistic = 'value') AS kept, sum(numerator) FILTER (WHERE statistic NOT IN ('value', 'next_step')) AS parts"
                          " FROM kpi_values WHERE starts_with(kpi, 'agreement_') AND period_kind = 'week' AND dimension IS NULL GROUP BY ALL")
    assert [row for row in sums if (row["kept"] or 0) != (row["parts"] or 0)] == [] and len(sums) > 300


def test_every_agreement_has_its_figures(as_agreed) -> None:
    found = {row["kpi"] for row in as_agreed.rows("SELECT DISTINCT kpi FROM kpi_values WHERE period_kind = 'all' AND denominator > 0")}
    assert {agreement_figure(name) for name in project_definitions().agreements} <= found


@pytest.mark.parametrize(("term", "milestone", "fields"), [("sql_fields", "sql_at", ("budget", "authority", "need", "timing", "owner_id")), ("mql_fields", "mql_at", ("score", "source"))])
def test_fields_are_missing_where_plain_python_finds_them_empty(as_agreed, term, milestone, fields) -> None:
    rows = as_agreed.rows(f"SELECT {', '.join(f'leads.{field}' for field in fields)} FROM lead_journeys JOIN leads ON leads.lead_id = lead_journeys.lead_id"
                          f" WHERE lead_journeys.{milestone} IS NOT NULL")
    kept = sum(all(value is not None for value in row.values()) for row in rows)
    stored, = as_agreed.rows("SELECT numerator, denominator FROM kpi_values WHERE kpi = 'agreement_hand_off' AND statistic = ? AND period_kind = 'all' AND dimension IS NULL", [term])
    assert stored["numerator"] == kept < stored["denominator"] == len(rows)


def test_a_score_decides_only_for_those_who_did_not_come_by_themselves(as_agreed) -> None:
    """The rule of the agreement, once more in Python: the version of the day, its lines, each field."""
    agreement = project_definitions().agreements["mql_definition"]
    rows = as_agreed.rows("SELECT leads.*, lead_journeys.mql_at AS handed_at FROM lead_journeys JOIN leads ON leads.lead_id = lead_journeys.lead_id WHERE lead_journeys.mql_at IS NOT NULL")

    def fits(lead: dict) -> bool:
        [term] = agreement.in_force(lead["handed_at"].date()).terms
        return any(all(shows(lead[field], asked) for field, asked in line.items()) for line in term.qualification.when)

    def shows(value: object, asked: object) -> bool:
        if asked.any_of:
            return value in asked.any_of
        return value is not None and (asked.at_least is None or value >= asked.at_least)

    stored, = as_agreed.rows("SELECT numerator, denominator FROM kpi_values WHERE kpi = 'agreement_mql_definition' AND statistic = 'qualified' AND period_kind = 'all' AND dimension IS NULL")
    assert (stored["numerator"], stored["denominator"]) == (sum(map(fits, rows)), len(rows))
