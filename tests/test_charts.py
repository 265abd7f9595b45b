"""Charts, the stage diagram, and the escaping and the numbers they are made of."""

import json
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import markdown
import pytest

from macros.axis import apart, evenly, runs, ticks
from macros.charts import Point, Step, bars, funnel, trend
from macros.diagram import Stage, transition_diagram
from macros.numbers import Format, format_delta, format_value
from macros.svg import link, shortened, text_width, wrapped
from macros.text import escape

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "charts"
STYLE = ROOT / "publish" / "theme" / "assets" / "charts.css"
STRINGS = ROOT.parent / "shared" / "data" / "hostile" / "blns.json"
EXTENSIONS = ["md_in_html", "tables", "attr_list", "pymdownx.superfences", "pymdownx.highlight", "pymdownx.inlinehilite"]
EXTENSIONS += ["admonition", "footnotes", "abbr", "toc"]
HOSTILE = [
    "<script>alert(1)</script>|{{ 7*7 }}", "a|b", '"><img src=x onerror=1>', "**b**", "[x](javascript:1)", "{% raw %}{# x #}",
    "![x](x.png){: #id }", "    code", "# h", "1. one", "- [ ] x", "`c`", "~~~", "!!! note", "[^1]: x", "*[A]: b", "a  ", "a\n\nb\r\n",
    "\0\x02klzzwxh:0\x03", "\ud800", "\u202egnirts", "&lt;&#60;", "http://a.jp", "<a@b.jp>", "'onload=1", "\\*", "A = 1", "商談化率",
]  # fmt: skip

JA, EN = Format("count", "ja"), Format("count", "en")
RATE = Format("rate", "ja")
WEEKS = [f"2026-W{week}" for week in range(35, 48)]
VALUES = [0.26, 0.31, 0.31, 0.32, 0.25, None, 0.34, 0.35, 0.29, 0.35, 0.33, 0.21, 0.11]
POINTS = [
    Point(week, value, value and value * 0.6, value and value + 0.14, index > 10)
    for index, (week, value) in enumerate(zip(WEEKS, VALUES))
]
STEPS = [Step("リード", 3120, None, "stages/lead.html"), ("MQL", 1210, 0.388), ("展示会", None, None), ("受注", 21, 0.217)]
NAMES = "リード,MQL,接触,興味喚起,適合確認,SQL,商談,受注,失注,リサイクル,対象外".split(",")
IDS = "lead,mql,contact,interest,fit,sql,opportunity,won,lost,recycled,disqualified".split(",")
STAGES = [Stage(id, name, f"stages/{id}.html", 3 * i, i > 7) for i, (id, name) in enumerate(zip(IDS, NAMES))]
ALLOWED = {
    "lead": "mql contact recycled disqualified", "mql": "contact fit recycled disqualified",
    "contact": "interest fit recycled disqualified", "interest": "fit recycled disqualified", "fit": "sql recycled disqualified",
    "sql": "opportunity fit recycled lost", "opportunity": "won lost recycled",
    "recycled": "lead mql contact disqualified", "lost": "recycled",
}  # fmt: skip
TRANSITIONS = [(start, end) for start, ends in ALLOWED.items() for end in ends.split()]
LABELS = {"value_label": "週次", "target_label": "目標", "band_label": "95%信頼区間", "muted_label": "未成熟"}

CHARTS = {
    "trend": trend("trend", "MQL→SQL転換率", POINTS, RATE, text="直近は10.5%。", target=[0.3] * 6 + [0.35] * 7, **LABELS),
    "trend_en": trend("trend-en", "MQLs", [(w, 40 + i) for i, w in enumerate(WEEKS)], EN, text="Rising.", target=48),
    "trend_gap": trend("trend-gap", "受注額", [("W1", 2.5e6), ("W2", 4.1e6), ("W3", None)], Format("yen", "ja"), text="x"),
    "trend_single": trend("trend-single", "商談化率", [("2026-W47", 0.42, 0.3, 0.55)], RATE, text="x", target=0.4),
    "trend_empty": trend("trend-empty", "商談化率", [("W1", None), ("W2", None)], RATE, text="x", no_data="データがありません。"),
    "funnel": funnel("funnel", "ファネル", STEPS, JA, text="リード3,120件。", rate_label="前段階からの率"),
    "bars": bars("bars", "経路別", [("展示会", 123), ("紹介", None), ("有料検索", 0), ("Webinar", 3)], JA, text="展示会が最多。"),
    "bars_signed": bars("bars-signed", "Change", [("Up", 12.5), ("Down", -20), ("More", 1)], EN, text="x", most=2),
    "diagram": transition_diagram(
        "diagram", "ステージ遷移図", STAGES, TRANSITIONS, text="x", current="contact", count_label="現在 {count}",
        forward_label="進む", back_label="戻す", exit_label="離脱",
    ),
    "diagram_exits": transition_diagram(
        "diagram-exits", "Stages", [("a", "In"), ("b", "Won"), ("c", "Lost", None, None, True), ("d", "Hold", None, None, True),
        ("e", "Out", None, None, True)], [("a", "b"), ("b", "c"), ("a", "d"), ("c", "e"), ("e", "c")], text="x",
    ),
    "diagram_long": transition_diagram("diagram-long", "Stages", [(f"s{i}", f"段階{i}") for i in range(10)], [("s0", "s4")], text="x"),
}  # fmt: skip
LARGEST = {"diagram": 8000}


class Page(HTMLParser):
    """What a browser would see: the elements and the text."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def printable(text: str) -> str:
    """The text with a space for each character that must not reach a page, found another way than the code does."""
    bad = {"Cc", "Cs", "Zl", "Zp"}
    turned = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    return "".join(
        " " if unicodedata.category(c) in bad or unicodedata.bidirectional(c) in turned or c in "\ufffe\uffff" else c for c in text
    )


def render(source: str) -> Page:
    return Page(markdown.markdown(source, extensions=EXTENSIONS))


def hostile() -> list[str]:
    return HOSTILE + (json.loads(STRINGS.read_text("utf-8")) if STRINGS.exists() else [])


def drawing(chart: str, variant: str) -> ET.Element:
    return ET.fromstring(chart).find(f"svg[@class='{variant}']")


def texts(element: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in element.iter("text")]


def paths(element: ET.Element, kind: str) -> str:
    return "".join(path.get("d") for path in element.iter("path") if path.get("class") == kind)


def test_the_list_of_naughty_strings_is_here():
    if not STRINGS.exists():
        pytest.skip(f"not tested: the naughty strings, because {STRINGS.name} is not beside the project")
    assert len(hostile()) > 500


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("before {} after", ["p"]),
        ("<div>{}</div>", ["div"]),
        ('<figure title="x">before {} after</figure>', ["figure"]),
        ("a|b\n-|-\n x {} y | z", ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]),
    ],
)
def test_hostile_text_stays_text(source, tags):
    for text in hostile():
        page = render(source.format(escape(text)))
        assert [tag for tag, _ in page.tags] == tags, text
        assert render(source.format("QQ")).text.replace("QQ", printable(text)) == page.text, text


def test_hostile_text_at_the_start_of_a_block_stays_a_paragraph():
    for text in hostile():
        page = render(escape(text))
        assert [tag for tag, _ in page.tags] == (["p"] if text else []), text
        assert page.text == printable(text), text


def test_hostile_text_stays_inside_a_quoted_attribute():
    for text in hostile():
        assert Page(f'<i title="{escape(text)}">').tags == [("i", {"title": printable(text)})]


def test_nothing_is_escaped_to_nothing_and_a_number_to_its_digits():
    assert (escape(None), escape(12), escape("展示会 A")) == ("", "12", "展示会 A")


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (None, "count", "—", "—"), (float("nan"), "rate", "—", "—"), (1234567, "count", "1,234,567", "1,234,567"), (0, "count", "0", "0"),
        (12.55, "count", "12.6", "12.6"), (Decimal("12"), "count", "12", "12"), (0.234, "rate", "23.4%", "23.4%"),
        (0.0625, "rate", "6.3%", "6.3%"), (-0.00001, "rate", "0.0%", "0.0%"), (1234567, "yen", "¥1,234,567", "¥1,234,567"),
        (-980.4, "yen", "-¥980", "-¥980"), (-0.2, "yen", "¥0", "¥0"), (84.5, "minutes", "85分", "85 min"), (True, "count", "1", "1"),
    ],
)  # fmt: skip
def test_a_value_is_written_by_unit_and_language(value, unit, ja, en):
    assert (format_value(value, unit, "ja"), format_value(value, unit, "en")) == (ja, en)


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (None, "rate", "—", "—"), (0.012, "rate", "+1.2pt", "+1.2 pt"), (-0.012, "rate", "-1.2pt", "-1.2 pt"), (0, "rate", "±0.0pt", "±0.0 pt"),
        (-0.0001, "rate", "±0.0pt", "±0.0 pt"), (12, "count", "+12", "+12"), (-5000, "yen", "-¥5,000", "-¥5,000"), (3, "minutes", "+3分", "+3 min"),
    ],
)  # fmt: skip
def test_a_difference_carries_its_sign(value, unit, ja, en):
    assert (format_delta(value, unit, "ja"), format_delta(value, unit, "en")) == (ja, en)


def test_an_unknown_unit_or_language_is_named():
    with pytest.raises(ValueError, match="unknown unit 'percent'; known: count"):
        format_value(1, "percent", "ja")
    with pytest.raises(ValueError, match="unknown language 'fr'; known: ja, en"):
        format_value(1, "count", "fr")


def test_ticks_are_written_short():
    written = [Format("rate", "en").tick(0.2, 0.2), Format("rate", "en").tick(0.325, 0.025), Format("minutes", "ja").tick(20, 10)]
    written += [Format("yen", lang).tick(value, 1) for lang in ("ja", "en") for value in (0, 1.2e6, 2.5e9)]
    assert written == ["20%", "32.5%", "20分", "¥0", "¥120万", "¥25億", "¥0", "¥1.2M", "¥2.5B"]


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


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_as_agreed(name):
    assert CHARTS[name].replace("><", ">\n<") + "\n" == (GOLDEN / f"{name}.svg").read_text("utf-8")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_small_and_well_formed_and_passes_through_markdown_unchanged(name):
    assert len(CHARTS[name].encode()) <= LARGEST.get(name, 6000) and "\n" not in CHARTS[name]
    assert ET.fromstring(CHARTS[name]).get("class").startswith("chart")
    assert markdown.markdown(f"before\n\n{CHARTS[name]}\n\nafter", extensions=EXTENSIONS).split("\n")[1] == CHARTS[name]


def test_a_chart_of_half_a_year_with_everything_on_it_stays_under_seven_kilobytes():
    points = [(f"2026-W{week}", 0.2 + week / 1000, 0.1, 0.4, week > 42) for week in range(20, 46)]
    assert len(trend("x", "x", points, RATE, text="x", target=0.3, **LABELS).encode()) < 7000


def test_a_drawing_says_in_words_what_it_shows_and_stays_out_of_the_search_and_no_id_is_used_twice():
    page = ET.fromstring(f"<body>{''.join(CHARTS.values())}</body>")
    assert all(figure.get("data-search-exclude") == "" for figure in page.iter("figure") if figure.find("svg") is not None)
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for svg in page.iter("svg"):
        assert svg.get("role") == ("group" if svg.find(".//a") is not None else "img")
        assert svg.find("title").get("id") == svg.get("aria-labelledby") and svg.find("title").text
        assert svg.find("desc").get("id") == svg.get("aria-describedby") and svg.find("desc").text


def test_every_class_in_a_drawing_has_a_rule_in_the_style_sheet():
    used = {name for names in re.findall(r'class="([^"]+)"', "".join(CHARTS.values())) for name in names.split()}
    assert len(used) > 20 and used <= set(re.findall(r"\.([a-z-]+)", STYLE.read_text("utf-8")))


def test_the_colours_can_be_read_on_screen_dark_screen_and_paper():
    blocks = re.findall(r"\{([^{}]*--chart-ink:[^{}]*)\}", STYLE.read_text("utf-8"))
    assert len(blocks) == 3
    for block in blocks:
        colour = dict(re.findall(r"--chart-([a-z]+): [^;#]*(#[0-9a-f]{6})", block))
        for name, least in dict(ink=4.5, soft=4.5, link=4.5, target=4.5, mark=3, pale=3, base=3).items():
            assert contrast(colour[name], colour["ground"]) >= least, name
        assert min(contrast(colour[text], colour[box]) for text in ("ink", "soft", "link") for box in ("fill", "now")) >= 4.5


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
    figures += [funnel("x", "T", [], JA, **words), bars("x", "T", [], JA, **words), transition_diagram("x", "T", [], [], **words)]
    for figure in figures:
        assert Page(figure).text == "データなし" and [tag for tag, _ in Page(figure).tags] == ["figure", "p"]


def test_a_trend_breaks_its_line_where_a_value_is_missing():
    wide = drawing(trend("x", "x", [("1", 1), ("2", 2), ("3", None), ("4", 4), ("5", 3)], JA, text="x"), "wide")
    assert paths(wide, "line").count("M") == 2 and paths(wide, "line").count("L") == 2 and paths(wide, "dots").count("M") == 4


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
    """The straight pieces of a path of M, L, H, V and Q, curves as chords."""
    spot = (0.0, 0.0)
    for letter, rest in re.findall(r"([MLHVQ])([-\d. ]+)", data):
        values = [float(value) for value in rest.split()]
        after = (values[0], spot[1]) if letter == "H" else (spot[0], values[0]) if letter == "V" else tuple(values[-2:])
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


def test_hostile_labels_do_no_harm_in_any_chart():
    for text in hostile():
        charts = [
            trend(text, text, [(text, 1, 0, 2), (text, 2)], JA, text=text, target=1, **dict.fromkeys(LABELS, text)),
            funnel(text, text, [(text, 1, None, text), (text, 0, 0.0, text)], JA, text=text, rate_label=text),
            bars(text, text, [(text, 1), (text, -1)], JA, text=text, most=1, rest=text),
            transition_diagram(text, text, [("a", text, text, 1), ("b", text, None, None, True)], [("a", "b")], text=text, count_label=text),
        ]
        for chart in charts:
            tags = {element.tag for element in ET.fromstring(chart).iter()}
            assert tags <= {"figure", "svg", "title", "desc", "g", "path", "rect", "text", "a", "figcaption", "span"}, text
            assert ET.fromstring(chart).find("svg/desc").text == (printable(text) or None)
            assert all(urlsplit(a.get("href")).scheme in ("", "http", "https") for a in ET.fromstring(chart).iter("a"))


def test_the_same_values_give_the_same_bytes_in_another_process():
    program = f"import runpy; print(ascii(runpy.run_path({str(Path(__file__))!r})['CHARTS']))"
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run([sys.executable, "-B", "-c", program], env=environment, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == ascii(CHARTS)
