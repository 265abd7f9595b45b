"""Bad input, end to end: each gets a message and an exit code of the contract, and nothing is lost or half-built."""

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from publish import cli
from tests.world import SHARED_DATA

HEADER = "lead_id,created_at,mql_at,stage,source,company,do_not_contact\n"
GOOD = "L1,2026-11-02 09:00:00,2026-11-02 09:00:00,lead,webinar,青空商事,false\n"
HOSTILE = SHARED_DATA / "hostile"

pytestmark = pytest.mark.xdist_group("bad input")


@pytest.fixture(scope="module")
def project(tmp_path_factory, copy_project) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("bad") / "playbook")
    (folder / "data" / "exports").mkdir()
    return folder


@pytest.fixture
def exports(project: Path) -> Path:
    """The project's own exports, emptied."""
    folder = project / "data" / "exports"
    shutil.rmtree(folder)
    folder.mkdir()
    return folder


def run(project: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(cli.main, [*arguments, "--project", str(project)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert not (project / "site").exists() or arguments[0] == "build"
    return done


def leads(text: str | bytes, name: str = "leads.csv") -> Callable[[Path], None]:
    """An export whose file of leads holds this."""
    def write(folder: Path) -> None:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return write


def both(folder: Path) -> None:
    leads(HEADER + GOOD)(folder)
    leads(HEADER + GOOD, "leads.parquet")(folder)


def a_folder(folder: Path) -> None:
    (folder / "leads.csv").mkdir()
    (folder / "other.csv").write_text("x\n", encoding="utf-8")


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "leads.csv")
    (folder / "other.csv").write_text("x\n", encoding="utf-8")


REFUSED = {
    "no file of leads": (leads("x\n", "other.csv"), 2, "leads.csv: is not there"),
    "a folder named like a file": (a_folder, 2, "leads.csv: is not there"),
    "a pipe named like a file": (a_pipe, 2, "leads.csv: is not there"),
    "two files for one table": (both, 1, "two files for 'leads': leads.csv, leads.parquet"),
    "an empty file": (leads(""), 1, "leads.csv: is empty"),
    "a header alone": (leads(HEADER), 1, "no event with a time"),
    "one column where several are mapped": (leads(HEADER.replace(",", ";") + GOOD.replace(",", ";")), 1, "leads.csv:1: reads as one single column"),
    "a required column that is absent": (leads("lead_id,created,stage\nL1,2026-11-02,lead\n"), 1, "has no column 'created_at'"),
    "neither UTF-8 nor CP932": (leads(HEADER.encode() + b"L1,2026-11-02,\x81\x30,lead\n"), 1, "is neither UTF-8"),
    "a NUL byte": (leads(HEADER + "L1,2026-11-02 09:00:00,,le\0ad,,,\n"), 1, "leads.csv:2: holds a NUL byte"),
    "no Parquet": (leads("not parquet", "leads.parquet"), 1, "cannot be read as Parquet"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_built(project: Path, exports: Path, name: str) -> None:
    write, code, words = REFUSED[name]
    write(exports)
    for command in ("check", "build"):
        done = run(project, command)
        assert (done.exit_code, words in done.stderr) == (code, True), done.stderr
        assert done.stdout == ""


def test_a_file_that_may_not_be_read_is_named(project: Path, exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leads(HEADER + GOOD)(exports)

    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("warehouse.decoding.decode", refuse)
    done = run(project, "check")
    assert done.exit_code == 2 and "leads.csv: cannot be read or written: Permission denied" in done.stderr


MANY_GOOD = "".join(GOOD.replace("L1,", f"G{number},") for number in range(200))
FOUND = {
    "a row with a field too many": ("L2,2026-11-02 09:00:00,,lead,webinar,青空商事,false,more\n", "too_many_columns"),
    "a row with a field too few": ("L2,2026-11-02 09:00:00\n", "missing_columns"),
    "a date that is none": ("L2,2026-11-02 09:00:00,2026-02-30 09:00:00,lead,webinar,青空商事,false\n", "not_a_timestamp"),
    "a boolean that is none": ("L2,2026-11-02 09:00:00,,lead,webinar,青空商事,perhaps\n", "not_a_boolean"),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_row_that_cannot_be_read_is_a_finding_with_file_and_line(project: Path, exports: Path, name: str) -> None:
    row, reason = FOUND[name]
    leads(HEADER + MANY_GOOD + row)(exports)
    done = run(project, "check", "--format", "json")
    assert done.exit_code == 0, done.stdout
    finding = next(one for one in json.loads(done.stdout)["findings"] if one["rule"] == "export_readable")
    assert [(one["record"], one["value"]) for one in finding["rows"]] == [("leads.csv:202", reason)]
    assert json.loads(run(project, "kpi", "mqls", "--period", "all", "--format", "json").stdout)[0]["value"] == 200


def test_too_many_rows_that_cannot_be_read_fail_the_check(project: Path, exports: Path) -> None:
    leads(HEADER + MANY_GOOD + "L2,2026-11-02\n" * 30)(exports)
    done = run(project, "check")
    assert done.exit_code == 1 and "✗ export_readable" in done.stdout


def test_an_id_that_stands_twice_fails_the_check(project: Path, exports: Path) -> None:
    leads(HEADER + GOOD + GOOD)(exports)
    done = run(project, "check")
    assert done.exit_code == 1 and "✗ ids_unique" in done.stdout and "record=L1" in done.stdout


def test_cp932_with_the_characters_of_its_own_is_read(project: Path, exports: Path) -> None:
    leads((HEADER + GOOD.replace("青空商事", "㈱髙橋①")).encode("cp932"))(exports)
    assert json.loads(run(project, "query", "SELECT company FROM leads", "--format", "json").stdout) == [{"company": "㈱髙橋①"}]


def test_a_utc_stamp_past_midnight_in_tokyo_counts_on_the_local_day(project: Path, exports: Path) -> None:
    leads(HEADER + "L1,2026-10-31T16:00:00.000Z,2026-10-31T16:00:00.000Z,lead,webinar,x,false\n")(exports)
    rows = json.loads(run(project, "kpi", "mqls", "--period", "month", "--format", "json").stdout)
    assert [(row["period"], row["value"]) for row in rows] == [("2026-11", 1)]


def test_a_quoted_newline_mixed_line_ends_and_a_cell_of_two_megabytes_lose_nothing(project: Path, exports: Path) -> None:
    large = "x" * 2_000_000
    leads(HEADER + 'L1,2026-11-02 09:00:00,,lead,webinar,"two\nlines",false\r\n'
          + f"L2,2026-11-03 09:00:00,,lead,webinar,{large},false\n")(exports)
    done = run(project, "query", "SELECT lead_id, length(company) AS letters FROM leads ORDER BY lead_id", "--format", "json")
    assert json.loads(done.stdout) == [{"lead_id": "L1", "letters": 9}, {"lead_id": "L2", "letters": len(large)}]


BROKEN_DEFINITIONS = {
    "an unknown key": ("targets.yml", "value: 55", "valu: 55", "targets.yml:", "unknown key 'valu'; did you mean 'value'?"),
    "a wrong type": ("targets.yml", "value: 55", "value: many", "targets.yml:", "expected a number"),
    "a duplicate id": ("stages.yml", "- id: mql", "- id: lead", "stages.yml:", "'lead' stands here twice"),
    "an unknown stage": ("stages.yml", "next: [mql,", "next: [mqll,", "stages.yml:", "did you mean 'mql'?"),
    "no YAML": ("calendar.yml", "timezone:", "timezone: [", "calendar.yml:", "is not YAML"),
    "a KPI over a column that is not there": ("kpis/mqls.yml", "{date: mql_at}", "{date: mql_on}", "kpis/mqls.yml:", "does not run over lead_journeys"),
}


@pytest.mark.parametrize("name", BROKEN_DEFINITIONS)
def test_a_definition_that_is_wrong_is_told_with_file_and_line(project: Path, exports: Path, name: str) -> None:
    file, before, after, place, words = BROKEN_DEFINITIONS[name]
    leads(HEADER + GOOD)(exports)
    path = project / "playbook" / "definitions" / file
    kept = path.read_text(encoding="utf-8")
    assert before in kept
    try:
        path.write_text(kept.replace(before, after, 1), encoding="utf-8")
        done = run(project, "check")
    finally:
        path.write_text(kept, encoding="utf-8")
    assert done.exit_code == 1 and place in done.stderr and words in done.stderr, done.stderr


BROKEN_FILES = {
    "a rule that needs a column that is not there": ("checks/rules/future_event.sql", "-- severity", "-- needs: [leads.next_action]\n-- severity", "no column is called 'leads.next_action'; did you mean"),
    "a rule that names a KPI that is not there": ("checks/rules/losses_x.sql", "", None, "no KPI is called 'lossess'; did you mean 'losses'?"),
    "a rule with braces that hold nothing known": ("checks/rules/losses_y.sql", "", None, "braces may hold count"),
    "a page whose order is no number": ("playbook/ja/index.md", "order: 0", "order: soon", "playbook/ja/index.md:5: 'order' is 'soon', expected a whole number"),
    "a page with a day that is none": ("playbook/ja/index.md", "verified: 2026-11-16", "verified: 2026-11-99", "playbook/ja/index.md:1: has front matter that cannot be read"),
    "a label that a generated page needs": ("playbook/definitions/labels.yml", "  weekly: ", "  weekli: ", "the label 'weekly' is missing"),
}
RULE = """-- title: {{ja: 検査, en: A test}}
-- severity: warning
-- looks_at: [leads]
-- kpis: [{kpi}]
-- sentence: {{ja: "{{{name}}}件", en: "{{{name}}} leads"}}
-- fix: {{ja: 直す, en: Mend it}}
SELECT lead_id AS record FROM leads ORDER BY record
"""
RULES = {"checks/rules/losses_x.sql": RULE.format(kpi="lossess", name="count"), "checks/rules/losses_y.sql": RULE.format(kpi="losses", name="counts")}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_rule_or_page_that_is_wrong_is_told_with_its_file(project: Path, exports: Path, name: str) -> None:
    file, before, after, words = BROKEN_FILES[name]
    leads(HEADER + GOOD)(exports)
    path = project / file
    kept = path.read_text(encoding="utf-8") if path.exists() else None
    try:
        path.write_text(RULES[file] if kept is None else kept.replace(before, after, 1), encoding="utf-8")
        done = run(project, "check")
    finally:
        path.write_text(kept, encoding="utf-8") if kept is not None else path.unlink()
    assert done.exit_code == 1 and words in done.stderr, done.stderr


def test_a_definition_file_that_is_missing_cannot_run(project: Path, exports: Path) -> None:
    leads(HEADER + GOOD)(exports)
    path = project / "playbook" / "definitions" / "stages.yml"
    kept = path.read_bytes()
    path.unlink()
    try:
        done = run(project, "check")
    finally:
        path.write_bytes(kept)
    assert done.exit_code == 2 and "stages.yml: is not there" in done.stderr


def naughty() -> list[str]:
    if not HOSTILE.is_dir():
        pytest.skip(f"{HOSTILE} is not here: naughty strings in an export are not tested")
    return json.loads((HOSTILE / "blns.json").read_text(encoding="utf-8"))


def test_every_naughty_string_survives_as_a_source_and_builds_a_site(project: Path, exports: Path) -> None:
    strings = [text for text in naughty() if "\0" not in text]
    with (exports / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.strip().split(","))
        for number, text in enumerate(strings):
            writer.writerow([f"L{number}", "2026-11-02 09:00:00", "2026-11-02 09:00:00", "lead", text, text, "false"])
    done = run(project, "query", "SELECT lead_id, source FROM leads", "--format", "json")
    found = {row["lead_id"]: row["source"] for row in json.loads(done.stdout)}
    assert found == {f"L{number}": text or None for number, text in enumerate(strings)}
    rows = json.loads(run(project, "kpi", "mqls", "--period", "all", "--by", "source", "--format", "json").stdout)
    assert rows[0]["value"] == len(strings) and sum(row["value"] for row in rows[1:]) == len(strings)
    try:
        built = run(project, "build", "--as-of", "2026-11-20", "--draft")
        assert built.exit_code == 0, built.output[:2000]
        assert (project / "site" / "en" / "kpis" / "mqls.html").is_file()
    finally:
        (project / "site").unlink(missing_ok=True)


def test_every_naughty_string_as_a_stage_is_named_by_the_check(project: Path, exports: Path) -> None:
    strings = [text for text in dict.fromkeys(naughty()) if text and "\0" not in text]
    with (exports / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.strip().split(","))
        writer.writerows([f"L{number}", "2026-11-02 09:00:00", "", text, "webinar", "x", "false"] for number, text in enumerate(strings))
    done = run(project, "check", "--format", "json", "--rows", "1000")
    finding = next(one for one in json.loads(done.stdout)["findings"] if one["rule"] == "undefined_stage")
    assert done.exit_code == 1 and sorted(row["value"] for row in finding["rows"]) == sorted(strings)
    shown = run(project, "check", "--rows", "1000").stdout
    assert not any(ord(letter) < 32 and letter != "\n" for letter in shown)


@pytest.mark.parametrize("name", sorted(path.name for path in (HOSTILE / "csv_spectrum" / "csvs").glob("*.csv")) or ["csv_spectrum"])
def test_an_awkward_file_in_place_of_the_leads_is_refused_in_words(project: Path, exports: Path, name: str) -> None:
    if not HOSTILE.is_dir():
        pytest.skip(f"{HOSTILE} is not here: awkward files are not tested")
    shutil.copyfile(HOSTILE / "csv_spectrum" / "csvs" / name, exports / "leads.csv")
    done = run(project, "check")
    assert done.exit_code == 1 and "leads.csv:1: has no column 'lead_id'" in done.stderr
