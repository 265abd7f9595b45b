"""Every query of the product keeps to the SQL that DuckDB and Spark read alike, so that a later engine runs the same text."""

from pathlib import Path

import pytest

from tests.portable import faults
from tests.world import PROJECT, World, project_definitions
from warehouse import kpis, measures
from warehouse.definitions.kpis import Population
from warehouse.engine import Engine

MARTS = sorted(PROJECT.marts.glob("*.sql"))
RULES = sorted(PROJECT.rules.glob("*.sql"))
POPULATIONS = [pytest.param(name, population, id=f"{name}: {basis} {statistic} {side}")
               for name, kpi in project_definitions().kpis.items() for basis in kpi.bases for statistic, figure in kpi.figures(basis).items()
               for side, population in (("numerator", figure.numerator), ("denominator", figure.denominator)) if population]

FORBIDDEN = {
    "percentile_cont": ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t", "SELECT quantile_cont(x, 0.5) FROM t"),
    "percentile_disc": ("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x) FROM t", "SELECT median(x) FROM t"),
    "quantile_disc": ("SELECT quantile_disc(x, 0.9) FROM t", "SELECT quantile_cont(x, 0.9) FROM t"),
    "quantile": ("SELECT quantile(x, 0.9) FROM t", "SELECT quantile_cont(x, 0.9) FROM t"),
    "minutes between": ("SELECT date_diff('minute', a, b) FROM t", "SELECT date_diff('second', a, b) / 60 FROM t"),
    "months between": ("SELECT datediff('month', a, b) FROM t", "SELECT date_diff('second', a, b) FROM t"),
    "days between timestamps": ("SELECT date_diff('day', created_at, b_on) FROM t", "SELECT date_diff('day', CAST(created_at AS DATE), b_on) FROM t"),
    "days between a date and a timestamp": ("SELECT date_diff('day', day, max(b_at)) FROM t", "SELECT date_diff('day', day, max(b_on)) FROM t"),
    "days after a cast to a timestamp": ("SELECT date_diff('day', a::TIMESTAMP, as_of_date) FROM t", "SELECT date_diff('day', a::DATE, as_of_date) FROM t"),
    "date minus date": ("SELECT ends_on - starts_on FROM t", "SELECT date_diff('day', starts_on, ends_on) FROM t"),
    "cast date minus date": ("SELECT (a::DATE) - CAST(b AS DATE) FROM t", "SELECT a::DATE - INTERVAL 7 DAY FROM t"),
    "date_sub": ("SELECT date_sub('day', a, b) FROM t", "SELECT date_diff('day', a::DATE, b::DATE) FROM t"),
    "isodow": ("SELECT isodow(x) FROM t", "SELECT days.week_starts FROM days"),
    "dayofweek": ("SELECT dayofweek(x) FROM t", "SELECT days.is_working_day FROM days"),
    "extract dow": ("SELECT extract(dow FROM x) FROM t", "SELECT extract(hour FROM x) FROM t"),
    "date_part isodow": ("SELECT date_part('isodow', x) FROM t", "SELECT date_part('hour', x) FROM t"),
    "week": ("SELECT week(x) FROM t", "SELECT days.week FROM days"),
    "week in a predicate": ("SELECT 1 FROM t WHERE weekofyear(x) = 3", "SELECT 1 FROM t JOIN days ON days.day = CAST(t.x AS DATE) WHERE days.week = '2026-W03'"),
    "strftime": ("SELECT strftime(x, '%G-W%V') FROM t", "SELECT date_trunc('week', x)::DATE FROM t"),
    "epoch": ("SELECT epoch(b - a) FROM t", "SELECT date_diff('second', a, b) FROM t"),
    "extract epoch": ("SELECT extract(epoch FROM b - a) FROM t", "SELECT date_diff('second', a, b) FROM t"),
    "division by a column": ("SELECT x / y FROM t", "SELECT x / nullif(y, 0) FROM t"),
    "division by zero": ("SELECT x / 0 FROM t", "SELECT x / 60.0 FROM t"),
    "division by a sum": ("SELECT x / (y + 1) FROM t", "SELECT x / nullif(y + 1, 0) FROM t"),
    "division by nullif of something else": ("SELECT x / nullif(y, 1) FROM t", "SELECT x / (nullif(y, 0)) FROM t"),
    "whole division": ("SELECT x // y FROM t", "SELECT x // 7 FROM t"),
    "remainder": ("SELECT x % y FROM t", "SELECT x % nullif(y, 0) FROM t"),
    "divide": ("SELECT fdiv(x, y) FROM t", "SELECT x / nullif(y, 0) FROM t"),
    "generate_series in FROM": ("SELECT x FROM generate_series(1, 3) t(x)", "SELECT x FROM unnest(generate_series(1, 3)) t(x)"),
    "range in FROM": ("SELECT x FROM range(3) t(x)", "SELECT x FROM unnest(generate_series(0, 2)) t(x)"),
    "cast around unnest": ("SELECT CAST(unnest(xs) AS INTEGER) FROM t", "SELECT CAST(x AS INTEGER) FROM unnest([1, 2]) u(x)"),
    "star with REPLACE": ("SELECT * REPLACE (1 AS x) FROM t", "SELECT 1 AS x, y FROM t"),
    "table star with REPLACE": ("SELECT t.* REPLACE (1 AS x) FROM t", "SELECT t.* FROM t"),
    "PIVOT": ("PIVOT t ON x USING sum(y)", "SELECT sum(y) FILTER (WHERE x = 'a') AS a FROM t"),
    "PIVOT in FROM": ("SELECT * FROM t PIVOT (sum(y) FOR x IN ('a', 'b'))", "SELECT count_if(x = 'a') AS a, count_if(x = 'b') AS b FROM t"),
    "UNPIVOT": ("SELECT * FROM t UNPIVOT (v FOR n IN (a, b))", "SELECT 'a' AS n, a AS v FROM t UNION ALL SELECT 'b' AS n, b AS v FROM t"),
    "ASOF": ("SELECT * FROM a ASOF JOIN b ON a.x >= b.x", "SELECT * FROM a JOIN b ON a.x >= b.x QUALIFY row_number() OVER (PARTITION BY a.x ORDER BY b.x DESC) = 1"),
    "COLUMNS": ("SELECT min(COLUMNS(*)) FROM t", "SELECT min(x), min(y) FROM t"),
    "approximate count": ("SELECT approx_count_distinct(x) FROM t", "SELECT count(DISTINCT x) FROM t"),
    "approximate quantile": ("SELECT approx_quantile(x, 0.5) FROM t", "SELECT median(x) FROM t"),
    "approximate top values": ("SELECT approx_top_k(x, 3) FROM t", "SELECT x FROM t GROUP BY x ORDER BY count(*) DESC, x LIMIT 3"),
    "a query nobody can parse": ("SELECT FROM WHERE", "SELECT 1"),
}


class Recorder:
    """An engine that keeps every statement it is asked to run."""

    def __init__(self, engine: Engine):
        self.engine, self.statements = engine, []

    def run(self, sql: str, values=()) -> None:
        self.statements.append(sql)
        self.engine.run(sql, values)

    def rows(self, sql: str, values=()) -> list[dict]:
        self.statements.append(sql)
        return self.engine.rows(sql, values)

    def columns(self, table: str) -> list[str]:
        return self.engine.columns(table)


def told(file: str, sql: str) -> list[str]:
    """The faults of one query as a reader is told them."""
    return [f"{file}: {found.construct} — write {found.instead}" for found in faults(sql)]


def shown(path: Path) -> str:
    return PROJECT.shown(path)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_construct_outside_the_subset_is_caught(name: str):
    assert faults(FORBIDDEN[name][0])


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_to_write_instead_passes(name: str):
    assert faults(FORBIDDEN[name][1]) == []


def test_a_fault_is_told_with_file_construct_and_replacement():
    assert told("marts/x.sql", "SELECT a, x / y FROM t") == ["marts/x.sql: x / y — write x / nullif(y, 0)"]


@pytest.mark.parametrize("path", [*MARTS, *RULES], ids=shown)
def test_an_sql_file_keeps_to_the_subset(path: Path):
    assert told(shown(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("name", "population"), POPULATIONS)
def test_a_kpi_expression_keeps_to_the_subset(name: str, population: Population):
    assert told(f"playbook/definitions/kpis/{name}.yml", f"SELECT {population.date} FROM mart WHERE {population.where or 'TRUE'}") == []


def test_the_generated_kpi_queries_keep_to_the_subset():
    queries = [measures.query(kpi, basis, period, statistic) for kpi in project_definitions().kpis.values() for basis in kpi.bases
               for statistic in kpi.figures(basis) for period in kpis.PERIODS if period != "all"]
    assert queries and [fault for sql in queries for fault in told("warehouse/measures.py", sql)] == []


def test_every_statement_that_counts_kpis_keeps_to_the_subset():
    made = World({"leads": [{"lead_id": "L1", "created_at": "2026-11-02 09:00:00", "mql_at": "2026-11-02 09:00:00"}]})
    with made.engine:
        recorder, defined = Recorder(made.engine), made.definitions.kpis
        kpis.count(recorder, [measure for name, kpi in defined.items() for measure in measures.measures(name, kpi)], "kpi_counts_again")
        kpis.rows(recorder, "mqls", "flow", "week", "source")
        mart = (PROJECT.marts / "kpi_values.sql").read_text(encoding="utf-8")
        kpis.rows_at_horizon(recorder, mart, "mql_to_sql", defined["mql_to_sql"], 90, "all", "source")
    assert len(recorder.statements) > len(defined)
    assert [fault for sql in recorder.statements for fault in told("warehouse/kpis.py", sql)] == []


@pytest.mark.parametrize("path", MARTS, ids=shown)
def test_a_mart_begins_with_its_grain(path: Path):
    assert path.read_text(encoding="utf-8").startswith("-- One row per ")
