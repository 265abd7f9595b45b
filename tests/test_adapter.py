"""Loading an adapter: what it names must exist, and every fault is told with its line."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.world import PROJECT, project_definitions
from warehouse import adapter
from warehouse.problems import CannotRun, WrongInput

TEXT = """\
schema: 1
name: {ja: 試験, en: Trial}
timezone: Asia/Tokyo
files:
  leads: leads.csv
  calls: {path: [calls.csv, calls.parquet], optional: true}
tables:
  leads:
    from: leads
    columns:
      lead_id: ID
      created_at: {column: 作成日時, format: "%Y/%m/%d %H:%M"}
      stage: {sql: "upper(stage)"}
  activities:
    from: calls
"""


@pytest.fixture
def written(tmp_path):
    """Writes an adapter in which one text stands instead of another, and tells the line of the change."""

    def write(old: str = "", new: str = "") -> tuple[Path, int]:
        before, found, after = TEXT.partition(old) if old else (TEXT, "", "")
        assert found == old
        path = tmp_path / "trial.yml"
        path.write_text(before + new + after, encoding="utf-8")
        return path, before.count("\n") + 1

    return write


def read(path: Path) -> adapter.Adapter:
    loaded = adapter.load(PROJECT, str(path))
    adapter.check(loaded, project_definitions().tables)
    return loaded


def problems(path: Path) -> list[str]:
    """What is wrong with the adapter, without the folder of the test."""
    with pytest.raises(WrongInput) as caught:
        read(path)
    return [str(problem).removeprefix(f"{path.parent}/") for problem in caught.value.problems]


FAULTS = {
    "an unknown table": ("  activities:\n", "  activites:\n", "no canonical table is called 'activites'; did you mean 'activities'?"),
    "an unknown column": ("stage: {sql", "stagee: {sql", "leads has no column 'stagee'; did you mean 'stage'?"),
    "an unknown file": ("  activities:\n    from: calls", "  activities:\n    from: call", "no file is called 'call'; did you mean 'calls'?"),
    "an origin without column or sql": ("{sql: \"upper(stage)\"}", "{values: {a: b}}",
                                        "'tables.leads.columns.stage' write either column: a header of the file, or sql: an expression"),
    "an origin with both": ("{sql: \"upper(stage)\"}", "{sql: stage, column: Stage}",
                            "'tables.leads.columns.stage' write either column: a header of the file, or sql: an expression"),
    "a format on what is no date": ("{sql: \"upper(stage)\"}", "{column: Stage, format: \"%Y\"}", "a format is for dates, and stage is text; remove it"),
    "an unknown key": ("format: \"%Y", "formatt: \"%Y", "unknown key 'formatt'; did you mean 'format'?"),
    "another schema": ("schema: 1", "schema: 2", "'schema' is '2'; known: 1"),
    "an unknown zone": ("Asia/Tokyo", "Tokyo", "'timezone' is 'Tokyo': no such time zone; use a name such as Asia/Tokyo"),
    "a file without a path": ("leads: leads.csv", "leads: []", "'files.leads.path' is empty"),
    "a file outside the exports": ("leads: leads.csv", "leads: /data/leads.csv",
                                   "'files.leads.path.0' is '/data/leads.csv': lies outside the folder of exports; write a path within it"),
    "a file above the exports": ("leads: leads.csv", "leads: ../leads.csv",
                                 "'files.leads.path.0' is '../leads.csv': lies outside the folder of exports; write a path within it"),
    "a name in capital letters": ("  leads: leads.csv", "  Leads: leads.csv", "'files.Leads' is 'Leads', expected lower-case letters, digits and _, a letter first"),
    "a time of export that is none": ("schema: 1", "exported_at: yesterday\nschema: 1", "'exported_at' is 'yesterday': no time; write 2026-11-20T18:00:00"),
    "a time of export without quotes": ("schema: 1", "exported_at: 2026-11-20 18:00:00\nschema: 1",
                                        "'exported_at' is '2026-11-20 18:00:00', expected a text; put it in quotes"),
    "a text for the name": ("{ja: 試験, en: Trial}", "Trial", "'name' is 'Trial', expected keys and values"),
}



@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line_and_its_mend(written, fault) -> None:
    old, new, sentence = FAULTS[fault]
    path, line = written(old, new)
    assert problems(path) == [f"trial.yml:{line}: {sentence}"]


def test_a_required_column_that_is_not_mapped_is_named(written) -> None:
    path, line = written("      lead_id: ID\n")
    assert problems(path) == [f"trial.yml:{line - 1}: leads needs the column 'lead_id'; map it to a header or an expression"]


def test_the_key_from_is_suggested_as_it_is_written(written) -> None:
    path, line = written("    from: leads", "    form: leads")
    assert problems(path) == [f"trial.yml:{line - 1}: key 'from' is missing in 'tables.leads'; add it", f"trial.yml:{line}: unknown key 'form'; did you mean 'from'?"]


def test_every_table_file_and_column_that_does_not_exist_is_told_at_once(written) -> None:
    path, _ = written()
    path.write_text(TEXT.replace("stage: {sql", "stagee: {sql").replace("  activities:\n    from: calls", "  activites:\n    from: call")
                    .replace("    from: leads", "    from: lead"), encoding="utf-8")
    assert [problem.split(": ", 1)[1] for problem in problems(path)] == [
        "no file is called 'lead'; did you mean 'leads'?", "leads has no column 'stagee'; did you mean 'stage'?",
        "no canonical table is called 'activites'; did you mean 'activities'?"]


def test_a_path_that_leads_nowhere_cannot_run(tmp_path) -> None:
    with pytest.raises(CannotRun, match=r"nowhere\.yml: is not there; check the path") as caught:
        adapter.load(PROJECT, str(tmp_path / "nowhere.yml"))
    assert caught.value.exit_code == 2


def test_an_unknown_name_cannot_run_and_the_nearest_is_suggested() -> None:
    with pytest.raises(CannotRun, match=r"--adapter canonicl: no such adapter; did you mean 'canonical'\?"):
        adapter.load(PROJECT, "canonicl")


def test_an_overlay_that_is_not_there_cannot_run(written) -> None:
    path, line = written("schema: 1", "definitions: crm\nschema: 1")
    with pytest.raises(CannotRun, match=rf"trial\.yml:{line}: no folder crm beside the adapter; name a folder with definition files"):
        read(path)


def test_an_overlay_lies_beside_its_adapter(written) -> None:
    path, _ = written("schema: 1", "definitions: crm\nschema: 1")
    (path.parent / "crm").mkdir()
    assert read(path).overlay == path.parent / "crm"


def test_short_forms_mean_the_long_ones(written) -> None:
    spec = read(written()[0]).spec
    assert spec.files["leads"].path == ("leads.csv",) and spec.files["calls"].path == ("calls.csv", "calls.parquet")
    assert spec.tables["leads"].columns["lead_id"].column == "ID"
    assert spec.tables["leads"].columns["created_at"].format == ("%Y/%m/%d %H:%M",)
    assert spec.tables["activities"].columns is None


def test_without_a_name_the_canonical_adapter_is_used() -> None:
    assert adapter.load(PROJECT, None).path == PROJECT.adapters / "canonical.yml"


def test_every_adapter_of_the_project_loads() -> None:
    for path in PROJECT.adapters.glob("*.yml"):
        assert read(path).spec.schema_version == 1


@pytest.mark.parametrize(("zone", "text", "local"), [
    ("Asia/Tokyo", "2026-11-20T18:00:00", datetime(2026, 11, 20, 18)),
    ("UTC", "2026-11-20T18:00:00", datetime(2026, 11, 21, 3)),
    ("Asia/Tokyo", "2026-11-20T18:00:00+00:00", datetime(2026, 11, 21, 3)),
    ("UTC", "2026-11-20", datetime(2026, 11, 20, 23, 59, 59)),
])
def test_the_time_of_an_export_is_told_in_the_local_zone(written, zone, text, local) -> None:
    path, _ = written("timezone: Asia/Tokyo", f'timezone: {zone}\nexported_at: "{text}"')
    assert read(path).exported_at("Asia/Tokyo") == local


def test_an_adapter_need_not_say_when_the_export_was_made(written) -> None:
    assert read(written()[0]).exported_at("Asia/Tokyo") is None
