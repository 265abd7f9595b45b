"""The stages and the transitions between them as inline SVG: a map, or a list where it is narrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from macros.svg import Drawing, element, empty_figure, figure, label, line, link, number, text_width, wrapped
from macros.text import escape

MOST_COLUMNS = 9
_WIDTH, _MAIN, _EXIT, _LANE, _RISE = 720, 50, 42, 56, 16


class Stage(NamedTuple):
    """One stage; exits stand below the main line. `count` is how many are in it now."""

    id: str
    label: str
    href: str | None = None
    count: int | None = None
    is_exit: bool = False


def transition_diagram(
    id: str,
    title: str,
    stages: Sequence,
    transitions: Sequence,
    *,
    text: str,
    current: str | None = None,
    count_label: str = "{count}",
    forward_label: str = "",
    back_label: str = "",
    exit_label: str = "",
    no_data: str = "",
) -> str:
    """Return the figure of `stages` (Stages or tuples like them) and the allowed `transitions`, pairs of stage ids.

    The stage `current` stands out; the last three labels make the legend. ValueError names an id that is no stage.
    """
    stages = [Stage(*stage) for stage in stages]
    if not stages:
        return empty_figure(id, title, no_data)
    graph = _Graph(stages, _checked(stages, transitions), current, count_label)
    legend = [("forward", forward_label), ("back", back_label), ("exit", exit_label)]
    wide = _Map(graph).draw() if graph.columns <= MOST_COLUMNS else _list(graph, _WIDTH)
    return figure(id, title, text, wide, _list(graph, 340), legend, kind="diagram")


def _checked(stages: list[Stage], transitions: Sequence) -> list[tuple[str, str]]:
    known = {stage.id for stage in stages}
    pairs = [(start, end) for start, end in dict.fromkeys(map(tuple, transitions)) if start != end]
    unknown = [id for pair in pairs for id in pair if id not in known]
    if unknown:
        raise ValueError(f"no stage {unknown[0]!r}; stages: {', '.join(stage.id for stage in stages)}")
    return pairs


@dataclass(frozen=True)
class _Graph:
    stages: list[Stage]
    transitions: list[tuple[str, str]]
    current: str | None
    count_label: str

    @cached_property
    def main(self) -> list[Stage]:
        return [stage for stage in self.stages if not stage.is_exit]

    @cached_property
    def exits(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.is_exit]

    @property
    def columns(self) -> int:
        """One for each main stage, and one for the exits unless they fit under the last stage."""
        is_last_free = self.main and not any(start == self.main[-1].id for start, _ in self.pairs("exit"))
        return len(self.main) + bool(self.exits and not is_last_free)

    def pairs(self, *kinds: str) -> list[tuple[str, str]]:
        """Return the transitions of these kinds: next, skip, back, exit, return, between (two exits)."""
        return [pair for pair in self.transitions if self._kind(*pair) in kinds]

    def targets(self, start: str, *kinds: str) -> list[Stage]:
        """Return the stages that a stage leads to by transitions of these kinds, in the stages' order."""
        ends = {end for begin, end in self.pairs(*kinds) if begin == start}
        return [stage for stage in self.stages if stage.id in ends]

    def _kind(self, start: str, end: str) -> str:
        main = {stage.id: index for index, stage in enumerate(self.main)}
        if start not in main:
            return "return" if end in main else "between"
        if end not in main:
            return "exit"
        distance = main[end] - main[start]
        return "next" if distance == 1 else "skip" if distance > 0 else "back"

    def box(self, stage: Stage, x: float, y: float, width: float, height: float) -> str:
        """Return the box of a stage, a link to its page, with how many are in it now."""
        count = "" if stage.count is None else self.count_label.replace("{count}", f"{stage.count:,}")
        lines = wrapped(stage.label, width - 4, lines=1 if count else 2)
        tooltip = element("title", escape(stage.label)) if lines[-1].endswith("…") else ""
        middle, first = x + width / 2, y + height / 2 + 5 - (len(lines) - 1 + bool(count)) * 8.5
        texts = [label(middle, first + 17 * index, words) for index, words in enumerate(lines)]
        if count:
            texts.append(label(middle, first + 17, count, width - 4, 12, class_="count"))
        frame = element("rect", x=x, y=y, width=width, height=height, rx=14 if stage.is_exit else 5)
        marks = {"class_": "box now", "aria_current": "page"} if stage.id == self.current else {"class_": "box"}
        return link(stage.href, tooltip, frame, *texts, **marks)


class _Map:
    """The main line from left to right, skips and back steps above it, exits as lanes below."""

    def __init__(self, graph: _Graph):
        self.graph = graph
        self.order = {stage.id: index for index, stage in enumerate(graph.main)}
        sides = len(self._side_pairs()) * 10 + 4 if self._side_pairs() else 0
        self.pitch = min((_WIDTH - 2 - sides) / graph.columns, 130)
        self.box = min(self.pitch - 16, 110)
        self.right = 1 + self.pitch * (graph.columns - 1) + self.box
        self.levels = _levels([self._ends(pair) for pair in graph.pairs("skip", "back")])
        self.top = 2 + _RISE * (max(self.levels, default=-1) + 1)
        self.floor = self.top + _MAIN
        exit_room = self.right - self._centre(graph.columns - 2) - 22 if graph.columns > 1 else self.box
        names = max((text_width(stage.label) for stage in graph.exits), default=0)
        self.exit = max(min(names + 26, exit_room), self.box)

    def draw(self) -> Drawing:
        graph = self.graph
        boxes = [graph.box(s, self._left(i), self.top, self.box, _MAIN) for i, s in enumerate(graph.main)]
        left = self.right - self.exit
        boxes += [graph.box(s, left, self._lane(i), self.exit, _EXIT) for i, s in enumerate(graph.exits)]
        height = self._lane(len(graph.exits)) - _LANE + _EXIT + 2 if graph.exits else self.floor + 2
        return Drawing(_WIDTH, height, self._exits() + self._returns() + self._arcs() + self._next() + "".join(boxes))

    def _left(self, index: int) -> float:
        return 1 + self.pitch * index

    def _centre(self, index: int) -> float:
        return self._left(index) + self.box / 2

    def _lane(self, index: int) -> float:
        return self.floor + 34 + _LANE * index

    def _next(self) -> str:
        y = self.top + _MAIN / 2
        ends = [self._left(self.order[end]) for _, end in self.graph.pairs("next")]
        lines = [line((x - self.pitch + self.box, y), (x - 6, y)) for x in ends]
        return _arrows("forward", lines, [_right(x, y) for x in ends])

    def _ends(self, pair: tuple[str, str]) -> tuple[float, float]:
        """Return where an arc leaves and where it arrives, both on the side that faces the other end."""
        start, end = self._centre(self.order[pair[0]]), self._centre(self.order[pair[1]])
        aside = self.box * (0.16 if start < end else -0.34)
        return start + aside, end - aside

    def _arcs(self) -> str:
        drawn = {"forward": ([], []), "back": ([], [])}
        for pair, level in zip(self.graph.pairs("skip", "back"), self.levels):
            start, end = self._ends(pair)
            lines, heads = drawn["forward" if start < end else "back"]
            lines.append(_arc(start, end, self.top, self.top - _RISE * (level + 1) + 2))
            heads.append(_down(end, self.top))
        return "".join(_arrows(kind, *marks) for kind, marks in drawn.items())

    def _exits(self) -> str:
        lines, heads, joints, depth = [], [], [], {}
        for index, stage in enumerate(self.graph.exits):
            y = self._lane(index) + 13
            stems = [self._centre(self.order[start]) for start, end in self.graph.pairs("exit") if end == stage.id]
            joints += [line((x, y)) for x in stems]
            depth |= dict.fromkeys(stems, y)
            if stems:
                lines.append(line((min(stems), y), (self.right - self.exit - 6, y)))
                heads.append(_right(self.right - self.exit, y))
        lines += [line((x, self.floor), (x, y)) for x, y in depth.items()]
        return _arrows("exit", lines, heads) + _path("joints", joints) + self._between()

    def _returns(self) -> str:
        """Draw one dashed line from each exit that leads back, and one up to each stage that it leads to."""
        lines, depth = [], {}
        for index, stage in enumerate(self.graph.exits):
            y = self._lane(index) + 29
            ends = [self._centre(self.order[s.id]) - self.box * 0.3 for s in self.graph.targets(stage.id, "return")]
            depth |= dict.fromkeys(ends, y)
            lines += [line((self.right - self.exit, y), (min(ends), y))] if ends else []
        lines += [line((x, y), (x, self.floor + 6)) for x, y in depth.items()]
        return _arrows("back", lines, [_up(x, self.floor) for x in depth])

    def _between(self) -> str:
        """Draw the steps from one exit to another: straight to the one below, round the right side else."""
        rank = {stage.id: index for index, stage in enumerate(self.graph.exits)}
        middle = self.right - self.exit / 2
        below = [rank[start] for start, end in self.graph.pairs("between") if rank[end] == rank[start] + 1]
        lines = [line((middle, self._lane(i) + _EXIT), (middle, self._lane(i + 1) - 6)) for i in below]
        heads = [_down(middle, self._lane(i + 1)) for i in below]
        for number_, (start, end) in enumerate(self._side_pairs()):
            ys, x = [self._lane(rank[id]) + _EXIT / 2 for id in (start, end)], self.right + 10 * (number_ + 1)
            lines.append(line((self.right, ys[0] + 6), (x, ys[0] + 6), (x, ys[1] - 6), (self.right + 6, ys[1] - 6)))
            heads.append(_left(self.right, ys[1] - 6))
        return _arrows("exit", lines, heads)

    def _side_pairs(self) -> list[tuple[str, str]]:
        rank = {stage.id: index for index, stage in enumerate(self.graph.exits)}
        return [(start, end) for start, end in self.graph.pairs("between") if rank[end] != rank[start] + 1]


def _levels(spans: list[tuple[float, float]]) -> list[int]:
    """Return a level for each span so that no two on one level touch; the short ones lie low."""
    placed: list[tuple[int, float, float]] = []
    levels = [0] * len(spans)
    for index in sorted(range(len(spans)), key=lambda i: (abs(spans[i][1] - spans[i][0]), i)):
        low, high = sorted(spans[index])
        taken = {level for level, start, end in placed if start - 4 < high and low < end + 4}
        levels[index] = next(level for level in range(len(spans)) if level not in taken)
        placed.append((levels[index], low, high))
    return levels


def _list(graph: _Graph, width: int) -> Drawing:
    """Draw the stages below each other, with arrows to the next one and the other targets in words."""
    box = min(max(text_width(stage.label) for stage in graph.stages) + 24, width * 0.4)
    parts, y = [], 1
    for stage in graph.main + graph.exits:
        lines = _words(graph, stage, width - box - 16)
        height = max(62, 17 * len(lines) + 20)
        first = y + 26.5 - 8.5 * (min(len(lines), 2) - 1)
        texts = [label(box + 16, first + 17 * index, words) for index, words in enumerate(lines)]
        parts += [graph.box(stage, 1, y, box, 44), *texts]
        if graph.targets(stage.id, "next"):
            arrow = line((1 + box / 2, y + 44), (1 + box / 2, y + height - 6))
            parts.append(_arrows("forward", [arrow], [_down(1 + box / 2, y + height)]))
        y += height
    return Drawing(width, y - 16, "".join(parts))


def _words(graph: _Graph, stage: Stage, room: float) -> list[str]:
    kinds = {"↓": ("skip",), "↑": ("back", "return"), "→": ("exit", "between")}
    named = [(sign, graph.targets(stage.id, *some)) for sign, some in kinds.items()]
    texts = [f"{sign} " + " · ".join(target.label for target in targets) for sign, targets in named if targets]
    return [words for text in texts for words in wrapped(text, room, 12, lines=3)]


def _arc(start: float, end: float, base: float, top: float) -> str:
    side = 6 if start < end else -6
    up, down = f"M{number(start)} {number(base)}V{number(top + 6)}", f"V{number(base - 6)}"
    turn = f"Q{number(start)} {number(top)} {number(start + side)} {number(top)}H{number(end - side)}"
    return up + turn + f"Q{number(end)} {number(top)} {number(end)} {number(top + 6)}" + down


def _arrows(kind: str, lines: list[str], heads: list[str]) -> str:
    return _path(f"edge {kind}", lines) + _path(f"head {kind}", heads)


def _path(kind: str, data: list[str]) -> str:
    return element("path", class_=kind, d="".join(data)) if data else ""


def _right(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l-7-4v8z"


def _left(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l7-4v8z"


def _down(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l-4-7h8z"


def _up(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l-4 7h8z"
