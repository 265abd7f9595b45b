"""Curves as drawn and as printed: every step stands where its share is, exits hang from the top, and nothing is said that the data does not tell."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import pytest

from macros.book import Book
from macros.curve_charts import CURVES, incidence_curve
from macros.curves import comparison, incidence, survival
from macros.mistakes import Mistake
from macros.stairs import spaced, through
from macros.stay_charts import stage_time, stage_times
from publish.prepare import prepare
from tests.drawings import ARRIVALS, BY_SOURCE, CHARTS, CURVE_LABELS, RATE, STAYS, Page, drawing, hostile, legend, paths, printable, texts
from tests.shared_data import needed
from tests.world import PROJECT, ROOT, SHARED_DATA
from warehouse import build
from warehouse.definitions import Definitions
from warehouse.engine import Engine

pytestmark = pytest.mark.xdist_group("sample warehouse")
VARIANTS = pytest.mark.parametrize("variant", ["wide", "narrow"])
WORDS = {"text": "x", "no_data": "データなし"}


def corners(data: str) -> list[tuple[int, int]]:
    """The points of a path of horizontal and vertical pieces."""
    x, y = map(int, re.match(r"M(-?\d+) (-?\d+)", data).groups())
    found = [(x, y)]
    for kind, length in re.findall(r"([hv])(-?\d+)", data):
        x, y = (x + int(length), y) if kind == "h" else (x, y + int(length))
        found.append((x, y))
    return found


def axis(svg, names: list[str]) -> dict[str, float]:
    """Where the named marks of an axis stand: the x of days, the height of shares."""
    found = {"".join(text.itertext()): text for text in svg.iter("text")}
    return {name: float(found[name].get("y")) - 4.5 if name.endswith("%") else float(found[name].get("x")) for name in names}


def height(svg, share: float) -> float:
    marks = axis(svg, ["0%", "100%"])
    return marks["0%"] + (marks["100%"] - marks["0%"]) * share


# Drawn

@VARIANTS
def test_arrivals_rise_from_zero_and_each_step_stands_where_its_share_is(variant):
    svg = drawing(CHARTS["incidence"], variant)
    line, days = corners(paths(svg, "line")), axis(svg, ["0", "14"])
    assert line[0] == (days["0"], pytest.approx(height(svg, 0), abs=1)) and line[-1][1] == pytest.approx(height(svg, ARRIVALS[-1][1]), abs=1)
    on_day_14 = [y for x, y in line if x <= days["14"] + 1][-1]
    assert on_day_14 == pytest.approx(height(svg, ARRIVALS[14][1]), abs=3)
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in zip(line, line[1:])) and [y for _, y in line] == sorted((y for _, y in line), reverse=True)


@VARIANTS
def test_exits_hang_from_the_top_one_under_the_other_and_what_nobody_took_is_left_out(variant):
    svg, last = drawing(CHARTS["incidence"], variant), ARRIVALS[-1][4]
    fills = {kind: corners(paths(svg, kind)) for kind in ("x1", "x2", "x3") if paths(svg, kind)}
    assert list(fills) == ["x2", "x3"] and list(legend(CHARTS["incidence"])) == ["value", "band", "open", "x2", "x3"]
    assert fills["x2"][0][1] == fills["x3"][0][1] == pytest.approx(height(svg, 1), abs=1)
    assert fills["x2"][-1][1] == pytest.approx(height(svg, 1 - last[1]), abs=1)
    assert fills["x3"][-1][1] == pytest.approx(height(svg, 1 - last[1] - last[2]), abs=1)
    drawn = [path.get("class") for path in svg.iter("path") if (path.get("class") or "").startswith("x")]
    assert drawn == ["x3", "x2"], "the lower one is covered by the upper one"


@VARIANTS
def test_the_shares_at_the_end_are_written_from_the_top_down_apart_and_add_up(variant):
    svg = drawing(CHARTS["incidence"], variant)
    right = max(x for x, _ in corners(paths(svg, "line")))
    ends = [(float(text.get("y")), "".join(text.itertext())) for text in svg.iter("text") if float(text.get("x") or 0) == right + 8]
    assert [y for y, _ in ends] == sorted(y for y, _ in ends) and min(b[0] - a[0] for a, b in zip(ends, ends[1:])) >= 14
    assert len(ends) == 4 and sum(float(text.rstrip("%")) for _, text in ends) == pytest.approx(100, abs=0.2)


@VARIANTS
def test_below_the_days_stands_how_many_were_still_followed(variant):
    svg = drawing(CHARTS["incidence"], variant)
    days = ["0", "7", "14", "21", "28"]
    assert texts(svg)[-7:] == ["追跡中の件数", *(f"{5000 - 120 * int(day):,}" for day in days), "800"]
    last = {float(text.get("x") or 0): "".join(text.itertext()) for text in svg.iter("text")}
    assert [last[x] for x in axis(svg, days).values()] == texts(svg)[-6:-1]


def test_a_day_that_stands_out_is_drawn_unless_the_curve_ends_before():
    words = texts(drawing(CHARTS["incidence"], "wide"))
    assert "30日" in words and paths(drawing(CHARTS["incidence"], "wide"), "mark")
    short = incidence("x", "x", ARRIVALS[:20], ["a", "b", "c"], RATE, text="x", mark=30, **CURVE_LABELS)
    assert not paths(drawing(short, "wide"), "mark") and "30日" not in texts(drawing(short, "wide"))


def test_another_number_of_shares_than_of_exits_and_a_fourth_exit_are_named():
    with pytest.raises(ValueError, match="2 exits, of at most 3"):
        incidence("x", "x", ARRIVALS, ["a", "b"], RATE, text="x")
    with pytest.raises(ValueError, match="4 exits, of at most 3"):
        incidence("x", "x", [(0, 0.1, None, None, (0, 0, 0, 0))], list("abcd"), RATE, text="x")


@VARIANTS
def test_a_comparison_names_each_curve_beside_a_piece_of_its_line_the_highest_first(variant):
    svg = drawing(CHARTS["comparison"], variant)
    names = [name for name in texts(svg) if name in {"合計", *(name for name, _ in BY_SOURCE)}]
    assert names == ["Web問い合わせ", "合計", "紹介", "資料ダウンロード", "展示会"]
    swatches = [path for path in svg.iter("path") if path.get("d").endswith("h16")]
    assert [path.get("class") for path in swatches] == ["line k1", "line k0", "line k4", "line k2", "line k3"]


def test_the_sixth_curve_and_one_without_points_are_not_drawn():
    many = comparison("x", "x", [(f"S{place}", [(0, 0.1), (9, 0.1 + place / 10)]) for place in range(6)], RATE, text="x")
    assert [name for name in texts(drawing(many, "wide")) if name.startswith("S")] == ["S4", "S3", "S2", "S1", "S0"]
    assert Page(comparison("x", "x", [("A", [])], RATE, **WORDS)).text == "データなし"


@VARIANTS
def test_what_stays_falls_from_all_and_the_limit_stands_at_its_day(variant):
    svg = drawing(CHARTS["survival"], variant)
    line = corners(paths(svg, "line"))
    assert line[0][1] == pytest.approx(height(svg, 1), abs=1) and line[-1][1] == pytest.approx(height(svg, STAYS[-1][1]), abs=1)
    assert re.match(r"M([\d.]+) ", paths(svg, "target"))[1] == str(int(axis(svg, ["14"])["14"]))


def test_a_limit_past_the_last_day_widens_the_axis():
    chart = survival("x", "x", STAYS[:8], RATE, text="x", limit=21, limit_label="L", day_label="{day}日")
    svg = drawing(chart, "wide")
    assert paths(svg, "target") and "20日" in texts(svg) and max(x for x, _ in corners(paths(svg, "line"))) < 200


def test_a_curve_of_thousands_of_steps_draws_only_those_that_can_be_seen():
    stays = [(place / 100, 1 - place / 5000, None, None, (), 5000 - place) for place in range(1, 5000)]
    chart = survival("x", "x", stays, RATE, text="x")
    assert len(chart) < 5000 and "band" not in legend(chart)
    drops = [int(drop) for drop in re.findall(r"v(\d+)", paths(drawing(chart, "narrow"), "line"))]
    assert len(drops) > 50 and min(drops[:-1]) == 2, "in the narrow drawing a step of one unit waits for the next"


def test_corners_become_the_shortest_path_and_heights_keep_apart():
    assert through([(0, 9), (3, 9), (5, 9), (5, 4), (5, 4), (8, 4)]) == "M0 9h5v-5h3"
    assert spaced([10, 12, 90, 99], 15, 0, 100) == [10, 25, 85, 100] and spaced([], 15, 0, 100) == []


def test_without_data_each_of_them_says_so():
    for figure in (incidence("x", "T", [], [], RATE, **WORDS), survival("x", "T", [], RATE, **WORDS), comparison("x", "T", [], RATE, **WORDS)):
        assert Page(figure).text == "データなし" and [tag for tag, _ in Page(figure).tags] == ["figure", "p"]


def test_hostile_labels_do_no_harm_in_curves():
    for text in hostile():
        labels = {name: text for name in CURVE_LABELS}
        charts = [
            incidence(text, text, ARRIVALS[:9], [text] * 3, RATE, text=text, mark=3, **labels),
            comparison(text, text, [(text, [(0, 0.1), (3, 0.2)])], RATE, text=text, total=(text, [(0, 0.1), (4, 0.3)]), day_label=text),
            survival(text, text, STAYS[:9], RATE, text=text, limit=3, limit_label=text, day_label=text, value_label=text, band_label=text, followed_label=text),
        ]
        for chart in charts:
            assert {element.tag for element in ET.fromstring(chart).iter()} <= {"figure", "svg", "title", "p", "g", "path", "text", "figcaption", "span"}, text
            assert ET.fromstring(chart).find("p").text == (printable(text) or None)


# Printed

@pytest.fixture(scope="module")
def prepared():
    return prepare(build.load(PROJECT, ROOT / "data" / "sample"))


@pytest.fixture(params=["ja", "en"])
def book(prepared, request):
    made = Book(prepared.inputs.definitions, prepared.path, prepared.findings, request.param, "team", {"glossary.md": "G"}, page_url="cohorts/index.html")
    yield made
    made.engine.close()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", Page(html).text)


def numbers(book: Book, curve: str, day: int) -> dict:
    row, = book.engine.rows("SELECT * FROM incidence_curves WHERE curve = ? AND dimension IS NULL AND day_number = ?", [curve, day])
    return {name: book.number(row[name], "count" if name in ("n", "at_risk") else "rate") for name in ("n", "at_risk", "reached_share", "left_share", "open_share", "low", "high")}


def test_the_sentence_and_the_table_of_a_curve_say_what_the_mart_holds(book):
    html, row = incidence_curve(book, "mql_to_sql"), numbers(book, "mql_to_sql", 30)
    sentence = ET.fromstring(re.search(r"<figure.*</figure>", html)[0]).find("p").text
    assert all(row[name] in sentence for name in ("n", "reached_share", "left_share", "open_share", "low", "high")) and "30" in sentence
    assert html.count(sentence[:12]) >= 1 and row["at_risk"] in words(html)


def test_a_curve_can_be_read_off_after_other_days(book):
    assert numbers(book, "sql_to_won", 90)["reached_share"] in words(incidence_curve(book, "sql_to_won", days=90))
    assert "<figure" in incidence_curve(book, "lead_to_sql", days=10_000)


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_is_drawn_for_all_and_by_source(book, name):
    for html in (incidence_curve(book, name), incidence_curve(book, name, by="source")):
        assert "<svg" in html and "<table" in html


def test_every_source_is_in_the_table_and_a_curve_that_ended_before_says_on_which_day(book):
    html = incidence_curve(book, "mql_to_sql", by="source")
    lines = re.findall(r"<tr><td>(.*?)</tr>", html)
    sources = book.engine.rows("SELECT key, max(n) AS n, max(day_number) AS last_day FROM incidence_curves WHERE curve = 'mql_to_sql' AND dimension = 'source' GROUP BY key")
    assert len(lines) == len(sources) + 1
    for source in sources:
        line = words(next(line for line in lines if line.startswith(book.key_name("source", source["key"]))))
        assert book.number(source["n"], "count") in line
        assert (book.plain_label("days", count=source["last_day"]) in line) == (source["last_day"] < 30)


def test_every_stage_is_in_the_table_of_stays_with_its_figures(book):
    html = stage_times(book)
    lines = [words(line) for line in re.findall(r"<tr><td>(.*?)</tr>", html)]
    rows = book.engine.rows("SELECT * FROM stage_medians ORDER BY stage_rank")
    assert len(lines) == len(rows) == len(book.definitions.stages)
    for line, row in zip(lines, rows):
        assert book.number(row["n"], "count") in line and (f"{row['median_days']:,.1f}" in line if (row["median_days"] or 0) > 0.05 else True)
        assert book.number(row["past_limit"], "rate") in line and (row["median_days"] is not None or "—" in line)


def test_a_stage_shows_its_median_its_limit_and_its_curve(book):
    html = stage_time(book, "sql")
    row, = book.engine.rows("SELECT * FROM stage_medians WHERE stage = 'sql'")
    assert f"{row['median_days']:.1f}" in words(html) and book.number(row["past_limit"], "rate") in words(html) and 'id="stay-sql"' in html
    assert "<svg" not in stage_time(book, "won") and book.plain_label("nobody_left") in words(stage_time(book, "won"))


def test_mistakes_name_what_is_wrong(book):
    for call, what in ((lambda: incidence_curve(book, "mql_to_sqll"), "unknown curve"), (lambda: incidence_curve(book, "mql_to_sql", by="member"), "split by 'member'"),
                       (lambda: incidence_curve(book, "mql_to_sql", days="30"), "days is '30'"), (lambda: stage_time(book, "mqll"), "unknown stage")):
        with pytest.raises(Mistake, match=what):
            call()


def over(engine: Engine, definitions: Definitions) -> Book:
    """A book over a warehouse in memory."""
    book = Book(definitions, Path(), [], "ja", "team", {})
    book.engine = engine
    return book


def test_few_stays_are_greyed_and_few_records_are_not_drawn(world):
    leads = [{"lead_id": f"L{place}", "created_at": datetime(2026, 11, 2, 9)} for place in range(5)]
    changes = [{"lead_id": f"L{place}", "to_stage": stage, "changed_at": datetime(2026, 11, day, 9)} for place in range(5) for stage, day in (("mql", 3), ("sql", 5 + place))]
    made = world({"leads": leads, "stage_changes": changes})
    book = over(made.engine, made.definitions)
    greyed = re.findall(r'<td class="num immature">(.*?)</td>', stage_times(book))
    assert [words(cell) for cell in greyed] == ["4.0日", "2.0–6.0日", "—", "—", "—", "—"]
    assert "<svg" not in incidence_curve(book, "mql_to_sql") and "10件に満たない" in words(incidence_curve(book, "mql_to_sql"))


@needed("olist")
def test_a_crm_without_sql_exits_or_history_says_what_it_lacks():
    inputs = build.load(PROJECT, SHARED_DATA / "olist", str(ROOT / "tests" / "adapters" / "olist.yml"))
    engine = Engine.create()
    build.fill(engine, inputs)
    book = over(engine, inputs.definitions)
    for name in ("mql_to_sql", "lead_to_sql", "sql_to_won"):
        assert "エクスポートにないもの： SQL" in words(incidence_curve(book, name)) == words(incidence_curve(book, name, by="source"))
    assert "離脱の記録がない" in words(incidence_curve(book, "lead_to_won", days=90)) and "<svg" in incidence_curve(book, "lead_to_won", by="source")
    assert all("stage_changes.to_stage" in words(html) for html in (stage_times(book), stage_time(book, "mql")))
    engine.close()
