"""Every figure of every KPI on the sample, Olist, BPI Challenge and untidy data, counted once more in plain Python.

The oracle was written from what the definitions say in words, never from the product's SQL: where the two differ, read the words again before either is changed.
"""

from tests.oracle.agreement import Agreement
from tests.oracle.comparison import compared, given
from tests.oracle.data_sets import EVER, NAMES, on_data_sets
from tests.oracle.figures import Question
from tests.oracle.kpis import KPIS
from tests.oracle.periods import KINDS
from tests.world import PROJECT

DEFINED = {(name, basis) for name, kpi in Agreement(PROJECT.definitions).kpis.items() for basis in kpi["horizons"]}
COHORTS = sorted(name for name, basis in DEFINED if basis == "cohort")
HORIZONS = (7, 30, 90, EVER)
STORED = sorted((Question(name, basis) for name, basis in DEFINED), key=str)
ASKED = [Question(name, "cohort", horizon) for name in COHORTS for horizon in HORIZONS]
ABSENT = {  # what each export cannot tell
    "sample": set(),
    "olist": {"approaches", "calls", "connect_rate", "answered_rate", "appointments", "appointments_held", "no_shows", "sqls", "sqls_accepted", "sql_acceptance_rate",
              "mql_to_sql", "sql_to_opportunity", "lead_to_opportunity", "opportunities", "win_rate", "losses", "amount_won", "response_minutes", "overdue_leads",
              "missed_followup_rate"},
    "bpic2012": {"connect_rate", "answered_rate", "appointments", "appointments_held", "no_shows", "amount_won",
                 "overdue_leads", "missed_followup_rate"},
    "untidy": set(),
}
on_every_data_set = on_data_sets(*NAMES)
FEWEST = {"sample": 400_000, "olist": 100_000, "bpic2012": 60_000, "untidy": 200_000}


def test_every_kpi_of_the_definitions_is_counted_by_the_oracle_on_each_of_its_bases() -> None:
    assert {(name, basis) for name, bases in KPIS.items() for basis in bases} == DEFINED


@on_every_data_set
def test_every_figure_is_what_plain_python_counts(data_set, subtests, name) -> None:
    """One test a data set, so that nothing is built or counted twice; each KPI is told by itself."""
    known = unknown = 0
    for question in STORED + ASKED:
        found = compared(data_set(name), question)
        known, unknown = known + found.known, unknown + found.unknown
        with subtests.test(str(question)):
            assert found.differences[:20] == []
    print(f"{name}: {known:,} figures compared, {unknown:,} empty in both")
    assert known >= FEWEST[name], f"only {known:,} figures were compared on {name}"


@on_every_data_set
def test_what_an_export_cannot_tell_is_null_wherever_it_is_asked(data_set, name) -> None:
    data = data_set(name)
    lacking = [question for question in STORED if data.lacks(question.kpi)]
    assert {question.kpi for question in lacking} == ABSENT[name]
    rows = [row for question in lacking for kind in KINDS for by in data.dimensions(question.kpi) for row in given(data, question, kind, by)]
    assert len(rows) >= 500 * len(lacking)
    assert {(row.numerator, row.denominator, row.value, row.low, row.high, row.n) for row in rows} <= {(None,) * 6}


@on_every_data_set
def test_the_export_is_judged_by_its_newest_event(data_set, name) -> None:
    data = data_set(name)
    assert data.engine.value("SELECT as_of FROM export_clock") == data.world.export.as_of
