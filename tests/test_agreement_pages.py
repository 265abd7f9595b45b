"""An agreement changed as a team changes it: what the check says, what the figures do, what readers see in both languages."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from publish import cli

VERSION = """  - effective_from: 2026-09-07
    reason: {ja: 問い合わせへの初動を早める, en: Inquiries are answered sooner}
    terms:
"""
FILE = "playbook/definitions/agreements/first_touch.yml"

pytestmark = pytest.mark.xdist_group("agreement pages")


@pytest.fixture(scope="module")
def project(tmp_path_factory, copy_project) -> Path:
    return copy_project(tmp_path_factory.mktemp("agreements") / "playbook")


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, [*arguments, "--project", str(project), "--exports", str(Path(__file__).parent.parent / "data" / "sample")])


def findings(project: Path) -> dict[str, dict]:
    done = run(project, "check", "--format", "json")
    assert done.exit_code == 0, done.output
    return {one["rule"]: one for one in json.loads(done.stdout)["findings"]}


def page(project: Path, path: str) -> str:
    """What a reader sees of a built page, without its tags."""
    text = (project / "site" / path).read_text(encoding="utf-8")
    return unescape(re.sub(r"\s+", " ", re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.S)))


def tightened(text: str) -> str:
    """A newer version with all the terms of the last one, but one hour for inquiries."""
    last = text[text.rindex("    terms:\n") + len("    terms:\n"):]
    return text + VERSION + last.replace("source: web_inquiry, within: 4,", "source: web_inquiry, within: 1,")


def test_a_reworded_explanation_voids_nothing(project) -> None:
    file = project / FILE
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("purpose:\n  ja: ", "purpose:\n  ja: まず、").replace("  en: Nobody", "  en: First of all, nobody"), encoding="utf-8")
    found = findings(project)
    assert "signature_void" not in found and found["agreement_unsigned"]["count"] == 1
    assert file.read_text(encoding="utf-8") != before


def test_a_tightened_limit_voids_three_signatures_and_says_which_term_changed(project) -> None:
    file = project / FILE
    file.write_text(tightened(file.read_text(encoding="utf-8")), encoding="utf-8")
    found = findings(project)
    assert found["signature_void"]["outcome"] == "warned" and found["signature_void"]["count"] == 3
    assert all("inquiry" in json.dumps(row, ensure_ascii=False) for row in found["signature_void"]["rows"])


def test_the_pages_of_both_languages_tell_the_change_and_that_it_waits(project) -> None:
    done = run(project, "build")
    assert done.exit_code == 0, done.output
    japanese, english = page(project, "agreements/first_touch.html"), page(project, "en/agreements/first_touch.html")
    assert "署名し直し待ち" in japanese and "To be signed again" in english
    assert "4営業時間以内 → 1営業時間以内" in japanese and "within 4 business hours → within 1 business hours" in english
    assert japanese.count("無効（取り決めが変わった）") == english.count("Void (a term changed)") == 3
    assert "1営業時間以内" in page(project, "model/index.html") and "within 1 business hours" in page(project, "en/model/index.html")
    assert "6件の合意のうち4件" in page(project, "index.html") and "4 of 6 agreements" in page(project, "en/index.html")


def test_signed_again_by_all_three_it_is_in_force(project) -> None:
    for department in ("marketing", "inside_sales", "field_sales"):
        done = run(project, "sign", "first_touch", "--as", department, "--by", "署名 太郎", "--on", "2026-09-04", "--evidence", "https://example.com/minutes/36")
        assert done.exit_code == 0, done.output
    assert "signature_void" not in findings(project)


def test_nothing_of_a_person_in_the_teams_page_and_the_leads_in_the_managers(project) -> None:
    team = page(project, "agreements/first_touch.html")
    assert not re.search(r"\bL\d{5}\b|\bM\d{2}\b", team)
    done = run(project, "build", "--edition", "manager")
    assert done.exit_code == 0, done.output
    managers = (project / "site" / "agreements" / "first_touch.html").read_text(encoding="utf-8")
    assert re.search(r"\bL\d{5}\b", managers) and "crm" in managers
