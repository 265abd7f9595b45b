"""Reading the definitions: every fault at once, each with its file, its line and what would mend it."""

import dataclasses
import re
import shutil
from pathlib import Path

import pydantic
import pytest

from tests.world import PROJECT
from warehouse.definitions import Definitions, load
from warehouse.problems import CannotRun, PlaybookError, WrongInput
from warehouse.project import Project

FOLDER = "playbook/definitions"
MILESTONES = ("lead", "mql", "contact", "interest", "fit", "sql", "opportunity", "won", "lost", "recycled", "disqualified")
SMALL = {
    "departments.yml": """
departments:
  - {id: marketing, name: {ja: マーケティング, en: Marketing}, duty: {ja: リードを獲得する。, en: Wins leads.}}
  - id: field_sales
    name: {ja: フィールドセールス, en: Field sales}
    duty: {ja: 受注につなげる。, en: Closes.}
  - {id: customer_success, name: {ja: カスタマーサクセス, en: Customer success}, duty: {ja: 定着を支える。, en: Keeps customers.}}
""",
    "stages.yml": """
stages:
  - id: mql
    milestone: mql
    name: {ja: MQL, en: MQL}
    meaning: {ja: 引き渡したリード。, en: A lead handed over.}
    owner: marketing
    entry: {ja: 基準を満たす。, en: Meets the criteria.}
    exit: {ja: 受注に移る。, en: Moves to won.}
    required_fields: [score]
    longest_stay_days: 14
    overstay: {ja: 割り当て直す。, en: Reassign it.}
    next: [won]
    owner_leaves: {ja: 後任を決める。, en: Name a successor.}
    example: {ja: 資料請求。, en: A download.}
    counter_example: {ja: 学生。, en: A student.}
  - id: won
    milestone: won
    name: {ja: 受注, en: Won}
    meaning: {ja: 契約した。, en: Signed.}
    owner: field_sales
    entry: {ja: 契約日に入る。, en: On signing.}
    exit: {ja: なし。, en: None.}
    owner_leaves: {ja: 後任を決める。, en: Name a successor.}
    example: {ja: 契約日あり。, en: With a date.}
    counter_example: {ja: 口約束。, en: A promise.}
""",
    "fields.yml": """
fields:
  - id: score
    table: leads
    name: {ja: スコア, en: Score}
    meaning: {ja: 点数。, en: Points.}
    filled_by: marketing
  - id: campaign
    table: leads
    name: {ja: 施策, en: Campaign}
    meaning: {ja: きっかけ。, en: What brought them.}
    filled_by: marketing
""",
    "calendar.yml": """
timezone: Asia/Tokyo
fiscal_year_starts: 4
holidays: JP
working_days: [mon, tue, wed, thu, fri]
hours:
  default: ["09:00", "18:00"]
closed:
  - {from: 2025-08-12, to: 2025-08-15, name: {ja: お盆休み, en: Obon}}
""",
    "glossary.yml": "terms:\n" + "".join(f"  - {{id: {one}, term: {{ja: {one}, en: {one}}}, meaning: {{ja: 意味, en: Meaning}}}}\n" for one in MILESTONES),
    "targets.yml": """
targets:
  - {kpi: mqls, period: week, value: 55, effective_from: 2025-04-01, set_by: {ja: 営業企画, en: Operations}}
  - {kpi: mqls, period: week, value: 65, effective_from: 2026-04-01, set_by: {ja: 営業企画, en: Operations}}
""",
    "agreements/first_touch.yml": """
order: 30
name: {ja: 初回対応, en: First touch}
purpose: {ja: 待たせない。, en: Nobody waits.}
parties: [marketing, field_sales]
review_on: 2027-03-31
commitments:
  - {department: marketing, does: {ja: 渡す。, en: Hands over.}, otherwise: {ja: 話す。, en: Talks.}}
escalation:
  - {after_working_days: 1, to: {ja: 長, en: The head}}
  - {after_working_days: 3, to: {ja: 会議, en: The meeting}}
versions:
  - effective_from: 2025-04-01
    reason: {ja: 開始, en: Start}
    terms:
      - id: all
        name: {ja: すべて, en: All}
        limit: {wait: first_touch, within: 4, unit: hours, department: marketing}
      - id: tier_a
        name: {ja: A, en: A}
        limit: {wait: first_touch, tier: a, within: 1, unit: hours, department: marketing}
      - id: qualified
        name: {ja: 条件, en: Qualified}
        qualification:
          milestone: mql
          department: marketing
          when: [{source: {any_of: [web]}}, {score: {at_least: 80}}]
      - id: fields
        name: {ja: 項目, en: Fields}
        filled: {milestone: mql, department: marketing, fields: [score]}
""",
    "signatures.yml": f"seal: '{'0' * 64}'\nsignatures: []\n",
    "priority.yml": """
versions:
  - effective_from: 2025-04-01
    tiers:
      - {id: a, name: {ja: A, en: A}, meaning: {ja: 先に。, en: First.}, when: [{source: {any_of: [web]}}, {score: {at_least: 80}}]}
      - {id: b, name: {ja: B, en: B}, meaning: {ja: 残り。, en: The rest.}}
""",
    "labels.yml": "labels:\n" + "".join(f"  {name}: {{ja: 語, en: Word}}\n" for name in ("weekly", "glossary", "findings", "draft_banner")),
    "kpis/mqls.yml": """order: 10
name: {ja: MQL数, en: MQLs}
meaning: {ja: 引き渡した数。, en: How many were handed over.}
unit: count
direction: up
layer: team
owner: marketing
minimum_n: 30
formula: {ja: 数える。, en: Count.}
exclusions: {ja: なし。, en: None.}
when_low: {ja: 流入元を見る。, en: Look at sources.}
needs:
  columns: [leads.mql_at]
  milestones: [mql]
mart: lead_journeys
bases:
  flow: {numerator: {date: mql_at}}
""",
    "kpis/mql_to_won.yml": """order: 20
name: {ja: 受注率, en: Won}
meaning: {ja: 受注した割合。, en: The share won.}
unit: rate
direction: up
layer: team
owner: field_sales
formula: {ja: 割る。, en: Divide.}
exclusions: {ja: なし。, en: None.}
when_low: {ja: 流入元を見る。, en: Look at sources.}
mart: lead_journeys
bases:
  cohort:
    numerator: {date: won_at}
    denominator: {date: mql_at}
    horizon_days: 30
""",
}


class Playbook:
    """A small playbook that a test may spoil."""

    def __init__(self, root: Path):
        self.root = root
        for folder in ("kpis", "agreements"):
            self.file(folder).mkdir(parents=True)
        for name, text in SMALL.items():
            self.file(name).write_text(text, encoding="utf-8")
        (root / "warehouse" / "marts").mkdir(parents=True)
        (root / "warehouse" / "marts" / "lead_journeys.sql").touch()
        shutil.copy(PROJECT.tables, root / "warehouse")

    def file(self, name: str) -> Path:
        return self.root / FOLDER / name

    def change(self, name: str, old: str, new: str) -> int:
        """Replace the first `old` in a file; the line at which it stood."""
        before, found, after = self.file(name).read_text(encoding="utf-8").partition(old)
        assert found, f"{name} holds no {old!r}"
        self.file(name).write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1

    def load(self, overlay: str | None = None) -> Definitions:
        return load(Project(self.root), overlay and self.root / overlay)

    def problems(self, overlay: str | None = None) -> list[str]:
        """What loading says is wrong, one sentence each."""
        with pytest.raises(WrongInput) as caught:
            self.load(overlay)
        return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def playbook(tmp_path):
    return Playbook(tmp_path)


# What the test's name says: file, what stands there, what is written instead, the sentence that follows `file:line: `.
FAULTS = {
    "an unknown key": ("kpis/mqls.yml", "minimum_n: 30", "minimun_n: 30", "unknown key 'minimun_n'; did you mean 'minimum_n'?"),
    "an unknown key deep inside": ("stages.yml", "longest_stay_days: 14", "longest_stay: 14", "unknown key 'longest_stay'; did you mean 'longest_stay_days'?"),
    "a key that nothing resembles": ("kpis/mqls.yml", "needs:\n", "needs:\n  zzz: 1\n",
                                     "unknown key 'zzz'; known: columns, milestones"),
    "a key of YAML's own words": ("kpis/mqls.yml", "minimum_n: 30", "on: 30", "key 'True' is no text; put it in quotes"),
    "a wrong type": ("kpis/mqls.yml", "minimum_n: 30", "minimum_n: thirty", "'minimum_n' is 'thirty', expected a whole number"),
    "a fraction for a whole number": ("kpis/mqls.yml", "minimum_n: 30", "minimum_n: 30.5", "'minimum_n' is '30.5', expected a whole number"),
    "a number for a text": ("kpis/mqls.yml", "en: MQLs", "en: 2026", "'name.en' is '2026', expected a text; put it in quotes"),
    "a day for a text": ("kpis/mqls.yml", "en: MQLs", "en: 2026-11-20", "'name.en' is '2026-11-20', expected a text; put it in quotes"),
    "a text for two languages": ("kpis/mqls.yml", "name: {ja: MQL数, en: MQLs}", "name: MQLs", "'name' is 'MQLs', expected keys and values"),
    "a text for a list": ("kpis/mqls.yml", "milestones: [mql]", "milestones: mql", "'needs.milestones' is 'mql', expected a list"),
    "a number below the least": ("kpis/mqls.yml", "minimum_n: 30", "minimum_n: 0", "'minimum_n' is '0', expected greater than or equal to 1"),
    "an empty text": ("kpis/mqls.yml", "en: MQLs", 'en: ""', "'name.en' is empty"),
    "a text in one language only": ("kpis/mqls.yml", "name: {ja: MQL数, en: MQLs}", "name: {ja: MQL数}", "key 'en' is missing in 'name'; add it"),
    "a value outside a closed list": ("kpis/mqls.yml", "unit: count", "unit: counts", "'unit' is 'counts'; did you mean 'count'?"),
    "a bad identifier": ("kpis/mqls.yml", "owner: marketing", "owner: Marketing", "'owner' is 'Marketing', expected lower-case letters, digits and _, a letter first"),
    "a key that stands twice": ("kpis/mqls.yml", "unit: count", "unit: count\nunit: rate", "key 'unit' stands here twice; keep one of them"),
    "an id that stands twice": ("departments.yml", "id: customer_success", "id: marketing", "id 'marketing' stands here twice; give each its own id"),
    "a field that stands twice": ("fields.yml", "id: campaign", "id: score", "id 'leads.score' stands here twice; give each its own id"),
    "a target that stands twice": ("targets.yml", "{kpi: mqls, period: week, value: 65, effective_from: 2026-04-01",
                                   "{kpi: mqls, period: week, value: 65, effective_from: 2025-04-01",
                                   "a target for mqls per week from 2025-04-01 stands here twice; keep one of them"),
    "an unknown stage in next": ("stages.yml", "next: [won]", "next: [wonn]", "no stage is called 'wonn'; did you mean 'won'?"),
    "an unknown required field": ("stages.yml", "required_fields: [score]", "required_fields: [scores]",
                                  "no field of leads is called 'scores'; did you mean 'score'?"),
    "an unknown department": ("kpis/mqls.yml", "owner: marketing", "owner: marketting", "no department is called 'marketting'; did you mean 'marketing'?"),
    "an unknown department of a stage": ("stages.yml", "owner: field_sales", "owner: sales", "no department is called 'sales'; did you mean 'field_sales'?"),
    "a target of an unknown statistic": ("targets.yml", "{kpi: mqls, period: week, value: 55,", "{kpi: mqls, statistic: median, period: week, value: 55,",
                                         "no statistic of mqls is called 'median'; known: value"),
    "an unknown tier of a limit": ("agreements/first_touch.yml", "tier: a,", "tier: z,", "no tier is called 'z'; known: a, b"),
    "an unknown party": ("agreements/first_touch.yml", "parties: [marketing, field_sales]", "parties: [marketing, sales]", "no department is called 'sales'; did you mean 'field_sales'?"),
    "an unknown department of a term": ("agreements/first_touch.yml", "within: 4, unit: hours, department: marketing", "within: 4, unit: hours, department: marketin",
                                        "no department is called 'marketin'; did you mean 'marketing'?"),
    "an unknown department of a commitment": ("agreements/first_touch.yml", "{department: marketing, does", "{department: marketin, does", "no department is called 'marketin'; did you mean 'marketing'?"),
    "a limit that stands twice": ("agreements/first_touch.yml", "tier: a, within: 1,", "within: 1,",
                                  "the limit of first_touch for every source, every tier stands in first_touch from 2025-04-01 too; keep one of them"),
    "a term that stands twice": ("agreements/first_touch.yml", "- id: tier_a", "- id: all", "term 'all' stands here twice; give each its own id"),
    "a limit in days of the sun": ("agreements/first_touch.yml", "within: 4, unit: hours", "within: 4, unit: days",
                                   "'versions.0.terms.0.limit.unit' is 'days'; known: hours, minutes, working_days"),
    "a term of two kinds": ("agreements/first_touch.yml", "- id: fields\n", "- id: fields\n        reasoned: {verdict: sql, department: marketing}\n",
                            "'versions.0.terms.3' is of one kind: limit, qualification, filled or reasoned"),
    "a term of an unknown column": ("agreements/first_touch.yml", "fields: [score]}", "fields: [scores]}", "no column of leads is called 'scores'; did you mean 'score'?"),
    "a condition on an unknown column": ("agreements/first_touch.yml", "{score: {at_least: 80}}", "{scores: {at_least: 80}}", "no column of leads is called 'scores'; did you mean 'score'?"),
    "a last tier that does not take the rest": ("priority.yml", "- effective_from: 2025-04-01\n    tiers:\n", "- effective_from: 2025-04-01\n    tiers:\n"
                                                "      - {id: c, name: {ja: C, en: C}, meaning: {ja: 全部。, en: All.}}\n",
                                                "'versions.0' the last tier takes the rest and has no 'when'; every other tier has one"),
    "a condition that asks nothing": ("priority.yml", "{source: {any_of: [web]}}", "{}", "'versions.0.tiers.0.when.0' is empty"),
    "a condition that asks two things": ("priority.yml", "{any_of: [web]}", "{any_of: [web], is_filled: true}", "'versions.0.tiers.0.when.0.source' asks one thing: any_of, at_least or is_filled"),
    "a tier that stands twice": ("priority.yml", "id: b,", "id: a,", "tier 'a' stands here twice; give each its own id"),
    "a break that ends before it starts": ("calendar.yml", "closed:\n", 'breaks: [["13:00", "12:00"]]\nclosed:\n', "a break from 13:00 to 12:00; write its start first, within one day"),
    "closed days known backwards": ("calendar.yml", "closed:\n", "covers: {from: 2026-01-01, until: 2025-01-01}\nclosed:\n", "'covers' ends before it starts"),
    "an unknown KPI": ("targets.yml", "kpi: mqls", "kpi: mql", "no KPI is called 'mql'; did you mean 'mqls'?"),
    "an unknown column of a KPI": ("kpis/mqls.yml", "leads.mql_at", "leads.mql_on", "no column is called 'leads.mql_on'; did you mean 'leads.mql_at'?"),
    "an unknown mart": ("kpis/mqls.yml", "mart: lead_journeys", "mart: journeys", "no mart is called 'journeys'; did you mean 'lead_journeys'?"),
    "an unknown KPI to stand beside": ("kpis/mqls.yml", "minimum_n: 30", "beside: mql", "no KPI is called 'mql'; did you mean 'mqls'?"),
    "an unknown KPI to be made of": ("kpis/mqls.yml", "minimum_n: 30", "made_of: [mql_to_one]", "no KPI is called 'mql_to_one'; did you mean 'mql_to_won'?"),
    "a KPI that is made of itself": ("kpis/mqls.yml", "minimum_n: 30", "made_of: [mqls]", "'mqls' is made of itself; break the circle"),
    "an unknown column of a field": ("fields.yml", "id: campaign", "id: campain", "no column of leads is called 'campain'; did you mean 'campaign'?"),
    "an unknown milestone": ("stages.yml", "milestone: won", "milestone: wonn", "'stages.1.milestone' is 'wonn'; did you mean 'won'?"),
    "an unknown zone": ("calendar.yml", "timezone: Asia/Tokyo", "timezone: Asia/Tokio", "'timezone' is 'Asia/Tokio': no such time zone; use a name such as Asia/Tokyo"),
    "a country in small letters": ("calendar.yml", "holidays: JP", "holidays: jp", "'holidays' is 'jp', expected two capital letters, such as JP"),
    "an hour that is no time": ("calendar.yml", '["09:00", "18:00"]', '["9", "18:00"]', "'hours.default.0' is '9', expected a time such as \"09:00\""),
    "an hour without quotes": ("calendar.yml", '["09:00", "18:00"]', '[9:00, "18:00"]', "'hours.default.0' is '540', expected a text; put it in quotes"),
    "hours that close before they open": ("calendar.yml", '["09:00", "18:00"]', '["18:00", "09:00"]',
                                          "opens at 18:00 and closes at 09:00; write the opening first, within one day"),
    "hours of nobody else": ("calendar.yml", "hours:\n  default:", "hours:\n  marketing:", 'no hours for departments that are not named; add default: ["09:00", "18:00"]'),
    "hours of an unknown department": ("calendar.yml", "  default:", '  marketting: ["09:00", "17:00"]\n  default:', "no department is called 'marketting'; did you mean 'marketing'?"),
    "a closure that ends before it starts": ("calendar.yml", "{from: 2025-08-12, to: 2025-08-15", "{from: 2025-08-12, to: 2025-08-05", "'closed.0' ends before it starts"),
    "a day that no calendar has": ("targets.yml", "effective_from: 2025-04-01", "effective_from: 2025-04-31",
                                   "'2025-04-31' cannot be read: day is out of range for month; put it in quotes if it is text"),
    "a limit without its consequence": ("stages.yml", "longest_stay_days: 14", "# no limit",
                                        "'stages.0' longest_stay_days and overstay come together: a limit and what happens past it"),
    "YAML that does not parse": ("kpis/mqls.yml", "direction: up", "direction: up: down", "is not YAML: mapping values are not allowed in this context; "
                                 "check quotes, colons and indentation"),
    "a tab for an indent": ("departments.yml", "    name: {ja: フィ", "\tname: {ja: フィ", "is not YAML: found a tab character that violates indentation; "
                            "check quotes, colons and indentation"),
    "a tag of another language": ("kpis/mqls.yml", "order: 10", "order: !!python/name:os.system 10",
                                  "'10' cannot be read: could not determine a constructor for the tag 'tag:yaml.org,2002:python/name:os.system'; "
                                  "put it in quotes if it is text"),
    "a list that holds itself": ("stages.yml", "next: [won]", "next: &loop [*loop]", "refers to itself; write the value out"),
}
# Where the sentence names another line than the one changed.
LINES_APART = {"a key that stands twice": 1, "a key that nothing resembles": 1, "a limit without its consequence": -8}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line_and_its_mend(playbook, fault) -> None:
    name, old, new, sentence = FAULTS[fault]
    line = playbook.change(name, old, new) + LINES_APART.get(fault, 0)
    assert playbook.problems() == [f"{FOLDER}/{name}:{line}: {sentence}"]


def test_a_missing_key_is_told_with_the_line_of_what_lacks_it(playbook) -> None:
    playbook.change("kpis/mqls.yml", "owner: marketing\n", "")
    line = playbook.change("departments.yml", "    name: {ja: フィールドセールス, en: Field sales}\n", "") - 1
    assert playbook.problems() == [f"{FOLDER}/departments.yml:{line}: key 'name' is missing in 'departments.1'; add it",
                                   f"{FOLDER}/kpis/mqls.yml:1: key 'owner' is missing; add it"]


def test_a_key_is_suggested_as_it_is_written_in_the_file(playbook) -> None:
    line = playbook.change("calendar.yml", "{from: 2025-08-12", "{form: 2025-08-12")
    assert playbook.problems() == [f"{FOLDER}/calendar.yml:{line}: key 'from' is missing in 'closed.0'; add it",
                                   f"{FOLDER}/calendar.yml:{line}: unknown key 'form'; did you mean 'from'?"]


def test_a_rate_without_a_denominator_is_refused(playbook) -> None:
    playbook.change("kpis/mqls.yml", "unit: count", "unit: rate")
    assert playbook.problems() == [f"{FOLDER}/kpis/mqls.yml:1: bases.flow: a rate has a denominator, anything else has none"]


def test_a_cohort_without_a_horizon_is_refused(playbook) -> None:
    playbook.change("kpis/mql_to_won.yml", "    horizon_days: 30\n", "")
    assert playbook.problems() == [f"{FOLDER}/kpis/mql_to_won.yml:1: bases.cohort: a cohort has horizon_days, a flow has none"]


def test_a_milestone_without_a_term_is_refused(playbook) -> None:
    playbook.change("glossary.yml", "id: recycled", "id: recycling")
    assert [problem.split(": ", 1)[1] for problem in playbook.problems()] == [
        "the milestone 'recycled' has no term; add one: pages name it where a CRM has no such stage"]


def test_every_problem_of_every_file_is_told_at_once_in_order(playbook) -> None:
    lines = [playbook.change("kpis/mqls.yml", "unit: count", "unit: rat"), playbook.change("kpis/mqls.yml", "minimum_n: 30", "minimum_n: few"),
             playbook.change("stages.yml", "milestone: mql", "milestone: mq"), playbook.change("targets.yml", "value: 55", "value: many")]
    assert [re.match(r"[^ ]*: ", problem)[0] for problem in playbook.problems()] == [
        f"{FOLDER}/kpis/mqls.yml:{lines[0]}: ", f"{FOLDER}/kpis/mqls.yml:{lines[1]}: ", f"{FOLDER}/stages.yml:{lines[2]}: ", f"{FOLDER}/targets.yml:{lines[3]}: "]


def test_every_reference_that_leads_nowhere_is_told_at_once(playbook) -> None:
    playbook.change("stages.yml", "next: [won]", "next: [wonn, mqll]")
    playbook.change("kpis/mqls.yml", "owner: marketing", "owner: marketting")
    assert [problem.split(": ", 1)[1] for problem in playbook.problems()] == [
        "no department is called 'marketting'; did you mean 'marketing'?", "no stage is called 'mqll'; did you mean 'mql'?",
        "no stage is called 'wonn'; did you mean 'won'?"]


def test_a_file_that_is_not_utf_8_is_named(playbook) -> None:
    playbook.file("targets.yml").write_bytes("targets: [] # 目標".encode("cp932"))
    assert playbook.problems() == [f"{FOLDER}/targets.yml: is not UTF-8; save it as UTF-8"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n"])
def test_an_empty_file_is_named(playbook, text) -> None:
    playbook.file("targets.yml").write_text(text)
    assert playbook.problems() == [f"{FOLDER}/targets.yml:1: is empty; write its keys or remove the file"]


@pytest.mark.parametrize("text", ["- mqls\n", "mqls\n"])
def test_a_file_without_keys_is_told_how_to_start(playbook, text) -> None:
    playbook.file("targets.yml").write_text(text)
    assert playbook.problems() == [f"{FOLDER}/targets.yml:1: should hold keys and values; start with 'targets:'"]


def test_a_stranger_among_the_definitions_is_named(playbook) -> None:
    playbook.file("stage.yml").write_text("stages: []")
    playbook.file("kpis/Win-Rate.yml").write_text("order: 1")
    playbook.file("kpis/notes.txt").write_text("later")
    playbook.file(".hidden").write_text("an editor's own")
    assert playbook.problems() == [f"{FOLDER}/kpis/Win-Rate.yml: is no definition file; name it <id>.yml, the id in lower-case letters, digits and _",
                                   f"{FOLDER}/kpis/notes.txt: is no definition file; name it <id>.yml, the id in lower-case letters, digits and _",
                                   f"{FOLDER}/stage.yml: is no definition file; did you mean 'stages.yml'?"]


def test_missing_files_are_all_named_and_nothing_can_run(playbook) -> None:
    playbook.file("calendar.yml").unlink()
    playbook.file("stages.yml").unlink()
    with pytest.raises(CannotRun) as caught:
        playbook.load()
    assert [str(problem) for problem in caught.value.problems] == [
        f"{FOLDER}/calendar.yml: is not there; every playbook has one; restore it", f"{FOLDER}/stages.yml: is not there; every playbook has one; restore it"]
    assert caught.value.exit_code == 2


def test_a_file_of_an_overlay_takes_the_place_of_the_projects(playbook) -> None:
    overlay = playbook.root / "other"
    (overlay / "kpis").mkdir(parents=True)
    text = playbook.file("calendar.yml").read_text(encoding="utf-8")
    (overlay / "calendar.yml").write_text(text.replace("fiscal_year_starts: 4", "fiscal_year_starts: 1"), encoding="utf-8")
    text = playbook.file("kpis/mqls.yml").read_text(encoding="utf-8")
    (overlay / "kpis" / "mqls.yml").write_text(text.replace("minimum_n: 30", "minimum_n: 7"), encoding="utf-8")
    laid_over, own = playbook.load("other"), playbook.load()
    assert (laid_over.calendar.fiscal_year_starts, own.calendar.fiscal_year_starts) == (1, 4)
    assert (laid_over.kpis["mqls"].minimum_n, own.kpis["mqls"].minimum_n) == (7, 30)
    assert laid_over.stages == own.stages and list(laid_over.kpis) == list(own.kpis)


def test_a_fault_in_an_overlay_names_the_overlays_file(playbook) -> None:
    (playbook.root / "other").mkdir()
    (playbook.root / "other" / "targets.yml").write_text("target: []")
    assert playbook.problems("other") == ["other/targets.yml:1: unknown key 'target'; did you mean 'targets'?"]


def test_a_stranger_in_an_overlay_is_named(playbook) -> None:
    (playbook.root / "other").mkdir()
    (playbook.root / "other" / "calender.yml").write_text("timezone: UTC")
    assert playbook.problems("other") == ["other/calender.yml: is no definition file; did you mean 'calendar.yml'?"]


def test_kpis_come_in_their_order(playbook) -> None:
    playbook.change("kpis/mql_to_won.yml", "order: 20", "order: 5")
    assert list(playbook.load().kpis) == ["mql_to_won", "mqls"]


def test_what_was_loaded_cannot_be_changed(playbook) -> None:
    definitions = playbook.load()
    with pytest.raises(dataclasses.FrozenInstanceError):
        definitions.stages = ()
    for model, attribute in ((definitions.stages[0], "owner"), (definitions.kpis["mqls"], "unit"), (definitions.stages[0].name, "ja"), (definitions.calendar, "timezone")):
        with pytest.raises(pydantic.ValidationError, match="frozen"):
            setattr(model, attribute, "other")
    assert all(isinstance(value, tuple) for value in (definitions.stages, definitions.stages[0].next, definitions.calendar.closed, definitions.terms))


def test_outside_a_playbook_nothing_can_run(tmp_path) -> None:
    with pytest.raises(CannotRun, match="no playbook here or above"):
        Project.find(tmp_path)


def test_a_playbook_is_found_from_inside(playbook) -> None:
    assert Project.find(playbook.file("kpis")).root == playbook.root


def test_errors_say_which_way_a_command_ends() -> None:
    assert (PlaybookError.exit_code, WrongInput.exit_code, CannotRun.exit_code) == (1, 1, 2)
