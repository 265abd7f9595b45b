"""A chart as small as a word, for a table's cell or a card."""

from collections.abc import Sequence

from macros.axis import runs
from macros.numbers import MISSING, finite
from macros.svg import element, line, path
from macros.text import escape

WIDTH, HEIGHT, MOST_VALUES = 96, 24, 26


def sparkline(title: str, values: Sequence, *, target: float | None = None, muted: int = 0, no_data: str = MISSING) -> str:
    """Return the last `MOST_VALUES` of `values`, numbers or None, as a line of fixed size with a dot at the last one.

    `title` says in words what it shows: it is the tooltip, and all that a screen reader gets. The last `muted` values
    are not complete yet and drawn pale; the number `target` is a dashed line. Without values the text `no_data` stands.
    """
    shown = [finite(value) for value in values][-MOST_VALUES:]
    if all(value is None for value in shown):
        return escape(no_data)
    goal = finite(target)
    low, high = _range([value for value in (*shown, goal) if value is not None])
    spots = [None if value is None else (_x(index, len(shown)), _y(value, low, high)) for index, value in enumerate(shown)]
    aim = path([line((0, _y(goal, low, high)), (WIDTH, _y(goal, low, high)))], "target") if goal is not None else ""
    marks = element("title", escape(title)) + aim + _lines(spots, len(shown) - muted)
    size = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": WIDTH, "height": HEIGHT}
    return element("svg", marks, class_="chart spark", role="img", **size)


def _range(values: list[float]) -> tuple[float, float]:
    """Return the scale: as low as the values, but never so narrow that small changes look large."""
    high = max(values)
    return min(*values, high / 2), high


def _lines(spots: list, ripe: int) -> str:
    """Draw the line up to the spot `ripe`, what follows dotted, and the dot."""
    solid = [line(*(spots[i] for i in run)) for run in runs(spots[:ripe])]
    tail = runs(spot and index >= ripe - 1 for index, spot in enumerate(spots))
    pale = [line(*(spots[i] for i in run)) for run in tail if run[-1] >= ripe]
    last = max(index for index, spot in enumerate(spots) if spot)
    dot = [line(spots[last])]
    ends = path(dot, "dots") if last < ripe else path(dot, "dots pale") + path(dot, "dots hole")
    return path(pale, "line pale") + path(solid, "line") + ends


def _x(index: int, count: int) -> float:
    return 4 + (WIDTH - 8) * (index / (count - 1) if count > 1 else 1)


def _y(value: float, low: float, high: float) -> float:
    return HEIGHT - 4 - (value - low) / ((high - low) or 1) * (HEIGHT - 8)
