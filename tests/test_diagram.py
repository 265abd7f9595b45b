"""The stage diagram: nothing touches what it should not, and every transition is there."""

import re

import pytest

from macros.diagram import transition_diagram
from tests.drawings import CHARTS, STAGES, TRANSITIONS, drawing, paths, texts


def test_no_arrow_of_the_diagram_runs_through_a_box_and_no_boxes_touch():
    long = [stage._replace(label=stage.label * 4) for stage in STAGES]
    for chart in (CHARTS["diagram"], CHARTS["diagram_exits"], transition_diagram("x", "x", long, TRANSITIONS, text="x")):
        wide = drawing(chart, "wide")
        boxes = [tuple(float(rect.get(key)) for key in ("x", "y", "width", "height")) for rect in wide.iter("rect")]
        for path in wide.iter("path"):
            for (x1, y1), (x2, y2) in segments(path.get("d") if path.get("class").startswith("edge") else ""):
                for x, y, width, height in boxes:
                    beside = max(x1, x2) <= x + 0.2 or min(x1, x2) >= x + width - 0.2
                    assert beside or max(y1, y2) <= y + 0.2 or min(y1, y2) >= y + height - 0.2, (path.get("d"), x, y)
        for i, (x, y, width, height) in enumerate(boxes):
            assert all(u >= x + width or x >= u + w or v >= y + height or y >= v + h for u, v, w, h in boxes[i + 1 :])
            assert 0 <= x and x + width <= 720


def test_skips_that_overlap_run_at_different_heights():
    skips = [("lead", "contact"), ("lead", "sql"), ("mql", "fit"), ("contact", "sql"), ("won", "lead"), ("sql", "mql")]
    wide = drawing(transition_diagram("x", "x", STAGES, skips, text="x"), "wide")
    pieces = segments(paths(wide, "edge forward") + paths(wide, "edge back"))
    flat = [(start[1], *sorted((start[0], end[0]))) for start, end in pieces if start[1] == end[1]]
    assert len(flat) == len(skips) and len({height for height, _, _ in flat}) >= 3
    for i, (height, left, right) in enumerate(flat):
        assert all(height != h or right < l or r < left for h, l, r in flat[i + 1 :])
        assert height > 0


def segments(data: str):
    """The straight pieces of a path of M, H, V, Q and of l, h, v, which go on from where it is; curves as chords."""
    spot = (0.0, 0.0)
    for letter, rest in re.findall(r"([MHVQlhv])([-\d. ]+)", data):
        values = [float(value) for value in re.findall(r"-?[\d.]+", rest)]
        across, down = (0.0, values[0]) if letter in "Vv" else (values[0], 0.0) if letter in "Hh" else values[-2:]
        x, y = (round(spot[0] + across, 1), round(spot[1] + down, 1)) if letter.islower() else (across, down)
        after = (x, spot[1]) if letter == "H" else (spot[0], y) if letter == "V" else (x, y)
        if letter != "M":
            yield spot, after
        spot = after


def test_the_diagram_shows_each_transition_in_both_forms():
    wide, narrow = (drawing(CHARTS["diagram"], variant) for variant in ("wide", "narrow"))
    assert paths(wide, "head forward").count("M") == 7 + 3 and paths(wide, "head back").count("M") == 1 + 3
    assert paths(wide, "joints").count("M") == 7 + 2 + 5 and paths(wide, "head exit").count("M") == 3 + 2
    assert len([path for path in narrow.iter("path") if path.get("class") == "head forward"]) == 7
    assert {"↓ 適合確認", "↑ 適合確認", "→ 失注 · リサイクル", "↑ リード · MQL · 接触"} <= set(texts(narrow))
    for svg in (wide, narrow):
        assert [a.get("href") for a in svg.iter("a") if a.get("aria-current")] == ["stages/contact.html"]


def test_an_unknown_stage_in_a_transition_is_named():
    with pytest.raises(ValueError, match="no stage 'mlq'; stages: lead, mql"):
        transition_diagram("x", "x", STAGES, [("lead", "mlq")], text="x")
