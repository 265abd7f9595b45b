"""Charts of plain values as inline SVG: a trend with its target, a funnel, bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from macros.axis import Plot, Rows, apart, base_axis, narrow_rows, reach, runs, ticks, value_axis, wide_rows
from macros.numbers import Format, finite
from macros.svg import Drawing, element, empty_figure, figure, inside, label, line, link, number, path, text_width

MOST_DOTS, MOST_TOOLTIPS = 20, 30


class Point(NamedTuple):
    """One period of a trend; a muted one is not complete yet and is drawn hollow and grey."""

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    is_muted: bool = False


class Step(NamedTuple):
    """One step of a funnel, with the share of the step before that reached it."""

    label: str
    count: float | None = None
    rate: float | None = None
    href: str | None = None


def trend(
    id: str,
    title: str,
    points: Sequence,
    format: Format,
    *,
    text: str,
    target=None,
    value_label: str = "",
    target_label: str = "",
    band_label: str = "",
    muted_label: str = "",
    no_data: str = "",
) -> str:
    """Return the figure of a value over time, with its interval and its target.

    `points` are Points or tuples like them. `target` is one number, or a sequence with a number or None for each point;
    another length is a ValueError. The four labels make the legend; each appears only if what it names is drawn.
    """
    points = [_clean(Point(*point)) for point in points]
    if all(point.value is None for point in points):
        return empty_figure(id, title, no_data)
    targets = [finite(value) for value in (target if isinstance(target, Sequence) else [target] * len(points))]
    if len(targets) != len(points):
        raise ValueError(f"{len(targets)} targets for {len(points)} points")
    legend = [
        ("value", value_label),
        ("target", any(value is not None for value in targets) and target_label),
        ("band", any(map(_has_band, points)) and band_label),
        ("muted", any(point.is_muted for point in points) and muted_label),
    ]
    drawings = [_Trend(points, targets, target_label, format, frame).draw() for frame in (_WIDE, _NARROW)]
    return figure(id, title, text, *drawings, legend)


def funnel(
    id: str, title: str, steps: Sequence, format: Format, *, text: str, rate_label: str = "", no_data: str = ""
) -> str:
    """Return the figure of the steps' counts as bars, each with its rate from the step before under `rate_label`.

    `steps` are Steps or tuples like them; a count or rate that is None shows "—".
    """
    steps = [Step(*step) for step in steps]
    rate = Format("rate", format.lang)
    has_rates = any(step.rate is not None for step in steps)
    notes = [rate(step.rate) if has_rates and index else "" for index, step in enumerate(steps)]
    rows = [_Row(s.label, finite(s.count), format(s.count), note, s.href) for s, note in zip(steps, notes)]
    return _bar_figure(id, title, text, rows, no_data, heading=rate_label if has_rates else "")


def bars(
    id: str,
    title: str,
    rows: Sequence,
    format: Format,
    *,
    text: str,
    most: int = 24,
    rest: str = "+{count}",
    no_data: str = "",
) -> str:
    """Return the figure of labelled bars; `rows` are (label, number or None).

    Rows after the first `most` are left to the table beside the chart, and counted in the line `rest`.
    """
    drawn = [_Row(name, finite(value), format(value)) for name, value in rows[:most]]
    footing = rest.replace("{count}", str(len(rows) - most)) if len(rows) > most else ""
    return _bar_figure(id, title, text, drawn, no_data, footing=footing)


@dataclass(frozen=True)
class _Frame:
    width: int
    height: int
    size: int
    has_tooltips: bool


_WIDE = _Frame(640, 236, 13, True)
_NARROW = _Frame(340, 212, 12, False)


@dataclass(frozen=True)
class _Trend:
    """A trend in one frame; each method after `_plot` gives the markup of one layer."""

    points: list[Point]
    targets: list[float | None]
    target_label: str
    format: Format
    frame: _Frame

    def draw(self) -> Drawing:
        scale = ticks(*self._range(), whole=self.format.unit == "count")
        names = [self.format.tick(value, scale[1] - scale[0]) for value in scale]
        plot = self._plot(scale, names)
        periods = base_axis(plot, [point.label for point in self.points], self.frame.width, self.frame.size)
        layers = [value_axis(plot, scale, names), self._band(plot), self._target(plot), self._line(plot)]
        layers += [self._dots(plot), periods, self._ends(plot), self._tooltips(plot)]
        return Drawing(self.frame.width, self.frame.height, "".join(layers))

    def _range(self) -> tuple[float, float]:
        return reach([*(value for point in self.points for value in point[1:4]), *self.targets], self.format.unit)

    def _plot(self, scale: list[float], names: list[str]) -> Plot:
        size, width = self.frame.size, self.frame.width
        left = ceil(max(text_width(name, size) for name in names) + 10)
        ends = max(text_width(text, size) + 10 for _, _, text, _ in self._end_texts())
        right = int(width - min(ends, width * 0.3))
        return Plot(left, right, 10, self.frame.height - 28, scale[0], scale[-1], len(self.points))

    def _band(self, plot: Plot) -> str:
        return path([_outline(plot, self.points, run) for run in runs(map(_has_band, self.points))], "band")

    def _target(self, plot: Plot) -> str:
        data = []
        for run in runs(value is not None for value in self.targets):
            heights = [number(plot.y(self.targets[i])) for i in run]
            ends = [f"H{number(plot.x(i + 0.5))}" for i in run]
            steps = [f"{end}V{after}" for end, height, after in zip(ends, heights, heights[1:]) if height != after]
            data += [f"M{number(plot.x(run[0] - 0.5))} {heights[0]}", *steps, ends[-1]]
        return path(data, "target")

    def _line(self, plot: Plot) -> str:
        spots = self._spots(plot)
        solid = [line(*(spots[i] for i in run)) for run in self._solid_runs() if len(run) > 1]
        pairs = [pair for run in runs(spots) for pair in zip(run, run[1:])]
        pale = [line(spots[i], spots[j]) for i, j in pairs if self.points[i].is_muted or self.points[j].is_muted]
        return path(pale, "line pale") + path(solid, "line")

    def _dots(self, plot: Plot) -> str:
        spots = self._spots(plot)
        is_busy = len(spots) > MOST_DOTS
        full = [line(spots[i]) for run in self._solid_runs() for i in run if not is_busy or len(run) == 1]
        hollow = [line(spot) for spot, point in zip(spots, self.points) if spot and point.is_muted]
        return path(full, "dots") + path(hollow, "dots pale") + path(hollow, "dots hole")

    def _ends(self, plot: Plot) -> str:
        room, size = self.frame.width - plot.right - 6, self.frame.size
        taken = None if self.targets[-1] is None else plot.y(self.targets[-1])
        texts = []
        for index, value, text, kind in self._end_texts():
            height = plot.y(value) if kind == "goal" else apart(plot.y(value), taken, size + 3, plot.top)
            texts.append(label(min(plot.x(index) + 9, plot.right + 6), height + 4.5, text, room, size, class_=kind))
        return "".join(texts)

    def _end_texts(self) -> list[tuple[int, float, str, str]]:
        """Return what is written where the lines end: (index of the point, value, text, class)."""
        count, target = len(self.points), self.targets[-1]
        index, last = [(i, point) for i, point in enumerate(self.points) if point.value is not None][-1]
        entries = [(index, last.value, self.format(last.value), "end unripe" if last.is_muted else "end")]
        if target is not None:
            entries.append((count, target, f"{self.target_label} {self.format(target)}".strip(), "goal"))
        return entries

    def _tooltips(self, plot: Plot) -> str:
        if not self.frame.has_tooltips or len(self.points) > MOST_TOOLTIPS:
            return ""
        titles = [element("title", inside(f"{point.label} {self.format(point.value)}")) for point in self.points]
        column = f" {number(plot.top)}V{number(plot.bottom)}"
        hits = [element("path", title, d=f"M{round(plot.x(i))}{column}") for i, title in enumerate(titles)]
        return element("g", *hits, class_="hit", stroke_width=plot.pitch)

    def _spots(self, plot: Plot) -> list[tuple[float, float] | None]:
        return [None if p.value is None else (plot.x(i), plot.y(p.value)) for i, p in enumerate(self.points)]

    def _solid_runs(self) -> list[list[int]]:
        return runs(point.value is not None and not point.is_muted for point in self.points)


def _clean(point: Point) -> Point:
    return point._replace(value=finite(point.value), low=finite(point.low), high=finite(point.high))


def _has_band(point: Point) -> bool:
    return None not in point[1:4]


def _outline(plot: Plot, points: list[Point], run: list[int]) -> str:
    if len(run) == 1:
        x, (_, _, low, high, _) = plot.x(run[0]), points[run[0]]
        return line((x - 4, plot.y(high)), (x + 4, plot.y(high)), (x + 4, plot.y(low)), (x - 4, plot.y(low))) + "Z"
    # A pale edge shows no tenths, and there are many of them.
    upper = [(round(plot.x(i)), round(plot.y(points[i].high))) for i in run]
    lower = [(round(plot.x(i)), round(plot.y(points[i].low))) for i in reversed(run)]
    return line(*upper, *lower) + "Z"


class _Row(NamedTuple):
    label: str
    value: float | None
    written: str
    note: str = ""
    href: str | None = None


def _bar_figure(id, title, text, rows: list[_Row], no_data: str, heading: str = "", footing: str = "") -> str:
    if not rows:
        return empty_figure(id, title, no_data)
    measured = [(row.label, row.value, row.written, row.note) for row in rows]
    layouts = wide_rows(measured, heading), narrow_rows(measured)
    return figure(id, title, text, *(_bar_drawing(rows, layout, heading, footing) for layout in layouts))


def _bar_drawing(rows: list[_Row], layout: Rows, heading: str, footing: str) -> Drawing:
    top = 24 if heading else 2
    tops = [top + index * layout.height for index in range(len(rows))]
    foot = tops[-1] + layout.height
    rules = [f"M0 {y}H{layout.width}" for y in tops] if heading else []
    shapes = [_bar(layout, y, row.value) for y, row in zip(tops, rows) if row.value]
    base = [f"M{number(layout.x(0))} {y + layout.axis}v{layout.axis_length}" for y in tops]
    marks = path(rules, "rule") + path(shapes, "bar") + path(base, "base")
    texts = "".join(_row_texts(layout, y, row) for y, row in zip(tops, rows))
    room, size = layout.width, layout.size
    head = label(room, 13, heading, room, size, text_anchor="end", class_="soft") if heading else ""
    tail = label(0, foot + 14, footing, room, size, class_="soft") if footing else ""
    return Drawing(layout.width, foot + (22 if footing else 0), marks + head + texts + tail)


def _bar(layout: Rows, y: float, value: float) -> str:
    start = layout.x(0)
    reach = layout.x(value) - start
    reach = max(reach, 1.5) if value > 0 else min(reach, -1.5)
    return f"M{number(start)} {number(y + layout.bar)}h{number(reach)}v{layout.thickness}h{number(-reach)}z"


def _row_texts(layout: Rows, y: float, row: _Row) -> str:
    name = label(0, y + layout.text, row.label, layout.room, layout.size, class_="name")
    is_negative = (row.value or 0) < 0
    x = layout.x(row.value or 0) + (-7 if is_negative else 7)
    written = label(x, y + layout.figure, row.written, class_="end", text_anchor="end" if is_negative else None)
    note = label(layout.width, y + layout.text, row.note, class_="soft", text_anchor="end") if row.note else ""
    return (link(row.href, name) if row.href else name) + written + note
