"""Stacked bars: every bar is full, small parts are folded into one, and a share is written where it has room."""

import re

import pytest

from macros.stacked import stacked
from tests.drawings import CHARTS, JA, OUTCOMES, SCRIPTS, drawing, legend, texts

SHADES = ["s5", "s4", "s3", "s2", "s1", "rest"]
VARIANTS = pytest.mark.parametrize("variant", ["wide", "narrow"])


def spans(svg) -> dict[float, list[tuple[str, float, float]]]:
    """The pieces of each bar by its height: shade, start, end."""
    found: dict[float, list[tuple[str, float, float]]] = {}
    for path in svg.findall("g[@class='parts']/path"):
        for x, y, end in re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)", path.get("d")):
            found.setdefault(float(y), []).append((path.get("class"), float(x), float(end)))
    return found


@VARIANTS
def test_the_parts_fill_the_bar_in_order_and_in_proportion(variant):
    svg = drawing(CHARTS["stacked"], variant)
    bars, frame = spans(svg), re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)", svg.find("path[@class='frame']").get("d"))
    assert list(bars) == [float(y) for _, y, _ in frame] and len(bars) == 3
    for pieces, (left, _, right), (_, numbers) in zip(bars.values(), frame, SCRIPTS):
        whole = float(right) - float(left) - 1
        folded = [*numbers[:5], (numbers[5] or 0) + numbers[6]]
        lengths = [whole * number / sum(folded) for number in folded]
        seen = [length for length in lengths if length > 1.5]
        assert [shade for shade, _, _ in pieces] == SHADES[: len(seen)] and len(seen) >= 5
        assert [end - x + 1 for _, x, end in pieces] == pytest.approx(seen, abs=1.1)
        assert all(end + 1 == x for (_, _, end), (_, x, _) in zip(pieces, pieces[1:]))
        assert pieces[0][1] == float(left) + 1 and float(right) - pieces[-1][2] <= 2


def test_small_parts_are_folded_into_one_that_the_legend_names():
    assert legend(CHARTS["stacked"]) == dict(zip(SHADES, [*OUTCOMES[:5], "その他"]))
    few = stacked("x", "x", [("A", [90, 2, 1, 50])], ["a", "b", "c", "d"], JA, text="x", other_label="other")
    assert legend(few) == {"s5": "a", "s1": "d", "rest": "other"}
    assert legend(CHARTS["stacked_weeks"]) == {"s5": "Yes", "s3": "No", "s1": "Open"}


def test_one_small_part_keeps_its_name_as_a_part_of_no_name_would_say_less():
    chart = stacked("x", "x", [("A", [98, 1, 60])], ["a", "b", "c"], JA, text="x", other_label="other")
    assert list(legend(chart).values()) == ["a", "b", "c"]


def test_a_sixth_large_part_is_folded_too_and_the_others_keep_their_order():
    chart = stacked("x", "x", [("A", [10, 20, 30, 11, 12, 13, 14])], list("abcdefg"), JA, text="x", other_label="other")
    assert list(legend(chart).values()) == ["b", "c", "e", "f", "g", "other"]


@VARIANTS
def test_a_row_without_numbers_shows_a_dash_and_its_count(variant):
    svg = drawing(CHARTS["stacked"], variant)
    assert texts(svg)[-5:] == ["—", "1,624件", "1,472件", "1,321件", "0件"]


@VARIANTS
def test_a_share_is_written_within_its_part_and_nowhere_else(variant):
    svg = drawing(CHARTS["stacked"], variant)
    pieces = [piece for row in spans(svg).values() for piece in row]
    written = list(svg.find("g[@class='parts']").iter("text"))
    assert len(written) == 12
    for text in written:
        assert any(x + 3 < float(text.get("x")) - 12 and float(text.get("x")) + 12 < end - 3 for _, x, end in pieces), text.text


def test_a_share_short_of_all_is_not_written_as_all():
    chart = stacked("x", "x", [("A", [9999, 1]), ("B", [5, 0])], ["a", "b"], JA, text="x", small=0)
    assert {"99.9%", "100%"} == {text.text for text in drawing(chart, "wide").find("g[@class='parts']").iter("text")}


def test_a_part_is_named_where_the_mouse_rests():
    titles = [title.text for title in drawing(CHARTS["stacked"], "wide").iterfind("g[@class='parts']/path/title")]
    assert titles == [*OUTCOMES[:5], "その他"]


def test_another_number_of_numbers_than_of_parts_is_named():
    with pytest.raises(ValueError, match="'A' has 1 numbers for 2 parts"):
        stacked("x", "x", [("A", [1])], ["a", "b"], JA, text="x")
