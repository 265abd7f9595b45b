"""Stepped lines over days: the plot they stand in, its two axes, the corners of a line, what is written around it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import NamedTuple

from macros.axis import Plot, value_axis
from macros.numbers import Format, finite
from macros.svg import Drawing, element, label, path, text_width

STEPS = (1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1825)
Corners = list[tuple[int, int]]


class Moment(NamedTuple):
    """One day: the share so far with its interval, the share that left by each exit, how many were still followed."""

    day: float
    share: float
    low: float | None = None
    high: float | None = None
    left: tuple[float, ...] = ()
    followed: int | None = None

    @property
    def has_band(self) -> bool:
        return None not in (finite(self.low), finite(self.high))


@dataclass(frozen=True)
class Frame:
    """The size of a drawing and of its letters, the lowest step of a line, the most room for what stands beside it."""

    width: int
    height: int
    size: int
    step: int
    ends: int


WIDE = Frame(640, 240, 13, 1, 220)
NARROW = Frame(340, 216, 12, 2, 110)


@dataclass(frozen=True)
class DayPlot:
    """Days across, shares up, `end_width` left free to the right; each method gives markup or where something stands."""

    frame: Frame
    scale: list[float]
    format: Format
    last_day: float
    end_width: float

    @cached_property
    def plot(self) -> Plot:
        """The box; one slot of it is a day, and a day stands where its slot begins."""
        left = ceil(max(text_width(name, self.frame.size) for name in self._shares) + 10)
        right = self.frame.width - ceil(min(self.end_width + 10, self.frame.ends))
        return Plot(left, right, 20, self.frame.height - 28, self.scale[0], self.scale[-1], max(ceil(self.last_day), 1))

    def x(self, day: float) -> int:
        return round(self.plot.x(min(day, self.plot.count) - 0.5))

    def y(self, share: float) -> int:
        return round(self.plot.y(share))

    def axes(self, day_label: str) -> str:
        """The shares with their lines, and the days below, the last one written with its unit."""
        words = [*map(str, self._days[:-1]), day_label.replace("{day}", str(self._days[-1]))]
        days = [label(self.x(day), self.plot.bottom + 18, word) for day, word in zip(self._days, words)]
        return value_axis(self.plot, self.scale, self._shares) + element("g", *days, class_="soft", text_anchor="middle")

    def corners(self, moments: list[Moment], share: Callable[[Moment], float], start: float | None = None) -> Corners:
        """The corners of a stepped line through `share` of each moment, from `start` on day 0 if there is one.

        A step too low to be seen waits for the next ones; the last moment is always there.
        """
        found = [] if start is None else [(self.x(0), self.y(start))]
        for moment in moments:
            x, y = self.x(moment.day), self.y(share(moment))
            if not found:
                found.append((x, y))
            elif abs(y - found[-1][1]) >= self.frame.step or moment is moments[-1]:
                found += [(x, found[-1][1]), (x, y)]
        return found

    def band(self, moments: list[Moment]) -> str:
        """The intervals as one area, from the first day that has one."""
        known = [moment for moment in moments if moment.has_band]
        edges = [self.corners(known, lambda moment, end=end: getattr(moment, end)) for end in ("high", "low")]
        return path([through(edges[0] + edges[1][::-1]) + "z"], "band") if len(known) > 1 else ""

    def upright(self, day: float | None, words: str, kind: str) -> str:
        """A line up through the plot at `day`, with `words` above it."""
        if day is None or day > self.plot.count:
            return ""
        half = text_width(words, self.frame.size) / 2
        centre = min(max(self.x(day), half), self.frame.width - half)
        name = label(centre, 13, words, self.frame.width, self.frame.size, class_="goal" if kind == "target" else "soft", text_anchor="middle")
        return path([f"M{self.x(day)} {self.y(self.scale[-1])}V{self.y(self.scale[0])}"], kind) + name

    def drawing(self, layers: list[str], moments: list[Moment] = (), heading: str = "") -> Drawing:
        """All of it; with a `heading`, two lines below say how many were still followed on each day that is written."""
        if not heading or not moments or moments[0].followed is None:
            return Drawing(self.frame.width, self.frame.height, "".join(layers))
        top, whole = self.frame.height, Format("count", self.format.lang)
        counts = [(day, next((moment.followed for moment in moments if moment.day >= day), None)) for day in self._days]
        numbers = [label(self.x(day), top + 28, whole(count)) for day, count in counts if count is not None]
        below = label(0, top + 10, heading, self.frame.width, self.frame.size) + element("g", *numbers, text_anchor="middle")
        return Drawing(self.frame.width, top + 34, "".join(layers) + element("g", below, class_="soft"))

    @property
    def _shares(self) -> list[str]:
        return [self.format.tick(value, self.scale[1] - self.scale[0]) for value in self.scale]

    @property
    def _days(self) -> list[int]:
        step = next((step for step in STEPS if self.plot.count / step <= 6), STEPS[-1])
        return list(range(0, self.plot.count + 1, step))


def through(corners: Corners) -> str:
    """Return the path data through corners, each straight across or straight up from the one before."""
    (x, y), *rest = corners
    pieces, across = [f"M{x} {y}"], 0
    for next_x, next_y in rest:
        across += next_x - x
        if next_y != y:
            pieces.append((f"h{across}" if across else "") + f"v{next_y - y}")
            across = 0
        x, y = next_x, next_y
    return "".join(pieces) + (f"h{across}" if across else "")


def spaced(heights: list[float], gap: float, top: float, bottom: float) -> list[float]:
    """Return `heights`, given from the top down, moved until neighbours are `gap` apart and all stand above `bottom`."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap if placed else top))
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], placed[index + 1] - gap if index + 1 < len(placed) else bottom)
    return placed
