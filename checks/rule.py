"""One rule: an SQL file that selects what breaks it, with its words in the comment at its head."""

from dataclasses import dataclass
from typing import Annotated, Literal

import yaml
from pydantic import Field, field_validator

from warehouse.definitions import Definitions
from warehouse.definitions.model import Id, Model, Text, form, validated
from warehouse.definitions.source import Source
from warehouse.problems import Problem, WrongInput, nearest
from warehouse.project import Project

PREFIX = "-- "


class Header(Model):
    """What a rule says of itself. `sentence` may use {count}, {looked_at} and {examples}."""

    title: Text
    severity: Literal["error", "warning"]
    looks_at: tuple[Id, ...]
    tolerance: Annotated[float, Field(ge=0, le=1)] | None = None
    needs: tuple[Annotated[str, form(r"^[a-z_]+\.[a-z_]+( or [a-z_]+\.[a-z_]+)*$", "table.column or table.column")], ...] = ()
    kpis: tuple[Id, ...] | Literal["all"] = ()
    sentence: Text
    fix: Text

    @field_validator("sentence")
    @classmethod
    def _names_what_there_is(cls, sentence: Text) -> Text:
        for words in (sentence.ja, sentence.en):
            try:
                words.format(count="", looked_at="", examples="")
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"braces may hold count, looked_at and examples, not {error}") from error
        return sentence


@dataclass(frozen=True)
class Rule:
    """A rule ready to run; `id` is the file's stem."""

    id: str
    header: Header
    sql: str
    source: Source


def load(project: Project) -> list[Rule]:
    """All rules of the project, by name. Raises WrongInput with the faults of all headers at once."""
    rules, problems = [], []
    for path in sorted(project.rules.glob("*.sql")):
        source = Source(project.shown(path))
        text = path.read_text(encoding="utf-8")
        header = _header(text, source)
        problems += source.problems
        if header:
            rules.append(Rule(path.stem, header, text, source))
    if problems:
        raise WrongInput(problems)
    return rules


def check(rules: list[Rule], definitions: Definitions) -> None:
    """Raise WrongInput for every column or KPI that a rule names and nobody defines: it would be skipped, or badge nothing, for ever."""
    columns = {f"{name}.{column}" for name, table in definitions.tables.items() for column in table.columns}
    problems = []
    for rule in rules:
        needs = [column for alternatives in rule.header.needs for column in alternatives.split(" or ")]
        problems += [rule.source.problem(("needs",), f"no column is called '{column}'", nearest(column, columns)) for column in needs if column not in columns]
        named = rule.header.kpis if rule.header.kpis != "all" else ()
        problems += [rule.source.problem(("kpis",), f"no KPI is called '{kpi}'", nearest(kpi, definitions.kpis)) for kpi in named if kpi not in definitions.kpis]
    if problems:
        raise WrongInput(problems)


def _header(text: str, source: Source) -> Header | None:
    """The YAML in the comment lines at the head of the file."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix(PREFIX).removeprefix("--"))
    try:
        source.data = _frozen(yaml.safe_load("\n".join(lines)))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        source.problems.append(Problem(source.name, line, f"has a header that is not YAML: {error.problem}", "check quotes and colons"))
        return None
    source.lines = {(key,): number for number, line in enumerate(lines, 1) for key in [line.split(":")[0]]}
    return validated(Header, source)


def _frozen(value):
    """Lists as tuples, as the models want them."""
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value
