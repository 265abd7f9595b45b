"""JSON Schemas of the definition files, for editors; `python -m warehouse.definitions.schema` writes them."""

import json
from typing import Any

from warehouse.adapter import AdapterFile
from warehouse.definitions import FILES, FOLDERS, Model
from warehouse.definitions.tables import TablesFile
from warehouse.project import Project

FOLDER = ".schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, type[Model]] = {
    **{name.removesuffix(".yml"): model for name, model in FILES.items()},
    **{folder.removesuffix("s"): model for folder, model in FOLDERS.items()},
    "tables": TablesFile,
    "adapter": AdapterFile,
}


def texts() -> dict[str, str]:
    """File name → JSON text, one for each kind of file; the same models give the same bytes."""
    return {f"{kind}.json": _text(model) for kind, model in sorted(MODELS.items())}


def write(project: Project) -> None:
    """Write every schema into `playbook/definitions/.schema`, and remove those of kinds that are no more."""
    folder = project.definitions / FOLDER
    folder.mkdir(exist_ok=True)
    wanted = texts()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for file in folder.glob("*.json"):
        if file.name not in wanted:
            file.unlink()


def _text(model: type[Model]) -> str:
    schema = {"$schema": DIALECT, **_without_titles(model.model_json_schema())}
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _without_titles(value: Any) -> Any:
    """The titles pydantic makes of names say nothing that a hover does not show already; a property called title stays."""
    if isinstance(value, dict):
        return {key: _without_titles(inner) for key, inner in value.items() if not (key == "title" and isinstance(inner, str))}
    return [_without_titles(inner) for inner in value] if isinstance(value, list) else value


if __name__ == "__main__":
    write(Project.find())
