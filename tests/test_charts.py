"""What holds for every chart, and the trend, the funnel, the bars and what they stand on."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import markdown
import pytest

from macros.axis import apart, evenly, runs, ticks
from macros.charts import bars, funnel, trend
from macros.diagram import transition_diagram
from macros.heat import heat
from macros.intervals import intervals
from macros.stacked import stacked
from macros.svg import link, shortened, text_width, wrapped
from tests.drawings import (
    CHARTS, EXTENSIONS, GOLDEN, JA, LABELS, RATE, ROOT, SPARKLINES, STYLE, Page, drawing, hostile, paths, printable, texts,
)  # fmt: skip

LARGEST = {"trend_full": 5000, "diagram": 7500, "heat_turned": 6800}
NAMED = ["value_label", "target_label", "interval_label", "few_label", "count_label"]
DOZEN = 3 * ["trend_full"] + 2 * ["trend", "intervals", "stacked"] + ["funnel", "bars", "heat"]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 1), (0, 3), (0, 61), (0, 0.47), (-20, 30), (0.92, 0.97), (0, 4.1e9), (0, 1e-4)])
def test_an_axis_has_three_to_five_round_ticks_that_cover_the_data(low, high, whole):
    found = ticks(low, high, whole)
    steps = {round(b - a, 8) for a, b in zip(found, found[1:])}
    assert 3 <= len(found) <= 5 and found[0] <= low and found[-1] >= high and len(steps) == 1
    assert not whole or all(value % 1 == 0 for value in found)


def test_labels_are_chosen_evenly_with_the_first_and_the_last():
    assert (evenly(13, 5), evenly(27, 5), evenly(14, 5)) == ([0, 3, 6, 9, 12], [0, 13, 26], [0, 3, 6, 10, 13])
    assert (evenly(0, 5), evenly(1, 5), evenly(2, 1), evenly(2, 5)) == ([], [0], [1], [0, 1])


def test_runs_are_unbroken_and_labels_keep_apart():
    assert runs([1, 1, 0, None, 2]) == [[0, 1], [4]]
    assert [apart(50, taken, 16, 10) for taken in (None, 20, 55, 45, 50)] == [50, 50, 39, 61, 34]
    assert apart(12, 14, 16, 10) == 30


def test_text_is_measured_shortened_and_wrapped():
    assert text_width("商談", 10) == 20 and text_width("e\u0301", 10) == text_width("e", 10)
    assert shortened("資料ダウンロード", 80, 10) == "資料ダウンロード" and shortened("資料ダウンロード", 50, 10) == "資料ダウ…"
    assert wrapped("Meeting request was sent", 60, 10) == ["Meeting", "request w…"]
    assert wrapped("審査中の商談", 40, 10) == ["審査中の", "商談"]


def test_a_link_leads_to_a_page_and_nowhere_else():
    assert link("../stages/mql.html#now", "x") == '<a href="../stages/mql.html#now">x</a>'
    assert link("https://a.jp/?b&c", "x") == '<a href="https&#58;&#47;&#47;a&#46;jp&#47;&#63;b&#38;c">x</a>'
    for href in (None, "", "javascript:alert(1)", " JavaScript:1", "java\nscript:1", "data:text/html,x", "//elsewhere.jp"):
        assert link(href, "x") == "<g>x</g>"


@pytest.mark.parametrize("name", CHARTS | SPARKLINES)
def test_a_chart_is_drawn_as_agreed(name):
    assert (CHARTS | SPARKLINES)[name].replace("><", ">\n<") + "\n" == (GOLDEN / f"{name}.svg").read_text("utf-8")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_small_and_well_formed_and_passes_through_markdown_unchanged(name):
    assert len(CHARTS[name].encode()) <= LARGEST.get(name, 4500) and "\n" not in CHARTS[name]
    assert ET.fromstring(CHARTS[name]).get("class").startswith("chart")
    assert markdown.markdown(f"before\n\n{CHARTS[name]}\n\nafter", extensions=EXTENSIONS).split("\n")[1] == CHARTS[name]


def test_a_page_of_twelve_charts_stays_under_50_kilobytes():
    assert len(DOZEN) == 12 and sum(len(CHARTS[name].encode()) for name in DOZEN) < 50_000


def test_a_drawing_says_in_words_what_it_shows_and_stays_out_of_the_search_and_no_id_is_used_twice():
    page = ET.fromstring(f"<body>{''.join(CHARTS.values())}</body>")
    figures = [figure for figure in page.iter("figure") if figure.find("svg") is not None]
    named = [element for element in page.iter() if element.get("id")]
    words = {element.get("id"): element.text for element in named}
    assert len(words) == len(named) and all(figure.get("data-search-exclude") == "" for figure in figures)
    for figure in figures:
        for svg in figure.iter("svg"):
            assert svg.get("role") == ("group" if svg.find(".//a") is not None else "img")
            assert words[svg.get("aria-labelledby")] == figure.find("svg/title").text
            assert words[svg.get("aria-describedby")] == figure.find("p").text


def test_a_drawing_that_has_the_keyboards_focus_shows_its_finding_which_is_hidden_else():
    style = STYLE.read_text("utf-8")
    assert re.search(r"figure\.chart > \.finding \{ display: none;", style)
    assert "figure.chart > svg:focus-visible ~ .finding { display: block; }" in style
    for chart in CHARTS.values():
        children = [(child.tag, child.get("class") if child.tag == "p" else child.get("tabindex")) for child in ET.fromstring(chart)]
        drawings = [child for child in children if child[0] == "svg"]
        assert children == [("p", "no-data")] or (set(drawings) == {("svg", "0")} and children[len(drawings)] == ("p", "finding"))


def test_what_can_be_clicked_or_hovered_over_is_drawn_last():
    for chart in (CHARTS["trend"], CHARTS["intervals"]):
        assert list(drawing(chart, "wide"))[-1].get("class") == "hit" and drawing(chart, "narrow").find("g[@class='hit']") is None


def test_every_class_in_a_drawing_has_a_rule_in_the_style_sheet():
    used = {name for names in re.findall(r'class="([^"]+)"', "".join([*CHARTS.values(), *SPARKLINES.values()])) for name in names.split()}
    assert len(used) > 40 and used <= set(re.findall(r"\.([a-z][a-z0-9-]*)", STYLE.read_text("utf-8")))


def test_the_colours_can_be_read_on_screen_dark_screen_and_paper():
    blocks = re.findall(r"\{([^{}]*--chart-ink:[^{}]*)\}", STYLE.read_text("utf-8"))
    assert len(blocks) == 3
    for block in blocks:
        colour = dict(re.findall(r"--chart-([a-z0-9-]+): [^;#]*(#[0-9a-f]{6})", block))
        for name, least in dict(ink=4.5, soft=4.5, link=4.5, target=4.5, mark=3, pale=3, base=3).items():
            assert contrast(colour[name], colour["ground"]) >= least, name
        assert min(contrast(colour[text], colour[box]) for text in ("ink", "soft", "link") for box in ("fill", "now")) >= 4.5


def test_the_shades_can_be_told_apart_and_read_on_screen_dark_screen_and_paper():
    for block in re.findall(r"\{([^{}]*--chart-ink:[^{}]*)\}", STYLE.read_text("utf-8")):
        colour = dict(re.findall(r"--chart-([a-z0-9-]+): [^;#]*(#[0-9a-f]{6})", block))
        steps = [colour[name] for name in ("ground", "s1", "s2", "s3", "s4", "mark")]
        away = [contrast(step, colour["ground"]) for step in steps]
        assert away == sorted(away) and min(contrast(*pair) for pair in zip(steps[1:], steps[2:])) >= 1.2
        texts = ["ink", "ink", "ink", "on-s4", "ground"]
        assert min(contrast(colour[text], step) for text, step in zip(texts, steps[1:])) >= 4.5
    assert all(colour[name][1:3] == colour[name][3:5] == colour[name][5:] for name in ("s1", "s2", "s3", "s4", "mark"))


def contrast(one: str, other: str) -> float:
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_without_data_the_figure_says_so():
    words = {"text": "x", "no_data": "データなし"}
    figures = [trend("x", "T", points, RATE, **words) for points in ([], [("W1", None)])]
    figures += [intervals("x", "T", rows, RATE, **words) for rows in ([], [("A", None, None, None, 0)])]
    figures += [stacked("x", "T", rows, ["a"], JA, **words) for rows in ([], [("A", [0]), ("B", [None])])]
    figures += [heat("x", "T", rows, ["a"], [[None]] * len(rows), RATE, **words) for rows in ([], ["A"])]
    figures += [funnel("x", "T", [], JA, **words), bars("x", "T", [], JA, **words), transition_diagram("x", "T", [], [], **words)]
    for figure in figures:
        assert Page(figure).text == "データなし" and [tag for tag, _ in Page(figure).tags] == ["figure", "p"]


def test_a_trend_breaks_its_line_where_a_value_is_missing():
    wide = drawing(trend("x", "x", [("1", 1), ("2", 2), ("3", None), ("4", 4), ("5", 3)], JA, text="x"), "wide")
    assert paths(wide, "line").count("M") == 2 and paths(wide, "line").count("l") == 2 and paths(wide, "dots").count("M") == 4


def test_a_trend_draws_what_is_not_mature_hollow_and_apart_from_the_line():
    wide = drawing(CHARTS["trend"], "wide")
    assert paths(wide, "dots hole").count("M") == 2 and paths(wide, "line pale").count("M") == 2
    assert paths(wide, "dots").count("M") == 10 and "11.0%" in [t.text for t in wide.iter("text") if t.get("class") == "end unripe"]


def test_a_target_steps_where_it_changes_and_stops_where_there_is_none():
    wide = drawing(trend("x", "x", [(str(i), 5) for i in range(5)], JA, text="x", target=[None, 4, 4, 6, None]), "wide")
    assert re.sub(r"[\d. ]", "", paths(wide, "target")) == "MHVH"
    with pytest.raises(ValueError, match="2 targets for 1 points"):
        trend("x", "x", [("1", 1)], JA, text="x", target=[1, 2])


def test_an_axis_starts_at_zero_unless_rates_lie_close_together():
    starts = {high: texts(drawing(trend("x", "x", [("1", low), ("2", high)], RATE, text="x"), "wide"))[0] for low, high in [(0.2, 0.4), (0.92, 0.97)]}
    assert starts == {0.4: "0%", 0.97: "92%"}


def test_a_funnel_writes_each_number_beside_its_bar_and_a_dash_for_what_is_unknown():
    wide = drawing(CHARTS["funnel"], "wide")
    numbers = [(text.text, float(text.get("x"))) for text in wide.iter("text") if text.get("class") == "end"]
    ends = [float(start) + float(reach) for start, reach in re.findall(r"M([\d.]+) [\d.]+h([\d.]+)", paths(wide, "bar"))]
    assert [text for text, _ in numbers] == ["3,120", "1,210", "—", "21"] and len(ends) == 3
    assert all(x > end for (text, x), end in zip((n for n in numbers if n[0] != "—"), ends))
    assert texts(wide).count("—") == 2 and "38.8%" in texts(wide)


def test_bars_left_out_are_counted():
    for variant in ("wide", "narrow"):
        assert texts(drawing(CHARTS["bars_signed"], variant))[-1] == "+1" and "More" not in CHARTS["bars_signed"]


def test_hostile_labels_do_no_harm_in_any_chart():
    for text in hostile():
        charts = [
            intervals(text, text, [(text, 0.1, 0, 1, 1)], RATE, text=text, target=1, minimum=2, **dict.fromkeys(NAMED, text)),
            stacked(text, text, [(text, [1, 2, 1, 1])], [text] * 4, JA, text=text, small=0.3, other_label=text, count_label=text),
            heat(text, text, [text] * 2, [text], [[(1, 1)], [(2, 2)]], JA, text=text, minimum=2, few_label=text),
            trend(text, text, [(text, 1, 0, 2), (text, 2)], JA, text=text, target=1, **dict.fromkeys(LABELS, text)),
            funnel(text, text, [(text, 1, None, text), (text, 0, 0.0, text)], JA, text=text, rate_label=text),
            bars(text, text, [(text, 1), (text, -1)], JA, text=text, most=1, rest=text),
            transition_diagram(text, text, [("a", text, text, 1), ("b", text, None, None, True)], [("a", "b")], text=text, count_label=text),
        ]
        for chart in charts:
            tags = {element.tag for element in ET.fromstring(chart).iter()}
            assert tags <= {"figure", "svg", "title", "p", "g", "path", "rect", "text", "tspan", "a", "figcaption", "span"}, text
            assert ET.fromstring(chart).find("p").text == (printable(text) or None)
            assert printable(text).strip() in re.sub(r"\s+$", "", ET.fromstring(chart).find("svg/title").text or "")
            assert all(urlsplit(a.get("href")).scheme in ("", "http", "https") for a in ET.fromstring(chart).iter("a"))


def test_the_same_values_give_the_same_bytes_in_another_process():
    program = "from tests.drawings import CHARTS, SPARKLINES; print(ascii(CHARTS | SPARKLINES))"
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run([sys.executable, "-B", "-c", program], env=environment, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == ascii(CHARTS | SPARKLINES)
