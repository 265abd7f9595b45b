"""The JSON Schemas for editors: current, complete, and in the words of the files."""

import json
from pathlib import Path

from tests.world import PROJECT, ROOT
from warehouse.definitions import FILES, FOLDERS, schema
from warehouse.project import Project


def test_the_schemas_for_editors_are_current() -> None:
    folder = PROJECT.definitions / schema.FOLDER
    committed = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    assert committed == schema.texts(), "run python -m warehouse.definitions.schema"


def test_there_is_a_schema_for_every_kind_of_definition_file() -> None:
    kinds = {name.removesuffix(".yml") for name in FILES} | {name.removesuffix("s") for name in FOLDERS} | {"tables", "adapter"}
    assert {name.removesuffix(".json") for name in schema.texts()} == kinds


def test_a_schema_names_keys_as_the_file_does() -> None:
    schemas = {name: json.loads(text) for name, text in schema.texts().items()}
    assert set(schemas["calendar.json"]["$defs"]["Closure"]["properties"]) == {"from", "to", "name"}
    assert "schema" in schemas["adapter.json"]["required"]
    assert set(schemas["adapter.json"]["$defs"]["MappedTable"]["properties"]) == {"from", "columns", "where"}


def test_a_schema_allows_the_short_forms_of_an_adapter() -> None:
    adapter = json.loads(schema.texts()["adapter.json"])
    text = {"type": "string", "minLength": 1}
    assert text in next(iter(adapter["properties"]["files"]["patternProperties"].values()))["anyOf"]
    assert text in next(iter(adapter["$defs"]["MappedTable"]["properties"]["columns"]["anyOf"][0]["patternProperties"].values()))["anyOf"]
    assert text in adapter["$defs"]["Mapped"]["properties"]["format"]["anyOf"]


def test_a_schema_that_is_no_more_is_removed(tmp_path) -> None:
    stale = tmp_path / "playbook" / "definitions" / schema.FOLDER / "tiers.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    schema.write(Project(tmp_path))
    assert not stale.exists()
    assert {file.name for file in stale.parent.iterdir()} == set(schema.texts())


def test_editors_know_the_schema_of_every_definition_file() -> None:
    mapped = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    assert {Path(name).name for name in mapped} == set(schema.texts())
    assert all((ROOT / name).is_file() for name in mapped)
    covered = [file for patterns in mapped.values() for pattern in patterns for file in ROOT.glob(pattern)]
    definitions = [file for folder in (PROJECT.definitions, PROJECT.adapters, ROOT / "tests" / "adapters") for file in folder.rglob("*.yml")]
    assert sorted(covered) == sorted([*definitions, PROJECT.tables])
