"""A chart of estimates side by side as inline SVG: a dot for each value, a line for its interval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from macros.axis import Rows, narrow_rows, reach, ticks, wide_rows
from macros.numbers import Format, finite
from macros.svg import Drawing, element, empty_figure, figure, inside, label, line, number, path, text_width


class Estimate(NamedTuple):
    """One row: a value, the ends of its interval, and the number of records it rests on."""

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    count: float | None = None


def intervals(
    id: str,
    title: str,
    rows: Sequence,
    format: Format,
    *,
    text: str,
    target: float | None = None,
    minimum: float = 0,
    value_label: str = "",
    target_label: str = "",
    interval_label: str = "",
    few_label: str = "",
    count_label: str = "n={count}",
    no_data: str = "",
) -> str:
    """Return the figure of one estimate a row, with a dashed line through all of them at `target`.

    `rows` are Estimates or tuples like them; without a value a row shows "—", with fewer records than `minimum` it is
    hollow and grey. The labels make the legend, but for `target_label`, which stands at its line, and `count_label`.
    """
    rows = [_clean(Estimate(*row)) for row in rows]
    if all(row.value is None for row in rows):
        return empty_figure(id, title, no_data)
    chart = _Intervals(rows, finite(target), minimum, target_label, count_label, format)
    is_few = any(map(chart.is_few, rows))
    legend = [("dot", value_label), ("interval", interval_label), ("muted", is_few and few_label)]
    return figure(id, title, text, chart.draw(is_wide=True), chart.draw(is_wide=False), legend, kind="intervals")


@dataclass(frozen=True)
class _Intervals:
    rows: list[Estimate]
    target: float | None
    minimum: float
    target_label: str
    count_label: str
    format: Format

    def draw(self, is_wide: bool) -> Drawing:
        scale = ticks(*reach([value for row in self.rows for value in (*row[1:4], self.target)], self.format.unit))
        layout = self._layout(scale, is_wide)
        top = 2 if self.target is None else 24
        tops = [top + layout.height * index for index in range(len(self.rows))]
        foot = tops[-1] + layout.height
        marks = self._scale(layout, scale, top, foot) + self._target(layout, foot) + self._marks(layout, tops)
        hits = self._tooltips(layout, tops) if is_wide else ""
        return Drawing(layout.width, foot + 22, marks + self._texts(layout, tops) + hits)

    def is_few(self, row: Estimate) -> bool:
        return row.value is not None and row.count is not None and row.count < self.minimum

    def _layout(self, scale: list[float], is_wide: bool) -> Rows:
        """Return the bars' layout with room for half a tick's name at both ends."""
        measured = [(row.label, 1, self.format(row.value), self._count(row)) for row in self.rows]
        layout = wide_rows(measured, "") if is_wide else narrow_rows(measured)
        left, right = layout.left + (0 if is_wide else 14), layout.right - 10
        return replace(layout, left=left, right=right, low=scale[0], high=scale[-1])

    def _scale(self, layout: Rows, scale: list[float], top: int, foot: int) -> str:
        rules = [f"M{number(layout.x(value))} {top}V{foot}" for value in scale]
        names = [self.format.tick(value, scale[1] - scale[0]) for value in scale]
        texts = [label(layout.x(value), foot + 16, name) for value, name in zip(scale, names)]
        return path(rules, "rule") + element("g", *texts, class_="soft", text_anchor="middle")

    def _target(self, layout: Rows, foot: int) -> str:
        if self.target is None:
            return ""
        words, x = f"{self.target_label} {self.format(self.target)}".strip(), layout.x(self.target)
        half = text_width(words, layout.size) / 2
        centre = min(max(x, half), layout.width - half)
        name = label(centre, 13, words, layout.width, layout.size, class_="goal", text_anchor="middle")
        return path([f"M{number(x)} 19V{foot}"], "target") + name

    def _marks(self, layout: Rows, tops: list[int]) -> str:
        """Draw all intervals below all dots, those of few records in classes of their own."""
        placed = [(row, y + layout.middle) for y, row in zip(tops, self.rows) if row.value is not None]
        sure = [(row, y) for row, y in placed if not self.is_few(row)]
        few = [(row, y) for row, y in placed if self.is_few(row)]
        lines = path(_spans(layout, few), "line pale") + path(_spans(layout, sure), "line")
        hollow = _spots(layout, few)
        return lines + path(_spots(layout, sure), "dots") + path(hollow, "dots pale") + path(hollow, "dots hole")

    def _texts(self, layout: Rows, tops: list[int]) -> str:
        edge = layout.right + 22 + max(text_width(self.format(row.value), layout.size) for row in self.rows)
        placed = list(zip(tops, self.rows))
        names = [label(0, y + layout.text, row.label, layout.room, layout.size) for y, row in placed]
        values = [
            label(edge, y + layout.figure, self.format(row.value), class_="unripe" if self._is_pale(row) else None)
            for y, row in placed
        ]
        counts = [label(layout.width, y + layout.text, self._count(row)) for y, row in placed if row.count is not None]
        columns = element("g", *values, class_="end") + element("g", *counts, class_="soft")
        return "".join(names) + element("g", columns, text_anchor="end")

    def _tooltips(self, layout: Rows, tops: list[int]) -> str:
        words = [(y, f"{r.label} {self.format(r.low)}–{self.format(r.high)}") for y, r in zip(tops, self.rows) if _has_interval(r)]
        hits = [element("path", element("title", inside(text)), d=f"M0 {y + layout.middle}H{layout.width}") for y, text in words]
        return element("g", *hits, class_="hit", stroke_width=layout.height)

    def _is_pale(self, row: Estimate) -> bool:
        return row.value is None or self.is_few(row)

    def _count(self, row: Estimate) -> str:
        return "" if row.count is None else self.count_label.replace("{count}", Format("count", self.format.lang)(row.count))


def _clean(row: Estimate) -> Estimate:
    return Estimate(row.label, *map(finite, row[1:]))


def _has_interval(row: Estimate) -> bool:
    return None not in row[1:4]


def _spans(layout: Rows, placed: list[tuple[Estimate, float]]) -> list[str]:
    return [line((layout.x(row.low), y), (layout.x(row.high), y)) for row, y in placed if _has_interval(row)]


def _spots(layout: Rows, placed: list[tuple[Estimate, float]]) -> list[str]:
    return [line((layout.x(row.value), y)) for row, y in placed]
