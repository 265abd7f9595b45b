"""The product's figures against the oracle's: how many were compared, and where they differ."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isclose

from tests.oracle.counts import TOTAL, Cell, Spread
from tests.oracle.data_sets import DataSet
from tests.oracle.figures import OWN, Expected, Figures, Question
from tests.oracle.periods import KINDS
from warehouse.kpis import KpiRow

CLOSE = 1e-9


@dataclass
class Comparison:
    """What was compared: figures that are known to both, unknowns that both leave empty, and every difference in words."""

    known: int = 0
    unknown: int = 0
    differences: list[str] = field(default_factory=list)

    def of_row(self, cell: Cell, row: KpiRow, wanted: Figures) -> None:
        """Adds one row of the product and what it ought to be."""
        for name, figure in zip(Figures._fields, wanted, strict=True):
            product = getattr(row, name)
            if product is None and figure is None:
                self.unknown += 1
            elif product is not None and figure is not None and isclose(product, figure, rel_tol=CLOSE / 1000, abs_tol=CLOSE):
                self.known += 1
            else:
                self.differences.append(f"{row.kpi} {row.basis} {row.statistic or ''} {cell} {name}: the product gives {product}, plain Python {figure}")


def compared(data: DataSet, question: Question) -> Comparison:
    """Every row that the product gives of a KPI, and every row that it ought to give."""
    found = Comparison()
    for kind in kinds(data, question):
        dimensions = asked_for(data, question, kind)
        rows: dict[str | None, dict[Cell, KpiRow]] = defaultdict(dict)
        for row in (row for by in dimensions for row in given(data, question, kind, by)):
            rows[row.statistic][row.period, row.by, row.key] = row
        statistics = data.counted(question.kpi, question.basis)
        assert rows.keys() == statistics.keys(), f"{question}: the product tells {[*rows]}, plain Python {[*statistics]}"
        for statistic, counted in statistics.items():
            expected = Expected(data, question, statistic, kind)
            for cell, row in rows[statistic].items():
                found.of_row(cell, row, expected.figures(cell))
            found.differences += absent(expected, dimensions, rows[statistic])
            if not isinstance(counted, Spread):
                found.differences += unequal_sums(question, dimensions, rows[statistic])
    return found


def kinds(data: DataSet, question: Question) -> tuple[str, ...]:
    """Every kind of period; of a horizon that the product counts anew for each question weeks, all time, and one more in turn."""
    if question.horizon == OWN:
        return KINDS
    return ("all",) if data.lacks(question.kpi) else ("week", ("month", "quarter", "year")[len(str(question)) % 3], "all")


def asked_for(data: DataSet, question: Question, kind: str) -> tuple[str, ...]:
    """Every dimension, each with the totals above it; of a horizon asked for one dimension, in turn."""
    offered = data.dimensions(question.kpi)
    turn = KINDS.index(kind) + len(str(question))
    return offered if question.horizon == OWN else (offered[turn % len(offered)],)


def given(data: DataSet, question: Question, kind: str, by: str) -> list[KpiRow]:
    """The product's rows."""
    if question.horizon == OWN:
        return data.rows(question.kpi, question.basis, kind, by)
    return data.rows_at(question.kpi, question.horizon, kind, by)


def unequal_sums(question: Question, dimensions: tuple[str, ...], rows: dict[Cell, KpiRow]) -> Iterator[str]:
    """Where the product's rows by a dimension do not sum to its own total."""
    sums: dict[tuple, float] = Counter()
    for (period, by, _), row in rows.items():
        for side, amount in (("above", row.value if row.denominator is None else row.numerator), ("below", row.denominator)):
            sums[period, by, side] += amount or 0
    for (period, by, side), total in sums.items():
        if by is None:
            yield from (f"{question} {period} by {one}: {sums[period, one, side]} {side} the line, {total} in all"
                        for one in dimensions if not isclose(sums[period, one, side], total, abs_tol=CLOSE))


def absent(expected: Expected, dimensions: tuple[str, ...], rows: dict[Cell, KpiRow]) -> Iterator[str]:
    """Rows with something to count that the product does not give, and periods between the first and that of as-of which it leaves out."""
    wanted = {cell for cell in expected.cells if cell[1] in (None, *dimensions) and expected.is_known(cell[0])}
    yield from (f"{expected.question} {cell}: the product has no such row" for cell in sorted(wanted - rows.keys(), key=str))
    almanac, totals = expected.data.almanac, {period for period, *key in rows if tuple(key) == TOTAL}
    first = min(almanac.first_days[period] for period in totals)
    between = {label for day, label in almanac.labels[expected.kind].items() if first <= day <= expected.data.world.as_of}
    yield from (f"{expected.question} {period}: the product leaves this period out" for period in sorted(between ^ totals))
