"""A chart of a table's cells in shades as inline SVG, such as weekdays by hours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor, log10
from typing import NamedTuple

from macros.numbers import MISSING, Format, finite
from macros.svg import Drawing, element, empty_figure, figure, label, path, text_width
from macros.text import escape

SHADES = 5


class Cell(NamedTuple):
    """One cell: a value and the number of records it rests on."""

    value: float | None = None
    count: float | None = None


def heat(
    id: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence],
    format: Format,
    *,
    text: str,
    minimum: float = 0,
    few_label: str = "",
    no_data: str = "",
) -> str:
    """Return the figure of `cells`, one sequence for each row, in five shades; the legend says what each stands for.

    A cell is a Cell, a tuple like it, or None; another shape than `rows` by `columns` is a ValueError. Cells of fewer
    records than `minimum` are hatched and have no shade; `few_label` names them. A rate is written in per cent, without
    the sign; numbers that have no room are left to the table beside the chart.
    """
    if [len(row) for row in cells] != [len(columns)] * len(rows):
        raise ValueError(f"cells in each row: {[len(row) for row in cells]}; columns: {len(columns)}; rows: {len(rows)}")
    clean = [[Cell(*map(finite, cell or ())) for cell in row] for row in cells]
    grid = _Grid(list(rows), list(columns), clean, minimum, format)
    if not grid.known:
        return empty_figure(id, title, no_data)
    names = [format.tick(edge, grid.edges[1] - grid.edges[0]) for edge in grid.edges]
    legend = [(f"s{index + 1}", f"{low}–{high}") for index, (low, high) in enumerate(zip(names, names[1:]))]
    legend.append(("few", any(map(grid.is_few, grid.known)) and few_label))
    wide, narrow = (grid.draw(_SINGLE), None) if grid.has_room(_SINGLE) else (grid.draw(_WIDE), grid.turned(_NARROW).draw(_NARROW))
    return figure(id, title, text, wide, narrow, legend, kind="heat")


def shades(low: float, high: float, whole: bool = False) -> list[float]:
    """Return the edges of five equally wide steps that cover `low` to `high`; whole numbers only if `whole`."""
    unit = 10.0 ** floor(log10(((high - low) or abs(high) or 1) / SHADES))
    unit = max(unit, 1.0) if whole else unit
    low, high = round(low / unit, 9), round(high / unit, 9)
    width = next(factor for factor in (1, 2, 3, 4, 5, 6, 8, 10, 12) if floor(low) + factor * SHADES >= high)
    # What the steps cover too much lies half below and half above, so that the palest and the darkest are both in use.
    spare = width * SHADES - (high - low)
    first = max(floor(low - spare / 2), ceil(high) - width * SHADES, 0 if low >= 0 else floor(low))
    return [round((first + width * index) * unit, 10) for index in range(SHADES + 1)]


class _Frame(NamedTuple):
    width: int
    size: int
    top: int
    height: int
    pitch: int


# The style sheet enlarges a single drawing where there is room, but not its letters.
_SINGLE, _WIDE, _NARROW = _Frame(340, 12, 18, 24, 44), _Frame(640, 13, 22, 30, 64), _Frame(340, 12, 20, 28, 64)


@dataclass(frozen=True)
class _Grid:
    rows: list[str]
    columns: list[str]
    cells: list[list[Cell]]
    minimum: float
    format: Format

    @cached_property
    def known(self) -> list[Cell]:
        return [cell for row in self.cells for cell in row if cell.value is not None]

    @cached_property
    def edges(self) -> list[float]:
        """The edges of the shades of all cells that have one; if none has, of those that have a value."""
        values = [cell.value for cell in self.known if not self.is_few(cell)] or [cell.value for cell in self.known]
        return shades(min(values), max(values), whole=self.format.unit == "count")

    def is_few(self, cell: Cell) -> bool:
        return cell.value is not None and cell.count is not None and cell.count < self.minimum

    def has_room(self, frame: _Frame) -> bool:
        """Return whether each number fits its cell."""
        return max(text_width(self._written(cell), frame.size) for cell in self.known) + 6 <= self._pitch(frame)

    def turned(self, frame: _Frame) -> "_Grid":
        """Return the grid with rows for columns if its cells are wider then."""
        other = replace(self, rows=self.columns, columns=self.rows, cells=[list(column) for column in zip(*self.cells)])
        return max(self, other, key=lambda grid: grid._pitch(frame))

    def draw(self, frame: _Frame) -> Drawing:
        middles = [frame.top + frame.height * index + frame.height // 2 for index in range(len(self.rows))]
        names = [label(0, y, name, self._left(frame), frame.size) for y, name in zip(middles, self.rows)]
        heads = [label(x, frame.top / 2, self.columns[i]) for i, x in self._heads(frame)]
        words = element("g", *names, element("g", *heads, text_anchor="middle"), class_="soft")
        numbers = self._numbers(frame, middles) if self.has_room(frame) else ""
        return Drawing(frame.width, middles[-1] + frame.height // 2, words + self._boxes(frame, middles) + numbers)

    def _left(self, frame: _Frame) -> int:
        return ceil(min(max(text_width(name, frame.size) for name in self.rows), frame.width / 4)) + 10

    def _pitch(self, frame: _Frame) -> int:
        return min(int((frame.width - self._left(frame)) / len(self.columns)), frame.pitch)

    def _x(self, frame: _Frame, index: int) -> int:
        return self._left(frame) + self._pitch(frame) * index

    def _heads(self, frame: _Frame) -> list[tuple[int, float]]:
        """Return the columns that are named, every one or every second and so on, and where their names stand."""
        widest = max(text_width(name, frame.size) for name in self.columns)
        pitch = self._pitch(frame)
        named = range(0, len(self.columns), max(1, ceil((widest + 4) / pitch)))
        return [(index, self._x(frame, index) + pitch / 2) for index in named]

    def _boxes(self, frame: _Frame, middles: list[int]) -> str:
        """Draw the cells of one shade as one thick line with gaps."""
        drawn: dict[str, list[str]] = {shade: [] for shade in ("s1", "s2", "s3", "s4", "s5", "few")}
        length = self._pitch(frame) - 2
        for y, row in zip(middles, self.cells):
            for index, cell in enumerate(row):
                if cell.value is not None:
                    drawn[self._shade(cell)].append(f"M{self._x(frame, index)} {y}h{length}")
        return element("g", *(path(data, shade) for shade, data in drawn.items()), class_="cells", stroke_width=frame.height - 2)

    def _numbers(self, frame: _Frame, middles: list[int]) -> str:
        half = self._pitch(frame) // 2 - 1
        lines = []
        for y, row in zip(middles, self.cells):
            spans = [self._number(cell, self._x(frame, index) + half) for index, cell in enumerate(row)]
            lines.append(element("text", *spans, y=y))
        return element("g", *lines, text_anchor="middle")

    def _number(self, cell: Cell, x: int) -> str:
        shade = "soft" if cell.value is None else f"on-{self._shade(cell)}"
        is_plain = shade in ("on-s1", "on-s2", "on-s3")
        return element("tspan", escape(self._written(cell)), x=x, class_=None if is_plain else shade)

    def _shade(self, cell: Cell) -> str:
        if self.is_few(cell):
            return "few"
        above = [edge for edge in self.edges[1:-1] if cell.value >= edge]
        return f"s{len(above) + 1}"

    def _written(self, cell: Cell) -> str:
        if cell.value is None:
            return MISSING
        if self.format.unit != "rate":
            return self.format.tick(cell.value, 1)
        # Steps of less than two points would show the same number in two shades.
        return self.format.tick(cell.value, 0.01 if self.edges[1] - self.edges[0] >= 0.02 else 0.001).removesuffix("%")
