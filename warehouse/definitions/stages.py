"""Stages of the pipeline and the CRM fields they ask for."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from warehouse.definitions.model import Id, Model, Text, form
from warehouse.definitions.upkeep import Upkeep

Milestone = Literal["lead", "mql", "contact", "interest", "fit", "sql", "opportunity", "won", "lost", "recycled", "disqualified"]
PositiveDays = Annotated[int, Field(gt=0)]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no pattern: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class Choice(Model):
    """One value of a closed list."""

    id: Annotated[str, Field(min_length=1)]
    name: Text


class Stage(Model):
    """One stage: what it means, who owns it, what it asks for, and where a record may go next."""

    id: Annotated[str, form(r"^[A-Za-z][A-Za-z0-9_]*$", "letters, digits and _, a letter first")]
    milestone: Milestone
    name: Text
    meaning: Text
    owner: Id
    entry: Text
    exit: Text
    required_fields: tuple[Id, ...] = ()
    longest_stay_days: PositiveDays | None = None
    overstay: Text | None = None
    next: tuple[str, ...] = ()
    reasons: tuple[Choice, ...] = ()
    reentry: Text | None = None
    owner_leaves: Text
    example: Text
    counter_example: Text

    @model_validator(mode="after")
    def _limit_has_consequence(self) -> "Stage":
        if (self.longest_stay_days is None) != (self.overstay is None):
            raise ValueError("longest_stay_days and overstay come together: a limit and what happens past it")
        return self


class StagesFile(Model):
    upkeep: Upkeep | None = None
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]


class Format(Model):
    """How a value has to be written: a pattern the whole value matches, and the same in words."""

    pattern: Pattern
    words: Text


class FieldDefinition(Model):
    """One field of the CRM as people fill it in; `id` is a column of the canonical `table`."""

    id: Id
    table: Id
    name: Text
    meaning: Text
    filled_by: Id
    values: tuple[Choice, ...] = ()
    format: Format | None = None


class FieldsFile(Model):
    fields: tuple[FieldDefinition, ...]
