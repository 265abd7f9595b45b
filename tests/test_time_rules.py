"""What the page on time prints: hours, days off, limits with what held before, tiers; and what a calendar that is too short says."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from macros.book import Book
from macros.time_rules import closed_days, hours_table, limits_table, tiers_table
from tests.test_calendar import japan
from tests.agreed import term, with_terms
from tests.test_calendar import japan
from tests.world import PROJECT, World, project_definitions
from warehouse import calendar, clock
from warehouse.definitions import Definitions
from warehouse.definitions.conditions import Asked
from warehouse.definitions.priority import PriorityVersion
from warehouse.engine import Engine
from warehouse.problems import WrongInput

WHOLE = replace(project_definitions(), kpis={})
AS_OF = date(2026, 11, 20)
SAID = {"&#45;": "-", "&#40;": "(", "&#41;": ")", "&#58;": ":", "&#47;": "/", "&#32;": " "}


@pytest.fixture(params=["ja", "en"])
def language(request) -> str:
    return request.param


@pytest.fixture
def printed(language):
    """Prints a macro over definitions and a day, as lists of the cells of its rows."""

    def make(macro: Callable[[Book], str], definitions: Definitions = WHOLE, as_of: date = AS_OF) -> list[list[str]]:
        book = Book(definitions, Path(), [], language, "team", {})
        with Engine.create() as engine:
            book.__dict__["engine"] = engine
            engine.create_table("playbook.export_clock", {"as_of": "TIMESTAMP", "as_of_date": "DATE"}, [(datetime(as_of.year, as_of.month, as_of.day, 18), as_of)])
            calendar.store(engine, definitions, as_of, as_of)
            return rows(macro(book))

    return make


def rows(html: str) -> list[list[str]]:
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]
    return [[plain(cell) for cell in row] for row in found if row]


def plain(text: str) -> str:
    for reference, character in SAID.items():
        text = text.replace(reference, character)
    return text


def by(language: str, ja, en):
    return ja if language == "ja" else en


# Hours and days off

def test_every_department_stands_with_its_own_hours(printed, language) -> None:
    changed = replace(WHOLE, calendar=japan(hours={"default": ("09:00", "18:00"), "field_sales": ("10:00", "19:30")}, breaks=(("12:00", "13:00"),)))
    found = {row[0]: row[1:] for row in printed(hours_table, changed)}
    assert found[by(language, "フィールドセールス", "Field sales")] == ["10:00 – 19:30", "12:00 – 13:00"]
    assert found[by(language, "マーケティング", "Marketing")] == ["09:00 – 18:00", "12:00 – 13:00"] and len(found) == len(WHOLE.departments)


def test_the_days_off_are_those_of_this_fiscal_year_and_the_next(printed, language) -> None:
    found = printed(closed_days)
    assert found[0] == ["2026-04-29", by(language, "水", "Wed"), by(language, "昭和の日", "Showa Day"), by(language, "祝日", "Public holiday")]
    assert found[-1][0] == "2028-03-20" and [row[0] for row in found] == sorted(row[0] for row in found)


def test_closed_days_of_the_company_stand_as_one_stretch_and_a_holiday_within_them_beside(printed, language) -> None:
    found = {row[0]: row[1:] for row in printed(closed_days)}
    assert found["2026-12-29 – 2027-01-03"] == by(language, ["火 – 日", "年末年始", "会社の休業日"], ["Tue – Sun", "New Year holidays", "Company closed"])
    assert found["2027-01-01"][1] == by(language, "元日", "New Year's Day").replace("'", "&#39;")


def test_the_days_off_of_a_fiscal_year_that_ends_in_the_turn_of_the_year_name_the_stretch_in_both(printed) -> None:
    found = [row[0] for row in printed(closed_days, replace(WHOLE, calendar=WHOLE.calendar.model_copy(update={"fiscal_year_starts": 1})))]
    assert found.count("2026-12-29 – 2027-01-03") == 2 and found.count("2025-12-29 – 2026-01-03") == 1 and found.count("2027-12-29 – 2028-01-03") == 1


def named(country: str, day: date) -> tuple[str, str]:
    """A public holiday's name in Japanese and in English, as stored."""
    [row] = calendar.closed_days(japan(holidays=country), day, day)
    return dict(zip(calendar.CLOSED, row, strict=True))["name_ja"], dict(zip(calendar.CLOSED, row, strict=True))["name_en"]


def test_a_holiday_is_called_as_its_country_calls_it_where_it_has_no_name_in_a_language() -> None:
    assert named("JP", date(2026, 11, 3)) == ("文化の日", "Culture Day")
    assert named("NL", date(2026, 4, 27)) == ("Koningsdag", "King's Day")
    assert named("GB", date(2026, 12, 25)) == ("Christmas Day", "Christmas Day")


def test_the_language_of_the_machine_names_no_holiday(monkeypatch) -> None:
    for language in ("de_DE.UTF-8", "nl_NL.UTF-8", "ja_JP.UTF-8"):
        monkeypatch.setenv("LANGUAGE", language)
        monkeypatch.setenv("LC_ALL", language)
        assert named("NL", date(2026, 4, 27)) == ("Koningsdag", "King's Day")


def test_a_closed_day_knows_whether_work_is_lost_by_it() -> None:
    found = {row[0]: dict(zip(calendar.CLOSED, row, strict=True))["takes_working_day"] for row in calendar.closed_days(WHOLE.calendar, date(2026, 8, 8), date(2026, 8, 16))}
    assert found == {date(2026, 8, 11): True, date(2026, 8, 12): True, date(2026, 8, 13): True, date(2026, 8, 14): True, date(2026, 8, 15): False}


# Limits and tiers

def limits(printed, *terms, wait: str = "sql_verdict", as_of: date = AS_OF) -> list[list[str]]:
    """Of one wait whom each line holds for, the limit, since when, and what held before or will."""
    made = with_terms(WHOLE, wait, *terms, instead=True)
    names = {WHOLE.labels[f"wait_{wait}"][language] for language in ("ja", "en")}
    return [row[1:5] for row in printed(limits_table, made, as_of) if row[0] in names]


def test_a_limit_says_since_when_it_holds_and_what_held_before(printed, language) -> None:
    terms = [term(3, "working_days", date(2025, 4, 1)), term(1, "working_days", date(2026, 4, 1)), term(90, "minutes", date(2026, 10, 1))]
    assert limits(printed, *terms) == [by(
        language,
        ["すべて", "90営業分以内", "2026-10-01", "1営業日以内 (2026-04-01 から 2026-10-01 の前日まで)<br>3営業日以内 (2025-04-01 から 2026-04-01 の前日まで)"],
        ["all", "within 90 business minutes", "2026-10-01", "within 1 working days (from 2026-04-01, until 2026-10-01)<br>within 3 working days (from 2025-04-01, until 2026-04-01)"])]


def test_a_limit_agreed_for_later_is_named_and_not_yet_in_force(printed, language) -> None:
    terms = [term(4, "hours", date(2025, 4, 1)), term(1, "hours", date(2026, 12, 1))]
    assert limits(printed, *terms) == [by(language, ["すべて", "4営業時間以内", "2025-04-01", "1営業時間以内 (2026-12-01 から)"],
                                          ["all", "within 4 business hours", "2025-04-01", "within 1 business hours (since 2026-12-01)"])]
    assert limits(printed, terms[1])[0][1:3] == ["—", "—"]


def test_a_line_added_later_says_that_there_was_none_of_its_own_before(printed, language) -> None:
    terms = [term(2, "working_days", date(2025, 4, 1)), term(4, "hours", date(2026, 4, 1), tier="a"), term(5, "hours", date(2025, 4, 1), tier="b")]
    assert [row[3] for row in limits(printed, *terms, wait="first_touch")] == [by(language, "それより前は個別の定めなし", "none of its own before"), "—", "—"]


def test_the_limits_stand_in_the_order_in_which_they_are_applied(printed, language) -> None:
    since = date(2025, 4, 1)
    terms = [term(1, "working_days", since), term(2, "hours", since, tier="a"), term(4, "hours", since, source="referral"), term(1, "hours", since, source="web_inquiry", tier="a")]
    assert [row[0] for row in limits(printed, *terms, wait="first_touch")] == by(
        language, ["Web問い合わせ × 優先度A", "紹介", "優先度A", "上のどれにも当たらないもの"], ["Web inquiry × Tier A", "Referral", "Tier A", "all others"])


def test_every_limit_of_the_project_is_printed_with_the_department_whose_hours_count(printed) -> None:
    found = printed(limits_table)
    groups = {(one.limit.wait, one.limit.source, one.limit.tier) for agreement in WHOLE.agreements.values() for version in agreement.versions for one in version.terms if one.limit}
    assert len(found) == len(groups) and {row[5] for row in found} <= {one.name[language] for one in WHOLE.departments for language in ("ja", "en")}


def test_a_tier_says_what_a_lead_must_show_for_it(printed, language) -> None:
    found = printed(tiers_table)
    assert [row[2] for row in found] == by(
        language,
        ["流入元がWeb問い合わせ・紹介<br>流入元がパートナー かつ スコアが80以上", "流入元が資料ダウンロード・ウェビナー・リスティング広告・パートナー<br>企業規模が大企業 かつ スコアが80以上", "上のどれにも当たらないもの"],
        ["Source is Web inquiry / Referral<br>Source is Partner and Score at least 80", "Source is Document download / Webinar / Paid search / Partner<br>Segment is Enterprise and Score at least 80", "all others"])


def test_the_tiers_in_force_stand_first_and_the_others_under_them(printed) -> None:
    [old] = WHOLE.priorities
    alone = old.tiers[-1].model_copy(update={"when": ()})
    first = old.tiers[0].model_copy(update={"when": ({"motion": Asked(any_of=("bdr",))},)})
    changed = replace(WHOLE, priorities=(old, PriorityVersion(effective_from=date(2026, 11, 1), tiers=(first, alone)), PriorityVersion(effective_from=date(2027, 4, 1), tiers=(alone,))))
    assert [len(row) for row in printed(tiers_table, changed)] == [3] * 6 and "BDR" in printed(tiers_table, changed)[0][2]
    assert "BDR" not in printed(tiers_table, changed, date(2026, 10, 31))[0][2]


# A calendar that is too short

def test_an_export_past_the_days_entered_is_refused_with_file_and_line() -> None:
    lines = (PROJECT.definitions / "calendar.yml").read_text(encoding="utf-8").splitlines()
    [line] = [number for number, text in enumerate(lines, 1) if text.startswith("covers:")]
    with pytest.raises(WrongInput) as refused:
        World({"leads": [{"lead_id": "L1", "created_at": datetime(2028, 3, 1, 9)}]}, date(2028, 4, 1), WHOLE)
    assert str(refused.value) == (f"playbook/definitions/calendar.yml:{line}: the company's closed days are entered until 2028-03-31, and the export is of 2028-04-01;"
                                  " add the closed days up to then and move 'until', or name another day with --as-of")


def test_the_last_day_entered_is_still_read(world) -> None:
    assert world({"leads": [{"lead_id": "L1", "created_at": datetime(2028, 3, 1, 9)}]}, date(2028, 3, 31), WHOLE).engine.value("SELECT max(day) FROM business_clock") == date(2028, 3, 31)


def test_days_entered_only_from_later_on_cover_nothing_and_every_record_is_told(world) -> None:
    covers = {"from": date(2027, 3, 1), "until": date(2028, 3, 31)}
    leads = [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9), "mql_at": datetime(2026, 11, 9, 9)}]
    made = world({"leads": leads, "activities": [{"activity_id": "A1", "lead_id": "L1", "occurred_at": datetime(2026, 11, 9, 10), "type": "call"}]}, AS_OF,
                 replace(project_definitions(), calendar=japan(covers=covers)))
    assert made.engine.value("SELECT count(*) FROM business_clock") == 0
    assert [row["record"] for row in made.finding("calendar_covers_data").rows] == ["A1", "L1"]
    assert made.engine.rows("SELECT DISTINCT value FROM kpi_values WHERE kpi = 'response_minutes' AND statistic = 'median'") == [{"value": None}]


def test_a_calendar_without_an_end_covers_whatever_comes(world) -> None:
    assert clock.AHEAD.days > 0
    engine = world({"leads": [{"lead_id": "L1", "created_at": datetime(2028, 3, 1, 9)}]}, date(2028, 4, 1), replace(WHOLE, calendar=japan())).engine
    assert engine.value("SELECT max(day) FROM business_clock") == date(2028, 4, 1) + clock.AHEAD
