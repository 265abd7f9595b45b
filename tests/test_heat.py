"""Heat strips: each cell has the shade that the legend gives for its value, and cells of few records have none."""

import re

import pytest

from macros.heat import heat
from macros.numbers import Format
from macros.shades import SHADES, edges, spread
from tests.drawings import CELLS, CHARTS, DAYS, HOURS, RATE, drawing, legend, strokes, texts


def shades(svg) -> dict[tuple[float, float], str]:
    """The shade of each cell, by where it stands."""
    return {(x, y): shade for shade in (*SHADES, "few") for x, y, _ in strokes(svg, shade)}


def test_each_cell_has_the_shade_that_the_legend_gives_for_its_value():
    found = shades(drawing(CHARTS["heat"], "single"))
    places = [(x, y) for y in sorted({y for _, y in found}) for x in sorted({x for x, _ in found})]
    assert len(places) == 50 and len(found) == 49
    ranges = {key: [float(end.rstrip("%")) / 100 for end in name.split("–")] for key, name in legend(CHARTS["heat"]).items() if key != "few"}
    for place, cell in zip(places, [cell for row in CELLS for cell in row]):
        shade = found.get(place)
        if cell is None:
            assert shade is None
        elif cell[1] < 20:
            assert shade == "few"
        else:
            low, high = ranges[shade]
            assert low <= round(cell[0], 9) < high
    assert set(found.values()) == {*SHADES, "few"}


def test_cells_of_few_records_are_named_in_the_legend_and_do_not_stretch_the_scale():
    assert legend(CHARTS["heat"])["few"] == "20件未満" and legend(CHARTS["heat"])["s5"].endswith("20%")
    assert "few" not in legend(CHARTS["heat_turned"])


def test_a_number_stands_in_the_middle_of_its_cell_without_its_sign():
    svg = drawing(CHARTS["heat"], "single")
    rows = svg.findall("g[@text-anchor='middle']/text")
    assert ["".join(span.text for span in row) for row in rows][2] == "161017—1812613714" and rows[0][0].text == "50"
    for row in rows:
        for span in row:
            cells = [x for x, y, length in cells_of(svg) if y == float(row.get("y")) and x < float(span.get("x")) < x + length]
            assert len(cells) == (span.text != "—")


def cells_of(svg) -> list[tuple[float, float, float]]:
    return [piece for shade in (*SHADES, "few") for piece in strokes(svg, shade)]


def test_numbers_get_a_decimal_where_the_shades_are_finer_than_their_points():
    chart = heat("x", "x", ["a"], ["b", "c"], [[(0.012,), (0.034,)]], RATE, text="x")
    assert {"1.2", "3.4"} <= {span.text for span in drawing(chart, "single").iter("tspan")}
    yen = heat("x", "x", ["a"], ["b", "c"], [[(1234567,), (250000,)]], Format("yen", "ja"), text="x")
    assert {"123万", "25万"} <= {span.text for span in drawing(yen, "single").iter("tspan")}


def test_many_columns_become_rows_where_it_is_narrow():
    wide, narrow = (drawing(CHARTS["heat_turned"], variant) for variant in ("wide", "narrow"))
    assert texts(wide)[:2] == DAYS[:2] and texts(narrow)[:24] == [f"{i}:00" for i in range(24)] and texts(narrow)[24:26] == DAYS[:2]
    by_hour = [shade for _, shade in sorted(shades(wide).items())]
    assert len(by_hour) == 48 and by_hour == [shade for _, shade in sorted(shades(narrow).items(), key=lambda cell: cell[0][::-1])]


@pytest.mark.parametrize("variant", ["wide", "narrow"])
def test_numbers_without_room_are_left_out_and_the_names_of_columns_thinned(variant):
    many = [f"{i}日" for i in range(40)]
    svg = drawing(heat("x", "x", many, many, [[(i * j,) for i in range(40)] for j in range(40)], Format("count", "ja"), text="x"), variant)
    names = svg.findall("g[@class='soft']/g/text")
    places = [float(name.get("x")) for name in names]
    assert not list(svg.iter("tspan")) and len(cells_of(svg)) == 1600
    assert 5 < len(names) < 40 and min(b - a for a, b in zip(places, places[1:])) >= 30


def test_names_of_few_columns_are_shortened_rather_than_left_out():
    chart = heat("x", "x", DAYS, ["資料ダウンロード"] * 4, [[(i,) for i in range(4)]] * 5, RATE, text="x")
    assert len(drawing(chart, "single").findall("g[@class='soft']/g/text/title")) == 4


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.061, 0.184), (0.2, 0.2), (0, 0), (-0.3, 0.4), (0.93, 0.97), (3, 4_000_000), (0.0012, 0.0018)])
@pytest.mark.parametrize("whole", [True, False])
def test_five_equal_steps_cover_the_values_which_use_at_least_four_of_them(low, high, whole):
    found = edges(low, high, whole)
    width = found[1] - found[0]
    assert len(found) == 6 and all(b - a == pytest.approx(width) for a, b in zip(found, found[1:]))
    assert found[0] <= low and high <= found[-1] and (low < 0 or found[0] >= 0)
    assert not whole or all(edge % 1 == 0 for edge in found)
    if high > low and not whole:
        assert sum(low < edge <= high for edge in found[1:-1]) >= 3


def test_shades_lie_as_far_apart_as_they_can_with_the_darkest_first():
    assert [spread(count) for count in range(4)] == [[], ["s5"], ["s5", "s1"], ["s5", "s3", "s1"]]
    assert spread(5) == list(reversed(SHADES))


def test_another_shape_than_rows_by_columns_is_named():
    with pytest.raises(ValueError, match=re.escape("cells in each row: [2, 1]; columns: 2; rows: 2")):
        heat("x", "x", ["a", "b"], ["c", "d"], [[None, None], [None]], RATE, text="x")
    with pytest.raises(ValueError, match="columns: 10; rows: 4"):
        heat("x", "x", DAYS[:4], HOURS, CELLS, RATE, text="x")
