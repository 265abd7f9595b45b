"""SVG as strings: elements, text that fits its place, and the figure round two drawings of the same thing."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate, takewhile

from macros.text import escape, plain

_SAFE = re.compile(r"[\w ,./:#\-]*")
# Numbers, periods and names with no sign twice in a row.
_HARMLESS = re.compile(r"-?[^\W_](?:[^\W_]|[ ,–](?=\S)|[.%=-](?![.%=-]))*")
_SHAPES = ("path", "rect")
_NARROW, _BROAD = frozenset("iljtfrI.,:;|!'()[] "), frozenset("mwMW@%")


@dataclass(frozen=True)
class Drawing:
    """One variant of a figure: its size in user units and its markup."""

    width: float
    height: float
    body: str


def figure(id: str, title: str, text: str, wide: Drawing, narrow: Drawing | None, legend=(), kind: str = "") -> str:
    """Return the figure that shows `wide`, or `narrow` where there is no room for it; without `narrow`, `wide` always.

    `text` says in words what the figure shows: to a screen reader always, on the page while the drawing has the
    keyboard's focus. `legend` holds pairs of a key's name in charts.css and its label.
    """
    name = "-".join(plain(id).split())
    # Ticks and counts are no words to search for, and the table beside the chart holds them.
    marks = {"id": name, "class_": f"chart {kind}".strip(), "data_search_exclude": ""}
    finding = element("p", escape(text), id=f"{name}-d", class_="finding")
    # A name may lie in a drawing that is not shown, so the narrow one borrows that of the wide one.
    shown = _svg(wide, "wide" if narrow else "single", name, element("title", inside(title), id=f"{name}-t"))
    drawings = shown + (_svg(narrow, "narrow", name) if narrow else "")
    return element("figure", drawings, finding, _caption(legend), **marks)


def empty_figure(id: str, title: str, no_data: str) -> str:
    """Return the figure of a chart without data: its title and the sentence `no_data`."""
    name = "-".join(plain(id).split())
    sentence = element("p", escape(no_data), class_="no-data")
    return element("figure", sentence, id=name, class_="chart", aria_label=title)


def element(tag: str, /, *children: str, **attributes) -> str:
    """Return one element; `children` are markup, attribute values any text, None leaves the attribute out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return f"<{tag}{written}/>" if tag in _SHAPES and not children else f"<{tag}{written}>{''.join(children)}</{tag}>"


def inside(text: str) -> str:
    """Return `text` escaped for a place inside an element: no Markdown begins there, so 12.3% can stay as it is."""
    return text if _HARMLESS.fullmatch(text) else escape(text)


def label(x: float, y: float, text: str, room: float = 1e6, size: float = 13, **attributes) -> str:
    """Return `text` at about a point, shortened to `room` user units with the whole of it as a tooltip."""
    shown = shortened(text, room, size)
    tooltip = "" if shown == plain(text) else element("title", inside(text))
    return element("text", tooltip, inside(shown), x=round(x) or None, y=round(y), **attributes)


def link(href: str | None, *children: str, **attributes) -> str:
    """Return `children` as a link, or as a group where `href` is None or anything but a path or a web address."""
    address = plain(href or "").strip()
    scheme = re.match(r"[^/?#]*:", address)
    is_safe = address and not address.startswith("//") and (not scheme or scheme[0].lower() in ("http:", "https:"))
    return element("a", *children, href=address, **attributes) if is_safe else element("g", *children, **attributes)


def line(*points: tuple[float, float]) -> str:
    """Return the path data of a line through `points`; a single point gives a dot under a round line cap."""
    spots = [(round(x * 10), round(y * 10)) for x, y in points]
    (x, y), *_ = spots
    pieces = [_piece((end[0] - start[0]) / 10, (end[1] - start[1]) / 10) for start, end in zip(spots, spots[1:])]
    return f"M{number(x / 10)} {number(y / 10)}" + ("".join(pieces) or "h0")


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written in ("0", "-0") else written.replace("0.", ".") if abs(value) < 1 else written


def path(data: list[str], kind: str) -> str:
    """Return one path of the class `kind` through all of `data`, or nothing."""
    return element("path", class_=kind, d="".join(data)) if data else ""


def shortened(text: str, room: float, size: float = 13) -> str:
    """Return `text`, cut with an ellipsis where it is wider than `room`."""
    text = plain(text)
    if text_width(text, size) <= room:
        return text
    return text[: _fitting(text, room - size, size)].rstrip() + "…"


def text_width(text: str, size: float = 13) -> float:
    """Return about how wide `text` is set, in user units; East Asian letters are square."""
    return size * sum(map(_em, plain(text)))


def wrapped(text: str, room: float, size: float = 13, lines: int = 2) -> list[str]:
    """Return `text` in at most `lines` lines of `room` each, broken at spaces if it can be, the last one shortened."""
    text = plain(text)
    if lines == 1 or text_width(text, size) <= room:
        return [shortened(text, room, size)]
    fitting = max(1, _fitting(text, room, size))
    space = text.rfind(" ", 1, fitting + 1)
    cut = space if space > 0 else fitting
    return [text[:cut].rstrip(), *wrapped(text[cut:].lstrip(), room, size, lines - 1)]


def _attribute(key: str, value) -> str:
    value = number(value) if isinstance(value, (int, float)) else value
    return f' {key.rstrip("_").replace("_", "-")}="{value if _SAFE.fullmatch(value) else escape(value)}"'


def _caption(legend) -> str:
    keys = [element("span", inside(text), class_=f"key key-{name}") for name, text in legend if text]
    return element("figcaption", *keys) if keys else ""


def _em(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1
    if character in _NARROW:
        return 0.33
    return 0.86 if character in _BROAD else 0.7 if character.isupper() else 0.53 if character.islower() else 0.56


def _fitting(text: str, room: float, size: float) -> int:
    return sum(1 for _ in takewhile(lambda width: width * size <= room, accumulate(map(_em, text))))


def _piece(across: float, down: float) -> str:
    if not across or not down:
        return f"v{number(down)}" if down else f"h{number(across)}"
    return f"l{number(across)}{' ' if down > 0 else ''}{number(down)}"


def _svg(drawing: Drawing, variant: str, id: str, name: str = "") -> str:
    # role="img" would hide the links inside from screen readers.
    role = "group" if "<a " in drawing.body else "img"
    size = f"0 0 {number(drawing.width)} {number(drawing.height)}"
    words = {"tabindex": 0, "aria_labelledby": f"{id}-t", "aria_describedby": f"{id}-d"}
    return element("svg", name, drawing.body, class_=variant, viewBox=size, role=role, **words)
