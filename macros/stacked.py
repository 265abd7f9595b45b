"""A chart of how rows divide into parts as inline SVG: a bar of full length for each row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from macros.axis import Rows, narrow_rows, wide_rows
from macros.numbers import MISSING, Format, finite
from macros.shades import SHADES, ink, spread
from macros.svg import Drawing, element, empty_figure, figure, inside, label, text_width


class _Part(NamedTuple):
    """One part of every bar: its name, the class it is drawn in, and its number in each row."""

    label: str
    shade: str
    numbers: list[float]


def stacked(
    id: str,
    title: str,
    rows: Sequence,
    parts: Sequence[str],
    format: Format,
    *,
    text: str,
    small: float = 0.03,
    other_label: str = "…",
    count_label: str = "n={count}",
    no_data: str = "",
) -> str:
    """Return the figure of the shares that `parts` have in each row; the first part is the darkest.

    `rows` are (label, numbers), with a number or None for each part; another length is a ValueError. Parts with less
    than the share `small` of all rows together, and those after the largest five, become `other_label`. `format` writes
    the numbers. A row without any shows "—".
    """
    for name, numbers in rows:
        if len(numbers) != len(parts):
            raise ValueError(f"{name!r} has {len(numbers)} numbers for {len(parts)} parts")
    table = [[finite(value) or 0.0 for value in numbers] for _, numbers in rows]
    if not any(map(sum, table)):
        return empty_figure(id, title, no_data)
    chart = _Stacked([name for name, _ in rows], _folded(table, parts, small, other_label), count_label, format)
    legend = [(part.shade, part.label) for part in chart.parts]
    return figure(id, title, text, chart.draw(is_wide=True), chart.draw(is_wide=False), legend)


def _folded(table: list[list[float]], parts: Sequence[str], small: float, other: str) -> list[_Part]:
    columns = list(zip(*table))
    totals = [sum(column) for column in columns]
    largest = sorted(range(len(parts)), key=lambda i: -totals[i])[: len(SHADES)]
    kept = [i for i in sorted(largest) if totals[i] >= small * sum(totals)]
    rest = [i for i in range(len(parts)) if i not in kept and totals[i]]
    if len(rest) == 1 and len(kept) < len(SHADES):
        kept, rest = sorted(kept + rest), []
    shown = [_Part(parts[i], shade, list(columns[i])) for i, shade in zip(kept, spread(len(kept)))]
    return shown + ([_Part(other, "rest", [sum(row[i] for i in rest) for row in table])] if rest else [])


@dataclass(frozen=True)
class _Stacked:
    names: list[str]
    parts: list[_Part]
    count_label: str
    format: Format

    @cached_property
    def totals(self) -> list[float]:
        return [sum(numbers) for numbers in zip(*(part.numbers for part in self.parts))]

    @cached_property
    def counts(self) -> list[str]:
        return [self.count_label.replace("{count}", self.format(total)) for total in self.totals]

    def draw(self, is_wide: bool) -> Drawing:
        measured = [(name, 1, "", count) for name, count in zip(self.names, self.counts)]
        layout = wide_rows(measured, "") if is_wide else narrow_rows(measured)
        layout = replace(layout, right=layout.right + 11)
        tops = [2 + layout.height * index for index in range(len(self.names))]
        middles = [y + layout.middle for y, total in zip(tops, self.totals) if total]
        left, right = round(layout.x(0)), round(layout.x(1))
        frame = element("path", class_="frame", stroke_width=layout.thickness + 2, d="".join(f"M{left - 1} {y}H{right}" for y in middles))
        parts = "".join(self._part(layout, tops, index, is_wide) for index in range(len(self.parts)))
        bars = frame + element("g", parts, class_="parts", stroke_width=layout.thickness)
        return Drawing(layout.width, tops[-1] + layout.height, bars + self._texts(layout, tops))

    def _part(self, layout: Rows, tops: list[int], index: int, is_wide: bool) -> str:
        """Draw one part of all rows as one thick line, with its share where there is room for it."""
        name, shade, _ = self.parts[index]
        spans = [(row, y + layout.middle, *self._span(layout, row, index)) for row, y in enumerate(tops) if self.totals[row]]
        data = "".join(f"M{x} {y}H{end - 1}" for _, y, x, end in spans if end - x > 1)
        title = element("title", inside(name)) if is_wide else ""
        shares = [((x + end) / 2, y + 4.5, end - x, self._share(row, index)) for row, y, x, end in spans]
        texts = [label(x, y, share) for x, y, room, share in shares if text_width(share, layout.size) + 6 <= room]
        drawn = element("path", title, class_=shade, d=data) if data else ""
        return drawn + (element("g", *texts, class_=ink(shade)) if texts else "")

    def _span(self, layout: Rows, row: int, index: int) -> tuple[int, int]:
        before = sum(part.numbers[row] for part in self.parts[:index])
        ends = before, before + self.parts[index].numbers[row]
        return tuple(round(layout.x(end / self.totals[row])) for end in ends)

    def _share(self, row: int, index: int) -> str:
        share = self.parts[index].numbers[row] / self.totals[row]
        is_nearly_all = 0.995 <= share < 1
        return Format("rate", self.format.lang).tick(min(share, 0.999) if is_nearly_all else share, 0.001 if is_nearly_all else 0.01)

    def _texts(self, layout: Rows, tops: list[int]) -> str:
        names = [label(0, y + layout.text, name, layout.room, layout.size) for y, name in zip(tops, self.names)]
        empty = [label(layout.left, y + layout.figure, MISSING) for y, total in zip(tops, self.totals) if not total]
        notes = [label(layout.width, y + layout.text, count) for y, count in zip(tops, self.counts)]
        return "".join(names) + element("g", *empty, element("g", *notes, text_anchor="end"), class_="soft")
