"""KPIs and the targets they are held to."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from warehouse.definitions.model import Id, Model, Text, Words, form
from warehouse.definitions.stages import Milestone



class Population(Model):
    """Rows of a mart that count, by a date column of it; with `sum`, that column's total over them."""

    date: Id
    where: Words | None = None
    sum: Id | None = None


class Basis(Model):
    """One way to count a KPI. A cohort has a horizon; a count has no denominator."""

    numerator: Population
    denominator: Population | None = None
    horizon_days: Annotated[int, Field(ge=0)] | None = None


class Needs(Model):
    """Without these the figure is unknown, and null."""

    columns: tuple[Annotated[str, form(r"^[a-z_]+\.[a-z_]+( or [a-z_]+\.[a-z_]+)*$", "table.column")], ...] = ()
    milestones: tuple[Milestone, ...] = ()


class Kpi(Model):
    """One KPI: its words, its populations, its health. One that stands `beside` another has no card of its own.

    `made_of` names the KPIs whose product it is: the branches of the KPI tree.
    """

    order: int
    name: Text
    meaning: Text
    unit: Literal["count", "rate", "yen", "minutes"]
    direction: Literal["up", "down"]
    layer: Literal["team", "individual", "cross_department"]
    owner: Id
    minimum_n: Annotated[int, Field(ge=1)] = 30
    beside: Id | None = None
    made_of: tuple[Id, ...] = ()
    on_home: bool = False
    formula: Text
    exclusions: Text
    when_low: Text
    needs: Needs = Needs()
    mart: Id
    bases: Annotated[dict[Literal["flow", "cohort"], Basis], Field(min_length=1)]

    @model_validator(mode="after")
    def _populations_fit_the_unit(self) -> "Kpi":
        for name, basis in self.bases.items():
            if (self.unit == "rate") != (basis.denominator is not None):
                raise ValueError(f"bases.{name}: a rate has a denominator, anything else has none")
            if (self.unit == "yen") != (basis.numerator.sum is not None) or (basis.denominator and basis.denominator.sum):
                raise ValueError(f"bases.{name}: an amount in yen sums a column of its numerator, anything else counts rows")
            if (name == "cohort") != (basis.horizon_days is not None):
                raise ValueError(f"bases.{name}: a cohort has horizon_days, a flow has none")
        return self

    @property
    def default_basis(self) -> str:
        return next(iter(self.bases))


class Target(Model):
    """A KPI's target per period, in force from a day on."""

    kpi: Id
    period: Literal["week", "month", "quarter"]
    value: float
    effective_from: date
    set_by: Text


class TargetsFile(Model):
    targets: tuple[Target, ...] = ()
