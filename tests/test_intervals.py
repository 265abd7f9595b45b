"""Interval dots: each row's dot and line stand where the scale says, and what rests on few records is not shown as firm."""

import re
import xml.etree.ElementTree as ET

import pytest

from macros.intervals import intervals
from tests.drawings import CHARTS, RATE, SOURCES, drawing, legend, paths, strokes, texts

VARIANTS = pytest.mark.parametrize("variant", ["wide", "narrow"])


def at(svg: ET.Element, value: float) -> float:
    """Where a value stands, by the names 0% and 60% below the drawing."""
    names = {text.text: float(text.get("x")) for text in svg.find("g[@class='soft']")}
    return names["0%"] + value / 0.6 * (names["60%"] - names["0%"])


@VARIANTS
def test_each_dot_and_each_interval_stands_where_the_scale_says(variant):
    svg = drawing(CHARTS["intervals"], variant)
    known = [row for row in SOURCES if row[1] is not None]
    firm, few = ([row for row in known if (row[4] < 20) is is_few] for is_few in (False, True))
    for rows, line, dots in ((firm, "line", "dots"), (few, "line pale", "dots hole")):
        spans = strokes(svg, line)
        assert [x for x, _, _ in spans] == pytest.approx([at(svg, row[2]) for row in rows], abs=0.6)
        assert [x + length for x, _, length in spans] == pytest.approx([at(svg, row[3]) for row in rows], abs=0.6)
        spots = strokes(svg, dots)
        assert [x for x, _, _ in spots] == pytest.approx([at(svg, row[1]) for row in rows], abs=0.6)
        assert [y for _, y, _ in spots] == [y for _, y, _ in spans]


@VARIANTS
def test_each_row_has_its_name_its_number_and_its_count_on_one_line_with_its_dot(variant):
    svg = drawing(CHARTS["intervals"], variant)
    groups = {group.get("class"): texts(group) for group in svg.find("g[@text-anchor='end']")}
    assert groups["end"] == ["34.2%", "18.7%", "22.4%", "11.8%", "25.0%", "42.0%", "9.1%", "—"]
    assert groups["soft"] == [f"{row[4]}件" for row in SOURCES]
    assert [text.text for text in svg.iter("text") if text.get("x") is None] == [row[0] for row in SOURCES]
    heights = [float(text.get("y")) for text in svg.find("g[@text-anchor='end']/g[@class='end']")]
    dots = sorted(y for kind in ("dots", "dots hole") for _, y, _ in strokes(svg, kind))
    assert all(0 < height - dot < 8 for height, dot in zip(heights, dots))


@VARIANTS
def test_a_row_of_few_records_is_hollow_and_pale_and_the_legend_says_so(variant):
    svg = drawing(CHARTS["intervals"], variant)
    assert [text.text for text in svg.iter("text") if text.get("class") == "unripe"] == ["25.0%", "—"]
    assert legend(CHARTS["intervals"]) == {"dot": "転換率", "interval": "95%信頼区間", "muted": "20件未満（参考値）"}
    firm = intervals("x", "x", [("A", 0.2, 0.1, 0.3, 20)], RATE, text="x", minimum=20, few_label="few")
    assert "few" not in firm and not paths(drawing(firm, variant), "dots hole")
    assert paths(drawing(intervals("x", "x", [("A", 0.2, 0.1, 0.3, 19)], RATE, text="x", minimum=20), variant), "dots hole")


def test_a_value_without_a_count_is_not_taken_for_few_and_one_without_an_interval_is_a_mere_dot():
    wide = drawing(intervals("x", "x", [("A", 0.2), ("B", 0.4, 0.3, 0.5, 9)], RATE, text="x", minimum=5), "wide")
    assert len(strokes(wide, "dots")) == 2 and len(strokes(wide, "line")) == 1 and "n=9" in texts(wide) and "n=" not in texts(wide)


@VARIANTS
@pytest.mark.parametrize("target", [0.0, 0.214, 1.0])
def test_the_target_runs_through_all_rows_under_its_name_which_stays_inside(variant, target):
    chart = intervals("x", "x", [*SOURCES, ("Z", 1, 0, 1, 9)], RATE, text="x", target=target, target_label="目標")
    svg = drawing(chart, variant)
    x, top, foot = map(float, re.fullmatch(r"M([\d.]+) ([\d.]+)V([\d.]+)", paths(svg, "target")).groups())
    assert all(top < y < foot for _, y, _ in strokes(svg, "dots"))
    name = next(text for text in svg.iter("text") if text.get("class") == "goal")
    assert name.text == f"目標 {target:.1%}" and abs(float(name.get("x")) - x) < (60 if target in (0, 1) else 1)
    assert 27 <= float(name.get("x")) <= (640 if variant == "wide" else 340) - 33


@VARIANTS
def test_dots_keep_clear_of_names_and_numbers(variant):
    long = [*((row[0] * 20, *row[1:]) for row in SOURCES), ("Z" * 99, 0.1, 0, 0.98, 20)]
    svg = drawing(intervals("x", "x", long, RATE, text="x"), variant)
    edge = min(float(text.get("x")) for text in svg.find("g[@text-anchor='end']/g[@class='end']"))
    assert max(x + length for x, _, length in strokes(svg, "line")) < edge - 40
    assert edge < (640 if variant == "wide" else 340) - (40 if variant == "wide" else -1)
    if variant == "wide":
        assert min(x for x, _, _ in strokes(svg, "line")) > 220
    names = [text for text in svg.iter("text") if text.get("x") is None]
    assert [len(name.findall("title")) for name in names] == [1] * 9


def test_the_ends_of_an_interval_are_told_where_the_mouse_rests():
    titles = [title.text for title in drawing(CHARTS["intervals"], "wide").iterfind("g[@class='hit']/path/title")]
    assert titles[0] == "Web問い合わせ 28.0%–41.0%" and len(titles) == 7
