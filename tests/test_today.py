"""The morning's list: which leads are on it and why, in which order and words, and as text, CSV and Slack blocks that obey no value."""

import csv
import dataclasses
import io
import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.run import Finding
from macros import due_tables
from macros.book import Book
from macros.due_words import short, web_address
from macros.mistakes import Mistake
from publish import cli, slack, today
from publish.prepare import prepare
from tests.world import PROJECT, ROOT, World, project_definitions
from warehouse import build
from warehouse.definitions import Text
from warehouse.engine import Engine

pytestmark = pytest.mark.xdist_group("sample warehouse")
FRIDAY = datetime(2026, 11, 20, 10)
WORLD = """
members:
  - {member_id: M1, name: 佐藤 翼, department: inside_sales, left_on: null}
  - {member_id: M2, name: 鈴木 歩, department: inside_sales, left_on: 2026-11-19}
  - {member_id: M3, name: null, department: field_sales, left_on: null}
leads:
  - {lead_id: untouched, stage: mql, mql_at: 2026-11-18 10:00:00, owner_id: M1, next_action_on: 2026-11-30}
  - {lead_id: touch today, stage: mql, mql_at: 2026-11-19 10:00:00, owner_id: M1, next_action_on: 2026-11-30}
  - {lead_id: touch next, stage: mql, mql_at: 2026-11-20 09:30:00, owner_id: M1, next_action_on: 2026-11-30}
  - {lead_id: past, stage: contact, owner_id: M1, next_action_on: 2026-11-17}
  - {lead_id: past and urgent, stage: contact, source: web_inquiry, owner_id: M1, next_action_on: 2026-11-18, record_url: "https://crm.example.com/leads/9?a=1&b=2"}
  - {lead_id: today, stage: contact, owner_id: M1, next_action_on: 2026-11-20}
  - {lead_id: weekend, stage: contact, owner_id: M1, next_action_on: 2026-11-22}
  - {lead_id: later, stage: contact, owner_id: M1, next_action_on: 2026-11-25}
  - {lead_id: quiet, stage: interest, owner_id: M1}
  - {lead_id: quiet today, stage: interest, owner_id: M1}
  - {lead_id: quiet next, stage: interest, owner_id: M1}
  - {lead_id: quiet since the evening, stage: interest, owner_id: M1}
  - {lead_id: quiet later, stage: interest, owner_id: M1}
  - {lead_id: recycled next, stage: recycled, owner_id: M1, next_action_on: 2026-11-24}
  - {lead_id: recycled later, stage: recycled, owner_id: M1, next_action_on: 2026-11-25}
  - {lead_id: nobody's, stage: fit, owner_id: null, next_action_on: 2026-11-30}
  - {lead_id: nobody's and past, stage: mql, mql_at: 2026-11-20 09:30:00, owner_id: null, next_action_on: 2026-11-19}
  - {lead_id: a leaver's, stage: fit, owner_id: M2, next_action_on: 2026-11-18}
  - {lead_id: banned, stage: contact, owner_id: M3, next_action_on: 2026-11-18, do_not_contact: true}
activities:
  - {activity_id: A1, lead_id: quiet, member_id: M1, occurred_at: 2026-11-12 10:00:00, type: call}
  - {activity_id: A2, lead_id: quiet today, member_id: M1, occurred_at: 2026-11-13 10:00:00, type: call}
  - {activity_id: A3, lead_id: quiet next, member_id: M1, occurred_at: 2026-11-16 10:00:00, type: call}
  - {activity_id: A5, lead_id: quiet since the evening, member_id: M1, occurred_at: 2026-11-13 18:00:00, type: call}
  - {activity_id: A4, lead_id: quiet later, member_id: M1, occurred_at: 2026-11-17 10:00:00, type: call}
"""
HOSTILE = ["=HYPERLINK(1)", "<!channel> <@U1> @here", "<https://evil.example|CRM>", "a|b`c`*d*_e_~f~", "株式会社\n• 偽の行", "\x1b[2J\x07", "\u202eexe.pdf\u2066",
           "&lt;!here&gt;", "\x9b31m", "{count}{day}{owner}", "</script><img src=x onerror=alert(1)>", "長" * 5000]


def given_rows(text: str, **values) -> dict:
    """Rows in which every lead was created at the same time from a webinar, unless it says otherwise."""
    rows = yaml.safe_load(text)
    rows["leads"] = [{"created_at": datetime(2026, 11, 10, 9), "source": "webinar", "next_action_on": None, "mql_at": None, **values, **lead} for lead in rows["leads"]]
    return rows


def a_book(language: str = "en", edition: str = "manager", engine: Engine | None = None, findings: list | None = None) -> Book:
    book = Book(project_definitions(), Path("nowhere"), findings or [], language, edition, {}, page_path="managers/index.md")
    if engine:
        book.__dict__["engine"] = engine
    return book


@pytest.fixture(scope="module")
def friday():
    """A warehouse of one lead of each kind, as of a Friday before a Monday that is a holiday."""
    made = World(given_rows(WORLD), exported_at=FRIDAY)
    yield made.engine
    made.engine.close()


@pytest.fixture(scope="module")
def sample():
    with Engine.read(prepare(build.load(PROJECT, ROOT / "data" / "sample")).path) as engine:
        yield engine


def a_list(engine: Engine, language: str = "en", **chosen) -> today.Morning:
    return today.read(engine, a_book(language), **chosen)


# Which leads

def test_every_open_lead_that_is_overdue_or_due_is_listed_once_with_its_reason_and_date(friday) -> None:
    rows = friday.rows("SELECT lead_id, status, reason, due_on, days_late FROM due_leads")
    assert {row["lead_id"]: tuple(row.values())[1:] for row in rows} == {
        "untouched": ("overdue", "untouched", date(2026, 11, 19), 1),
        "past": ("overdue", "next_action", date(2026, 11, 17), 3),
        "past and urgent": ("overdue", "next_action", date(2026, 11, 18), 2),
        "quiet": ("overdue", "no_next_step", date(2026, 11, 19), 1),
        "nobody's": ("overdue", "no_owner", None, None),
        "nobody's and past": ("overdue", "no_owner", None, None),
        "a leaver's": ("overdue", "owner_left", date(2026, 11, 19), 1),
        "banned": ("overdue", "next_action", date(2026, 11, 18), 2),
        "touch today": ("today", "untouched", date(2026, 11, 20), None),
        "today": ("today", "next_action", date(2026, 11, 20), None),
        "quiet today": ("today", "no_next_step", date(2026, 11, 20), None),
        "touch next": ("next_day", "untouched", date(2026, 11, 24), None),
        "weekend": ("next_day", "next_action", date(2026, 11, 22), None),
        "quiet next": ("next_day", "no_next_step", date(2026, 11, 24), None),
        "quiet since the evening": ("next_day", "no_next_step", date(2026, 11, 24), None),
        "recycled next": ("next_day", "next_action", date(2026, 11, 24), None)}
    assert len(rows) == 16


def test_a_stage_that_another_department_owns_is_not_inside_sales_to_work(world) -> None:
    defined = project_definitions()
    moved = dataclasses.replace(defined, stages=tuple(one.model_copy(update={"owner": "marketing"}) if one.id == "mql" else one for one in defined.stages))
    engine = world(given_rows(WORLD), definitions=moved, exported_at=FRIDAY).engine
    assert engine.value("SELECT count_if(stage = 'mql') FROM due_leads") == 0 < engine.value("SELECT count(*) FROM due_leads")


@pytest.mark.parametrize(("moment", "reaches"), [
    (datetime(2026, 11, 20, 8, 59), date(2026, 11, 20)), (datetime(2026, 11, 20, 9), date(2026, 11, 20)), (datetime(2026, 11, 20, 9, 0, 1), date(2026, 11, 24)),
    (datetime(2026, 11, 21, 3), date(2026, 11, 24)), (datetime(2026, 12, 28, 20), date(2027, 1, 4))])
def test_the_list_reaches_to_the_end_of_the_working_day_that_begins_after_the_export(world, moment: datetime, reaches: date) -> None:
    engine = world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9)}]}, exported_at=moment).engine
    assert engine.rows("SELECT * FROM due_days") == [{"as_of": moment, "as_of_date": moment.date(), "until_on": reaches}]


def test_on_the_sample_the_overdue_are_those_that_the_kpi_counts_and_each_says_why(sample) -> None:
    overdue = [lead for owner in a_list(sample).owners for lead in owner.leads if lead["status"] == "overdue"]
    counted = sample.value("SELECT value FROM kpi_values WHERE kpi = 'overdue_leads' AND period_kind = 'all' AND dimension IS NULL")
    assert len(overdue) == len({lead["lead_id"] for lead in overdue}) == counted == sample.value("SELECT sum(overdue) FROM due_counts") > 0
    assert all(today.due_words(a_book(), lead) for lead in overdue)
    assert sample.value("SELECT sum(untouched + no_owner + owner_left + next_action + no_next_step) FROM due_counts") == counted
    assert sample.value("SELECT sum(open_leads) FROM due_counts") == sample.value("SELECT count(*) FROM open_leads")


# Order and words

def test_nobodys_leads_come_first_then_a_leavers_then_the_others_by_id(friday) -> None:
    assert [owner.member_id for owner in a_list(friday).owners] == [None, "M2", "M1", "M3"]


def test_an_owners_leads_come_overdue_before_due_then_by_tier_then_by_date(friday) -> None:
    mine = a_list(friday, member="M1").owners[0].leads
    assert [lead["lead_id"] for lead in mine] == [
        "past and urgent", "past", "quiet", "untouched", "quiet today", "today", "touch today", "weekend", "quiet next", "quiet since the evening", "recycled next", "touch next"]


def words(engine: Engine, language: str) -> dict[str, str]:
    book = a_book(language)
    return {lead["lead_id"]: book.join(today.due_words(book, lead)) for owner in a_list(engine).owners for lead in owner.leads}


def test_each_line_says_in_english_what_is_due_and_since_when(friday) -> None:
    assert words(friday, "en") == {
        "untouched": "untouched, was due 2026-11-19 18:00",
        "past": "next action 2026-11-17 (3 d past)",
        "past and urgent": "next action 2026-11-18 (2 d past)",
        "quiet": "no next step, was due 2026-11-19",
        "nobody's": "no owner",
        "nobody's and past": "no owner, next action 2026-11-19 (1 d past), first touch by 2026-11-24 18:00",
        "a leaver's": "owner left 2026-11-19, next action 2026-11-18 (2 d past)",
        "banned": "do not contact (settle its stage instead), next action 2026-11-18 (2 d past)",
        "touch today": "first touch by 2026-11-20 18:00",
        "today": "next action 2026-11-20",
        "quiet today": "no next step, due 2026-11-20",
        "touch next": "first touch by 2026-11-24 18:00",
        "weekend": "next action 2026-11-22",
        "quiet next": "no next step, due 2026-11-24",
        "quiet since the evening": "no next step, due 2026-11-24",
        "recycled next": "next action 2026-11-24"}


def test_the_same_in_japanese(friday) -> None:
    said = words(friday, "ja")
    assert said["untouched"] == "未着手（期限 2026-11-19 18:00 超過）"
    assert said["nobody's and past"] == "担当者なし、次回対応日 2026-11-19（1日超過）、初回対応の期限 2026-11-24 18:00"
    assert said["a leaver's"] == "担当者が2026-11-19に離任、次回対応日 2026-11-18（2日超過）"
    assert said["quiet"] == "次回対応日なし（期限 2026-11-19 超過）"
    assert said["banned"] == "連絡禁止（連絡せず対象外に移す）、次回対応日 2026-11-18（2日超過）"


# Text

def test_the_text_names_the_export_the_totals_and_every_owner_with_counts(friday) -> None:
    text = today.as_text(a_list(friday))
    assert text.startswith("Leads to work, data as of 2026-11-20 10:00\n8 overdue, 3 due 2026-11-20, 5 due by 2026-11-24\n\nNo owner: 2 overdue\n")
    assert "\n鈴木 歩 (M2), left 2026-11-19: 1 overdue\n" in text
    assert "\n佐藤 翼 (M1): 4 overdue, 3 due 2026-11-20, 5 due by 2026-11-24\n" in text
    assert "\nM3: 1 overdue\n" in text
    assert re.search(r"\nnext action 2026-11-18 \(2 d past\)  +Tier A  past and urgent +Contact +Web inquiry  https://crm.example.com/leads/9\?a=1&b=2\n", text)


def test_the_text_is_japanese_where_the_team_is(friday) -> None:
    text = today.as_text(a_list(friday, "ja", member="M2"))
    assert text.startswith("対応リスト（2026-11-20 10:00時点のデータ）\n対応漏れ 1件\n\n鈴木 歩（M2）・2026-11-19離任：対応漏れ 1件\n対応すること")


def test_data_that_did_not_pass_its_checks_is_called_a_draft(friday) -> None:
    said = Text(ja="定義にない", en="undefined")
    failed = Finding("undefined_stage", title=said, severity="error", outcome="failed", count=1, looked_at=1, sentence=said, fix=said)
    for render in (today.as_text, today.as_slack):
        assert "the data did not pass its checks" in render(today.read(friday, a_book(findings=[failed])))
        assert "checks" not in render(a_list(friday))


# CSV

def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_csv_has_a_line_per_lead_with_ids_as_they_are_in_the_data(friday) -> None:
    rows = {row["lead_id"]: row for row in table(today.as_csv(a_list(friday)))}
    assert len(rows) == 16
    assert list(rows["past and urgent"].items()) == [
        ("owner_id", "M1"), ("owner", "佐藤 翼"), ("lead_id", "past and urgent"), ("company", ""), ("stage", "contact"), ("tier", "a"), ("source", "web_inquiry"),
        ("status", "overdue"), ("reason", "next_action"), ("due", "2026-11-18"), ("days_late", "2"), ("do_not_contact", "false"),
        ("record_url", "https://crm.example.com/leads/9?a=1&b=2")]
    assert (rows["touch today"]["due"], rows["touch today"]["days_late"]) == ("2026-11-20 18:00", "")
    assert (rows["nobody's"]["owner_id"], rows["nobody's"]["due"]) == ("", "")
    assert rows["banned"]["do_not_contact"] == "true"


# Slack

def blocks(message: str) -> list[dict]:
    """A message's blocks, each held to Slack's limits."""
    made = json.loads(message)
    assert list(made) == ["blocks"] and 2 <= len(made["blocks"]) <= 50
    for block in made["blocks"]:
        assert block["type"] in ("header", "context", "section")
        for text in block.get("elements", [block.get("text")]):
            assert 0 < len(text["text"].encode("utf-16-le")) // 2 <= (150 if block["type"] == "header" else 3000)
            assert text["type"] == "plain_text" or text["verbatim"] is True
    return made["blocks"]


def sections(message: str) -> list[str]:
    return [block["text"]["text"] for block in blocks(message) if block["type"] == "section"]


def test_slack_gets_a_section_for_each_owner_with_links_into_the_crm(friday) -> None:
    message = today.as_slack(a_list(friday))
    head, small, *_ = blocks(message)
    assert (head["text"]["text"], small["elements"][0]["text"]) == ("Leads to work, data as of 2026-11-20 10:00", "8 overdue, 3 due 2026-11-20, 5 due by 2026-11-24")
    assert [section.split("\n")[0] for section in sections(message)] == [
        "*No owner: 2 overdue*", "*鈴木 歩 (M2), left 2026-11-19: 1 overdue*", "*佐藤 翼 (M1): 4 overdue, 3 due 2026-11-20, 5 due by 2026-11-24*", "*M3: 1 overdue*"]
    assert sections(message)[2].split("\n")[1] == (
        "• <https://crm.example.com/leads/9?a=1&amp;b=2|past and urgent> · next action 2026-11-18 (2 d past) · Tier A · Web inquiry")
    assert sections(message)[3].split("\n")[1].startswith("• banned · do not contact (settle its stage instead), ")


@pytest.mark.parametrize(("owners", "leads"), [(1, 3000), (7, 300), (48, 30), (49, 2), (200, 5)])
def test_what_a_message_cannot_hold_is_counted(friday, owners: int, leads: int) -> None:
    morning = a_list(friday)
    lead = {**morning.owners[0].leads[0], "company": "&" * 80 + "𠮷" * 40, "record_url": "https://crm.example.com/" + "&" * 150}
    many = [today.Owner(f"M{number}", "佐藤", None, [lead] * leads) for number in range(owners)]
    texts = "\n".join(sections(today.as_slack(today.Morning(morning.book, morning.days, many, []))))
    left = sum(map(int, re.findall(r"^and (\d+) more$", texts, re.MULTILINE)))
    assert texts.count("•") + left == owners * leads
    assert left > 0 and all(f"(M{number})" in texts for number in range(owners if owners <= 48 else 47))


def test_a_message_that_holds_all_says_nothing_of_more(sample) -> None:
    morning = a_list(sample)
    texts = "\n".join(sections(today.as_slack(morning)))
    assert texts.count("• ") == sum(len(owner.leads) for owner in morning.owners) > 100
    assert " more" not in texts


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet=st.sampled_from("ab1 _*~`|@<>&!\n\t\x1b\u202e#会＠"), max_size=30))
@example("<!channel>")
@example("_a_ b_c")
def test_a_value_in_slack_makes_no_mention_link_format_or_line(text: str) -> None:
    shown = slack.inert(text)
    assert not set(shown) & set("<>@*~`|\n\t\x1b\u202e")
    assert re.fullmatch(r"(?:[^&]|&amp;|&lt;|&gt;)*", shown)
    assert not re.search(r"(?<![a-z0-9会])_|_(?![a-z0-9会])", re.sub(r"&\w+;", " ", shown))


def test_an_id_keeps_its_underscores() -> None:
    assert slack.inert("LEAD_00_1") == "LEAD_00_1"


# Values that would be obeyed

@pytest.fixture(scope="module")
def hostile():
    """A warehouse in which every value that a list prints is hostile."""
    leads = [{"lead_id": f"L{number} {text[:50]}", "company": text, "record_url": f"javascript:alert({number})", "stage": "contact", "next_action_on": date(2026, 11, 17),
              "owner_id": f"{text[:50]} {number}", "source": text} for number, text in enumerate(HOSTILE)]
    members = [{"member_id": lead["owner_id"], "name": text, "department": text[:40], "left_on": None} for lead, text in zip(leads, HOSTILE)]
    activities = [{"activity_id": "A1", "lead_id": leads[0]["lead_id"], "member_id": None, "occurred_at": FRIDAY, "type": "call"}]
    made = World(given_rows(yaml.safe_dump({"members": members, "leads": leads, "activities": activities})), exported_at=FRIDAY)
    yield made.engine
    made.engine.close()


UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_hostile_values_are_inert_in_text(hostile, language: str) -> None:
    text = today.as_text(a_list(hostile, language))
    assert not UNPRINTABLE.search(text)
    assert text.count("\n") == 2 + 4 * len(HOSTILE)
    assert "javascript:" not in text


def test_hostile_values_are_inert_in_csv(hostile) -> None:
    text = today.as_csv(a_list(hostile))
    assert not UNPRINTABLE.search(text) and text.count("\n") == 1 + len(HOSTILE)
    assert "'=HYPERLINK(1)" in text
    assert not [value for row in table(text) for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_hostile_values_are_inert_in_slack(hostile) -> None:
    shown = sections(today.as_slack(a_list(hostile)))
    assert len(shown) == len(HOSTILE) and all(section.count("\n") == 1 for section in shown)
    assert not re.search(r"[<>@`|~]", "".join(shown)) and not UNPRINTABLE.search("".join(shown))


@pytest.mark.parametrize("address", [None, "", "javascript:alert(1)", "ftp://crm.example.com/1", "//crm.example.com", "https://crm.example.com/ 1", "https://a|b",
                                     "https://crm.example.com/\u202egpj", "https://a>b", 'https://a"b', "https://a\nb", " https://crm.example.com", "https://"])
def test_only_an_address_of_the_web_becomes_a_link(address: str | None) -> None:
    assert web_address(address) is None
    assert slack.link(None, "words") == "words"


def test_an_address_too_long_for_slack_is_left_out_there() -> None:
    assert slack.link("https://a/" + "&" * 300, "words") == "words"
    assert slack.link("https://a/?b&c", "words") == "<https://a/?b&amp;c|words>"


def test_a_long_name_is_cut_with_a_mark() -> None:
    assert short("長" * 60) == "長" * 60 and short("長" * 61) == "長" * 59 + "…"


# Pages

def cells(html: str) -> list[str]:
    return [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", html)]


def test_the_teams_page_counts_by_department_and_reason_and_names_nobody(friday) -> None:
    html = due_tables.overdue_counts(a_book("en", "team", friday))
    assert re.findall(r"<th [^>]*>(.*?)</th>", html) == ["Leads", "Field sales", "Inside sales"]
    found = cells(html)
    lines = [(found[start].replace("&#45;", "-"), *map(int, found[start + 1:start + 3])) for start in range(0, len(found), 3)]
    assert lines == [
        ("Leads to be worked", 1, 16), ("Overdue leads", 1, 7), ("of which untouched past the limit", 0, 1), ("of which without an owner", 0, 2),
        ("of which whose owner has left", 0, 1), ("of which past the next action date", 1, 2), ("of which without a next step in time", 0, 1),
        ("Due 2026-11-20", 0, 3), ("Due by 2026-11-24", 0, 5)]
    assert not re.search("佐藤|鈴木|M1|untouched<", html)


def test_overdue_leads_by_owner_are_for_managers_alone(friday) -> None:
    with pytest.raises(Mistake, match="shows single persons"):
        due_tables.overdue_leads(a_book("en", "team", friday))
    html = due_tables.overdue_leads(a_book("en", "manager", friday))
    assert re.findall("<summary>(.*?)</summary>", html) == [
        "No owner&#58; 2 overdue", "鈴木 歩 &#40;M2&#41;, left 2026&#45;11&#45;19&#58; 1 overdue", "佐藤 翼 &#40;M1&#41;&#58; 4 overdue", "M3&#58; 1 overdue"]
    assert html.count("<a ") == 1 and 'href="https&#58;&#47;&#47;crm&#46;example&#46;com' in html


def test_hostile_values_are_inert_on_the_managers_page(hostile) -> None:
    html = due_tables.overdue_leads(a_book("en", "manager", hostile))
    assert set(re.findall(r"<(\w+)", html)) == {"details", "summary", "div", "table", "thead", "tbody", "tr", "th", "td"}
    assert "javascript" not in html and not UNPRINTABLE.search(html.replace("\n", ""))
    assert due_tables.overdue_counts(a_book("en", "team", hostile)).count("<img") == 0


def test_without_what_it_needs_the_list_and_both_pages_say_what_is_missing(world) -> None:
    engine = world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9), "stage": "mql", "owner_id": None}]}, exported_at=FRIDAY).engine
    said = "Not known. Not in the export: leads.next_action_on, activities.occurred_at"
    assert today.as_text(a_list(engine)).split("\n")[1:] == [said, ""]
    for macro in (due_tables.overdue_counts, due_tables.overdue_leads):
        assert "activities&#46;occurred&#95;at" in macro(a_book("en", "manager", engine))


def test_activities_that_ended_weeks_before_leave_it_unknown_who_was_touched(world) -> None:
    rows = given_rows("leads: [{lead_id: L1, stage: mql, mql_at: 2026-11-10 09:00:00, owner_id: M1}]\n"
                      "activities: [{activity_id: A1, lead_id: L1, occurred_at: 2026-11-03 09:00:00, type: call}]")
    assert "Not known: the export's records end on 2026-11-03." in today.as_text(a_list(world(rows, exported_at=FRIDAY).engine))


def test_where_nothing_is_due_the_list_and_the_pages_say_so(world) -> None:
    rows = given_rows("leads: [{lead_id: L1, stage: contact, owner_id: M1, next_action_on: 2026-12-01}]\n"
                      "activities: [{activity_id: A1, lead_id: L1, occurred_at: 2026-11-19 09:00:00, type: call}]")
    engine = world(rows, exported_at=FRIDAY).engine
    assert today.as_text(a_list(engine)).split("\n")[1:] == ["Nothing is overdue and nothing falls due.", ""]
    assert "Nothing is overdue." in due_tables.overdue_leads(a_book("en", "manager", engine)).replace("&#46;", ".")
    assert cells(due_tables.overdue_counts(a_book("en", "team", engine)))[:4] == ["Leads to be worked", "1", "Overdue leads", "0"]


# The command

@pytest.fixture(scope="module")
def playbook(tmp_path_factory, copy_project):
    """Runs `playbook today` on a project of the sample."""
    project = copy_project(tmp_path_factory.mktemp("today") / "playbook")
    return lambda *arguments: CliRunner().invoke(cli.main, ["today", *arguments, "--project", str(project)])


def test_the_command_prints_the_list_in_japanese_unless_told_otherwise(playbook) -> None:
    done, told = playbook("--member", "M05"), playbook("--member", "M05", "--language", "en")
    assert (done.exit_code, done.stderr, told.exit_code) == (0, "", 0)
    assert done.stdout.startswith("対応リスト（2026-11-20 17:45時点のデータ）\n対応漏れ 1件\n") and done.stdout.count("\n") == 6
    assert told.stdout.startswith("Leads to work, data as of 2026-11-20 17:45\n1 overdue\n")


def test_the_command_gives_csv_and_slack_to_machines_alone(playbook) -> None:
    rows, message = playbook("--format", "csv"), playbook("--format", "slack")
    assert (rows.exit_code, rows.stderr, message.exit_code, message.stderr) == (0, "", 0, "")
    assert {row["owner_id"] for row in table(rows.stdout)} >= {"", "M03", "M05"} and len(sections(message.stdout)) > 5


def test_a_member_without_anything_due_is_told_so_and_an_unknown_one_refused(playbook) -> None:
    done, idle = playbook("--member", "M01"), playbook("--member", "M01", "--format", "csv")
    assert done.exit_code == idle.exit_code == 0
    assert "期限の来るリードもありません" in done.stdout
    assert idle.stdout.count("\n") == 1 and idle.stderr == "Nothing is overdue and nothing falls due.\n"
    refused = playbook("--member", "M99")
    assert (refused.exit_code, refused.stdout) == (2, "") and "--member M99: no such member; did you mean" in refused.stderr


def test_the_same_data_gives_the_same_bytes(playbook) -> None:
    for form in ("text", "csv", "slack"):
        assert playbook("--format", form).stdout_bytes == playbook("--format", form).stdout_bytes
