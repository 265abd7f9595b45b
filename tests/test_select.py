"""One SELECT over the warehouse, and no way round it: not on the locked connection, not on the team's."""

import hashlib
import shutil

import pytest

from publish.prepare import prepare
from tests.world import PROJECT, ROOT, project_definitions
from warehouse import build
from warehouse.engine import SCHEMAS, TEAM, Engine, QueryError
from warehouse.select import REFUSED, REFUSED_PREFIXES, select

pytestmark = pytest.mark.xdist_group("sample warehouse")
PERSONAL = [(table, column) for table, one in project_definitions().tables.items() for column, spec in one.columns.items() if spec.is_private]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """A copy of the sample's warehouse."""
    path = tmp_path_factory.mktemp("warehouse") / "sample.duckdb"
    shutil.copyfile(prepare(build.load(PROJECT, ROOT / "data" / "sample")).path, path)
    return path


@pytest.fixture(scope="module")
def whole(warehouse):
    with Engine.read(warehouse) as engine:
        yield lambda sql: select(engine, sql)


@pytest.fixture(scope="module")
def team(warehouse):
    with Engine.read(warehouse, (TEAM,)) as engine:
        yield lambda sql: select(engine, sql, (TEAM,))


NO_SELECT = [
    "CREATE TABLE x AS SELECT 1", "CREATE TEMP TABLE x AS SELECT 1", "DROP TABLE crm.leads", "DELETE FROM leads", "UPDATE leads SET stage = 'won'", "TRUNCATE leads",
    "INSERT INTO leads (lead_id) VALUES ('x')", "WITH x AS (SELECT 1) INSERT INTO leads (lead_id) SELECT 'x'", "MERGE INTO leads USING leads AS other ON TRUE WHEN MATCHED THEN DELETE",
    "ATTACH 'other.duckdb'", "ATTACH ':memory:' AS other", "DETACH sample", "USE memory", "COPY leads TO 'leads.csv'", "COPY (SELECT 1) TO '/tmp/one.csv'", "COPY leads FROM 'leads.csv'",
    "EXPORT DATABASE '/tmp/all'", "IMPORT DATABASE '/tmp/all'", "PRAGMA database_list", "PRAGMA table_info('leads')", "INSTALL httpfs", "LOAD httpfs", "SET threads = 1",
    "SET search_path = 'crm'", "RESET threads", "CALL pragma_version()", "CHECKPOINT", "VACUUM", "ANALYZE", "BEGIN", "COMMIT", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1",
    "PREPARE x AS SELECT 1", "EXECUTE x", "DEALLOCATE x", "CREATE MACRO x() AS 1", "CREATE SECRET (TYPE s3)", "ALTER TABLE leads DROP COLUMN email", "COMMENT ON TABLE leads IS 'x'",
    "PIVOT leads ON source USING count(*)", "DESCRIBE leads", "DESCRIBE SELECT 1", "SHOW TABLES", "SHOW ALL TABLES", "SUMMARIZE leads", "SUMMARIZE SELECT 1",
    "SELECT * FROM (DESCRIBE leads)", "SELECT * FROM (SHOW TABLES)", "SELECT * FROM (SUMMARIZE leads)",
    "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE crm.leads", "SELECT 1;;SELECT 2", "", "   ", ";", "-- nothing", "/* nothing */", "SELEC 1", "SELECT", "SELECT 1 FROM", "leads", "1",
]
OUTSIDE = [
    "'leads.csv'", "'/etc/passwd'", "\"/etc/passwd\"", "'file:///etc/passwd'", "'https://example.com/x.csv'", "'*.parquet'", "read_csv('leads.csv')", "read_csv_auto('/etc/passwd')",
    "READ_CSV('leads.csv')", "read_text('/etc/passwd')", "read_blob('/etc/passwd')", "read_parquet('x')", "read_json('x')", "parquet_metadata('x')", "parquet_scan('x')", "sniff_csv('x')",
    "glob('/etc/*')", "duckdb_settings()", "duckdb_tables()", "duckdb_views()", "duckdb_secrets()", "duckdb_columns", "DUCKDB_SETTINGS()", "pragma_version()", "pragma_database_list()",
    "pragma_database_list", "pragma_table_info('crm.leads')", "pragma_show('leads')", "pragma_storage_info('crm.leads')", "pg_class", "pg_catalog.pg_class", "pg_tables", "sqlite_master", "SQLITE_MASTER",
    "information_schema.tables", "INFORMATION_SCHEMA.COLUMNS", "\"information_schema\".\"tables\"", "main.sqlite_master", "system.main.duckdb_tables", "system.information_schema.tables",
    "temp.information_schema.tables", "sample.crm.leads", "query('SELECT * FROM crm.leads')", "query_table('leads')", "query_table(['leads'])", "json_execute_serialized_sql('{}')", "seq_scan('leads')",
    "which_secret('s3://x', 's3')", "sql_auto_complete('SEL')", "test_all_types()", "checkpoint()", "repeat_row(1, num_rows = 2)", "summary((SELECT 1))", "arrow_scan(1, 2, 3)", "icu_calendar_names()",
]
PRIVATE = ["crm.leads", "CRM.leads", "\"crm\".\"leads\"", "crm.members", "marts.touches", "playbook.export_rejects", "checks.finding_rows", "export_rejects", "finding_rows", "check_results"]
MOVING = [
    "now()", "NOW()", "today()", "current_date", "CURRENT_DATE", "current_time", "current_timestamp", "localtime", "localtimestamp", "get_current_timestamp()", "transaction_timestamp()",
    "current_localtimestamp()", "age(TIMESTAMP '2020-01-01')", "ago(INTERVAL 1 DAY)", "random()", "setseed(0.5)", "uuid()", "gen_random_uuid()", "uuidv7()", "txid_current()", "nextval('x')",
    "getenv('HOME')", "'HOME'.getenv()", "GetEnv('HOME')", "current_setting('threads')", "current_user", "session_user", "user", "current_role", "current_schema", "current_schema()",
    "current_schemas(TRUE)", "current_catalog", "current_database()", "current_query()", "version()", "getvariable('x')", "pg_typeof(1)", "pg_postmaster_start_time()", "has_table_privilege('x', 'y')",
    "in_search_path('crm', 'x')", "stats(1)", "error('x')", "sleep_ms(1)", "write_log('x')", "main.now()", "system.main.now()", "\"now\"()",
]


def within(sql: str) -> list[str]:
    """The same table or value where a query may hide it."""
    return [f"SELECT * FROM {sql}", f"FROM {sql}", f"select 1 from /* a comment */ {sql} -- another", f"WITH x AS (SELECT * FROM {sql}) SELECT * FROM x",
            f"WITH x AS MATERIALIZED (FROM {sql}) SELECT count(*) FROM x", f"SELECT (SELECT count(*) FROM {sql})", f"SELECT 1 UNION ALL SELECT 1 FROM {sql}",
            f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {sql})", f"SELECT 1 FROM campaigns, {sql}", f"SELECT 1 FROM campaigns LEFT JOIN {sql} ON TRUE",
            f"SELECT 1 FROM campaigns, LATERAL (SELECT * FROM {sql})", f"SELECT [x FOR x IN (SELECT list(1) FROM {sql})]", f"VALUES ((SELECT count(*) FROM {sql}))",
            f"SELECT 1 ORDER BY (SELECT count(*) FROM {sql})", f"SELECT 1 LIMIT (SELECT count(*) FROM {sql})",
            f"WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x, {sql} WHERE n < 2) SELECT * FROM x"]


def valued(sql: str) -> list[str]:
    return [f"SELECT {sql}", f"VALUES ({sql})", f"SELECT campaign FROM campaigns WHERE campaign = CAST({sql} AS VARCHAR)", f"SELECT coalesce(NULL, {sql})", f"SELECT [{sql}]",
            f"SELECT campaign FROM campaigns ORDER BY {sql}", f"SELECT count(*) FILTER (WHERE {sql} IS NULL) FROM campaigns", f"SELECT list_transform([1], lambda x: {sql})",
            f"SELECT sum(1) OVER (ORDER BY {sql}) FROM campaigns", f"SELECT campaign FROM campaigns QUALIFY row_number() OVER () = 1 OR {sql} IS NULL", f"SELECT CASE WHEN TRUE THEN {sql} END",
            f"SELECT campaign FROM campaigns GROUP BY campaign HAVING {sql} IS NOT NULL", f"WITH x AS (SELECT {sql} AS y) SELECT y FROM x", f"SELECT * FROM unnest([{sql}])"]


@pytest.mark.parametrize("sql", NO_SELECT)
def test_what_is_no_single_select_is_refused(whole, sql) -> None:
    with pytest.raises(QueryError, match="^(only SELECT is allowed here|is no SELECT that can be read: .*|write one SELECT; this is (several statements|none))$"):
        whole(sql)


@pytest.mark.parametrize("sql", OUTSIDE)
def test_nothing_outside_the_tables_is_read_wherever_it_stands(whole, sql) -> None:
    for hidden in within(sql):
        with pytest.raises(QueryError):
            whole(hidden)


@pytest.mark.parametrize("sql", MOVING)
def test_nothing_that_depends_on_more_than_the_data_is_called_wherever_it_stands(whole, sql) -> None:
    for hidden in valued(sql):
        with pytest.raises(QueryError, match="may not be used here: the result would depend on more than the data|is no SELECT that can be read"):
            whole(hidden)


def test_every_function_of_the_engine_that_may_change_its_mind_is_refused() -> None:
    with Engine.create() as engine:
        moving = {row["function_name"] for row in engine.rows(
            "SELECT function_name FROM duckdb_functions() WHERE function_type = 'scalar' AND stability IS DISTINCT FROM 'CONSISTENT'"
            " OR function_type = 'macro' AND regexp_matches(lower(macro_definition), 'current_|now\\(|random|getenv|version\\(')")}
    assert len(moving) > 20
    assert {name for name in moving if name not in REFUSED and not name.startswith(REFUSED_PREFIXES)} == set()


@pytest.mark.parametrize("sql", ["SELECT * FROM campaigns USING SAMPLE 3", "SELECT * FROM campaigns TABLESAMPLE 10%", "SELECT * FROM (SELECT * FROM campaigns USING SAMPLE 3)",
                                 "WITH x AS (SELECT * FROM campaigns TABLESAMPLE 10%) SELECT * FROM x"])
def test_a_sample_by_chance_is_refused(whole, sql) -> None:
    with pytest.raises(QueryError, match="a sample may not be taken here: it would be another one each time"):
        whole(sql)


@pytest.mark.parametrize("sql", PRIVATE)
def test_the_teams_connection_reads_its_own_views_alone(team, sql) -> None:
    for hidden in within(sql):
        with pytest.raises(QueryError):
            team(hidden)


@pytest.mark.parametrize(("table", "column"), PERSONAL)
def test_no_column_of_a_person_is_in_the_teams_views(team, table, column) -> None:
    assert team(f"SELECT count(*) AS n FROM {table}")[0]["n"] > 0
    for sql in (f"SELECT {column} FROM {table}", f'SELECT "{column.upper()}" FROM {table}', f"SELECT {table}.{column} FROM {table}", f"SELECT count({column}) FROM {table}",
                f"SELECT x['{column}'] FROM (SELECT {table} AS x FROM {table})"):
        with pytest.raises(QueryError):
            team(sql)
    assert column not in team(f"SELECT * FROM {table} LIMIT 1")[0]


@pytest.mark.parametrize("table", ["touches", "lead_journeys", "opportunity_outcomes"])
def test_no_id_of_a_person_is_in_the_teams_marts(team, table) -> None:
    assert "member_id" not in team(f"SELECT * FROM {table} LIMIT 1")[0]


@pytest.mark.parametrize("table", ["kpi_values", "kpi_counts"])
def test_no_figure_of_a_person_is_in_the_teams_tables(whole, team, table) -> None:
    by_dimension = f"SELECT DISTINCT dimension FROM {table} ORDER BY dimension"
    assert {row["dimension"] for row in whole(by_dimension)} - {row["dimension"] for row in team(by_dimension)} == {"member"}


def test_a_name_of_a_person_is_nowhere_in_the_teams_views(whole, team) -> None:
    people = {value for row in whole("SELECT name, member_id FROM members") for value in row.values()} | {
        value for row in whole("SELECT company, email, phone FROM leads WHERE company IS NOT NULL LIMIT 50") for value in row.values()}
    tables = {row["table_name"] for row in whole("SELECT DISTINCT table_name FROM canonical_columns")} | {"touches", "lead_journeys", "opportunity_outcomes", "kpi_values"}
    for table in sorted(tables):
        shown = {value for row in team(f"SELECT * FROM {table}") for value in row.values() if isinstance(value, str)}
        assert shown & people == set(), table


ORDINARY = {
    "SELECT 1 AS one": [{"one": 1}],
    "select count(*) as n from stages": [{"n": 11}],
    "SELECT count(*) AS n FROM STAGES;": [{"n": 11}],
    "SELECT stage FROM stages ORDER BY stage_rank LIMIT 2 -- a comment": [{"stage": "lead"}, {"stage": "mql"}],
    "/* a comment */ SELECT \"stage\" FROM \"stages\" WHERE \"stage\" = 'won'": [{"stage": "won"}],
    "WITH open AS (SELECT stage FROM stages WHERE stage <> 'won') SELECT count(*) AS n FROM open": [{"n": 10}],
    "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x WHERE n < 3) SELECT sum(n) AS n FROM x": [{"n": 6}],
    "SELECT stage, row_number() OVER (ORDER BY stage_rank DESC) AS n FROM stages QUALIFY n = 1": [{"stage": "disqualified", "n": 1}],
    "SELECT 'won' AS stage UNION SELECT stage FROM stages WHERE stage = 'won'": [{"stage": "won"}],
    "SELECT t.n FROM unnest(generate_series(1, 2)) AS t(n) ORDER BY t.n": [{"n": 1}, {"n": 2}],
    "SELECT count(*) AS n FROM (SELECT DISTINCT kpi FROM kpis)": [{"n": len(project_definitions().kpis)}],
    "SELECT date_diff('day', DATE '2026-11-01', DATE '2026-11-20') AS n": [{"n": 19}],
    "SELECT age(TIMESTAMP '2026-11-20', TIMESTAMP '2026-11-20') = INTERVAL 0 DAY AS same": [{"same": True}],
    "FROM stages SELECT count(*) AS n": [{"n": 11}],
    "VALUES (1)": [{"col0": 1}],
    "SELECT 'now(); DROP TABLE leads; /etc/passwd' AS text": [{"text": "now(); DROP TABLE leads; /etc/passwd"}],
    "SELECT max(user_count) AS n FROM (SELECT 3 AS user_count)": [{"n": 3}],
}


@pytest.mark.parametrize("sql", ORDINARY)
def test_an_ordinary_select_is_answered_to_everybody(whole, team, sql) -> None:
    assert whole(sql) == team(sql) == ORDINARY[sql]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_manager_may_name_the_schema(whole, schema) -> None:
    table = {"crm": "leads", "playbook": "stages", "marts": "touches", "checks": "check_results"}[schema]
    assert whole(f"SELECT count(*) AS n FROM {schema}.{table}") == whole(f"SELECT count(*) AS n FROM {table}")


@pytest.mark.parametrize("schemas", [SCHEMAS, (TEAM,)])
def test_a_time_with_a_zone_is_not_printed_in_the_machines(warehouse, schemas) -> None:
    with Engine.read(warehouse, schemas) as engine:
        assert engine.value("SELECT current_setting('TimeZone')") == "UTC"


def test_a_query_that_is_wrong_is_told_in_one_sentence(whole) -> None:
    with pytest.raises(QueryError) as error:
        whole("SELECT nosuch FROM leads")
    assert "nosuch" in str(error.value) and "\n" not in str(error.value)


def test_nothing_can_be_written(warehouse) -> None:
    before = hashlib.sha256(warehouse.read_bytes()).hexdigest()
    with Engine.read(warehouse) as engine:
        for sql in NO_SELECT:
            with pytest.raises(QueryError):
                select(engine, sql)
        for sql in ("DROP TABLE crm.leads", "DELETE FROM crm.leads", "CREATE TABLE crm.x (y INTEGER)", "SET enable_external_access = true", "ATTACH 'x.duckdb'",
                    "COPY crm.leads TO '/tmp/leads.csv'", "INSTALL httpfs", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'"):
            with pytest.raises(QueryError):
                engine.run(sql)
    assert sorted(path.name for path in warehouse.parent.iterdir()) == ["sample.duckdb"]
    assert hashlib.sha256(warehouse.read_bytes()).hexdigest() == before
