"""How one CRM's export maps to the canonical tables: one YAML file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator

from warehouse.definitions import Source, Text, read_model
from warehouse.definitions.calendar import Zone
from warehouse.definitions.model import Id, Model, Words
from warehouse.definitions.tables import Table
from warehouse.problems import CannotRun, Problem, WrongInput, nearest
from warehouse.project import Project


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _as_path(value: Any) -> Any:
    return {"path": value} if isinstance(value, (str, tuple)) else value


def _as_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _inside(pattern: str) -> str:
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
        raise ValueError("lies outside the folder of exports; write a path within it")
    return pattern


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("no time; write 2026-11-20T18:00:00") from error
    return text


Inside = Annotated[Words, AfterValidator(_inside)]
OneOrMore = BeforeValidator(_as_tuple, json_schema_input_type=Words | tuple[Words, ...])


class File(Model):
    """One file of the export. Several paths are alternatives; `*` and `?` are allowed in a name."""

    path: Annotated[tuple[Inside, ...], OneOrMore, Field(min_length=1)]
    optional: bool = False
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","


class Mapped(Model):
    """Where one canonical column comes from: a header of the file, or an SQL expression over its columns.

    `format` is one strptime pattern, or several to try in turn; `values` maps what the CRM writes to what the
    playbook calls it, and leaves every other value as it is.
    """

    column: Words | None = None
    sql: Words | None = None
    format: Annotated[tuple[Words, ...], OneOrMore] = ()
    values: dict[str, str] = {}

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Mapped":
        if (self.column is None) == (self.sql is None):
            raise ValueError("write either column: a header of the file, or sql: an expression")
        return self


class MappedTable(Model):
    """One canonical table: the file it is read from and its columns (all of the same name, where none is listed)."""

    file: Annotated[Id, Field(validation_alias=AliasChoices("from", "file"))]
    columns: dict[Id, Annotated[Mapped, BeforeValidator(_as_column, json_schema_input_type=Words | Mapped)]] | None = None
    where: Words | None = None


class AdapterFile(Model):
    """An adapter as it is written."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    name: Text
    timezone: Zone
    exported_at: Annotated[Words, AfterValidator(_moment)] | None = None
    fresh_within_days: Annotated[int, Field(gt=0)] = 14
    definitions: Words | None = None
    files: Annotated[dict[Id, Annotated[File, BeforeValidator(_as_path, json_schema_input_type=Words | tuple[Words, ...] | File)]], Field(min_length=1)]
    tables: Annotated[dict[Id, MappedTable], Field(min_length=1)]


@dataclass(frozen=True)
class Adapter:
    """A loaded adapter and where it came from."""

    path: Path
    spec: AdapterFile
    source: Source

    @property
    def overlay(self) -> Path | None:
        """The folder of definitions laid over the project's, if the adapter names one."""
        return self.path.parent / self.spec.definitions if self.spec.definitions else None

    def exported_at(self, local_zone: str) -> datetime | None:
        """When the export was made, in the local zone, if the adapter says so. A time without an offset is the export's, a day means its end."""
        text = self.spec.exported_at
        if text is None or len(text) == len("2026-11-20"):
            return text and datetime.combine(date.fromisoformat(text), time(23, 59, 59))
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.spec.timezone))
        return moment.astimezone(ZoneInfo(local_zone)).replace(tzinfo=None)


DEFAULT = "canonical"


def load(project: Project, name: str | None) -> Adapter:
    """The adapter of a name (`warehouse/adapters/<name>.yml`) or of a file's path."""
    path = _path(project, name or DEFAULT)
    spec, source = read_model(AdapterFile, path, project.shown(path))
    adapter = Adapter(path, spec, source)
    if adapter.overlay and not adapter.overlay.is_dir():
        raise CannotRun([source.problem(("definitions",), f"no folder {spec.definitions} beside the adapter", "name a folder with definition files")])
    return adapter


def _path(project: Project, name: str) -> Path:
    if name.endswith((".yml", ".yaml")) or "/" in name:
        return Path(name).resolve()
    known = [file.stem for file in project.adapters.glob("*.yml")]
    if name not in known:
        raise CannotRun([Problem(f"--adapter {name}", None, "no such adapter", nearest(name, known))])
    return project.adapters / f"{name}.yml"


def check(adapter: Adapter, tables: dict[str, Table]) -> None:
    """Raise WrongInput with every table, file or column of the adapter that does not exist."""
    problems = list(_problems(adapter, tables))
    if problems:
        raise WrongInput(problems)


def _problems(adapter: Adapter, tables: dict[str, Table]) -> Iterator[Problem]:
    for name, mapped in adapter.spec.tables.items():
        here = ("tables", name)
        if name not in tables:
            yield adapter.source.problem(here, f"no canonical table is called '{name}'", nearest(name, tables))
            continue
        if mapped.file not in adapter.spec.files:
            yield adapter.source.problem(here, f"no file is called '{mapped.file}'", nearest(mapped.file, adapter.spec.files))
        if mapped.columns is not None:
            yield from _column_problems(adapter, name, mapped, tables[name])


def _column_problems(adapter: Adapter, name: str, mapped: MappedTable, table: Table) -> Iterator[Problem]:
    here = ("tables", name, "columns")
    for column, origin in mapped.columns.items():
        if column not in table.columns:
            yield adapter.source.problem((*here, column), f"{name} has no column '{column}'", nearest(column, table.columns))
        elif origin.format and table.columns[column].type not in ("timestamp", "date"):
            yield adapter.source.problem((*here, column), f"a format is for dates, and {column} is {table.columns[column].type}", "remove it")
    for column, wanted in table.columns.items():
        if wanted.required and column not in mapped.columns:
            yield adapter.source.problem(here, f"{name} needs the column '{column}'", "map it to a header or an expression")
