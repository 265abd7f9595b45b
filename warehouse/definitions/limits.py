"""How long a lead may wait, and which leads come first."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from warehouse.definitions.model import Id, Model, Text, Words

Wait = Literal["first_touch", "mql_verdict", "sql_verdict", "next_step"]


class Term(Model):
    """One line of a limit, in force from a day on; without source and tier it holds for every lead.

    Minutes and hours are those of the department's working time. `working_days: 1` is the end of the next working day.
    """

    source: Words | None = None
    tier: Id | None = None
    within: Annotated[int, Field(gt=0)]
    unit: Literal["minutes", "hours", "working_days"]
    effective_from: date

    @property
    def minutes(self) -> int | None:
        """The business minutes allowed; None for a term in working days."""
        return {"minutes": self.within, "hours": 60 * self.within}.get(self.unit)

    @property
    def working_days(self) -> int | None:
        return self.within if self.unit == "working_days" else None


class Limit(Model):
    """How long one kind of wait may last; the department whose working time counts, and who has to act."""

    id: Wait
    name: Text
    meaning: Text
    department: Id
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _next_step_is_in_days(self) -> "Limit":
        if self.id == "next_step" and any(term.unit != "working_days" or term.source or term.tier for term in self.terms):
            raise ValueError("next_step is one number of working days, the same for every lead")
        return self


class LimitsFile(Model):
    limits: tuple[Limit, ...]


class Condition(Model):
    """What a lead must show; every key that is given has to fit."""

    source: tuple[Words, ...] | None = None
    campaign: tuple[Words, ...] | None = None
    segment: tuple[Words, ...] | None = None
    motion: tuple[Words, ...] | None = None
    score_at_least: float | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "Condition":
        if not self.model_fields_set:
            raise ValueError("asks nothing; a tier for the rest has no 'when' at all")
        return self

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The fields that a line asks for, each with the values it accepts."""
        return {field: values for field in ("source", "campaign", "segment", "motion") if (values := getattr(self, field)) is not None}


class Tier(Model):
    """One tier of priority. A lead belongs to the first tier of which one line of `when` fits; without `when` every lead fits."""

    id: Id
    name: Text
    meaning: Text
    when: tuple[Condition, ...] = ()


class PriorityVersion(Model):
    """The tiers in force from a day on, the most urgent first; the last takes the rest."""

    effective_from: date
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _last_takes_the_rest(self) -> "PriorityVersion":
        if self.tiers[-1].when or not all(tier.when for tier in self.tiers[:-1]):
            raise ValueError("the last tier takes the rest and has no 'when'; every other tier has one")
        return self


class PriorityFile(Model):
    versions: Annotated[tuple[PriorityVersion, ...], Field(min_length=1)]
