"""Upkeep: owner, status, days of every page; faults told with their line, and a foot on every page that says it."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from macros import BOOK, on_pre_page_macros
from macros import upkeep as macros
from macros.book import Book
from publish import stage
from tests.world import PROJECT, project_definitions
from warehouse import pages, upkeep
from warehouse.definitions import references
from warehouse.definitions.model import validated
from warehouse.definitions.source import Source
from warehouse.definitions.upkeep import Upkeep
from warehouse.problems import CannotRun, WrongInput
from warehouse.project import Project

DEPARTMENTS = [one.id for one in project_definitions().departments]
FRONT = "---\ntitle: x\nowner: inside_sales\nstatus: in_force\nverified: 2026-11-16\nreview: 2027-02-15\n---\n# x\n"


def read(tmp_path: Path, text: str, folder: str = "ja") -> list[pages.Page]:
    file = tmp_path / "playbook" / folder / "x.md"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return (pages.templates if folder == "templates" else pages.read)(Project(tmp_path), DEPARTMENTS)


@pytest.mark.parametrize("folder", ["ja", "en", "templates"])
@pytest.mark.parametrize(("before", "after", "line", "said"), [
    ("status: in_force", "status: inforce", 4, "'status' is 'inforce', expected one of draft, in_force, under_review; did you mean 'in_force'?"),
    ("status: in_force", "status: 3", 4, "'status' is '3', expected one of draft, in_force, under_review"),
    ("owner: inside_sales", "owner: inside_salse", 3, "'owner' is 'inside_salse', expected a department; did you mean 'inside_sales'?"),
    ("review: 2027-02-15", "review: spring", 6, "'review' is 'spring', expected a day such as 2026-04-01"),
])
def test_a_wrong_value_of_the_front_matter_is_told_with_file_and_line(tmp_path: Path, folder: str, before: str, after: str, line: int, said: str):
    with pytest.raises(WrongInput) as told:
        read(tmp_path, FRONT.replace(before, after), folder)
    assert [str(problem) for problem in told.value.problems] == [f"playbook/{folder}/x.md:{line}: {said}" + ("" if ";" in said else "; mend the front matter")]


def test_a_page_may_leave_its_upkeep_out_which_is_a_finding_and_no_fault(tmp_path: Path):
    [page] = read(tmp_path, "# x\n")
    assert upkeep.of_front_matter(page.meta) == upkeep.Kept()


def test_every_page_of_the_project_says_its_upkeep_in_both_editions():
    """The generated ones by the definition that they print, or by their template."""
    defined = project_definitions()
    templates = {page.path: page for page in pages.templates(PROJECT, DEPARTMENTS)}
    generated = list(stage._generated(SimpleNamespace(inputs=SimpleNamespace(definitions=defined)), "ja"))
    kept = {page.path: upkeep.of_generated(defined, page.path) or upkeep.of_front_matter(templates[f"{page.template}.md"].meta) for page in generated}
    kept |= {f"{page.language}/{page.path}": upkeep.of_front_matter(page.meta) for page in pages.read(PROJECT, DEPARTMENTS)}
    assert len(kept) > 50
    assert [path for path, one in kept.items() if not (one.owners and one.review)] == []
    assert [path for path, one in kept.items() if not (one.status and one.verified) and not path.startswith("agreements/")] == []


def test_a_generated_page_is_kept_up_by_whoever_owns_the_definition():
    defined = project_definitions()
    [first, *_] = defined.stages
    assert upkeep.of_generated(defined, f"stages/{first.id}.md").owners == (first.owner,)
    assert upkeep.of_generated(defined, "kpis/mqls.md").owners == (defined.kpis["mqls"].owner,)
    assert upkeep.of_generated(defined, "glossary.md").owners == (defined.upkeep["glossary.yml"].owner,)
    name, agreement = next(iter(defined.agreements.items()))
    assert upkeep.of_generated(defined, f"agreements/{name}.md") == upkeep.Kept(agreement.parties, review=agreement.review_on)
    assert {upkeep.of_generated(defined, path) for path in ("index.md", "kpis/index.md", "weekly.md", "guide/stages.md")} == {None}


def test_a_definition_without_upkeep_is_listed_with_its_file(world):
    defined = project_definitions()
    made = world({"leads": [{"lead_id": "L1", "created_at": "2026-11-02 09:00:00"}]}, date(2026, 11, 20))
    made.engine.run("DROP TABLE playbook.upkeep")
    upkeep.store(made.engine, [], replace(defined, upkeep={name: one for name, one in defined.upkeep.items() if name not in ("kpis/mqls.yml", "glossary.yml")}))
    found = made.finding("upkeep_missing")
    assert [(row["record"], row["value"]) for row in found.rows] == [
        ("playbook/definitions/glossary.yml", "owner, status, verified, review"), ("playbook/definitions/kpis/mqls.yml", "status, verified, review")]
    assert found.looked_at == len(defined.kpis) + 2


# The foot of a page

@pytest.fixture
def book(world) -> Book:
    texts = {"index.md": ("こんばんは", "Hello"), "in_step.md": ("こんにちは", "Hello")}
    made = world({"leads": [{"lead_id": "L1", "created_at": "2026-11-02 09:00:00"}],
                  "pages": [{"page": page, "language": language, "text": text} for page, both in texts.items() for language, text in zip(("ja", "en"), both, strict=True)],
                  "translations": [{"page": page, "ja": "こんにちは", "en": "Hello"} for page in texts]}, date(2026, 11, 20))
    made_book = Book(project_definitions(), Path(), [], "ja", "team", {})
    made_book.__dict__["engine"] = made.engine
    return made_book


META = {"owner": "marketing", "status": "under_review", "verified": date(2026, 5, 1), "review": date(2026, 11, 20)}


def words(html: str) -> str:
    return re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), re.sub(r"<[^>]+>", " ", html))


def test_the_foot_says_owner_status_days_and_how_the_translation_stands(book: Book):
    assert words(macros.foot(book, "index.md", META)).split() == [
        "責任部門", "マーケティング", "状態", "見直し中", "最終確認", "2026-05-01", "次の見直し", "2026-11-20", "翻訳", "英語版への反映待ち"]
    book.language = "en"
    assert "Older than the Japanese" in words(macros.foot(book, "index.md", META))
    assert "In step with the Japanese" in words(macros.foot(book, "in_step.md", META))


def test_the_foot_marks_a_review_whose_day_has_passed(book: Book):
    assert "期限を過ぎています" not in macros.foot(book, "index.md", META)
    assert "期限を過ぎています" in macros.foot(book, "index.md", META | {"review": date(2026, 11, 19)})


def test_the_foot_of_a_generated_page_has_no_translation_and_that_of_a_bare_one_nothing(book: Book):
    defined = project_definitions()
    shown = words(macros.foot(book, "kpis/mqls.md", {}))
    assert str(defined.upkeep["kpis/mqls.yml"].review) in shown and "翻訳" not in shown
    assert macros.foot(book, "elsewhere.md", {}) == ""


def test_the_foot_of_an_agreement_says_how_its_signatures_stand(book: Book):
    name, agreement = next(iter(project_definitions().agreements.items()))
    shown = {}
    for state, since in (("in_force", date(2026, 4, 1)), ("awaiting", None)):
        book.engine.run("UPDATE playbook.agreement_status SET state = ?, since = ? WHERE agreement = ?", [state, since, name])
        shown[state] = words(macros.foot(book, f"agreements/{name}.md", {"agreement_id": name})).split()
    assert shown["in_force"][2:] == ["状態", "運用中", "最終確認", "2026-04-01", "次の見直し", str(agreement.review_on)]
    assert shown["awaiting"][2:] == ["状態", "署名待ち", "次の見直し", str(agreement.review_on)]


def test_a_page_gets_its_foot_and_no_sign_in_the_navigation(book: Book, tmp_path: Path):
    """Material draws a sign of its own beside a page whose front matter has a status."""
    (tmp_path / "index.md").write_text("# x\n", encoding="utf-8")
    page = SimpleNamespace(file=SimpleNamespace(src_path="index.md", abs_src_path=str(tmp_path / "index.md")), url="index.html", meta=dict(META))
    on_pre_page_macros(SimpleNamespace(conf={"extra": {BOOK: book, "problems": []}}, page=page, markdown="# x\n"))
    assert "見直し中" in page.meta["upkeep"] and "status" not in page.meta


def test_a_template_that_is_gone_is_told_with_its_file(tmp_path: Path, copy_project):
    project = Project(copy_project(tmp_path / "playbook"))
    (project.templates / "weekly.md").unlink()
    with pytest.raises(CannotRun, match="playbook/templates/weekly.md: is not there; restore it"):
        stage._language(SimpleNamespace(inputs=SimpleNamespace(project=project, definitions=project_definitions())), tmp_path / "ja", "ja", [], "team")


def test_a_template_keeps_its_front_matter_and_its_body(tmp_path: Path):
    template = pages.Page("weekly.md", None, {"owner": "marketing", "review": date(2027, 2, 15)}, "---\nowner: marketing\nreview: 2027-02-15\n---\n{{ week_heading() }}\n")
    stage._write(template, tmp_path / "weekly.md", stage.Generated("weekly.md", "weekly", "週次 <1>", 1, {"stage_id": "mql"}))
    assert (tmp_path / "weekly.md").read_text(encoding="utf-8") == (
        "---\nowner: marketing\nreview: 2027-02-15\nstage_id: mql\ntitle: 週次 &#60;1&#62;\n---\n{{ week_heading() }}\n")


# The upkeep of a definition

def test_an_owner_of_a_definition_who_is_no_department_is_told_with_the_nearest():
    defined = project_definitions()
    wrong = replace(defined, upkeep={"glossary.yml": Upkeep(owner="marketting", status="draft", verified=date(2026, 5, 1), review=date(2026, 8, 1))})
    assert [str(problem) for problem in references.problems(wrong)] == [
        "playbook/definitions/glossary.yml:1: no department is called 'marketting'; did you mean 'marketing'?"]


@pytest.mark.parametrize(("review", "is_right"), [(date(2026, 5, 2), True), (date(2026, 5, 1), False)])
def test_a_review_comes_after_the_verification(review: date, is_right: bool):
    source = Source("glossary.yml", {"status": "draft", "verified": date(2026, 5, 1), "review": review}, {(): 1})
    assert (validated(Upkeep, source) is not None) == is_right
    assert is_right or "review comes after verified" in str(source.problems[0])
