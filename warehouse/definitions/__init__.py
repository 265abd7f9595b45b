"""The definitions: one frozen object read from `playbook/definitions`, an adapter's folder laid over it."""

from dataclasses import dataclass
from pathlib import Path

from warehouse.definitions import references
from warehouse.definitions.agreements import Agreement
from warehouse.definitions.calendar import CalendarFile
from warehouse.definitions.kpis import Kpi, Target, TargetsFile
from warehouse.definitions.model import Id, Model, Text, validated
from warehouse.definitions.organisation import Department, DepartmentsFile, GlossaryFile, LabelsFile, Motion, Term
from warehouse.definitions.priority import PriorityFile, PriorityVersion
from warehouse.definitions.signatures import SignaturesFile
from warehouse.definitions.source import Source, read
from warehouse.definitions.stages import FieldDefinition, FieldsFile, Stage, StagesFile
from warehouse.definitions.tables import Table, TablesFile
from warehouse.definitions.upkeep import Upkeep
from warehouse.problems import CannotRun, Problem, WrongInput, nearest
from warehouse.project import Project

__all__ = ["Definitions", "FILES", "FOLDERS", "Id", "Model", "Source", "Stage", "Text", "load", "read_model"]

FILES: dict[str, type[Model]] = {
    "departments.yml": DepartmentsFile,
    "stages.yml": StagesFile,
    "fields.yml": FieldsFile,
    "calendar.yml": CalendarFile,
    "glossary.yml": GlossaryFile,
    "targets.yml": TargetsFile,
    "priority.yml": PriorityFile,
    "signatures.yml": SignaturesFile,
    "labels.yml": LabelsFile,
}
FOLDERS: dict[str, type[Model]] = {"kpis": Kpi, "agreements": Agreement}


@dataclass(frozen=True)
class Definitions:
    """What the team agreed on, both languages. `upkeep` and `sources`, which knows the line of everything, are by file name."""

    departments: tuple[Department, ...]
    motions: tuple[Motion, ...]
    stages: tuple[Stage, ...]
    fields: tuple[FieldDefinition, ...]
    calendar: CalendarFile
    terms: tuple[Term, ...]
    targets: tuple[Target, ...]
    priorities: tuple[PriorityVersion, ...]
    labels: dict[str, Text]
    kpis: dict[str, Kpi]
    agreements: dict[str, Agreement]
    signatures: SignaturesFile
    tables: dict[str, Table]
    marts: frozenset[str]
    upkeep: dict[str, Upkeep]
    sources: dict[str, Source]

    @property
    def milestones(self) -> set[str]:
        """The milestones that some stage of this CRM stands for."""
        return {stage.milestone for stage in self.stages}


def load(project: Project, overlay: Path | None = None) -> Definitions:
    """Read every definition file; a file of the same path in `overlay` takes the place of the project's.

    Raises WrongInput with all problems of all files at once, CannotRun when a file is missing.
    """
    paths = _paths(project, overlay)
    sources = {name: read(path, project.shown(path)) for name, path in paths.items()}
    models = {name: validated(_model_of(name), source) for name, source in sources.items()}
    problems = [problem for source in sources.values() for problem in source.problems]
    definitions = _assembled(models, sources, frozenset(path.stem for path in project.marts.glob("*.sql"))) if all(models.values()) else None
    if definitions:
        problems += references.problems(definitions)
    if problems:
        raise WrongInput(problems)
    return definitions


def read_model(model: type[Model], path: Path, name: str) -> tuple[Model, Source]:
    """One YAML file as one model; raises WrongInput with all its problems, CannotRun when there is no such file."""
    if not path.is_file():
        raise CannotRun([Problem(name, None, "is not there", "check the path")])
    source = read(path, name)
    loaded = validated(model, source)
    if loaded is None:
        raise WrongInput(source.problems)
    return loaded, source


def _paths(project: Project, overlay: Path | None) -> dict[str, Path]:
    """Definition name → file, the overlay's before the project's."""
    folders = [project.definitions, *([overlay] if overlay else [])]
    _refuse_strangers(project, folders)
    paths = {"tables.yml": project.tables}
    for folder in folders:
        paths |= {name: folder / name for name in FILES if (folder / name).is_file()}
        paths |= {f"{section}/{file.name}": file for section in FOLDERS for file in sorted((folder / section).glob("*.yml"))}
    missing = [Problem(project.shown(project.definitions / name), None, "is not there", "every playbook has one; restore it")
               for name in FILES if name not in paths]
    if not project.tables.is_file():
        missing.append(Problem(project.shown(project.tables), None, "is not there", "restore it"))
    if missing:
        raise CannotRun(missing)
    return paths


def _refuse_strangers(project: Project, folders: list[Path]) -> None:
    """A file that nobody reads is a definition somebody believes in."""
    known = {*FILES, *FOLDERS}
    strangers = [Problem(project.shown(file), None, "is no definition file", nearest(file.name, known))
                 for folder in folders for file in sorted(folder.iterdir())
                 if file.name not in known and not file.name.startswith(".")]
    strangers += [Problem(project.shown(file), None, "is no definition file", "name it <id>.yml, the id in lower-case letters, digits and _")
                  for folder in folders for section in FOLDERS if (folder / section).is_dir()
                  for file in sorted((folder / section).iterdir())
                  if not file.name.startswith(".") and (file.suffix != ".yml" or not references.IDENTIFIER.match(file.stem))]
    if strangers:
        raise WrongInput(strangers)


def _model_of(name: str) -> type[Model]:
    return FILES.get(name) or (TablesFile if name == "tables.yml" else FOLDERS[name.split("/")[0]])


def _assembled(models: dict, sources: dict[str, Source], marts: frozenset[str]) -> Definitions:
    return Definitions(
        departments=models["departments.yml"].departments,
        motions=models["departments.yml"].motions,
        stages=models["stages.yml"].stages,
        fields=models["fields.yml"].fields,
        calendar=models["calendar.yml"],
        terms=models["glossary.yml"].terms,
        targets=models["targets.yml"].targets,
        priorities=models["priority.yml"].versions,
        labels=models["labels.yml"].labels,
        kpis=_in_order(models, "kpis"),
        agreements=_in_order(models, "agreements"),
        signatures=models["signatures.yml"],
        tables=models["tables.yml"].tables,
        marts=marts,
        upkeep={name: model.upkeep for name, model in models.items() if getattr(model, "upkeep", None)},
        sources=sources,
    )


def _in_order(models: dict, folder: str) -> dict:
    """The models of one folder by the stem of their file, in the order they name."""
    found = {name.removeprefix(f"{folder}/").removesuffix(".yml"): model for name, model in models.items() if name.startswith(f"{folder}/")}
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))
