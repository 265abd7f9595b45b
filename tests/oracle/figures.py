"""What the product ought to print: every row of a KPI, from the oracle's own counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy
from statsmodels.stats.proportion import proportion_confint

from tests.oracle.counts import Cell, Spread, by_period, quantile
from tests.oracle.data_sets import EVER, DataSet

OWN = "own"


class Figures(NamedTuple):
    """One row's figures; what cannot be known is None."""

    numerator: int | None = None
    denominator: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    mature: bool | None = None


@dataclass(frozen=True)
class Question:
    """A KPI on one basis, and for a cohort a horizon: its own, a number of days, or ever."""

    kpi: str
    basis: str
    horizon: int | str = OWN

    def __str__(self) -> str:
        return f"{self.kpi} {self.basis}" + ("" if self.horizon == OWN else f" {self.horizon}")

    def days(self, data: DataSet, kind: str) -> int | None:
        """The horizon in days; all time, asked for without one, means ever."""
        if self.basis == "flow" or self.horizon == EVER or (self.horizon == OWN and kind == "all"):
            return None
        return data.world.agreement.kpis[self.kpi]["horizons"][self.basis] if self.horizon == OWN else self.horizon


class Expected:
    """One statistic's rows of one kind of period, in all and for every value of every dimension."""

    def __init__(self, data: DataSet, question: Question, statistic: str | None, kind: str):
        self.data, self.question, self.kind, self.days = data, question, kind, question.days(data, kind)
        counted = data.counted(question.kpi, question.basis)[statistic]
        self.share = counted.share if isinstance(counted, Spread) else None
        above, below = data.daily(question.kpi, question.basis, statistic, self.days)
        self.above = by_period(above, kind, data.almanac)
        self.below = None if below is None else by_period(below, kind, data.almanac)
        self.bounds = {} if self.below is None else wilson((len(self.above.get(cell, ())), len(self.below[cell])) for cell in self.below)
        self.in_yen = data.world.agreement.kpis[question.kpi]["unit"] == "yen"

    @property
    def cells(self) -> set[Cell]:
        """The rows that have something to tell: not those that sum up nothing but zeros."""
        return {*(cell for cell, amounts in self.above.items() if self.share is not None or any(amounts)), *(self.below or ())}

    def figures(self, cell: Cell) -> Figures:
        """The figures of one row."""
        found = self._counted(cell) if self.is_known(cell[0]) else Figures()
        return found._replace(mature=self._mature(cell[0]))

    def _counted(self, cell: Cell) -> Figures:
        above = self.above.get(cell, [])
        if self.share is not None:
            return Figures(value=quantile(above, self.share) if above else None, n=len(above))
        if self.below is None:
            return Figures(value=sum(above), n=None if self.in_yen else len(above))
        hits, n = len(above), len(self.below.get(cell, ()))
        return Figures(hits, n, hits / n if n else None, *self.bounds.get((hits, n), (None, None)), n)

    def is_known(self, period: str) -> bool:
        """Whether the export has what the KPI needs, and still had it when the period began."""
        if self.data.lacks(self.question.kpi):
            return False
        silent_since = self.data.silent_since(self.question.kpi)
        return silent_since is None or self.kind == "all" or self.data.almanac.first_days[period] <= silent_since

    def _mature(self, period: str) -> bool | None:
        """Whether the last who entered in the period are a horizon old."""
        if self.days is None or self.kind == "all":
            return None
        return (self.data.world.as_of - self.data.almanac.last_days[period]).days >= self.days


def wilson(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[float, float]]:
    """The bounds of every rate by statsmodels; none where nothing is counted, or where more arrived in a period than came in."""
    proper = sorted({(above, below) for above, below in pairs if 0 < below >= above})
    above, below = numpy.array(proper).reshape(-1, 2).T
    low, high = proportion_confint(above, below, method="wilson")
    return dict(zip(proper, zip(low.tolist(), high.tolist(), strict=True), strict=True))
