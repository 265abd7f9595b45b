"""Every figure opens: the records it lists are those it counts, and what opens says what it is and where it comes from."""

import re
from datetime import date
from statistics import quantiles

import pytest

from macros import figure, kpi_cards, kpi_charts, kpi_definitions, kpi_records, kpi_splits, kpi_tables, kpi_tree
from macros.book import Book
from macros.mistakes import Mistake
from publish.prepare import prepare
from tests.world import PROJECT, ROOT, project_definitions
from warehouse import build, measures
from warehouse.engine import Engine
from warehouse.select import select

pytestmark = pytest.mark.xdist_group("sample warehouse")
KPIS = project_definitions().kpis
FIGURES = [(name, basis, statistic) for name, kpi in KPIS.items() for basis in kpi.bases for statistic in kpi.figures(basis)]
RATES = [(name, basis, statistic) for name, basis, statistic in FIGURES if KPIS[name].figures(basis)[statistic].unit == "rate"]
DATES = {(name, basis, statistic): {one.date for one in measures.of_figure(name, KPIS[name], basis, statistic).values()} for name, basis, statistic in RATES}
NEWEST = """SELECT period_kind, period, starts_on, ends_on, numerator, denominator, value, n FROM kpi_values
WHERE kpi = ? AND basis = ? AND statistic = ? AND dimension IS NULL AND period_kind IN ('week', 'four_weeks', 'month') AND value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY period_kind ORDER BY starts_on DESC) <= 5 ORDER BY period_kind, starts_on"""
TITLES = {f"kpis/{name}.md": name for name in KPIS} | {"findings.md": "findings", "glossary.md": "glossary"}
MEAN_BYTES = 700


@pytest.fixture(scope="module")
def prepared():
    return prepare(build.load(PROJECT, ROOT / "data" / "sample"))


@pytest.fixture
def sample(prepared):
    with Engine.read(prepared.path) as engine:
        yield engine


@pytest.fixture
def open_book(prepared):
    """Makes a book of the sample for a language, an edition and a page, and closes it after the test."""
    made: list[Book] = []

    def make(language: str = "en", edition: str = "team", page: str = "index.md") -> Book:
        url = page.replace(".md", ".html")
        made.append(Book(prepared.inputs.definitions, prepared.path, prepared.findings, language, edition, TITLES, page_path=page, page_url=url))
        return made[-1]

    yield make
    for one in made:
        one.engine.close()


def words(html: str) -> str:
    """What a reader sees of HTML, with single spaces."""
    text = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), re.sub(r"<[^>]+>", " ", html))
    return " ".join(text.split())


def figures(html: str) -> list[str]:
    return re.findall(r'<details class="figure".*?</details>', html)


# The records

def listed(engine: Engine, name: str, measure: measures.Measure, row: dict, without: measures.Measure | None = None) -> list[dict]:
    columns = engine.columns(f"marts.{KPIS[name].mart}")
    return engine.rows(measures.records(measure, columns, without), [row["starts_on"], row["ends_on"]])


@pytest.mark.parametrize(("name", "basis", "statistic"), FIGURES)
def test_the_records_of_a_figure_are_as_many_as_it_counts(sample, name, basis, statistic) -> None:
    unit, sides = KPIS[name].figures(basis)[statistic].unit, measures.of_figure(name, KPIS[name], basis, statistic)
    rows = sample.rows(NEWEST, [name, basis, statistic])
    assert any(row["value"] for row in rows)
    for row in rows:
        found = listed(sample, name, sides["numerator"], row)
        assert all(row["starts_on"] <= day(one) <= row["ends_on"] for one in found)
        if unit == "rate":
            assert (len(found), len(listed(sample, name, sides["denominator"], row))) == (row["numerator"], row["denominator"]), row
        elif unit == "minutes":
            assert (len(found), quantile(found, sides["numerator"].quantile)) == (row["n"], pytest.approx(row["value"])), row
        else:
            assert (len(found) if unit == "count" else sum(one["amount"] or 0 for one in found)) == row["value"], row


def day(record: dict) -> date:
    return date.fromisoformat(str(record["counted_at"])[:10])


def quantile(found: list[dict], share: float) -> float:
    """Linear between neighbours, as the KPI's definition of a quantile has it."""
    amounts = [float(one["amount"]) for one in found]
    return amounts[0] if len(amounts) == 1 else quantiles(amounts, n=10, method="inclusive")[round(share * 10) - 1]


@pytest.mark.parametrize(("name", "basis", "statistic"), [one for one in RATES if len(DATES[one]) == 1])
def test_the_rest_of_a_denominator_is_what_the_numerator_leaves(sample, name, basis, statistic) -> None:
    sides = measures.of_figure(name, KPIS[name], basis, statistic)
    for row in sample.rows(NEWEST, [name, basis, statistic]):
        rest = listed(sample, name, sides["denominator"], row, without=sides["numerator"])
        assert len(rest) == row["denominator"] - row["numerator"]


@pytest.mark.parametrize("name", KPIS)
def test_every_record_has_an_id_and_the_lead_it_belongs_to(sample, name) -> None:
    kpi = KPIS[name]
    [row] = sample.rows("SELECT min(starts_on) AS starts_on, max(ends_on) AS ends_on FROM periods")
    found = listed(sample, name, measures.of_figure(name, kpi, kpi.default_basis, kpi.main_statistic)["numerator"], row)
    leads = {one["lead_id"] for one in sample.rows("SELECT lead_id FROM leads")}
    assert found and all(one["record"] and one["lead_id"] in leads for one in found)
    assert len({(one["record"], one["counted_at"]) for one in found}) == len(found)


def test_the_team_is_shown_no_record(open_book) -> None:
    book = open_book(edition="team")
    assert [kpi_records.kpi_records(book, name) for name in KPIS] == [""] * len(KPIS)


@pytest.mark.parametrize("name", KPIS)
def test_managers_see_the_records_with_their_lead_in_the_crm(open_book, name) -> None:
    book = open_book(edition="manager", page=f"kpis/{name}.md")
    html = kpi_records.kpi_records(book, name)
    headline = book.headlines[name]
    counted = headline["n"] if headline["n"] is not None else len(re.findall("<li>", html))
    first = html.split("</details>")[0]
    expected = headline["numerator"] if headline["numerator"] is not None else counted
    assert first.count("<li>") == min(expected, kpi_records.MOST)
    assert html.count("https&#58;&#47;&#47;crm&#46;example&#46;com&#47;leads&#47;") == html.count("<li>")


def test_of_many_records_the_rest_is_told_as_a_number(open_book) -> None:
    book = open_book(edition="manager", page="kpis/calls.md")
    html = kpi_records.kpi_records(book, "calls")
    assert html.count("<li>") == kpi_records.MOST
    assert f"{book.headlines['calls']['n'] - kpi_records.MOST} more" in words(html)


@pytest.mark.parametrize("name", ["mql_to_sql", "response_minutes", "amount_won", "missed_followup_rate"])
def test_the_query_shown_below_a_list_finds_its_records(open_book, name) -> None:
    book = open_book(edition="manager", page=f"kpis/{name}.md")
    lists = re.findall(r"<details>.*?</details>", kpi_records.kpi_records(book, name))
    assert lists
    for one in lists:
        shown = re.search(r"<code>(.*)</code>", one)[1]
        query = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), shown)
        told = words(re.search(r"<summary>(.*)</summary>", one)[1]).split()[-1].replace(",", "")
        assert len(select(book.engine, query)) == int(told)


def in_memory(made) -> Book:
    """A book of a world: for managers, on a KPI's page."""
    book = Book(made.definitions, ROOT, [], "en", "manager", TITLES, page_path="kpis/mqls.md", page_url="kpis/mqls.html")
    book.engine = made.engine
    return book


def test_a_period_that_the_export_tells_of_in_part_is_not_settled(world) -> None:
    calls = "".join(f"  - {{activity_id: A{number}, lead_id: L1, occurred_at: {day} 09:00:00, type: call, is_connected: true}}\n"
                    for number, day in enumerate(("2026-08-03", "2026-08-19", "2026-09-01")))
    made = world(f"leads:\n  - {{lead_id: L1, created_at: 2026-08-03 09:00:00, source: webinar}}\nactivities:\n{calls}", as_of=date(2026, 11, 20))
    book = in_memory(made)
    assert book.values("connect_rate", "flow", "week")[4]["value"] == 1.0
    assert [row["period"] for row in figure.settled(book, "connect_rate", "flow", "week")] == ["2026-W32", "2026-W34"]
    assert "Four weeks to 2026-W35" in words(kpi_splits.kpi_table(book, "connect_rate", by="source"))


def test_an_address_that_is_no_web_address_is_no_link(world) -> None:
    given = "leads:\n" + "".join(f"  - {{lead_id: L{number}, created_at: 2026-11-02 09:00:00, mql_at: 2026-11-02 09:00:00, record_url: '{address}'}}\n"
                                 for number, address in enumerate(("https://crm.example.com/1", "javascript:alert(1)", "//crm.example.com", "<b>")))
    made = world(given, as_of=date(2026, 11, 12))
    html = kpi_records.kpi_records(in_memory(made), "mqls")
    assert re.findall(r'href="([^"]*)"', html) == ["https&#58;&#47;&#47;crm&#46;example&#46;com&#47;1"]
    assert html.count("<li>") == 4 and "<b>" not in html


# What opens

def test_a_figure_tells_what_it_counts_on_which_basis_over_how_many_and_when(open_book) -> None:
    book = open_book()
    row = book.headlines["connect_rate"]
    html = figure.headline_figure(book, "connect_rate")
    assert html.startswith('<details class="figure" name="figure"><summary>') and len(figures(html)) == 1
    told = words(html)
    for expected in (KPIS["connect_rate"].formula.en, "Flow:", f"Numerator {row['numerator']} / Denominator {row['denominator']:,}", "95% interval",
                     f"{row['starts_on']} – {row['ends_on']}", "data as of 2026-11-20"):
        assert expected in told, expected
    assert {'href="kpis/connect_rate.html"', 'href="kpis/connect_rate.html#query"', 'href="kpis/connect_rate.csv"'} <= set(re.findall(r'href="[^"]*"', html))


def test_the_headline_basis_is_named_with_what_it_is_for(open_book) -> None:
    ja, en = open_book("ja"), open_book("en")
    assert "フロー：" in words(figure.headline_figure(ja, "win_rate")) and "今の動きを見る" in words(figure.headline_figure(ja, "win_rate"))
    assert "コホート：" in words(figure.headline_figure(ja, "mql_to_sql")) and "判断はこちら" in words(figure.headline_figure(ja, "mql_to_sql"))
    assert "followed for 30 days; judge by this one" in words(figure.headline_figure(en, "mql_to_sql"))
    assert "Stock: as it stood at the export" in words(figure.headline_figure(en, "overdue_leads"))


def test_a_time_tells_how_many_it_ranks_and_names_its_statistic(open_book) -> None:
    book = open_book()
    rows = {row["statistic"]: row for row in book.headline_figures["response_minutes"]}
    told = words(figure.opened(book, "response_minutes", "p90", rows["p90"], "x"))
    assert f"n {rows['p90']['n']}" in told and "Response time · 90th percentile" in told


def test_an_unknown_figure_does_not_open(open_book) -> None:
    book = open_book()
    assert figure.opened(book, "mqls", "value", None, "—") == "—"
    assert figure.opened(book, "mqls", "value", {**book.headlines["mqls"], "value": None}, "—") == "—"


def test_the_total_of_a_named_period_opens_like_the_row_it_was_taken_from(open_book) -> None:
    book = open_book()
    week = book.last_week["period"]
    found = figure.total(book, "connect_rate", "flow", "four_weeks", week)
    assert (found["period"], found["value"]) == (week, book.headlines["connect_rate"]["value"])
    assert figure.opened(book, "connect_rate", "value", found, "x") == figure.opened(book, "connect_rate", "value", book.headlines["connect_rate"], "x")
    assert figure.opened(book, "mqls", "value", book.week["mqls", "value"], "x") == figure.opened(book, "mqls", "value", book.headlines["mqls"], "x")
    assert figure.total(book, "connect_rate", "flow", "week", "1999-W01") is None


def test_a_figure_wears_the_findings_that_touch_it(open_book) -> None:
    book = open_book()
    touched = {name for name in KPIS if book.touching(name)}
    assert touched and touched != set(KPIS)
    for name in KPIS:
        html = figure.headline_figure(book, name)
        assert (f'href="kpis/{name}.html#touching"' in html) == (name in touched)
        shown = kpi_definitions.kpi_definition(book, name)
        assert [f"findings.html#rule-{finding.rule}" in shown for finding in book.touching(name)] == [True] * len(book.touching(name))


def test_only_managers_are_led_to_the_records(open_book) -> None:
    assert "#records" in figure.headline_figure(open_book(edition="manager"), "mqls")
    assert "#records" not in figure.headline_figure(open_book(edition="team"), "mqls")


def test_on_its_own_page_a_figure_leads_to_places_of_that_page(open_book) -> None:
    book = open_book(page="kpis/mqls.md")
    html = figure.headline_figure(book, "mqls")
    assert {'href="#definition"', 'href="#query"'} <= set(re.findall(r'href="[^"]*"', html)) and KPIS["mqls"].formula.en not in words(html)
    assert f" Flow {book.headlines['mqls']['starts_on']}" in words(html)
    assert 'id="definition"' in kpi_definitions.kpi_definition(book, "mqls")


def test_an_unripe_cohort_tells_its_age(open_book) -> None:
    book = open_book()
    young = [row for row in book.values("mql_to_sql", "cohort", "week") if row["mature"] is False and row["value"] is not None]
    assert young and f"day {young[-1]['age_days']} of 30" in words(figure.opened(book, "mql_to_sql", "value", young[-1], "x"))
    ever = book.values("mql_to_sql", "cohort", "all")[-1]
    assert "has arrived so far" in words(figure.opened(book, "mql_to_sql", "value", ever, "x"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_figure_of_the_cards_the_tree_and_the_list_opens(open_book, language) -> None:
    book = open_book(language)
    known = {name for name in KPIS if book.headlines.get(name, {}).get("value") is not None}
    shown = len(figures(kpi_tables.kpi_list(book)))
    assert shown == len(known) == len(KPIS)
    assert len(figures(kpi_tree.kpi_tree(book))) == len({part for kpi in KPIS.values() for part in kpi.made_of} | {name for name, kpi in KPIS.items() if kpi.made_of})
    details = {name: sum(not figure.is_detail for figure in kpi.figures(kpi.default_basis).values()) for name, kpi in KPIS.items()}
    assert len(figures(kpi_cards.kpi_cards(book))) == sum(details.values())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_opens_is_light(open_book, language) -> None:
    sizes = [len(one.encode()) for one in figures(kpi_cards.home_cards(open_book(language)))]
    assert sizes and sum(sizes) / len(sizes) < MEAN_BYTES


@pytest.mark.parametrize("name", KPIS)
def test_every_week_of_a_kpi_opens(open_book, name) -> None:
    book, kpi = open_book(page=f"kpis/{name}.md"), KPIS[name]
    expected = 0 if kpi.is_stock else sum(
        sum(row["value"] is not None for row in book.values(name, basis, "week", None, statistic) if row["period"] in weeks)
        for basis in kpi.bases for weeks in [{row["period"] for row in book.last_weeks(name, basis, kpi_tables.RECENT_WEEKS)}] for statistic in kpi.figures(basis))
    assert len(figures(kpi_tables.kpi_weeks(book, name))) == expected


# The page of a KPI

def test_a_stock_draws_no_trend_and_says_that_frozen_weeks_keep_the_past(open_book) -> None:
    book = open_book(page="kpis/overdue_leads.md")
    assert kpi_charts.kpi_trends(book, "overdue_leads") == ""
    for html in (kpi_tables.kpi_weeks(book, "overdue_leads"), kpi_charts.kpi_trend(book, "overdue_leads")):
        assert "Frozen weeks keep" in words(html) and "<svg" not in html and "<table" not in html


def test_of_several_figures_the_rates_are_drawn_beside_the_main_one(open_book) -> None:
    book = open_book(page="kpis/response_minutes.md")
    html = kpi_charts.kpi_trends(book, "response_minutes")
    assert re.findall(r'id="trend-response_minutes-flow-(\w+)-t"', html) == ["median", "in_time"]
    assert "90.0%" in words(html) and html.count("chart-title") == 2
    with pytest.raises(Mistake, match="no statistic 'intime'"):
        kpi_charts.kpi_trend(book, "response_minutes", statistic="intime")


def test_the_definition_tells_each_statistic_and_the_targets_then_and_now(open_book) -> None:
    told = words(kpi_definitions.kpi_definition(open_book(page="kpis/response_minutes.md"), "response_minutes"))
    assert "Share in time Higher" in told and "90th percentile Lower" in told
    assert "Median · Weekly 2 h 30 min (since 2026-04-01, Revenue operations) 3 h (from 2025-04-01, until 2026-04-01)" in told
    assert "Share in time · Weekly 90.0% (since 2025-04-01, Revenue operations)" in told


def test_the_definition_tells_a_target_for_every_kind_of_period(open_book) -> None:
    told = words(kpi_definitions.kpi_definition(open_book(page="kpis/wins.md"), "wins"))
    assert "Weekly 4 (since 2026-04-01, Revenue operations) 3 (from 2025-04-01, until 2026-04-01) Monthly 16 (since" in told and "Quarterly 48 (since" in told


def test_a_target_to_come_is_told_with_its_day(prepared, open_book) -> None:
    book = open_book(page="kpis/mqls.md")
    later = book.definitions.targets[0].model_copy(update={"kpi": "mqls", "value": 80.0, "effective_from": date(2027, 4, 1)})
    first = book.definitions.targets[0].model_copy(update={"kpi": "losses", "value": 9.0, "effective_from": date(2027, 4, 1)})
    object.__setattr__(book, "definitions", type(book.definitions)(**{**vars(book.definitions), "targets": (*book.definitions.targets, later, first)}))
    assert "Weekly 65 (since 2026-04-01, Revenue operations) 80 (since 2027-04-01) 55 (from 2025-04-01, until 2026-04-01)" in words(kpi_definitions.kpi_definition(book, "mqls"))
    assert "Weekly No target 9 (since 2027-04-01)" in words(kpi_definitions.kpi_definition(book, "losses"))


def test_details_stand_in_a_table_of_their_own_with_their_own_n(open_book) -> None:
    book = open_book(page="kpis/response_minutes.md")
    tables = re.findall(r"<table>.*?</table>", kpi_tables.kpi_weeks(book, "response_minutes"))
    assert [table.count("<th ") for table in tables] == [6, 5]
    newest = book.values("response_minutes", "flow", "week", None, "median_from_assignment")[-1]
    assert f'<td class="num">{newest["n"]}</td>' in tables[1].split("</tr>")[1]
