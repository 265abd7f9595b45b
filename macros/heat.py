"""A chart of a table's cells in shades as inline SVG, such as weekdays by hours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor, log10
from typing import NamedTuple

from macros.numbers import MISSING, Format, finite
from macros.shades import SHADES, edges, ink
from macros.svg import Drawing, element, empty_figure, figure, inside, label, path, text_width


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
    records than `minimum` are hatched and have no shade; `few_label` names them. Rates and yen are written without
    their sign; numbers, and names of columns in between, that have no room are left to the table beside the chart.
    """
    if [len(row) for row in cells] != [len(columns)] * len(rows):
        raise ValueError(f"cells in each row: {[len(row) for row in cells]}; columns: {len(columns)}; rows: {len(rows)}")
    clean = [[Cell(*map(finite, cell or ())) for cell in row] for row in cells]
    grid = _Grid(list(rows), list(columns), clean, minimum, format)
    if not grid.known:
        return empty_figure(id, title, no_data)
    names = [format.tick(edge, grid.edges[1] - grid.edges[0]) for edge in grid.edges]
    legend = [(shade, f"{low}–{high}") for shade, low, high in zip(SHADES, names, names[1:])]
    legend.append(("few", any(map(grid.is_few, grid.known)) and few_label))
    single = _Sheet(grid, _SINGLE)
    wide, narrow = (single, None) if single.has_numbers else (_Sheet(grid, _WIDE), grid.sheet(_NARROW))
    return figure(id, title, text, wide.draw(), narrow and narrow.draw(), legend, kind="heat")


_MOST_SHORTENED = 4


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
        return edges(min(values), max(values), whole=self.format.unit != "rate")

    def is_few(self, cell: Cell) -> bool:
        return cell.value is not None and cell.count is not None and cell.count < self.minimum

    def sheet(self, frame: _Frame) -> "_Sheet":
        """Return the grid in a frame, with rows for columns if its cells are wider then."""
        turned = replace(self, rows=self.columns, columns=self.rows, cells=[list(column) for column in zip(*self.cells)])
        return max(_Sheet(self, frame), _Sheet(turned, frame), key=lambda sheet: sheet.pitch)

    def shade(self, cell: Cell) -> str:
        if self.is_few(cell):
            return "few"
        return SHADES[sum(round(cell.value, 9) >= edge for edge in self.edges[1:-1])]

    def written(self, cell: Cell) -> str:
        if cell.value is None:
            return MISSING
        step = self.edges[1] - self.edges[0]
        if self.format.unit == "rate":
            return self.format.tick(cell.value, 0.001 if step < 0.02 else 0.01).removesuffix("%")
        fine = 10.0 ** (floor(log10(step)) - 1) if self.format.unit == "yen" else 1
        return self.format.tick(round(cell.value / fine) * fine, 1).removeprefix("¥")


@dataclass(frozen=True)
class _Sheet:
    """A grid in one frame."""

    grid: _Grid
    frame: _Frame

    @cached_property
    def left(self) -> int:
        widest = max(text_width(name, self.frame.size) for name in self.grid.rows)
        return ceil(min(widest, self.frame.width / 4)) + 10

    @cached_property
    def head(self) -> float:
        """How wide the widest name of a column is, within reason."""
        return min(max(text_width(name, self.frame.size) for name in self.grid.columns), self.frame.width / 4)

    @cached_property
    def pitch(self) -> int:
        return min((self.frame.width - self.left) // len(self.grid.columns), max(self.frame.pitch, ceil(self.head) + 6))

    @cached_property
    def middles(self) -> list[int]:
        return [self.frame.top + self.frame.height * index + self.frame.height // 2 for index in range(len(self.grid.rows))]

    @cached_property
    def has_numbers(self) -> bool:
        """Whether each number has room in its cell."""
        return max(text_width(self.grid.written(cell), self.frame.size) for cell in self.grid.known) + 6 <= self.pitch

    def draw(self) -> Drawing:
        numbers = self._numbers() if self.has_numbers else ""
        height = self.middles[-1] + self.frame.height // 2
        return Drawing(self.frame.width, height, self._names() + self._boxes() + numbers)

    def _names(self) -> str:
        """Write the names of the rows, and of the columns each one, or every second and so on where they are many."""
        size, names = self.frame.size, self.grid.columns
        step = ceil((self.head + 4) / self.pitch) if len(names) > _MOST_SHORTENED else 1
        room = min(self.head, self.pitch * step - 4)
        places = [(index, self.left + self.pitch * (index + 0.5)) for index in range(0, len(names), step)]
        heads = [label(min(x, self.frame.width - room / 2), self.frame.top / 2, names[i], room + 1, size) for i, x in places]
        sides = [label(0, y, name, self.left, size) for y, name in zip(self.middles, self.grid.rows)]
        return element("g", *sides, element("g", *heads, text_anchor="middle"), class_="soft")

    def _boxes(self) -> str:
        """Draw the cells of one shade as one thick line with gaps."""
        drawn: dict[str, list[str]] = {shade: [] for shade in (*SHADES, "few")}
        for y, row in zip(self.middles, self.grid.cells):
            for index, cell in enumerate(row):
                if cell.value is not None:
                    drawn[self.grid.shade(cell)].append(f"M{self.left + self.pitch * index} {y}h{self.pitch - 2}")
        lines = [path(data, shade) for shade, data in drawn.items()]
        return element("g", *lines, stroke_width=self.frame.height - 2)

    def _numbers(self) -> str:
        first = self.left + self.pitch // 2 - 1
        lines = [
            element("text", *(self._number(cell, first + self.pitch * index) for index, cell in enumerate(row)), y=y)
            for y, row in zip(self.middles, self.grid.cells)
        ]
        return element("g", *lines, text_anchor="middle")

    def _number(self, cell: Cell, x: int) -> str:
        kind = "soft" if cell.value is None else ink(self.grid.shade(cell))
        return element("tspan", inside(self.grid.written(cell)), x=x, class_=kind)
