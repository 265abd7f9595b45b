"""Every kind of chart once, and what a browser or a reader would find in one."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import markdown

from macros.charts import Point, Step, bars, funnel, trend
from macros.curves import comparison, incidence, survival
from macros.diagram import Stage, transition_diagram
from macros.heat import heat
from macros.intervals import intervals
from macros.numbers import Format
from macros.sparkline import sparkline
from macros.stacked import stacked

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

MINUTES = Format("minutes", "en")
JA, EN = Format("count", "ja"), Format("count", "en")
RATE = Format("rate", "ja")
WEEKS = [f"2026-W{week}" for week in range(35, 48)]
VALUES = [0.26, 0.31, 0.31, 0.32, 0.25, None, 0.34, 0.35, 0.29, 0.35, 0.33, 0.21, 0.11]
POINTS = [
    Point(week, value, value and value * 0.6, value and value + 0.14, index > 10)
    for index, (week, value) in enumerate(zip(WEEKS, VALUES))
]
RATES = [0.3 + (week * 37 % 11 - 5) / 60 for week in range(26)]
HALF_YEAR = [(f"2026-W{w + 20}", rate, rate - 0.08 - w % 3 / 100, rate + 0.09 + w % 4 / 100, w > 22) for w, rate in enumerate(RATES)]
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
SOURCES = [
    ("Web問い合わせ", 0.342, 0.28, 0.41, 218), ("資料ダウンロード", 0.187, 0.152, 0.227, 402), ("ウェビナー", 0.224, 0.17, 0.29, 187),
    ("展示会", 0.118, 0.09, 0.153, 388), ("有料検索", 0.25, 0.12, 0.45, 18), ("紹介", 0.42, 0.31, 0.54, 69),
    ("アウトバウンド（BDR）", 0.091, 0.07, 0.118, 560), ("パートナー", None, None, None, 0),
]  # fmt: skip
OUTCOMES = ["接続", "受付ブロック", "担当者不在", "応答なし", "拒否", "番号違い", "その他不明"]
SCRIPTS = [
    ("v1.2", [180, 412, 350, 610, 60, 9, 3]), ("v2.0", [231, 380, 301, 500, 48, 12, 0]),
    ("v2.1 課題から入る", [301, 290, 280, 402, 43, None, 5]), ("v3.0 準備中", [0] * 7),
]  # fmt: skip
DAYS, HOURS = list("月火水木金"), [f"{hour}時" for hour in range(9, 19)]
CELLS = [[(0.06 + (day * 5 + hour * 7) % 13 / 100, 30 + hour) for hour in range(10)] for day in range(5)]
CURVE_LABELS = {"reached_label": "SQLに到達", "band_label": "95%信頼区間", "open_label": "継続中", "followed_label": "追跡中の件数", "day_label": "{day}日"}
REACHED = [0.24 * (1 - 0.9**day) for day in range(40)]
ARRIVALS = [(d, s, s * 0.9, s * 1.1, (0, 2.6 * s, 0.3 * s), 5000 - 120 * d) for d, s in enumerate(REACHED)]
SOURCED = [("Web問い合わせ", 1.9, 40), ("資料ダウンロード", 0.7, 28), ("展示会", 0.15, 40), ("紹介", 1.5, 9)]
BY_SOURCE = [(name, [(day, share * REACHED[day]) for day in range(last)]) for name, share, last in SOURCED]
STAYS = [(d / 2, 0.96**d, 0.94**d, min(0.97**d, 1), (), 900 - 9 * d) for d in range(1, 90)]
CELLS[0][0], CELLS[4][9], CELLS[2][3] = (0.5, 6), (0.01, 19), None

CHARTS = {
    "trend": trend("trend", "MQL→SQL転換率", POINTS, RATE, text="直近は10.5%。", target=[0.3] * 6 + [0.35] * 7, **LABELS),
    "trend_full": trend("trend-full", "MQL→SQL転換率", HALF_YEAR, RATE, text="直近の確定週は26.4%。目標は30.0%。", target=0.3, **LABELS),
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
    "intervals": intervals(
        "intervals", "経路別のMQL→SQL転換率", SOURCES, RATE, text="紹介が42.0%で最も高い。", target=0.214, minimum=20, target_label="全体",
        value_label="転換率", interval_label="95%信頼区間", few_label="20件未満（参考値）", count_label="{count}件",
    ),
    "intervals_en": intervals("intervals-en", "Response", [("Sato", 84, 60, 121, 44), ("Suzuki", 12, None, None, None)], MINUTES, text="x", interval_label="95%"),
    "stacked": stacked(
        "stacked", "スクリプト版別の架電結果", SCRIPTS, OUTCOMES, JA, text="接続は11%から23%へ。", other_label="その他", count_label="{count}件",
    ),
    "stacked_weeks": stacked("stacked-weeks", "Verdicts", [(w, [9 + i, 3, i]) for i, w in enumerate(WEEKS[:8])], ["Yes", "No", "Open"], EN, text="x"),
    "incidence": incidence(
        "incidence", "MQLからSQLへの到達", ARRIVALS, ["失注", "リサイクル", "対象外"], RATE, text="30日後までに22.0%。", mark=30, **CURVE_LABELS,
    ),
    "incidence_no_exits": incidence("incidence-no-exits", "To won", [(d, s) for d, s, *_ in ARRIVALS[:7]], [], Format("rate", "en"), text="x"),
    "comparison": comparison(
        "comparison", "流入元別", BY_SOURCE, RATE, text="Web問い合わせが最も高い。", total=("合計", list(enumerate(REACHED))), day_label="{day}日",
    ),
    "survival": survival(
        "survival", "MQLにとどまっている割合", STAYS, RATE, text="上限を超えるのは31.9%。", limit=14, limit_label="上限14日超 31.9%", day_label="{day}日",
        value_label="とどまっている割合", band_label="95%信頼区間", followed_label="追跡中の件数",
    ),
    "heat": heat("heat", "曜日・時間帯別の接続率", DAYS, HOURS, CELLS, RATE, text="最高は月曜10時の18%。", minimum=20, few_label="20件未満"),
    "heat_turned": heat("heat-turned", "Calls", DAYS[:2], [f"{i}:00" for i in range(24)], [[(i, 9) for i in range(24)]] * 2, EN, text="x"),
}  # fmt: skip
SPARKLINES = {
    "sparkline": sparkline("接続率: 直近11.0%、13週", VALUES),
    "sparkline_full": sparkline("MQL→SQL転換率: 直近の確定週は26.4%、26週、目標は30.0%", [p[1] for p in HALF_YEAR], target=0.3, muted=3),
}


class Page(HTMLParser):
    """What a browser would see: the elements and the text."""

    def __init__(self, html: str):
        super().__init__()
        self.source, self.tags, self.text = html, [], ""
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


def legend(chart: str) -> dict[str, str]:
    """The legend: from a key's name in the style sheet to its label."""
    return {key.get("class").removeprefix("key key-"): "".join(key.itertext()) for key in ET.fromstring(chart).iter("span")}


def strokes(element: ET.Element, kind: str) -> list[tuple[float, float, float]]:
    """The horizontal pieces of a class: where each starts, and how long it is."""
    found = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", paths(element, kind))
    return [(float(x), float(y), float(length)) for x, y, length in found]


def texts(element: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in element.iter("text")]


def paths(element: ET.Element, kind: str) -> str:
    return "".join(path.get("d") for path in element.iter("path") if path.get("class") == kind)
