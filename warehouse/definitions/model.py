"""The base of every definition model, and pydantic's errors in the author's words."""

import re
import types
import typing
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from warehouse.definitions.source import Source
from warehouse.problems import Problem, nearest

FORMS: dict[str, str] = {}


def form(pattern: str, words: str) -> StringConstraints:
    """The constraint that a text has this pattern, and what a message calls the pattern."""
    FORMS[pattern] = words
    return StringConstraints(pattern=pattern)


Id = Annotated[str, form(r"^[a-z][a-z0-9_]*$", "lower-case letters, digits and _, a letter first")]
Words = Annotated[str, StringConstraints(min_length=1)]


class Model(BaseModel):
    """Strict, frozen, and without room for a misspelt key."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Model):
    """The same words in both languages."""

    ja: Words
    en: Words

    def __getitem__(self, language: str) -> str:
        return getattr(self, language)


def validated(model: type[Model], source: Source) -> Model | None:
    """The source's data as `model`; None, with the problems added to the source, when it does not fit."""
    if source.problems:
        return None
    if not isinstance(source.data, dict):
        source.problems.append(source.problem((), "should hold keys and values", f"start with '{next(iter(model.model_fields))}:'"))
        return None
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        source.problems.extend(_problem(model, source, fault) for fault in _first_hand(error.errors()))
        return None


def _first_hand(faults: list[dict]) -> list[dict]:
    """Without the lists that are called too short only because what is in them does not fit."""
    return [fault for fault in faults if fault["type"] != "too_short" or not any(other["loc"][:len(fault["loc"])] == fault["loc"] for other in faults if other is not fault)]


def _problem(model: type[Model], source: Source, fault: dict) -> Problem:
    path, kind = tuple(step for step in fault["loc"] if step != "[key]"), fault["type"]
    name = path[-1] if path else ""
    if kind == "extra_forbidden":
        return source.problem(path, f"unknown key '{name}'", nearest(str(name), _keys(model, path[:-1])))
    if kind == "missing":
        return source.problem(path[:-1], f"key '{name}' is missing{_within(path[:-1])}", "add it")
    if kind == "invalid_key":
        return source.problem((*path[:-1], fault["input"]), f"key '{fault['input']}' is no text", "put it in quotes")
    return source.problem(path, f"'{_dotted(path)}' {_wrong(fault)}" if path else _said(fault), _mend(fault))


def _within(path: tuple) -> str:
    return f" in '{_dotted(path)}'" if path else ""


def _dotted(path: tuple) -> str:
    return ".".join(str(step) for step in path)


EXPECTED = {
    "string_type": "a text", "int_type": "a whole number", "float_type": "a number", "bool_type": "true or false",
    "date_type": "a date (2026-04-01)", "tuple_type": "a list", "dict_type": "keys and values", "model_type": "keys and values",
    "model_attributes_type": "keys and values", "int_from_float": "a whole number",
}
INPUT = "Input should be "


def _wrong(fault: dict) -> str:
    shown = str(fault["input"])
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    if fault["type"] in EXPECTED:
        return f"is {shown!r}, expected {EXPECTED[fault['type']]}"
    if fault["type"] == "string_pattern_mismatch":
        return f"is {shown!r}, expected {FORMS[fault['ctx']['pattern']]}"
    if fault["type"] in ("string_too_short", "too_short"):
        return "is empty"
    if fault["type"] == "literal_error":
        return f"is {shown!r}"
    if fault["msg"].startswith(INPUT):
        return f"is {shown!r}, expected {fault['msg'].removeprefix(INPUT)}"
    return _said(fault) if isinstance(fault["input"], (dict, tuple)) else f"is {shown!r}: {_said(fault)}"


def _said(fault: dict) -> str:
    """The words of our own validators."""
    return fault["msg"].removeprefix("Value error, ")


def _mend(fault: dict) -> str:
    if fault["type"] == "literal_error":
        return nearest(str(fault["input"]), re.findall("'([^']*)'", fault["ctx"]["expected"]) or [fault["ctx"]["expected"]])
    if fault["type"] == "string_type":
        return "put it in quotes" if isinstance(fault["input"], (int, float, bool, date)) else "write it as text"
    return ""


def _keys(model: type[Model], path: tuple) -> list[str]:
    """The keys that may stand at a path of a model, as they are written."""
    candidates: list[Any] = [model]
    for step in path:
        candidates = [inner for one in candidates for inner in _step(one, step)]
    return [key for one in candidates if _is_model(one) for key in _written(one)]


def _written(model: type[Model]) -> dict[str, FieldInfo]:
    """A model's fields by the key that stands in the file."""
    return {_alias(field) or name: field for name, field in model.model_fields.items()}


def _alias(field: FieldInfo) -> str | None:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else alias


def _step(annotation: Any, step: Any) -> Iterator[Any]:
    if _is_model(annotation):
        inner = _written(annotation).get(str(step))
        yield from _members(inner.annotation) if inner else ()
    elif isinstance(step, int) or typing.get_origin(annotation) is dict:
        yield from _members(typing.get_args(annotation)[-2 if isinstance(step, int) and len(typing.get_args(annotation)) > 1 else -1])


def _members(annotation: Any) -> Iterator[Any]:
    """The types behind an annotation: of a union each, of `Annotated` the inner one."""
    if typing.get_origin(annotation) is Annotated:
        yield from _members(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for member in typing.get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
