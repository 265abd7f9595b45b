"""Sparklines: small enough for every row of a table, and honest about gaps, unfinished weeks and small changes."""

import re
import xml.etree.ElementTree as ET

import pytest

from macros.sparkline import sparkline
from tests.drawings import SPARKLINES, STYLE, hostile, paths, printable, render


def heights(svg: str, kind: str = "line") -> list[float]:
    """How high each point of a line stands, from the bottom."""
    (data,) = re.findall(rf'class="{kind}" d="M[\d.]+ ([^"]+)"', svg)
    first, *rest = re.findall(r"-?[\d.]+", re.sub(r"h[\d.]+", lambda found: f"l{found[0][1:]} 0", data))
    found = [24 - float(first)]
    for down in rest[1::2]:
        found.append(found[-1] - float(down))
    return found


@pytest.mark.parametrize("name", SPARKLINES)
def test_a_sparkline_fits_a_table_cell(name):
    svg = ET.fromstring(SPARKLINES[name])
    assert (svg.get("width"), svg.get("height"), svg.get("viewBox")) == ("96", "24", "0 0 96 24")
    assert not [element for element in svg.iter() if element.get("id") or element.get("tabindex")]
    table = render(f"a|b\n-|-\nx {SPARKLINES[name]} y|z")
    assert [tag for tag, _ in table.tags].count("td") == 2 and table.source.count(SPARKLINES[name]) == 1


def test_its_size_hangs_on_no_container():
    style = STYLE.read_text("utf-8")
    assert re.search(r"\.chart\.spark \{ width: 96px; height: 24px;", style)
    assert ".spark" not in style[style.index("@container") :]


def test_half_a_year_with_target_and_unfinished_weeks_stays_under_700_bytes():
    wild = [(week * 7919 % 100) / 300 for week in range(60)]
    title = "MQL→SQL転換率: 2026-W47は31.2%、26週の最高は42.0%、最低は18.7%、目標は30.0%。直近の3週は未成熟。"
    svg = sparkline(title, wild, target=0.25, muted=3)
    assert len(svg.encode()) < 700 and svg.count("l") > 25


def test_only_the_last_26_values_are_drawn():
    assert sparkline("x", [9, 9, *range(26)]) == sparkline("x", range(26)) != sparkline("x", range(25))


def test_the_last_known_value_is_marked_and_a_gap_left_where_there_is_none():
    svg = ET.fromstring(sparkline("x", [1, 2, None, 3, 4, None]))
    assert re.findall(r"M[\d.]+", paths(svg, "line")) == ["M4", "M56.8"] and paths(svg, "dots") == "M74.4 4h0"


def test_values_that_are_not_complete_are_dotted_and_their_dot_hollow():
    svg = ET.fromstring(sparkline("x", [4, 4, 4, 2, 2], muted=2))
    assert paths(svg, "line") == "M4 4h22h22" and paths(svg, "line pale") == "M48 4l22 16h22"
    assert paths(svg, "dots hole") == "M92 20h0" and not paths(svg, "dots")
    assert not paths(ET.fromstring(sparkline("x", [1, 2], muted=5)), "line")


def test_a_small_change_looks_small_and_a_large_one_fills_the_height():
    low, high = heights(sparkline("x", [40, 41]))
    assert high == 20 and 0 < high - low < 1
    assert heights(sparkline("x", [10, 40])) == [4, 20] and heights(sparkline("x", [-3, 3])) == [4, 20]
    assert heights(sparkline("x", [0, 0])) == [4, 4]


def test_the_target_is_a_line_within_the_drawing():
    for target in (0, 5, 80):
        (y,) = re.findall(r'class="target" d="M0 ([\d.]+)h96"', sparkline("x", [10, 40], target=target))
        assert 4 <= float(y) <= 20


def test_without_values_a_dash_or_the_given_words_stand():
    assert (sparkline("x", []), sparkline("x", [None, float("nan")]), sparkline("x", [], no_data="<b>")) == ("—", "—", "&#60;b&#62;")


def test_a_hostile_title_stays_a_title():
    for text in hostile():
        svg = ET.fromstring(sparkline(text, [1]))
        assert (svg.find("title").text or "") == printable(text) and {element.tag for element in svg.iter()} == {"svg", "title", "path"}
