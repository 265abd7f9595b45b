"""KPIs and the targets they are held to."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from warehouse.definitions.model import Id, Model, Text, Words, form
from warehouse.definitions.stages import Milestone
from warehouse.definitions.upkeep import Upkeep

Unit = Literal["count", "rate", "yen", "minutes"]
Direction = Literal["up", "down"]
PLAIN = "value"


class Population(Model):
    """Rows of a mart that count, by a date column of it; with `sum`, that column's total over them, with `quantile`, that share's quantile of `of`."""

    date: Id
    where: Words | None = None
    sum: Id | None = None
    quantile: Annotated[float, Field(gt=0, lt=1)] | None = None
    of: Id | None = None

    @model_validator(mode="after")
    def _quantile_of_a_column(self) -> "Population":
        if (self.quantile is None) != (self.of is None):
            raise ValueError("quantile and of come together: which quantile, of which column")
        return self


class Statistic(Model):
    """One figure of a KPI: a count, a sum, a rate or a quantile. A detail stands on the KPI's own page only."""

    name: Text
    unit: Unit
    direction: Direction
    is_detail: bool = False
    numerator: Population
    denominator: Population | None = None

    def refuse_misfit(self, where: str) -> None:
        """Raise ValueError where the populations do not make a figure of this unit."""
        if (self.unit == "rate") != (self.denominator is not None):
            raise ValueError(f"{where}: a rate has a denominator, anything else has none")
        if (self.unit == "yen") != (self.numerator.sum is not None) or (self.denominator and self.denominator.sum):
            raise ValueError(f"{where}: an amount in yen sums a column of its numerator, anything else counts rows")
        if (self.unit == "minutes") != (self.numerator.quantile is not None) or (self.denominator and self.denominator.quantile):
            raise ValueError(f"{where}: a figure in minutes is the quantile of a column, anything else is none")


class Basis(Model):
    """One way to count a KPI. A cohort has a horizon; a count has no denominator. One with several figures has `statistics`."""

    numerator: Population | None = None
    denominator: Population | None = None
    statistics: dict[Id, Statistic] = {}
    horizon_days: Annotated[int, Field(ge=0)] | None = None


class Needs(Model):
    """Without these the figure is unknown, and null."""

    columns: tuple[Annotated[str, form(r"^[a-z_]+\.[a-z_]+( or [a-z_]+\.[a-z_]+)*$", "table.column")], ...] = ()
    milestones: tuple[Milestone, ...] = ()


class Kpi(Model):
    """One KPI: its words, its populations, its health. One that stands `beside` another has no card of its own.

    `made_of` names the KPIs whose product it is: the branches of the KPI tree. A stock is counted as of the export, not over a period.
    """

    order: int
    name: Text
    meaning: Text
    unit: Unit
    direction: Direction
    layer: Literal["team", "individual", "cross_department"]
    owner: Id
    upkeep: Upkeep | None = None
    minimum_n: Annotated[int, Field(ge=1)] = 30
    beside: Id | None = None
    made_of: tuple[Id, ...] = ()
    on_home: bool = False
    is_stock: bool = False
    formula: Text
    exclusions: Text
    when_low: Text
    needs: Needs = Needs()
    mart: Id
    bases: Annotated[dict[Literal["flow", "cohort"], Basis], Field(min_length=1)]

    @model_validator(mode="after")
    def _populations_fit_the_unit(self) -> "Kpi":
        for name, basis in self.bases.items():
            if (basis.numerator is None) != bool(basis.statistics) or (basis.statistics and (name == "cohort" or len(self.bases) > 1)):
                raise ValueError(f"bases.{name}: has either a numerator or, as the only flow, statistics")
            if (name == "cohort") != (basis.horizon_days is not None):
                raise ValueError(f"bases.{name}: a cohort has horizon_days, a flow has none")
            for statistic, figure in self.figures(name).items():
                where = f"bases.{name}" + (f".statistics.{statistic}" if basis.statistics else "")
                figure.refuse_misfit(where)
            main = next(iter(self.figures(name).values()))
            if (main.unit, main.direction) != (self.unit, self.direction):
                raise ValueError(f"bases.{name}: the first statistic has the unit and the direction of the KPI, {self.unit} and {self.direction}")
        return self

    def figures(self, basis: str) -> dict[str, Statistic]:
        """What one basis tells: its statistics, the main one first; of a KPI with a single figure that one, under PLAIN."""
        one = self.bases[basis]
        return one.statistics or {PLAIN: Statistic(name=self.name, unit=self.unit, direction=self.direction, numerator=one.numerator, denominator=one.denominator)}

    @property
    def default_basis(self) -> str:
        return next(iter(self.bases))

    @property
    def main_statistic(self) -> str:
        """The figure that a card leads with."""
        return next(iter(self.figures(self.default_basis)))


class Target(Model):
    """A KPI's target per period, in force from a day on; of its main statistic, unless another is named."""

    kpi: Id
    statistic: Id | None = None
    period: Literal["week", "month", "quarter"]
    value: float
    effective_from: date
    set_by: Text


class TargetsFile(Model):
    targets: tuple[Target, ...] = ()
