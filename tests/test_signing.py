"""`playbook sign`: what it records, what it refuses, and that the file keeps everything else as it was."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from publish import cli, signature_file
from publish import sign as signing
from publish.session import Session
from tests.signed import AGREEMENTS, PARTIES
from tests.world import ROOT
from warehouse import seals, signatures
from warehouse.definitions import load, read_model
from warehouse.definitions.signatures import SignaturesFile
from warehouse.project import Project

FILE = "playbook/definitions/signatures.yml"
EMPTY = f'# Kept by playbook sign.\nseal: "{"0" * 64}"\nsignatures: []\n'
TODAY = date(2026, 11, 20)
NEW = "2026-04-01"


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("signing") / "playbook"
    for part in ("playbook/definitions", "warehouse/adapters", "warehouse/marts"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("kpis", "agreements"))
    shutil.copyfile(ROOT / "warehouse" / "tables.yml", folder / "warehouse" / "tables.yml")
    (folder / "playbook" / "definitions" / "targets.yml").write_text("targets: []\n", encoding="utf-8")
    agreements = folder / "playbook" / "definitions" / "agreements"
    agreements.mkdir()
    for name, data in AGREEMENTS.items():
        data = {**data, "name": {"ja": "初回対応の合意" if name == "first_touch" else "返答の合意", "en": name.replace("_", " ").title()}}
        (agreements / f"{name}.yml").write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    exports = folder / "data" / "exports"
    exports.mkdir(parents=True)
    (exports / "leads.csv").write_text("lead_id,created_at\nL1,2026-11-02 09:00:00\n", encoding="utf-8")
    return folder


@pytest.fixture
def project(copied: Path, monkeypatch) -> Path:
    """A project with two agreements, no signature, no KPI and no rule, on a day that stands still."""
    (copied / FILE).write_text(EMPTY, encoding="utf-8", newline="")
    monkeypatch.setattr(signing, "today", lambda definitions: TODAY)
    return copied


def playbook(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["sign", *arguments, "--project", str(project)])


def sign(project: Path, department: str, *more: str, agreement: str = "first_touch", by: str = "山田 太郎") -> Result:
    return playbook(project, agreement, "--as", department, "--by", by, *more)


def said(done: Result, exit_code: int = 1) -> str:
    """What a command that ended so wrote to standard error, without a traceback and without output."""
    assert (done.exit_code, done.stdout) == (exit_code, ""), done.output
    assert "Traceback" not in done.stderr and done.exception.__class__ is SystemExit
    return done.stderr


def lines(project: Path) -> tuple:
    """The signatures of a file whose seals hold."""
    file, _ = read_model(SignaturesFile, project / FILE, FILE)
    assert list(seals.broken(file)) == []
    return file.signatures


def text(project: Path) -> str:
    return (project / FILE).read_bytes().decode()


# One signature

def test_a_signature_is_recorded_with_its_evidence_under_the_newest_terms(project: Path):
    done = sign(project, "marketing", "--evidence", "https://example.com/pull/42")
    assert (done.exit_code, done.stderr) == (0, "")
    [one] = lines(project)
    assert (one.agreement, one.department, one.signed_by, one.signed_on, one.evidence, str(one.effective_from)) == (
        "first_touch", "marketing", "山田 太郎", TODAY, "https://example.com/pull/42", NEW)
    assert list(one.terms) == ["inquiry", "tier_a", "others"] and one.digest[:12] in done.stdout


def test_it_tells_who_has_still_to_sign_and_when_all_have(project: Path):
    told = [sign(project, department).stdout for department in PARTIES]
    assert [one.split("; ")[1] for one in told] == ["still to sign: inside_sales, field_sales\n", "still to sign: field_sales\n", f"all parties have signed, in force from {NEW}\n"]


def test_a_department_and_an_agreement_go_by_their_names_too(project: Path):
    assert sign(project, "マーケティング", agreement="初回対応の合意").exit_code == sign(project, "Inside sales", agreement="First Touch").exit_code == 0
    assert [(one.agreement, one.department) for one in lines(project)] == [("first_touch", "marketing"), ("first_touch", "inside_sales")]


def test_a_signature_given_earlier_keeps_its_day(project: Path):
    assert sign(project, "marketing", "--on", "2026-04-03").exit_code == sign(project, "field_sales", "--on", str(TODAY)).exit_code == 0
    assert [one.signed_on for one in lines(project)] == [date(2026, 4, 3), TODAY]


def test_the_present_day_is_that_of_where_the_team_works(monkeypatch):
    class Clock(signing.datetime):
        @classmethod
        def now(cls, zone=None):
            return cls(2026, 11, 19, 20, 0, tzinfo=signing.ZoneInfo("UTC")).astimezone(zone)

    monkeypatch.setattr(signing, "datetime", Clock)
    assert signing.today(load(Project(ROOT))) == date(2026, 11, 20)


REFUSED = {
    "an unknown agreement": (("first_tuch", "--as", "marketing", "--by", "A"), "no agreement is called 'first_tuch'; did you mean 'first_touch'?"),
    "an unknown department": (("first_touch", "--as", "marketng", "--by", "A"), "no department is called 'marketng'; did you mean 'marketing'?"),
    "a department that is no party": (("first_touch", "--as", "customer_success", "--by", "A"), "customer_success is no party of first_touch; its parties: marketing, inside_sales, field_sales"),
    "an empty name": (("first_touch", "--as", "marketing", "--by", ""), "the name of who signs is empty; give the name of a person"),
    "a name of blanks": (("first_touch", "--as", "marketing", "--by", " \u3000"), "the name of who signs is empty"),
    "an address for a name": (("first_touch", "--as", "marketing", "--by", "taro@example.co.jp"), "the name of who signs holds an e-mail address"),
    "an address in full width": (("first_touch", "--as", "marketing", "--by", "太郎 taro＠example.co.jp"), "the name of who signs holds an e-mail address"),
    "a name that moves the cursor": (("first_touch", "--as", "marketing", "--by", "A\x1b[2J"), "the name of who signs holds characters that no line of text has"),
    "a name of two lines": (("first_touch", "--as", "marketing", "--by", "A\nB"), "the name of who signs holds characters"),
    "an address as evidence": (("first_touch", "--as", "marketing", "--by", "A", "--evidence", "mail of taro@example.co.jp"), "the evidence holds an e-mail address"),
    "a day ahead": (("first_touch", "--as", "marketing", "--by", "A", "--on", "2026-11-21"), "2026-11-21 lies ahead; write the day on which it was signed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_signed_is_refused_in_a_sentence_and_nothing_is_written(project: Path, name: str):
    arguments, sentence = REFUSED[name]
    assert sentence in said(playbook(project, *arguments))
    assert text(project) == EMPTY


def test_everything_that_is_wrong_is_told_at_once(project: Path):
    assert len(said(playbook(project, "first_tuch", "--as", "marketng", "--by", "", "--on", "2027-01-01")).splitlines()) == 4


def test_the_same_terms_are_signed_once_and_the_day_is_told(project: Path):
    sign(project, "marketing", "--on", "2026-04-03")
    before = text(project)
    assert "marketing has signed these terms of first_touch since 2026-04-03" in said(sign(project, "marketing", by="鈴木 花子"))
    assert text(project) == before


def test_an_address_that_only_looks_like_mail_is_evidence(project: Path):
    assert sign(project, "marketing", "--evidence", "https://example.com/@team/minutes/2026-04-01").exit_code == 0


@pytest.mark.parametrize(("evidence", "is_link"), [("https://example.com/42", True), ("http://example.com", True), ("javascript:alert(1)", False), ("JAVASCRIPT://x", False),
                                                   ("data:text/html,x", False), ("2026-04-01 議事録 第3項", False), ("see https://example.com", False), ("https:///x", False)])
def test_only_an_address_of_the_web_is_a_link(project: Path, evidence: str, is_link: bool):
    assert sign(project, "marketing", "--evidence", evidence).exit_code == 0
    [one] = lines(project)
    assert (one.evidence, one.link) == (evidence, evidence if is_link else None)


def test_nothing_is_signed_while_a_definition_does_not_load(project: Path):
    file = project / "playbook" / "definitions" / "agreements" / "first_touch.yml"
    whole = file.read_text(encoding="utf-8")
    try:
        file.write_text(whole.replace("within: 1", "within: soon"), encoding="utf-8")
        assert "agreements/first_touch.yml:" in said(sign(project, "marketing", agreement="feedback"))
    finally:
        file.write_text(whole, encoding="utf-8")
    assert text(project) == EMPTY


@pytest.mark.parametrize("arguments", [[], ["first_touch"], ["first_touch", "--as", "marketing"], ["--as", "marketing", "--by", "A"], ["first_touch", "--status"],
                                       ["--status", "--from", "x.csv"], ["first_touch", "--as", "marketing", "--by", "A", "--from", "x.csv"], ["--status", "--on", "2026-01-01"]])
def test_a_command_line_that_asks_for_nothing_or_for_two_things_exits_with_two(project: Path, arguments: list[str]):
    assert "write AGREEMENT --as DEPARTMENT --by NAME" in said(playbook(project, *arguments), 2)


# The file



def test_what_stood_in_the_file_stays_to_the_letter(project: Path):
    sign(project, "marketing")
    first = text(project).replace("  - agreement", "  # signed in the meeting\n  - agreement").replace("department: marketing", "department:   marketing   # by hand")
    (project / FILE).write_text(first, encoding="utf-8")
    assert sign(project, "inside_sales").exit_code == 0
    old, new = first.splitlines(), text(project).splitlines()
    assert [one for one in new[:len(old)] if not one.startswith("seal:")] == [one for one in old if not one.startswith("seal:")]
    assert len(lines(project)) == 2


@pytest.mark.parametrize("change", [lambda one: one.replace("\n", "\r\n"), lambda one: one.rstrip("\n"), lambda one: "\ufeff" + one,
                                    lambda one: one.replace('"', "'"), lambda one: one + "\n\n# the end\n", lambda one: one.replace("[]", "[ ]  # none yet"),
                                    lambda one: one.replace(EMPTY.splitlines()[1], EMPTY.splitlines()[1] + "  # of the last")],
                         ids=["CRLF", "no line end", "BOM", "other quotes", "a comment at the end", "a comment beside", "a comment beside the seal"])
def test_a_file_that_was_laid_out_anew_takes_signatures(project: Path, change):
    (project / FILE).write_bytes(change(EMPTY).encode())
    assert [sign(project, department).exit_code for department in PARTIES] == [0, 0, 0]
    assert len(lines(project)) == 3
    assert ("\r\n" in text(project)) == (text(project).count("\n") == text(project).count("\r\n"))
    assert all(comment in text(project) for comment in ("# the end", "# none yet", "# of the last") if comment in change(EMPTY))


def test_a_list_without_indentation_goes_on_without(project: Path):
    sign(project, "marketing")
    dumped = yaml.safe_dump(yaml.safe_load(text(project)), sort_keys=False)
    assert "\n- agreement" in dumped
    (project / FILE).write_text(dumped, encoding="utf-8")
    assert sign(project, "inside_sales").exit_code == 0
    assert len(lines(project)) == 2


@pytest.mark.parametrize("dump", [{"default_flow_style": True}, {"sort_keys": True, "explicit_end": True}])
def test_a_file_that_nothing_can_be_added_to_is_left_alone(project: Path, dump: dict):
    sign(project, "marketing")
    before = yaml.safe_dump(yaml.safe_load(text(project)), **dump)
    (project / FILE).write_text(before, encoding="utf-8")
    assert "is laid out in a way that nothing can be added to" in said(sign(project, "inside_sales"))
    assert text(project) == before and not list((project / FILE).parent.glob(".signatures*"))


@pytest.mark.parametrize("name", ["yes", "null", "~", "123", "2026-04-01", "0x1F", "1e3", "- a", "# a", "a: b", "a #b", "'a'", '"a"', "a\\b", "{a}", "[a]", "=1+1", "@a", "*a", "&a", "!a", "%a", "|", ">",
                                  "髙𠮷﨑", "👩‍💼".replace("\u200d", ""), "é", "e\u0301", "O'Brien, Anne-Marie", "  trimmed  "])
def test_any_name_comes_back_as_it_was_given(project: Path, name: str):
    assert sign(project, "marketing", by=name).exit_code == 0
    assert lines(project)[0].signed_by == name.strip()


def test_a_write_that_fails_leaves_the_file_as_it_was(project: Path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "signatures.yml")

    monkeypatch.setattr(signature_file.os, "replace", full)
    assert "no space left on device" in said(sign(project, "marketing"), 2)
    assert text(project) == EMPTY and not list((project / FILE).parent.glob(".signatures*"))


def test_departments_that_sign_at_the_same_time_are_all_recorded(project: Path):
    def one(department: str) -> str:
        return signing.sign(Session(project, None, None, None, "1GB"), "feedback", department, "A")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(one, PARTIES))
    assert sorted(one.department for one in lines(project)) == sorted(PARTIES)


def test_an_adapter_with_signatures_of_its_own_gets_them(project: Path, tmp_path: Path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "signatures.yml").write_text(EMPTY, encoding="utf-8")
    adapter = (ROOT / "warehouse" / "adapters" / "canonical.yml").read_text(encoding="utf-8")
    (tmp_path / "own.yml").write_text(adapter + "\ndefinitions: own\n", encoding="utf-8")
    assert sign(project, "marketing", "--adapter", str(tmp_path / "own.yml")).exit_code == 0
    assert text(project) == EMPTY and "marketing" in (tmp_path / "own" / "signatures.yml").read_text(encoding="utf-8")


# Tampering

def touched(project: Path, change) -> None:
    (project / FILE).write_text(change(text(project)), encoding="utf-8")


@pytest.mark.parametrize(("change", "line"), [(lambda one: one.replace("山田 太郎", "鈴木 花子", 1), 4), (lambda one: one.replace("2026-11-20", "2026-11-19"), 4),
                                              (lambda one: one[:one.index("  - agreement")] + one[one.index("  - agreement", one.index("inside_sales")):], 4),
                                              (lambda one: one[:one.rindex("  - agreement")], 2)],
                         ids=["a name", "the days", "the first taken out", "the last taken out"])
def test_no_signature_is_added_to_a_file_that_was_touched_and_status_names_the_line(project: Path, change, line: int):
    sign(project, "marketing"), sign(project, "inside_sales")
    touched(project, change)
    before = text(project)
    assert f"{FILE}:{line}: the seal does not hold; restore the file as it was" in said(sign(project, "field_sales"))
    assert text(project) == before
    done = playbook(project, "--status")
    assert (done.exit_code, done.stderr) == (1, "") and f"✗ {FILE}:{line}: " in done.stdout
    done = playbook(project, "--status", "--format", "json")
    assert done.exit_code == 1 and json.loads(done.stdout)["broken_seals"][0]["line"] == line


def test_a_seal_that_is_no_seal_is_a_mistake_of_the_file(project: Path):
    sign(project, "marketing")
    touched(project, lambda one: one.replace("digest: ", "digest: x"))
    assert "expected 64 hexadecimal digits" in said(sign(project, "inside_sales"))


def test_a_file_that_is_gone_is_missed(project: Path):
    (project / FILE).unlink()
    assert f"{FILE}: is not there" in said(playbook(project, "--status"), 2)


# A CSV

HEADER = "agreement,department,by,on,evidence,terms\n"


def recorded(project: Path, content: str | bytes, name: str = "answers.csv") -> Result:
    file = project / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return playbook(project, "--from", str(file))


def test_the_answers_of_a_form_are_recorded_in_their_order(project: Path):
    done = recorded(project, HEADER + f"first_touch,marketing,A,2026-04-01,https://example.com/1,{NEW}\nfirst_touch,field_sales,B,2026/4/3,,{NEW}\nfeedback,field_sales,C,2026-04-02 10:15:00,議事録,2025-04-01\n")
    assert done.exit_code == 0 and done.stdout.splitlines()[-1] == "3 recorded, 0 were there already"
    assert [(one.agreement, one.department, one.signed_by, str(one.signed_on), one.evidence) for one in lines(project)] == [
        ("first_touch", "marketing", "A", "2026-04-01", "https://example.com/1"), ("first_touch", "field_sales", "B", "2026-04-03", None),
        ("feedback", "field_sales", "C", "2026-04-02", "議事録")]
    assert "&" not in text(project) and "*" not in text(project), "a value is written out each time, not referred to"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_sheet_in_japanese_with_columns_of_its_own_is_read(project: Path, encoding: str):
    sheet = f"タイムスタンプ,Agreement, department ,by,on,terms,ひとこと\r\n2026/04/01,初回対応の合意,マーケティング,髙橋①,2026/04/01 9:05,{NEW},\"了解\r\nしました\"\r\n\r\n,,,,,,\r\n"
    assert recorded(project, sheet.encode(encoding)).exit_code == 0
    assert [(one.department, one.signed_by) for one in lines(project)] == [("marketing", "髙橋①")]


def test_the_digest_that_was_read_says_the_terms_too(project: Path):
    digest = signatures.versions("first_touch", load(Project(project)).agreements["first_touch"])[-1].digest
    assert recorded(project, HEADER + f"first_touch,marketing,A,2026-04-01,,{digest}\nfirst_touch,field_sales,A,2026-04-01,,{digest[:12].upper()}\n").exit_code == 0
    assert {one.digest for one in lines(project)} == {digest}


def test_an_answer_to_older_terms_is_recorded_under_those_and_not_under_the_new(project: Path):
    done = recorded(project, HEADER + "first_touch,marketing,A,2025-04-01,,2025-04-01\n")
    assert done.exit_code == 0 and f"signed the terms of 2025-04-01" in done.stdout and f"the terms of {NEW} are not signed by it" in done.stdout
    assert "first_touch: awaiting marketing, inside_sales, field_sales" in playbook(project, "--status").stdout


def test_an_export_that_holds_the_answers_of_before_adds_only_the_new(project: Path):
    first = HEADER + f"first_touch,marketing,A,2026-04-01,,{NEW}\n"
    assert recorded(project, first).exit_code == 0
    done = recorded(project, first + f"first_touch,field_sales,B,2026-04-02,,{NEW}\nfirst_touch,field_sales,B,2026-04-02,,{NEW}\n")
    assert done.stdout.splitlines()[-1] == "1 recorded, 2 were there already" and len(lines(project)) == 2
    before = text(project)
    assert recorded(project, first).stdout == "0 recorded, 1 were there already\n" and text(project) == before


WRONG = {
    "an unknown agreement": ("frist_touch,marketing,A,2026-04-01,,2026-04-01", "no agreement is called 'frist_touch'; did you mean 'first_touch'?"),
    "no department": ("first_touch,,A,2026-04-01,,2026-04-01", "no department is called ''"),
    "no party": ("first_touch,customer_success,A,2026-04-01,,2026-04-01", "customer_success is no party of first_touch"),
    "no name": ("first_touch,marketing, ,2026-04-01,,2026-04-01", "the name of who signs is empty"),
    "no day": ("first_touch,marketing,A,,,2026-04-01", "'' is no day; write it as 2026-11-20"),
    "a day that no calendar has": ("first_touch,marketing,A,2026-02-30,,2026-04-01", "'2026-02-30' is no day"),
    "a day ahead": ("first_touch,marketing,A,2026-12-01,,2026-04-01", "2026-12-01 lies ahead"),
    "no terms": ("first_touch,marketing,A,2026-04-01,,", "does not say which terms were read"),
    "a row that ends early": ("first_touch,marketing,A,2026-04-01", "does not say which terms were read"),
    "terms that stand nowhere": ("first_touch,marketing,A,2026-04-01,,0123456789ab", "'0123456789ab' is no version of first_touch and the digest of none as it stands; ask marketing to sign the terms of 2026-04-01"),
}


@pytest.mark.parametrize("name", WRONG)
def test_one_wrong_answer_is_named_with_its_line_and_none_is_recorded(project: Path, name: str):
    row, sentence = WRONG[name]
    told = said(recorded(project, HEADER + f"first_touch,field_sales,B,2026-04-01,minutes,{NEW}\n\n" + row + "\n"))
    assert "answers.csv:4: " in told and sentence in told and len(told.splitlines()) == 1
    assert text(project) == EMPTY


def test_too_little_of_a_digest_says_nothing(project: Path):
    digest = signatures.versions("first_touch", load(Project(project)).agreements["first_touch"])[-1].digest
    assert f"'{digest[:11]}' is no version of first_touch" in said(recorded(project, HEADER + f"first_touch,marketing,A,2026-04-01,,{digest[:11]}\n"))


def test_a_wrong_answer_is_named_with_the_line_it_starts_on(project: Path):
    sheet = "note," + HEADER + f'"two\nlines",first_touch,marketing,A,2026-04-01,,{NEW}\n"three\nmore\nlines",first_touch,nobody,A,2026-04-01,,{NEW}\n'
    assert "answers.csv:4: no department is called 'nobody'" in said(recorded(project, sheet))


@pytest.mark.parametrize(("content", "sentence", "exit_code"), [
    ("", "is empty", 1), ("agreement,department,by,on,evidence\n", "answers.csv:1: has no column 'terms'", 1), ("a\n", "has no column 'agreement'", 1),
    (HEADER + "first_touch,\"marketing\n", "opens a quote that is never closed", 1), (b"\xff\xfe\x00a", "answers.csv", 1), (b"agreement\x00", "NUL", 1)])
def test_a_csv_that_is_none_is_told_in_a_sentence(project: Path, content, sentence: str, exit_code: int):
    assert sentence in said(recorded(project, content), exit_code)


def test_a_csv_without_answers_records_nothing(project: Path):
    assert recorded(project, HEADER).stdout == "0 recorded, 0 were there already\n"


def test_a_csv_that_is_not_there_cannot_run(project: Path):
    assert "nowhere.csv: is not there" in said(playbook(project, "--from", "nowhere.csv"), 2)


# The status

def test_the_status_lists_every_agreement_with_who_signed_and_who_is_awaited(project: Path):
    for department in PARTIES:
        sign(project, department, "--on", "2026-04-02", "--evidence", "https://example.com/42")
    sign(project, "field_sales", agreement="feedback")
    done = playbook(project, "--status")
    assert done.exit_code == 0
    shown = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert shown[0] == "As of 2026-11-02 09:00"
    assert {line.split(" (")[0] for line in shown[1:]} == {f"✓ first_touch: in force since 2026-04-02; terms of {NEW}", "! feedback: awaiting marketing, inside_sales; terms of 2025-04-01"}
    assert "    field_sales: 山田 太郎  2026-04-02  https://example.com/42" in done.stdout.splitlines() and "    marketing: not signed" in done.stdout.splitlines()


def test_the_status_is_that_of_the_day_it_is_asked_for(project: Path):
    recorded(project, HEADER + "".join(f"first_touch,{department},A,2025-04-01,,2025-04-01\n" for department in PARTIES))
    sign(project, "marketing")
    by_day = {day: playbook(project, "--status", "--as-of", day).stdout for day in ("2026-03-20", "2026-11-20", "2027-04-01")}
    assert "✓ first_touch: in force since 2025-04-01" in by_day["2026-03-20"]
    assert "    from 2026-04-01 on" in by_day["2026-03-20"] and "awaiting inside_sales, field_sales" in by_day["2026-03-20"]
    assert "! first_touch: awaiting inside_sales, field_sales" in by_day["2026-11-20"]
    assert "    field_sales: signed other terms, those of 2025-04-01; since then changed: inquiry (within: 4 → 1), +tier_a, -referral" in by_day["2026-11-20"]


def test_the_status_as_json_has_the_same(project: Path):
    sign(project, "marketing", agreement="feedback")
    made = json.loads(playbook(project, "--status", "--format", "json").stdout)
    assert (made["schema"], made["as_of"], made["broken_seals"]) == (1, "2026-11-02T09:00:00", [])
    [one] = [one for one in made["agreements"] if one["agreement"] == "feedback"]
    assert list(one) == ["agreement", "state", "since", "awaiting", "review_on", "effective_from", "digest", "parties", "ahead", "altered"]
    assert (one["state"], one["awaiting"], one["parties"][0]) == ("awaiting", ["inside_sales", "field_sales"], {
        "department": "marketing", "state": "signed", "by": "山田 太郎", "on": "2026-11-20", "evidence": None, "changes": []})


# The playbook's own

def test_the_playbooks_own_signatures_hold_and_leave_one_department_awaited():
    definitions = load(Project(ROOT))
    assert list(seals.broken(definitions.signatures)) == []
    found = {one.agreement: (one.state, one.judging.awaiting) for one in signatures.standings(definitions, TODAY)}
    assert found == {name: ("awaiting", ["field_sales"]) if name == "data_entry" else ("in_force", []) for name in definitions.agreements}


def test_no_signer_of_the_playbook_bears_the_name_of_a_person_in_the_sample():
    """The team's pages show who signed, and are searched for every name of the export."""
    people = "".join((ROOT / "data" / "sample" / f"{name}.csv").read_text(encoding="utf-8-sig") for name in ("members", "leads"))
    signers = {one.signed_by for one in load(Project(ROOT)).signatures.signatures}
    assert {one for one in signers if one in people} == set()


def test_the_example_of_code_owners_names_the_parties_of_every_agreement():
    text = (ROOT / ".github" / "CODEOWNERS.example").read_text(encoding="utf-8")
    owners = {line.split()[0]: {owner.rsplit("/", 1)[1] for owner in line.split()[1:]} for line in text.splitlines() if line.startswith("/")}
    agreements = load(Project(ROOT)).agreements
    assert {path: teams for path, teams in owners.items() if path.startswith("/playbook/definitions/agreements/")} == {
        f"/playbook/definitions/agreements/{name}.yml": {party.replace("_", "-") for party in one.parties} for name, one in agreements.items()}
    assert all((ROOT / path.strip("/")).exists() for path in owners)
