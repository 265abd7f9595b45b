"""Where things stand in a plot: round ticks, positions, labels kept apart, and the marks of the two axes."""

from dataclasses import dataclass
from math import ceil, floor, log10

from macros.svg import element, label, number, text_width

MOST_NAMES = 5


@dataclass(frozen=True)
class Plot:
    """The box that data is drawn in, in user units, and the values at its lower and upper edge."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    count: int

    @property
    def pitch(self) -> float:
        """The distance between neighbouring points."""
        return (self.right - self.left) / max(self.count, 1)

    def x(self, index: float) -> float:
        """Return where the point `index` stands; each has a slot of one pitch."""
        return self.left + (index + 0.5) * self.pitch

    def y(self, value: float) -> float:
        """Return the height at which `value` stands."""
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


@dataclass(frozen=True)
class Rows:
    """How rows of labelled bars stand in a drawing, in user units.

    Bars run from `left` to `right`. Below the top of a row, `bar` and `axis` are where the bar and its base line begin,
    `text` and `figure` the baselines of label and number. `room` is the width a label may take.
    """

    width: int
    left: float
    right: float
    low: float
    high: float
    height: int
    bar: int
    thickness: int
    axis: int
    axis_length: int
    text: int
    figure: int
    room: float
    size: int

    @property
    def middle(self) -> int:
        """How far below the top of a row the bar has its middle."""
        return self.bar + self.thickness // 2

    def x(self, value: float) -> float:
        """Return where a bar of `value` ends."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def wide_rows(rows: list[tuple], heading: str) -> Rows:
    """Return the layout with label, bar, number and note side by side; `rows` are (label, value, number, note)."""
    labels, low, high, numbers, notes = _measures(rows, heading, 13)
    room = min(labels, 220)
    left = room + 16 + (numbers if low else 0)
    right = max(640 - numbers - notes, left + 40)
    return Rows(640, left, right, low, high, 34, 7, 20, 0, 34, 22, 22, room, 13)


def narrow_rows(rows: list[tuple]) -> Rows:
    """Return the layout with the label above the bar; `rows` are (label, value, number, note)."""
    _, low, high, numbers, notes = _measures(rows, "", 12)
    left = numbers if low else 1
    right = max(340 - numbers, left + 40)
    return Rows(340, left, right, low, high, 48, 21, 16, 21, 16, 15, 33, 340 - notes, 12)


def across(plot: Plot, value: float) -> str:
    """Return the path data of a line through the whole plot at `value`."""
    return f"M{number(plot.left)} {number(plot.y(value))}H{number(plot.right)}"


def apart(wanted: float, taken: float | None, gap: float, top: float) -> float:
    """Return the height nearest to `wanted` that stands `gap` off `taken`, below it if there is no room above."""
    if taken is None or abs(wanted - taken) >= gap:
        return wanted
    return taken - gap if wanted <= taken and taken - gap >= top else taken + gap


def base_axis(plot: Plot, names: list[str], width: float, size: float) -> str:
    """Return the labels under the plot: the first, the last and some between that stand free."""
    room = min(max(text_width(name, size) for name in names), 140)
    chosen = evenly(len(names), min(MOST_NAMES, int((plot.right - plot.left) // (room + 14))))
    centres = [min(max(plot.x(index), room / 2), width - room / 2) for index in chosen]
    texts = [label(x, plot.bottom + 20, names[i], room + 1, size) for x, i in zip(centres, chosen)]
    return element("g", *texts, class_="soft", text_anchor="middle")


def value_axis(plot: Plot, values: list[float], names: list[str]) -> str:
    """Return the thin lines across the plot at `values`, the one at zero firmer, with their names to the left."""
    rules = element("path", d="".join(across(plot, value) for value in values if value), class_="rule")
    base = element("path", d=across(plot, 0), class_="base") if 0 in values else ""
    texts = [label(plot.left - 8, plot.y(value) + 4.5, name) for value, name in zip(values, names)]
    return rules + base + element("g", *texts, class_="soft", text_anchor="end")


def evenly(count: int, most: int) -> list[int]:
    """Return at most `most` of `count` indices, with the first and the last, equally far apart if possible."""
    most = max(1, min(count, most))
    if most == 1:
        return [count - 1] if count else []
    exact = [parts for parts in range(most - 1, 1, -1) if (count - 1) % parts == 0]
    parts = exact[0] if exact else most - 1
    return sorted({round(part * (count - 1) / parts) for part in range(parts + 1)})


def reach(values, unit: str) -> tuple[float, float]:
    """Return the range a scale has to cover: from zero, but for rates so close together that zero would flatten them."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    is_tiny = unit == "rate" and 0.8 * high < low < high
    return (low if is_tiny else min(low, 0.0)), (high if is_tiny else max(high, 0.0))


def runs(flags) -> list[list[int]]:
    """Return the indices of the true `flags`, one list for each unbroken run."""
    found: list[list[int]] = []
    for index, flag in enumerate(flags):
        if flag and found and found[-1][-1] == index - 1:
            found[-1].append(index)
        elif flag:
            found.append([index])
    return found


def ticks(low: float, high: float, whole: bool = False) -> list[float]:
    """Return three to five round values that cover `low` to `high`; whole numbers only if `whole`."""
    span = (high - low) or abs(high) or 1
    power = floor(log10(span / 4))
    for step in (factor * 10.0 ** (power + more) for more in range(9) for factor in (1, 2, 2.5, 5)):
        first, last = floor(round(low / step, 9)), ceil(round(high / step, 9))
        if last - first <= 4 and not (whole and step % 1):
            break
    last = max(last, first + 2)
    return [round(index * step, 10) for index in range(first, last + 1)]


def _measures(rows: list[tuple], heading: str, size: float) -> tuple[float, ...]:
    """Return the room for labels, the lowest and highest value, and the room for numbers and for notes."""
    labels, values, numbers, notes = zip(*rows)
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    widths = [max(text_width(text, size) for text in texts) for texts in (labels, numbers, (heading, *notes))]
    return widths[0], low, high if high > low else low + 1, widths[1] + 12, widths[2] + 20 if widths[2] else 0
