"""The `playbook` command: exit codes, what goes to stdout and what to stderr, and the forms of its output."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from publish import cli
from tests.world import PROJECT

LEADS = """lead_id,created_at,mql_at,stage,source
L1,2026-11-02 09:00:00,2026-11-02 09:00:00,lead,ウェブ問い合わせ
L2,2026-11-03 09:00:00,2026-11-03 09:00:00,lead,ウェブ問い合わせ
L3,2026-11-04 09:00:00,2026-11-04 09:00:00,lead,=1+1
L4,2026-11-05 09:00:00,,lead,webinar
L5,2026-11-17 09:00:00,2026-11-17 09:00:00,lead,
"""
ACTIVITIES = """activity_id,lead_id,occurred_at,type,is_connected
A1,L1,2026-11-03 10:00:00,call,true
A2,L3,2026-11-16 10:00:00,call,false
A3,L3,2026-11-17 10:00:00,email,
"""
STAGE_CHANGES = """lead_id,from_stage,to_stage,changed_at
L1,,sql,2026-11-06 10:00:00
L1,,lead,2026-11-17 10:00:00
"""
COMMANDS = {"check": ["check"], "kpi": ["kpi", "mqls"], "query": ["query", "SELECT 1 AS one"], "build": ["build"]}
KPI_TYPES = {"kpi": str, "basis": str, "period": str, "by": str, "key": str, "statistic": str, "numerator": int, "denominator": int,
             "value": float, "low": float, "high": float, "n": int, "mature": bool}

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture(scope="module")
def project(tmp_path_factory, copy_project) -> Path:
    """A project with a few records of its own as its exports."""
    folder = copy_project(tmp_path_factory.mktemp("cli") / "playbook")
    write_exports(folder / "data" / "exports")
    return folder


def write_exports(folder: Path, leads: str = LEADS) -> Path:
    folder.mkdir(parents=True)
    for name, text in (("leads", leads), ("activities", ACTIVITIES), ("stage_changes", STAGE_CHANGES)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def playbook(project: Path):
    """Runs one command on the project."""
    return lambda *arguments: invoke(*arguments, "--project", str(project))


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, list(arguments))


def refused(result: Result, code: int) -> str:
    """What a command that ended early says, which is on stderr alone."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return result.stderr


# What every command has in common

@pytest.mark.parametrize("command", ["check", "kpi", "query"])
def test_a_command_that_did_its_work_exits_with_zero_and_says_nothing_else(playbook, command: str):
    done = playbook(*COMMANDS[command])
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    assert done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_folder_of_exports_is_named(playbook, tmp_path: Path, command: str):
    said = refused(playbook(*COMMANDS[command], "--exports", str(tmp_path / "nowhere")), 2)
    assert "nowhere: there is no such folder of exports" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_without_the_needed_file_names_the_file(playbook, tmp_path: Path, command: str):
    assert "leads.csv: is not there" in refused(playbook(*COMMANDS[command], "--exports", str(tmp_path)), 2)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_adapter_gets_the_nearest_name(playbook, command: str):
    assert "did you mean 'canonical'?" in refused(playbook(*COMMANDS[command], "--adapter", "canonicle"), 2)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_no_playbook_is_refused(tmp_path: Path, command: str):
    assert "is no playbook" in refused(invoke(*COMMANDS[command], "--project", str(tmp_path)), 2)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20/11/2026", ""])
def test_a_day_that_is_none_says_how_to_write_one(playbook, command: str, day: str):
    assert "write it as 2026-11-20" in refused(playbook(*COMMANDS[command], "--as-of", day), 2)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_definition_that_does_not_load_is_told_with_its_line(project: Path, tmp_path: Path, command: str):
    broken = Path(shutil.copytree(project, tmp_path / "broken", ignore=shutil.ignore_patterns("build", "sample")))
    file = broken / "playbook" / "definitions" / "kpis" / "mqls.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("unit: count", "unti: count"), encoding="utf-8")
    said = refused(invoke(*COMMANDS[command], "--project", str(broken)), 1)
    assert "playbook/definitions/kpis/mqls.yml:" in said and "unknown key 'unti'; did you mean 'unit'?" in said


@pytest.mark.parametrize("arguments", [["chekc"], ["check", "--formt", "json"], ["check", "--format", "xml"], ["check", "--rows", "-1"],
                                       ["kpi"], ["kpi", "mqls", "--period", "decade"], ["query"], ["build", "--edition", "public"]])
def test_a_wrong_command_line_exits_with_two(arguments: list[str]):
    assert "Error" in refused(invoke(*arguments), 2)


def test_a_command_finds_the_project_around_the_present_folder(project: Path, monkeypatch):
    monkeypatch.chdir(project / "playbook" / "ja")
    assert invoke("query", "SELECT count(*) AS leads FROM leads", "--format", "csv").stdout == "leads\n5\n"


def test_control_characters_of_a_command_line_do_not_come_back(playbook):
    assert "\x1b" not in refused(playbook("kpi", "\x1b[2Jmqls"), 2)


def test_a_second_command_on_the_same_inputs_computes_nothing_again(playbook, project: Path):
    playbook("check")
    stored = {path.name: path.stat().st_mtime_ns for path in (project / "build" / "warehouse").glob("*.duckdb")}
    playbook("kpi", "sqls")
    assert stored == {path.name: path.stat().st_mtime_ns for path in (project / "build" / "warehouse").glob("*.duckdb")}


# check

def test_check_prints_its_json_alone_on_stdout(playbook):
    done = playbook("check", "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert made["as_of"] == "2026-11-17T10:00:00" and made["summary"]["failed"] == 0
    assert sum(made["summary"].values()) == len(list(PROJECT.rules.glob("*.sql")))


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_undefined_stage_fails_the_check_with_its_rule_value_and_lead(playbook, tmp_path: Path, form: str):
    exports = write_exports(tmp_path / "exports", LEADS.replace(",lead,webinar", ",見込み客,webinar"))
    done = playbook("check", "--format", form, "--exports", str(exports))
    assert (done.exit_code, done.stderr) == (1, "")
    assert all(word in done.stdout for word in ("undefined_stage", "見込み客", "L4"))


def test_an_undefined_stage_holds_the_build(playbook, tmp_path: Path, project: Path):
    exports = write_exports(tmp_path / "exports", LEADS.replace(",lead,webinar", ",見込み客,webinar"))
    said = refused(playbook("build", "--exports", str(exports)), 1)
    assert "undefined_stage" in said and "The build is held" in said
    assert not (project / "site").exists()


def test_rows_limits_the_rows_of_a_finding_and_not_its_count(playbook, tmp_path: Path):
    exports = write_exports(tmp_path / "exports", LEADS.replace(",lead,", ",見込み客,"))
    shown = {rows: json.loads(playbook("check", "--format", "json", "--rows", str(rows), "--exports", str(exports)).stdout) for rows in (0, 2)}
    found = {rows: next(one for one in made["findings"] if one["rule"] == "undefined_stage") for rows, made in shown.items()}
    assert [(rows, len(one["rows"]), one["count"]) for rows, one in found.items()] == [(0, 0, 5), (2, 2, 5)]


# kpi

@pytest.mark.parametrize("arguments", [["mqls"], ["mqls", "--by", "source"], ["mql_to_sql", "--by", "source", "--period", "all"],
                                       ["mql_to_sql", "--basis", "flow"], ["mql_to_won", "--horizon", "all", "--period", "quarter"],
                                       ["win_rate", "--period", "month"], ["connect_rate", "--by", "member", "--period", "all"]])
def test_the_rows_of_a_kpi_have_the_keys_and_types_of_the_contract(playbook, arguments: list[str]):
    done = playbook("kpi", *arguments, "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    rows = json.loads(done.stdout)
    assert rows
    for row in rows:
        assert list(row) == list(KPI_TYPES)
        assert all(row[name] is None or type(row[name]) is kind for name, kind in KPI_TYPES.items()), row


def test_a_split_kpi_gives_the_total_first_and_the_empty_value_last(playbook):
    rows = json.loads(playbook("kpi", "mqls", "--by", "source", "--period", "all", "--format", "json").stdout)
    assert [(row["by"], row["key"], row["value"]) for row in rows] == [
        (None, None, 4.0), ("source", "=1+1", 1.0), ("source", "ウェブ問い合わせ", 2.0), ("source", None, 1.0)]


def test_a_rate_without_a_denominator_is_null_and_never_zero(playbook):
    rows = {row["period"]: row for row in json.loads(playbook("kpi", "connect_rate", "--format", "json").stdout)}
    assert {period: (row["numerator"], row["denominator"], row["value"]) for period, row in rows.items()} == {
        "2026-W45": (1, 1, 1.0), "2026-W46": (0, 0, None), "2026-W47": (0, 1, 0.0)}


def test_what_the_export_cannot_tell_is_null(playbook):
    [row] = json.loads(playbook("kpi", "win_rate", "--period", "all", "--format", "json").stdout)
    assert {row[name] for name in ("numerator", "denominator", "value", "low", "high", "n")} == {None}


def test_a_kpi_without_a_basis_asked_for_gives_its_first(playbook):
    assert {row["basis"] for row in json.loads(playbook("kpi", "mql_to_sql", "--format", "json").stdout)} == {"cohort"}


def test_another_horizon_follows_the_cohort_for_as_many_days(playbook):
    found = {days: json.loads(playbook("kpi", "mql_to_sql", "--horizon", days, "--period", "all", "--as-of", "2026-11-20", "--format", "json").stdout)[0]
             for days in ("3", "4", "all")}
    assert {days: (row["numerator"], row["denominator"]) for days, row in found.items()} == {"3": (0, 4), "4": (1, 3), "all": (1, 4)}


@pytest.mark.parametrize(("arguments", "said"), [
    (["mqlss"], "mqlss: no such KPI; did you mean 'mqls'?"),
    (["mqls", "--by", "sorce"], "--by sorce: no such dimension; did you mean 'source'?"),
    (["mqls", "--basis", "cohort"], "mqls: has no cohort basis; it has: flow"),
    (["mqls", "--horizon", "30"], "mqls: has no cohort basis; it has: flow"),
    (["mql_to_sql", "--basis", "flow", "--horizon", "30"], "--horizon: belongs to a cohort"),
    (["mql_to_sql", "--horizon", "a month"], "--horizon a month: is neither a number of days nor 'all'"),
    (["mql_to_sql", "--horizon", "-1"], "--horizon -1: is neither a number of days nor 'all'"),
])
def test_what_a_kpi_does_not_have_is_told_with_what_it_has(playbook, arguments: list[str], said: str):
    assert said in refused(playbook("kpi", *arguments), 2)


def test_a_source_that_starts_a_formula_is_text_in_csv(playbook):
    rows = list(csv.DictReader(io.StringIO(playbook("kpi", "mqls", "--by", "source", "--period", "all", "--format", "csv").stdout)))
    assert list(rows[0]) == list(KPI_TYPES)
    assert [row["key"] for row in rows] == ["", "'=1+1", "ウェブ問い合わせ", ""]


# query

def test_a_table_is_aligned_for_full_width_text(playbook):
    done = playbook("query", "SELECT source, count(*) AS leads FROM leads GROUP BY source ORDER BY leads DESC, source")
    assert done.stdout.splitlines() == ["source            leads",
                                        "ウェブ問い合わせ  2",
                                        "=1+1              1",
                                        "webinar           1",
                                        "—                 1"]


def test_a_query_prints_json_and_csv_that_a_spreadsheet_does_not_run(playbook):
    sql = "SELECT source AS \"=cmd\", created_at FROM leads WHERE lead_id = 'L3'"
    assert json.loads(playbook("query", sql, "--format", "json").stdout) == [{"=cmd": "=1+1", "created_at": "2026-11-04 09:00:00"}]
    assert playbook("query", sql, "--format", "csv").stdout == "'=cmd,created_at\n'=1+1,2026-11-04 09:00:00\n"


def test_marks_that_join_a_letter_take_no_column_of_their_own(playbook):
    done = playbook("query", "SELECT 'か' || chr(12441) AS kana, 1 AS one UNION ALL SELECT 'かき' AS kana, 2 AS one ORDER BY one")
    assert done.stdout.splitlines() == ["kana  one", "か\u3099    1", "かき  2"]


def test_a_number_that_does_not_exist_is_null_in_every_form(playbook):
    shown = {form: playbook("query", "SELECT 1 / 0 AS x, CAST('nan' AS DOUBLE) AS y, 1.5 AS z", "--format", form).stdout for form in ("table", "json", "csv")}
    assert json.loads(shown["json"]) == [{"x": None, "y": None, "z": 1.5}]
    assert shown["csv"] == "x,y,z\n,,1.5\n"
    assert shown["table"].splitlines()[1] == "—  —  1.5"


@pytest.mark.parametrize(("form", "shown"), [("table", "no rows\n"), ("json", "[]\n"), ("csv", "")])
def test_a_query_without_rows_says_so_in_each_form(playbook, form: str, shown: str):
    done = playbook("query", "SELECT * FROM leads WHERE lead_id = 'none'", "--format", form)
    assert (done.exit_code, done.stdout) == (0, shown)


@pytest.mark.parametrize("sql", ["SELECT nothing FROM leads", "SELECT * FROM leeds", "DROP TABLE leads", "SELECT 1; SELECT 2", "", "nonsense",
                                 "SELECT * FROM read_csv('/etc/hosts')", "SELECT now()"])
def test_a_query_that_cannot_stand_is_refused_in_a_sentence(playbook, sql: str):
    said = refused(playbook("query", sql), 1)
    assert said.startswith("the query: ") and said.count("\n") == 1
