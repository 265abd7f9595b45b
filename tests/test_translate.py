"""`playbook translate`: which texts of a page were in step is written down, not guessed, so a fresh clone knows it too."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from publish import cli
from warehouse import translations
from warehouse.pages import Page
from warehouse.project import Project

PAGE = "---\ntitle: {title}\nowner: inside_sales\nstatus: in_force\nverified: 2026-11-16\nreview: 2027-02-15\n---\n# {title}\n\n{text}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two pages in both languages, both marked, in a folder that is no repository of git."""
    (tmp_path / "playbook" / "definitions").mkdir(parents=True)
    for name in ("index", "guide/reading"):
        write(tmp_path, f"ja/{name}.md", "題名", "本文")
        write(tmp_path, f"en/{name}.md", "Title", "Text")
    assert run(tmp_path, "--caught-up", "--all").exit_code == 0
    return tmp_path


def write(project: Path, file: str, title: str, text: str) -> Path:
    path = project / "playbook" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(title=title, text=text), encoding="utf-8")
    return path


def run(project: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(cli.main, ["translate", *arguments, "--project", str(project)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def status(project: Path) -> dict[str, tuple[str, list[str]]]:
    """State and lagging languages of each page."""
    told = json.loads(run(project, "--status", "--format", "json").stdout)
    assert told["schema"] == 1 and sum(told["summary"].values()) == len(told["pages"])
    return {one["page"]: (one["state"], one["lagging"]) for one in told["pages"]}


def marks(project: Path) -> str:
    return (project / "playbook" / "translations.yml").read_text(encoding="utf-8")


def test_pages_as_they_were_marked_are_in_step(project: Path):
    assert status(project) == {"guide/reading.md": ("in_step", []), "index.md": ("in_step", [])}
    assert run(project, "--status").stdout == "2 of 2 pages in step\n"


@pytest.mark.parametrize(("changed", "lagging"), [("ja", "en"), ("en", "ja")])
def test_a_page_is_stale_in_the_language_that_did_not_follow(project: Path, changed: str, lagging: str):
    write(project, f"{changed}/index.md", "題名" if changed == "ja" else "Title", "Something else")
    assert status(project) == {"guide/reading.md": ("in_step", []), "index.md": ("stale", [lagging])}
    assert run(project, "--status").stdout == f"index.md: {lagging} is older: {changed} has changed since they were in step\n1 of 2 pages in step\n"


def test_where_both_languages_changed_both_are_to_be_compared(project: Path):
    write(project, "ja/index.md", "題名", "別の本文")
    write(project, "en/index.md", "Title", "Another text")
    assert status(project)["index.md"] == ("compare", ["ja", "en"])


def test_a_new_page_is_unmarked_and_one_in_one_language_is_missing_the_other(project: Path):
    write(project, "ja/new.md", "新しい", "本文")
    assert status(project)["new.md"] == ("missing", ["en"])
    assert "new.md: there is no en page" in run(project, "--status").stdout
    write(project, "en/new.md", "New", "Text")
    assert status(project)["new.md"] == ("unmarked", ["ja", "en"])


def test_a_changed_title_makes_the_other_language_stale(project: Path):
    file = project / "playbook" / "ja" / "index.md"
    file.write_text(file.read_text(encoding="utf-8").replace("title: 題名", "title: 別の題名"), encoding="utf-8")
    assert status(project)["index.md"] == ("stale", ["en"])


@pytest.mark.parametrize("change", ["line ends", "trailing blanks", "blank lines at the end", "days of the front matter", "order in the front matter"])
def test_what_is_no_word_makes_nothing_stale(project: Path, change: str):
    file = project / "playbook" / "ja" / "index.md"
    text = file.read_text(encoding="utf-8")
    made = {"line ends": text.replace("\n", "\r\n"), "trailing blanks": text.replace("# 題名", "# 題名  \t"), "blank lines at the end": text + "\n\n",
            "days of the front matter": text.replace("2027-02-15", "2027-05-15").replace("in_force", "under_review"),
            "order in the front matter": text.replace("owner: inside_sales\n", "").replace("---\n# ", "order: 3\nowner: marketing\n---\n# ")}[change]
    assert made != text
    file.write_bytes(made.encode())
    assert status(project)["index.md"] == ("in_step", [])


def test_marking_a_page_that_caught_up_changes_its_line_alone(project: Path):
    before = marks(project)
    write(project, "ja/index.md", "題名", "別の本文")
    write(project, "ja/guide/reading.md", "題名", "別の本文")
    done = run(project, "--caught-up", "index")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "index.md: in step\n", "")
    assert status(project) == {"guide/reading.md": ("stale", ["en"]), "index.md": ("in_step", [])}
    changed = [line for line in marks(project).splitlines() if line not in before.splitlines()]
    assert [line.split(":")[0] for line in changed] == ['  "index.md"'] and len(marks(project).splitlines()) == len(before.splitlines())


def test_the_marks_stand_in_the_order_of_the_pages_and_come_out_the_same_again(project: Path):
    before = marks(project)
    lines = [line for line in before.splitlines() if line.startswith("  ")]
    assert lines == sorted(lines) and len(lines) == 2
    run(project, "--caught-up", "index.md", "guide/reading.md", "index.md")
    assert marks(project) == before


@pytest.mark.parametrize("name", ["guide/reading", "guide/reading.md", "ja/guide/reading.md", "playbook/en/guide/reading.md", "./playbook/ja/guide/reading.md"])
def test_a_page_may_be_named_by_its_path_or_by_its_file(project: Path, name: str):
    write(project, "ja/guide/reading.md", "題名", "別の本文")
    assert run(project, "--caught-up", name).stdout == "guide/reading.md: in step\n"
    assert status(project)["guide/reading.md"] == ("in_step", [])


def test_the_mark_of_a_page_that_is_gone_goes_with_the_next_marking(project: Path):
    for language in ("ja", "en"):
        (project / "playbook" / language / "guide" / "reading.md").unlink()
    assert "guide/reading.md" in marks(project) and status(project) == {"index.md": ("in_step", [])}
    run(project, "--caught-up", "index")
    assert "guide/reading.md" not in marks(project)


def test_a_page_in_one_language_cannot_be_marked(project: Path):
    before = marks(project)
    write(project, "ja/new.md", "新しい", "本文")
    done = run(project, "--caught-up", "index", "new")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "playbook/ja/new.md: has no en page beside it" in done.stderr and marks(project) == before


def test_an_unknown_page_gets_the_nearest_name(project: Path):
    done = run(project, "--caught-up", "guide/readin")
    assert (done.exit_code, done.stdout) == (2, "") and "did you mean 'guide/reading.md'?" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["index"], ["--status", "index"], ["--status", "--caught-up"], ["--caught-up"], ["--caught-up", "--all", "index"], ["--all"]], ids=" ".join)
def test_a_command_line_that_asks_for_neither_or_both_is_refused(project: Path, arguments: list[str]):
    assert run(project, *arguments).exit_code == 2


@pytest.mark.parametrize(("before", "after", "said"), [
    ("{ja: ", "{jp: ", "unknown key 'jp'; known: en, ja"), ('ja: "', 'ja: "X', "expected 16 hexadecimal digits"), ("pages:", "page:", "unknown key 'page'; did you mean 'pages'?")])
def test_a_fault_of_the_marks_is_told_with_its_line(project: Path, before: str, after: str, said: str):
    file = project / "playbook" / "translations.yml"
    file.write_text(marks(project).replace(before, after, 1), encoding="utf-8")
    done = run(project, "--status")
    assert done.exit_code == 1 and "playbook/translations.yml:" in done.stderr and said in done.stderr


def test_digests_that_read_like_numbers_survive_the_file(tmp_path: Path):
    (tmp_path / "playbook").mkdir()
    marked = {"a.md": translations.Marked(ja="1234567890123456", en="12345678901234e1"), 'odd: "name" #1.md': translations.Marked(ja="0" * 16, en="f" * 16)}
    translations.save(Project(tmp_path), marked)
    assert translations.load(Project(tmp_path)) == marked


def test_the_body_of_a_page_is_what_follows_its_front_matter():
    texts = {"---\ntitle: x\n---\nbody\n": "body\n", "body\n---\nmore\n": "body\n---\nmore\n", "---\nnever ends\n": "---\nnever ends\n", "": ""}
    assert {text: Page("a.md", "ja", {}, text).body for text in texts} == texts
