"""Curves over days as inline SVG: who arrived and who left, several arrivals compared, who is still there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from macros.axis import ticks
from macros.numbers import Format
from macros.stairs import NARROW, WIDE, DayPlot, Frame, Moment, spaced, through
from macros.svg import Drawing, empty_figure, figure, label, path, text_width

QUARTERS = [0.0, 0.25, 0.5, 0.75, 1.0]
MOST_EXITS, MOST_CURVES = 3, 5
SWATCH, LINE = 22, 18


class Curve(NamedTuple):
    """One line of a comparison: its name and (day, share) pairs in order."""

    label: str
    points: Sequence[tuple[float, float]]


def incidence(
    id: str,
    title: str,
    moments: Sequence,
    exits: Sequence[str],
    format: Format,
    *,
    text: str,
    mark: int | None = None,
    day_label: str = "{day}",
    reached_label: str = "",
    band_label: str = "",
    open_label: str = "",
    followed_label: str = "",
    no_data: str = "",
) -> str:
    """Return the figure of shares day by day: who arrived from below, who left by each of `exits` from above, the rest between.

    `moments` are Moments or tuples like them, one a day in order, each with a share for every exit; more than three exits,
    or another number of shares, is a ValueError. An exit that nobody took is left out. `mark` is a day that stands out.
    """
    moments = [Moment(*moment) for moment in moments]
    if not moments:
        return empty_figure(id, title, no_data)
    if len(exits) > MOST_EXITS or {len(moment.left) for moment in moments} != {len(exits)}:
        raise ValueError(f"{len(exits)} exits, of at most {MOST_EXITS}, need as many shares in each moment")
    has_band = any(moment.has_band for moment in moments)
    legend = [("value", reached_label), ("band", has_band and band_label), ("open", open_label)]
    legend += [(f"x{place}", share and name) for place, (name, share) in enumerate(zip(exits, moments[-1].left), 1)]
    chart = _Incidence(moments, format, mark, day_label, followed_label)
    return figure(id, title, text, chart.draw(WIDE), chart.draw(NARROW), legend, kind="curves")


def survival(
    id: str,
    title: str,
    moments: Sequence,
    format: Format,
    *,
    text: str,
    limit: float | None = None,
    limit_label: str = "",
    day_label: str = "{day}",
    value_label: str = "",
    band_label: str = "",
    followed_label: str = "",
    no_data: str = "",
) -> str:
    """Return the figure of the share that is still there, falling from all of them, with a dashed line at the day `limit`.

    `moments` are Moments or tuples like them, in order, at the times when some left.
    """
    moments = [Moment(*moment) for moment in moments]
    if not moments:
        return empty_figure(id, title, no_data)
    has_band = any(moment.has_band for moment in moments)
    legend = [("value", value_label), ("band", has_band and band_label)]
    chart = _Survival(moments, format, limit, limit_label, day_label, followed_label)
    return figure(id, title, text, chart.draw(WIDE), chart.draw(NARROW), legend, kind="curves")


def comparison(
    id: str, title: str, curves: Sequence, format: Format, *, text: str, total: Sequence = (), day_label: str = "{day}", no_data: str = ""
) -> str:
    """Return the figure of the first five curves in one plot, each named beside its last share; `total` is one more, thin.

    `curves` and `total` are Curves or tuples like them; one without points is left out.
    """
    drawn = [(f"k{place}", Curve(*curve)) for place, curve in enumerate([total, *curves[:MOST_CURVES]]) if curve]
    drawn = [(kind, curve) for kind, curve in drawn if curve.points]
    if not drawn:
        return empty_figure(id, title, no_data)
    chart = _Comparison(drawn, format, day_label)
    return figure(id, title, text, chart.draw(WIDE), chart.draw(NARROW), kind="curves")


@dataclass(frozen=True)
class _Incidence:
    """Arrivals and exits; each method gives the markup of one layer."""

    moments: list[Moment]
    format: Format
    mark: int | None
    day_label: str
    followed_label: str

    def draw(self, frame: Frame) -> Drawing:
        widest = max(text_width(self.format(share), frame.size) for _, share, _ in self._ends())
        plot = DayPlot(frame, QUARTERS, self.format, self.moments[-1].day, widest)
        arrived = path([through(plot.corners(self.moments, lambda moment: moment.share, 0))], "line")
        marked = plot.upright(self.mark, self.day_label.replace("{day}", str(self.mark)), "mark")
        layers = [self._exits(plot), plot.axes(self.day_label), plot.band(self.moments), arrived, marked, self._ends_written(plot)]
        return plot.drawing(layers, self.moments, self.followed_label)

    def _exits(self, plot: DayPlot) -> str:
        """Fill from the top down to the lowest exit first, so that each fill covers what belongs to the exits above."""
        fills = []
        for count in (place for place in range(len(self.moments[-1].left), 0, -1) if self.moments[-1].left[place - 1]):
            edge = plot.corners(self.moments, lambda moment, count=count: 1 - sum(moment.left[:count]), 1)
            fills.append(path([f"{through(edge)}V{plot.y(1)}z"], f"x{count}"))
        return "".join(fills)

    def _ends(self) -> list[tuple[float, float, str]]:
        """Return the shares on the last day from the top down: (at which height, share, class)."""
        last, ends, edge = self.moments[-1], [], 1.0
        for share in filter(None, last.left):
            ends.append((edge - share / 2, share, "soft"))
            edge -= share
        if edge - last.share > 0.0005:
            ends.append(((edge + last.share) / 2, edge - last.share, "soft"))
        return [*ends, (last.share, last.share, "end")]

    def _ends_written(self, plot: DayPlot) -> str:
        ends, box = self._ends(), plot.plot
        heights = spaced([plot.y(place) for place, _, _ in ends], plot.frame.size + 2, box.top + 4, box.bottom)
        return "".join(label(box.right + 8, y + 4.5, self.format(share), class_=kind) for y, (_, share, kind) in zip(heights, ends))


@dataclass(frozen=True)
class _Survival:
    """A curve that falls, and the day by which it should have."""

    moments: list[Moment]
    format: Format
    limit: float | None
    limit_label: str
    day_label: str
    followed_label: str

    def draw(self, frame: Frame) -> Drawing:
        last = max(self.moments[-1].day, (self.limit or 0) * 1.05)
        plot = DayPlot(frame, QUARTERS, self.format, last, SWATCH)
        stayed = path([through(plot.corners(self.moments, lambda moment: moment.share, 1))], "line")
        layers = [plot.axes(self.day_label), plot.band(self.moments), stayed, plot.upright(self.limit, self.limit_label, "target")]
        return plot.drawing(layers, self.moments, self.followed_label)


@dataclass(frozen=True)
class _Comparison:
    """Several curves, with the class each is drawn in, and their names beside them."""

    curves: list[tuple[str, Curve]]
    format: Format
    day_label: str

    def draw(self, frame: Frame) -> Drawing:
        scale = ticks(0, max(share for _, curve in self.curves for _, share in curve.points))
        widest = max(text_width(f"{curve.label}  {self.format(curve.points[-1][1])}", frame.size) for _, curve in self.curves) + SWATCH
        last = max(curve.points[-1][0] for _, curve in self.curves)
        plot = DayPlot(frame, scale, self.format, last, widest if frame is WIDE else SWATCH)
        lines = [path([through(plot.corners([Moment(*point) for point in curve.points], lambda moment: moment.share, 0))], f"line {kind}")
                 for kind, curve in self.curves]
        drawn = plot.drawing([plot.axes(self.day_label), *lines, self._names(plot)])
        return drawn if frame is WIDE else replace(drawn, height=drawn.height + LINE * len(self.curves) + 8)

    def _names(self, plot: DayPlot) -> str:
        """Write the names, the highest first, each beside a piece of its line: to the right of the curves, or below where it is narrow."""
        ordered = sorted(self.curves, key=lambda one: -one[1].points[-1][1])
        box, frame, written = plot.plot, plot.frame, []
        heights = spaced([plot.y(curve.points[-1][1]) for _, curve in ordered], frame.size + 4, box.top, box.bottom)
        x = round(box.right) + 10
        if frame is not WIDE:
            x, heights = 0, [frame.height + LINE * place for place in range(1, len(ordered) + 1)]
        for y, (kind, curve) in zip(heights, ordered):
            share = self.format(curve.points[-1][1])
            room = frame.width - x - SWATCH - text_width(f" {share}", frame.size)
            written.append(path([f"M{x} {round(y)}h16"], f"line {kind}") + label(x + SWATCH, y + 4.5, curve.label, room, frame.size))
            written.append(label(frame.width, y + 4.5, share, class_="end", text_anchor="end"))
        return "".join(written)
