"""Agreements between departments: terms as values, in versions, with what each side promises around them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from warehouse.definitions.conditions import Condition
from warehouse.definitions.model import Id, Model, Text, Words

Wait = Literal["first_touch", "mql_verdict", "sql_verdict", "next_step"]
Duration = Annotated[int, Field(gt=0)]


class Limit(Model):
    """How long one kind of wait may last; without source and tier, for every lead.

    Minutes and hours are those of the department's working time. `working_days: 1` is the end of the next working day.
    """

    wait: Wait
    source: Words | None = None
    tier: Id | None = None
    within: Duration
    unit: Literal["minutes", "hours", "working_days"]
    department: Id

    @model_validator(mode="after")
    def _next_step_is_in_days(self) -> "Limit":
        if self.wait == "next_step" and (self.unit != "working_days" or self.source or self.tier):
            raise ValueError("next_step is one number of working days, the same for every lead")
        return self

    @property
    def minutes(self) -> int | None:
        """The business minutes allowed; None for a limit in working days."""
        return {"minutes": self.within, "hours": 60 * self.within}.get(self.unit)

    @property
    def working_days(self) -> int | None:
        return self.within if self.unit == "working_days" else None

    @property
    def conditions(self) -> int:
        """How specific it is: the more, the sooner it counts."""
        return (self.source is not None) + (self.tier is not None)


class Qualification(Model):
    """What a lead must show when it reaches a milestone: one of some lines. The department is the one that hands it over."""

    milestone: Literal["mql", "sql"]
    department: Id
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Filled(Model):
    """Which fields of a lead have to be filled in when it reaches a milestone."""

    milestone: Literal["mql", "contact", "interest", "fit", "sql", "opportunity", "recycled", "disqualified", "lost"]
    department: Id
    fields: Annotated[tuple[Id, ...], Field(min_length=1)]


class Reasoned(Model):
    """A rejection of one kind of hand-over names a reason of the stage's closed list."""

    verdict: Literal["mql", "sql"]
    department: Id


class Term(Model):
    """One term, of one kind: a limit, a qualification, fields to fill in, or a reason to give."""

    id: Id
    name: Text
    limit: Limit | None = None
    qualification: Qualification | None = None
    filled: Filled | None = None
    reasoned: Reasoned | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> "Term":
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError(f"is of one kind: {', '.join(KINDS[:-1])} or {KINDS[-1]}")
        return self

    @property
    def kind(self) -> str:
        """Which of KINDS it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def value(self) -> Model:
        """What is agreed, without words."""
        return getattr(self, self.kind)


KINDS = ("limit", "qualification", "filled", "reasoned")


class Version(Model):
    """The terms in force from a day on, all of them; `reason` says why they changed."""

    effective_from: date
    reason: Text
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]


class Commitment(Model):
    """What one side does, and what happens where it does not."""

    department: Id
    does: Text
    otherwise: Text


class Clock(Model):
    """When the time runs, in words."""

    starts: Text
    stops: tuple[Text, ...]
    ignores: tuple[Text, ...] = ()


class Step(Model):
    """One step of escalation: how many working days past the limit, to whom."""

    after_working_days: Annotated[int, Field(ge=0)]
    to: Text


class Agreement(Model):
    """One agreement. Only the terms of its versions, its parties and the days of its escalation bind; words explain them."""

    order: int
    name: Text
    purpose: Text
    parties: Annotated[tuple[Id, ...], Field(min_length=2)]
    review_on: date
    clock: Clock | None = None
    commitments: Annotated[tuple[Commitment, ...], Field(min_length=1)]
    escalation: Annotated[tuple[Step, ...], Field(min_length=2, max_length=2)]
    recycling: Text | None = None
    no_show: Text | None = None
    versions: Annotated[tuple[Version, ...], Field(min_length=1)]

    @property
    def present(self) -> Version:
        """The newest version, which is the one to sign."""
        return max(self.versions, key=lambda version: version.effective_from)

    def in_force(self, day: date) -> Version | None:
        """The version that judges a day; None before the first."""
        return max((one for one in self.versions if one.effective_from <= day), key=lambda one: one.effective_from, default=None)
