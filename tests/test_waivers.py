"""Waivers: what is waived stays in sight, the rest is judged without it, and a fault of the file is told with its line."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from checks import report, rule, run, waiver
from checks.run import Finding
from macros import findings as macros
from macros.book import Book
from publish import cli
from tests.world import PROJECT, World, project_definitions, project_rules, waivers
from warehouse.definitions import Text
from warehouse.problems import WrongInput
from warehouse.project import Project

DAY = date(2026, 12, 31)
AS_OF = datetime(2026, 11, 20, 17, 45)
UNDEFINED = {"rule": "undefined_stage", "owner": "inside_sales", "reason": {"ja": "CRMの改修待ち", "en": "The CRM is being changed"}, "expires_on": DAY}
LEADS = [{"lead_id": f"L{number}", "created_at": "2026-11-02 09:00:00", "stage": stage} for number, stage in enumerate(("保留", "謎", "保留"), 1)]


@pytest.fixture
def finding(world):
    """What undefined_stage says of three leads in unknown stages, with these waivers."""
    return lambda *scopes, as_of=date(2026, 11, 20): world({"leads": LEADS, "waivers": [UNDEFINED | scope for scope in scopes]}, as_of).finding("undefined_stage")


def records(rows: list[dict]) -> list[str]:
    return [row["record"] for row in rows]


# What a waiver does

def test_a_finding_whose_rows_are_all_waived_is_waived_and_keeps_them_in_sight(finding):
    found = finding({"all": True})
    assert (found.outcome, found.severity, found.count, sorted(records(found.rows))) == ("waived", "error", 3, ["L1", "L2", "L3"])
    [waived] = found.waived
    assert (waived.owner, waived.reason.ja, waived.expires_on, waived.place, waived.count) == ("inside_sales", "CRMの改修待ち", DAY, "checks/waivers.yml:2", 3)
    assert "Stage values that no definition knows: 3" in found.sentence.en


def test_of_a_finding_waived_in_part_the_other_rows_are_judged_and_counted(finding):
    found = finding({"records": ["L1", "L3"]})
    assert (found.outcome, found.count, records(found.rows), records(found.waived[0].rows)) == ("failed", 1, ["L2"], ["L1", "L3"])
    assert "1 (L2/謎)" in found.sentence.en


@pytest.mark.parametrize(("where", "left"), [
    ({"value": "保留"}, ["L2"]), ({"value": ["保留", "謎"]}, []), ({"value": "保留", "record": "L3"}, ["L2", "L1"]), ({"found_in": "opportunities.stage"}, ["L1", "L2", "L3"])])
def test_a_condition_holds_for_the_rows_whose_columns_have_all_its_values(finding, where: dict, left: list[str]):
    found = finding({"where": where})
    assert sorted(records(found.rows) if found.outcome != "waived" else []) == sorted(left)


def test_a_row_belongs_to_the_first_waiver_that_covers_it(finding):
    found = finding({"records": ["L1"]}, {"all": True})
    assert [sorted(records(one.rows)) for one in found.waived] == [["L1"], ["L2", "L3"]]


def test_a_waiver_past_its_day_waives_nothing(finding):
    assert finding({"all": True}, as_of=DAY).outcome == "waived"
    assert finding({"all": True}, as_of=date(2027, 1, 1)).outcome == "failed"


@pytest.mark.parametrize(("written", "value"), ids=repr, argvalues=[
    (21, 21), ("21", 21), (21, 21.0), (0.5, 0.5), (True, True), (None, None), (date(2026, 2, 9), date(2026, 2, 9)), ("2026-02-09", date(2026, 2, 9)),
    (datetime(2026, 2, 9, 14, 27), datetime(2026, 2, 9, 14, 27))])
def test_a_condition_and_a_row_are_compared_as_they_read(written: object, value: object):
    [one] = waivers([UNDEFINED | {"where": {"days": written}}])
    assert one.covers({"record": "L1", "days": value})
    assert not one.covers({"record": "L1", "days": "another"})


def test_what_is_waived_does_not_count_against_the_tolerance(world):
    """Three of ten hand-offs lack a reason: above the 20 % that the rule allows, below it with one waived."""
    verdicts = [{"kind": "mql", "lead_id": f"L{n}", "handed_at": "2026-11-02 09:00:00", "is_accepted": n > 3, "reason": None} for n in range(1, 11)]
    given = {"leads": [{"lead_id": "L1", "created_at": "2026-11-02 09:00:00"}], "verdicts": verdicts}
    waived = UNDEFINED | {"rule": "rejection_without_reason", "records": ["L1"]}
    assert world(given).finding("rejection_without_reason").outcome == "failed"
    assert (found := world(given | {"waivers": [waived]}).finding("rejection_without_reason")).outcome == "warned"
    assert (found.severity, found.count, found.looked_at) == ("warning", 2, 10)


def test_rows_beyond_those_that_are_kept_are_waived_too(world):
    many = run.KEPT_ROWS + 5
    leads = [{"lead_id": f"L{number:05}", "created_at": "2026-11-02 09:00:00", "stage": "保留"} for number in range(many)]
    last = f"L{many - 1:05}"
    found = world({"leads": leads, "waivers": [UNDEFINED | {"records": [last]}]}).finding("undefined_stage")
    assert (found.count, len(found.rows), records(found.waived[0].rows)) == (many - 1, run.KEPT_ROWS, [last])
    found = world({"leads": leads, "waivers": [UNDEFINED | {"all": True}]}).finding("undefined_stage")
    assert (found.outcome, found.count, found.waived[0].count, len(found.waived[0].rows)) == ("waived", many, many, run.KEPT_ROWS)


@pytest.mark.parametrize("scopes", [({"all": True},), ({"records": ["L1"]},), ({"records": ["L1"]}, {"records": ["L3"]}), ()])
def test_findings_come_out_of_the_warehouse_as_they_went_in(world, scopes: tuple[dict, ...]):
    made = world({"leads": LEADS, "waivers": [UNDEFINED | scope for scope in scopes]}, date(2026, 11, 20))
    found = run.run(made.engine, [one for one in project_rules() if one.id in ("undefined_stage", "waiver_unused")], (), made.waivers)
    run.store(made.engine, found)
    assert [_plain(one) for one in run.stored(made.engine)] == [_plain(one) for one in found]


def _plain(finding: Finding) -> dict:
    return vars(finding) | {"rows": sorted(map(str, finding.rows)), "waived": [vars(one) | {"rows": list(map(str, one.rows))} for one in finding.waived], "kpis": ()}


def test_a_waived_finding_touches_no_kpi(world):
    touched = {}
    for scopes in ((), ({"all": True},)):
        made = world({"leads": LEADS, "waivers": [UNDEFINED | scope for scope in scopes]}, date(2026, 11, 20))
        run.store(made.engine, run.run(made.engine, [one for one in project_rules() if one.id == "undefined_stage"], ["mqls"], made.waivers))
        touched[len(scopes)] = made.engine.rows("SELECT kpi FROM checks.touched_kpis")
    assert touched == {0: [{"kpi": "mqls"}], 1: []}


# How it is told

def test_the_text_tells_until_when_by_whom_and_why_and_shows_the_waived_rows(finding):
    text = report.as_text([finding({"records": ["L1", "L3"]})], AS_OF, 1)
    assert text.splitlines()[1:-1] == [
        "✗ undefined_stage: Stage values that no definition knows: 1 (L2/謎)",
        "    record=L2  value=謎  found_in=leads.stage",
        "    Mend: If the value is right, define it in stages.yml or map it under values in the adapter; if not, mend the CRM.",
        "    Waived until 2026-12-31: 2, by inside_sales: The CRM is being changed (checks/waivers.yml:2)",
        "    ~ record=L1  value=保留  found_in=leads.stage",
        "    ~ … 1 more"]
    assert report.as_text([finding({"all": True})], AS_OF, 0).splitlines()[1:] == [
        "~ undefined_stage: Stage values that no definition knows: 3 (L1/保留, L3/保留, L2/謎)",
        "    Waived until 2026-12-31: 3, by inside_sales: The CRM is being changed (checks/waivers.yml:2)",
        "    ~ … 3 more",
        "0 passed, 0 warned, 0 failed, 1 waived, 0 skipped"]


def test_the_json_tells_the_same_under_waived_and_only_where_something_is(finding):
    [told] = json.loads(report.as_json([finding({"records": ["L1"], "approved_by": "佐藤"})], AS_OF, 20))["findings"]
    assert told["waived"] == [{"owner": "inside_sales", "reason": "The CRM is being changed", "approved_by": "佐藤", "expires_on": "2026-12-31",
                               "place": "checks/waivers.yml:2", "count": 1, "rows": [{"record": "L1", "value": "保留", "found_in": "leads.stage"}]}]
    assert (told["outcome"], told["count"], records(told["rows"])) == ("failed", 2, ["L3", "L2"])
    [plain] = json.loads(report.as_json([finding()], AS_OF, 20))["findings"]
    assert "waived" not in plain


def book(made: World, found: Finding, edition: str = "team") -> Book:
    made_book = Book(project_definitions(), Path(), [found], "ja", edition, {})
    made_book.__dict__["engine"] = made.engine
    return made_book


def test_the_page_lists_a_waived_finding_with_badge_reason_owner_and_rows(world):
    made = world({"leads": LEADS, "waivers": [UNDEFINED | {"all": True, "approved_by": "佐藤 花子"}]}, date(2026, 11, 20))
    page = macros.findings_list(book(made, made.finding("undefined_stage")))
    assert all(words in page for words in ("免除", "CRMの改修待ち", "インサイドセールス", "2026&#45;12&#45;31", "<td>L1</td>"))
    assert "badge--failed" not in page and "佐藤" not in page
    assert "佐藤 花子" in macros.findings_list(book(made, made.finding("undefined_stage"), "manager"))


def test_a_personal_value_of_a_waived_row_is_withheld_from_the_team(world):
    """The company of a lead is personal: neither the row nor the reason may show it."""
    waived = waivers([UNDEFINED | {"all": True, "reason": "青空商事の改修待ち"}])[0].grant
    made = world({"leads": [{"lead_id": "L1", "created_at": "2026-11-02 09:00:00", "company": "青空商事"}]})
    rows = [{"record": "L1", "value": "青空商事"}]
    words = Text(ja="題名", en="Title")
    found = Finding("x", words, "warning", "warned", 1, 1, words, words, [{"record": "L2", "value": "mql"}], (),
                    (run.Waived(1, "checks/waivers.yml:2", "marketing", waived.reason, None, DAY, 1, rows),))
    assert "青空商事" not in macros.findings_list(book(made, found))
    assert "青空商事" in macros.findings_list(book(made, found, "manager"))


# The file

def load(tmp_path: Path, text: str) -> list[waiver.Waiver]:
    """The waivers of a file with this text, held against the project's rules and departments."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "waivers.yml").write_text(text, encoding="utf-8")
    loaded = waiver.load(Project(tmp_path))
    waiver.check(loaded, project_rules(), project_definitions())
    return loaded


GOOD = """waivers:
  - rule: undefined_stage
    records: [L1]
    owner: inside_sales
    reason: CRMの改修待ち
    expires_on: 2026-12-31
"""


@pytest.mark.parametrize(("before", "after", "line", "said"), [
    ("rule: undefined_stage", "rule: undefined_stages", 2, "no rule is called 'undefined_stages'; did you mean 'undefined_stage'?"),
    ("rule: undefined_stage", "rule: waiver_expired", 2, "'waiver_expired' is about waivers and cannot be waived"),
    ("owner: inside_sales", "owner: inside_sale", 4, "no department is called 'inside_sale'; did you mean 'inside_sales'?"),
    ("owner: inside_sales", "ownr: inside_sales", 4, "unknown key 'ownr'; did you mean 'owner'?"),
    ("    expires_on: 2026-12-31\n", "", 2, "key 'expires_on' is missing"),
    ("expires_on: 2026-12-31", "expires_on: never", 6, "is 'never', expected a date (2026-04-01)"),
    ("reason: CRMの改修待ち", "reason: 12", 5, "expected keys and values"),
    ("reason: CRMの改修待ち", "reason: ''", 5, "is empty"),
    ("reason: CRMの改修待ち", "reason: {ja: 改修待ち}", 5, "key 'en' is missing"),
    ("records: [L1]", "records: []", 3, "is empty"),
    ("records: [L1]", "records: [1]", 3, "expected a text; put it in quotes"),
    ("records: [L1]", "where: {value: {a: b}}", 3, "expected a value or a list of values"),
    ("records: [L1]", "where: {}", 3, "is empty"),
    ("records: [L1]", "all: false", 3, "is 'False'"),
    ("    records: [L1]\n", "", 2, "a waiver has one scope: records, where, or all: true"),
    ("records: [L1]", "records: [L1]\n    all: true", 2, "a waiver has one scope: records, where, or all: true"),
])
def test_a_fault_of_the_file_is_told_with_its_line(tmp_path: Path, before: str, after: str, line: int, said: str):
    assert before in GOOD
    with pytest.raises(WrongInput) as told:
        load(tmp_path, GOOD.replace(before, after))
    assert f"checks/waivers.yml:{line}: " in str(told.value) and said in str(told.value), str(told.value)


def test_all_faults_of_the_file_are_told_at_once(tmp_path: Path):
    with pytest.raises(WrongInput) as told:
        load(tmp_path, GOOD.replace("undefined_stage", "x").replace("inside_sales", "y"))
    assert [problem.line for problem in told.value.problems] == [2, 4]


def test_a_project_without_the_file_has_no_waivers_and_ours_can_be_read(tmp_path: Path):
    assert waiver.load(Project(tmp_path)) == []
    waiver.check(waiver.load(PROJECT), project_rules(), project_definitions())


def test_a_waiver_in_one_language_is_told_in_both(tmp_path: Path):
    [one] = load(tmp_path, GOOD)
    assert (one.grant.reason.ja, one.grant.reason.en, one.place) == ("CRMの改修待ち", "CRMの改修待ち", "checks/waivers.yml:2")


def test_a_column_that_the_rows_of_the_rule_do_not_have_is_told_with_the_nearest(finding):
    with pytest.raises(WrongInput, match=r"checks/waivers.yml:2: the rows of undefined_stage have no column 'values'; did you mean 'value'\?"):
        finding({"where": {"values": "保留"}})


def test_every_rule_has_a_column_by_which_its_rows_can_be_waived(world):
    made = world({"leads": [{"lead_id": "L1", "created_at": "2026-11-02 09:00:00"}]})
    run.run(made.engine, [], ())
    assert [one.id for one in rule.load(PROJECT) if made.engine.columns(one.sql)[:2] != ["record", "value"]] == []


# From the command line

def test_a_waived_error_does_not_hold_a_build_until_the_waiver_expires(tmp_path: Path, copy_project):
    project = copy_project(tmp_path / "playbook")
    (project / "data" / "exports").mkdir()
    (project / "data" / "exports" / "leads.csv").write_text("lead_id,created_at,stage\nL1,2026-11-02 09:00:00,保留\n", encoding="utf-8")
    (project / "checks" / "waivers.yml").write_text(GOOD.replace("2026-12-31", "2026-11-10"), encoding="utf-8")
    told = {}
    for day in ("2026-11-10", "2026-11-11"):
        done = CliRunner().invoke(cli.main, ["check", "--format", "json", "--as-of", day, "--project", str(project)])
        made = json.loads(done.stdout)
        told[day] = (done.exit_code, made["summary"]["waived"], made["summary"]["failed"], sorted(one["rule"] for one in made["findings"] if one["outcome"] == "failed"))
    assert told == {"2026-11-10": (0, 1, 0, []), "2026-11-11": (1, 0, 2, ["undefined_stage", "waiver_expired"])}


def test_a_fault_of_the_waivers_stops_every_command_with_its_line(tmp_path: Path, copy_project):
    project = copy_project(tmp_path / "playbook")
    (project / "checks" / "waivers.yml").write_text(GOOD.replace("undefined_stage", "undefined_stages"), encoding="utf-8")
    for arguments in (["check"], ["kpi", "mqls"]):
        done = CliRunner().invoke(cli.main, [*arguments, "--project", str(project)])
        assert (done.exit_code, done.stdout) == (1, "") and "checks/waivers.yml:2: no rule is called 'undefined_stages'" in done.stderr
