"""Waivers: what the team lives with for a while of what the rules find, who answers for it, why, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from checks.rule import Rule
from warehouse.definitions import Definitions, read_model
from warehouse.definitions.model import Id, Model, Text, Words
from warehouse.definitions.source import Source
from warehouse.problems import Problem, WrongInput, nearest
from warehouse.project import Project

TABLE = "waivers"
SCOPES = ("records", "where", "all")


def as_text(value: Any) -> str | None:
    """A value of a row, or of the file, in the one form in which they are compared; None stands for an empty one."""
    if isinstance(value, (float, Decimal)) and value == value and float(value).is_integer():
        value = int(value)
    return None if value is None else str(value)


def _texts(value: Any) -> tuple[str | None, ...]:
    values = value if isinstance(value, tuple) else (value,)
    if not values or any(isinstance(one, (dict, tuple)) for one in values):
        raise ValueError("expected a value or a list of values")
    return tuple(as_text(one) for one in values)


def _both_languages(value: Any) -> Any:
    return {"ja": value, "en": value} if isinstance(value, str) else value


class Grant(Model):
    """One waiver as it is written: the rule, which of its rows (`records` by id, `where` by their columns, or `all`), owner, reason, last day."""

    rule: Id
    records: Annotated[tuple[Words, ...], Field(min_length=1)] | None = None
    where: Annotated[dict[Id, Annotated[tuple[str | None, ...], BeforeValidator(_texts)]], Field(min_length=1)] | None = None
    all: Literal[True] | None = None
    owner: Id
    reason: Annotated[Text, BeforeValidator(_both_languages)]
    approved_by: Words | None = None
    expires_on: date

    @model_validator(mode="after")
    def _has_one_scope(self) -> "Grant":
        if sum(getattr(self, scope) is not None for scope in SCOPES) != 1:
            raise ValueError("a waiver has one scope: records, where, or all: true")
        return self


class WaiversFile(Model):
    waivers: tuple[Grant, ...]


@dataclass(frozen=True, eq=False)
class Waiver:
    """A waiver with its place in the file."""

    grant: Grant
    source: Source
    position: int

    @property
    def rank(self) -> int:
        """Its number in the file, from one."""
        return self.position + 1

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.source.name}:{self.source.line((TABLE, self.position))}"

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(self.grant.records or ())

    def covers(self, row: dict[str, Any]) -> bool:
        """Whether a row of the rule's is in the scope. Whether the waiver still holds is another question."""
        if self.grant.records is not None:
            return as_text(row["record"]) in self._ids
        return all(as_text(row[column]) in values for column, values in (self.grant.where or {}).items())

    def problem(self, path: tuple, what: str, mend: str) -> Problem:
        return self.source.problem((TABLE, self.position, *path), what, mend)


def load(project: Project) -> list[Waiver]:
    """The project's waivers, none without a file. Raises WrongInput with all faults of the file at once."""
    if not project.waivers.is_file():
        return []
    return placed(*read_model(WaiversFile, project.waivers, project.shown(project.waivers)))


def placed(file: WaiversFile, source: Source) -> list[Waiver]:
    """The waivers of a file that was read."""
    return [Waiver(grant, source, position) for position, grant in enumerate(file.waivers)]


def check(waivers: Iterable[Waiver], rules: Iterable[Rule], definitions: Definitions) -> None:
    """Raise WrongInput for every waiver of a rule that does not exist or may not be waived, or of an owner who is no department."""
    known = {rule.id for rule in rules if not is_about_waivers(rule)}
    kept = {rule.id for rule in rules} - known
    departments = {department.id for department in definitions.departments}
    problems = []
    for one in waivers:
        rule, owner = one.grant.rule, one.grant.owner
        if rule in kept:
            problems.append(one.problem(("rule",), f"'{rule}' is about waivers and cannot be waived", "renew the waiver that it names, or take it out"))
        elif rule not in known:
            problems.append(one.problem(("rule",), f"no rule is called '{rule}'", nearest(rule, known)))
        if owner not in departments:
            problems.append(one.problem(("owner",), f"no department is called '{owner}'", nearest(owner, departments)))
    if problems:
        raise WrongInput(problems)


def check_columns(waivers: Iterable[Waiver], columns: list[str]) -> None:
    """Raise WrongInput where a scope names a column that the rule's rows do not have."""
    problems = [one.problem(path, f"the rows of {one.grant.rule} have no column '{path[-1]}'", nearest(path[-1], columns))
                for one in waivers for path in (("where", column) for column in one.grant.where or ()) if path[-1] not in columns]
    problems += [one.problem(("records",), f"the rows of {one.grant.rule} have no column 'record'", "say which by where, or all: true")
                 for one in waivers if one.grant.records and "record" not in columns]
    if problems:
        raise WrongInput(problems)


def is_about_waivers(rule: Rule) -> bool:
    """Whether a rule looks at the waivers themselves: it runs after the others and cannot be waived."""
    return TABLE in rule.header.looks_at


def split(rows: list[dict[str, Any]], waivers: list[Waiver]) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """The rows that no waiver covers, and those of each waiver; a row belongs to the first that covers it."""
    others: list[dict[str, Any]] = []
    taken: list[list[dict[str, Any]]] = [[] for _ in waivers]
    for row in rows:
        next((mine for one, mine in zip(waivers, taken, strict=True) if one.covers(row)), others).append(row)
    return others, taken
