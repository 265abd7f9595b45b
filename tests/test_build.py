"""What `playbook build` does to the site: whole or not at all, and what an author or an export can do to it."""

import csv
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

HOSTILE = "<script>alert(1)</script>|{{ 7*7 }}"


def playbook(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run the command on a project, as a user would."""
    return subprocess.run([sys.executable, "-m", "publish.cli", *arguments, "--project", str(project)], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **environment}, cwd=project, check=False)


def edit(file: Path, before: str, after: str) -> None:
    """Replace the first occurrence of a text, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert before in text, f"{file} has no {before!r}"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def content(site: Path) -> dict[str, bytes]:
    """Every file of a site by its path."""
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory, copy_project) -> Path:
    """A project whose site was built once; tests that change it copy it."""
    project = copy_project(tmp_path_factory.mktemp("built") / "playbook")
    done = playbook(project, "build")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of the built project, to be broken."""
    return Path(shutil.copytree(built, tmp_path / "playbook", symlinks=True))


def test_an_undefined_stage_holds_the_build_and_leaves_the_site_alone(project: Path) -> None:
    before = (os.readlink(project / "site"), content(project / "site"))
    leads = project / "data" / "sample" / "leads.csv"
    lines = leads.read_text(encoding="utf-8").split("\n")
    number, line = next((number, line) for number, line in enumerate(lines) if ",interest," in line)
    lines[number] = line.replace(",interest,", ",見込み客,")
    leads.write_text("\n".join(lines), encoding="utf-8")
    done = playbook(project, "build")
    assert done.returncode == 1
    assert "undefined_stage" in done.stderr and "見込み客" in done.stderr and line.split(",")[0] in done.stderr
    assert (os.readlink(project / "site"), content(project / "site")) == before


def test_a_draft_is_built_all_the_same_under_a_banner_on_every_page(project: Path) -> None:
    edit(project / "data" / "sample" / "leads.csv", ",interest,", ",見込み客,")
    done = playbook(project, "build", "--draft")
    assert done.returncode == 0, done.stderr
    pages = list((project / "site").rglob("*.html"))
    assert pages and all('class="banner"' in page.read_text(encoding="utf-8") for page in pages)


def test_hostile_names_and_values_do_no_harm_anywhere(project: Path) -> None:
    edit(project / "playbook" / "definitions" / "stages.yml", "name: {ja: 興味喚起, en: Interest}", f"name: {{ja: '{HOSTILE}', en: '{HOSTILE}'}}")
    edit(project / "data" / "sample" / "leads.csv", ",interest,", f",{HOSTILE},")
    edit(project / "data" / "sample" / "leads.csv", ",web_inquiry,", f",{HOSTILE},")
    edit(project / "data" / "sample" / "leads.csv", ",webinar,", ",=1+1,")
    done = playbook(project, "build", "--draft")
    assert done.returncode == 0, done.stderr
    for page in (project / "site").rglob("*.html"):
        seen = Seen(page)
        assert "alert(1)" not in "".join(seen.scripts), page
        assert not re.search(r"(?<!\d)49(?!\d).{0,3}$", seen.text, re.M) or HOSTILE in seen.text, page
    titles = Seen(project / "site" / "stages" / "interest.html").text
    assert HOSTILE in titles
    index = (project / "site" / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "<script>alert" not in index.replace("\\u003c", "<")
    assert "'=1+1" in (project / "site" / "kpis" / "mqls.csv").read_text(encoding="utf-8")


class Seen(HTMLParser):
    """What a browser would run, and what a reader would see."""

    def __init__(self, page: Path):
        super().__init__()
        self.scripts: list[str] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(page.read_text(encoding="utf-8"))

    @property
    def text(self) -> str:
        return "\n".join(self.words)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self._inside = tag
        self.scripts += [value or "" for name, value in attrs if name.startswith("on") or (value or "").startswith("javascript:")]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        (self.scripts if self._inside == "script" else self.words).append(data)


def test_an_authors_mistakes_are_told_all_at_once_with_page_line_and_nearest_name(project: Path) -> None:
    before = content(project / "site")
    edit(project / "playbook" / "ja" / "index.md", "{{ home_cards() }}", '{{ kpi_card("mqlz") }}')
    edit(project / "playbook" / "en" / "kpis" / "index.md", "{{ kpi_list() }}", "{{ kpi_lists() }}\n\n```sql table\nSELECT lead FROM leads\n```\n")
    line = (project / "playbook" / "ja" / "index.md").read_text(encoding="utf-8").split("\n").index('{{ kpi_card("mqlz") }}') + 1
    done = playbook(project, "build")
    assert done.returncode == 2
    assert f"playbook/ja/index.md:{line}: unknown KPI 'mqlz'; did you mean 'mqls'?" in done.stderr
    assert "unknown macro or variable 'kpi_lists'; did you mean 'kpi_list'?" in done.stderr
    assert re.search(r"playbook/en/kpis/index.md:\d+: the query: .*lead", done.stderr)
    assert "Traceback" not in done.stderr
    assert content(project / "site") == before


REFUSED_BLOCKS = {
    "SELECT * FROM read_csv('/etc/passwd')": "may not stand after FROM",
    "SELECT email FROM leads ORDER BY email": "email",
    "SELECT member_id, count(*) FROM touches GROUP BY member_id ORDER BY 1": "member_id",
    "SELECT name FROM crm.members ORDER BY name": "'crm.members' may not be read here",
    "SELECT source FROM leads": "has no ORDER BY",
    "SELECT lead_id FROM leads ORDER BY lead_id": "aggregate further",
    "DROP TABLE leads": "only SELECT",
    "SELECT now()": "depend on more than the data",
}


def test_a_block_of_sql_may_not_read_the_disk_a_person_or_too_much(project: Path) -> None:
    page = project / "playbook" / "ja" / "index.md"
    text, lines = page.read_text(encoding="utf-8"), {}
    for block, words in REFUSED_BLOCKS.items():
        lines[text.count("\n") + 2] = words
        text += f"\n```sql table\n{block}\n```\n"
    page.write_text(text, encoding="utf-8")
    done = playbook(project, "build")
    assert done.returncode == 2, done.stdout
    told = {int(line.split(":")[1]): line for line in done.stderr.splitlines() if line.startswith("playbook/ja/index.md:")}
    assert told.keys() == lines.keys(), done.stderr
    assert [words for line, words in lines.items() if words not in told[line]] == []


def test_a_figure_of_one_person_is_refused_outside_the_managers_pages(project: Path) -> None:
    for language in ("ja", "en"):
        managers = project / "playbook" / language / "managers"
        (managers / "more.md").write_text('---\ntitle: More\n---\n{{ kpi_table("connect_rate", by="member") }}\n\n```sql table\n'
                                          "SELECT member_id, count(*) AS n FROM touches GROUP BY member_id ORDER BY member_id\n```\n", encoding="utf-8")
    assert playbook(project, "build").returncode == 0
    assert not (project / "site" / "managers").exists()
    assert playbook(project, "build", "--edition", "manager").returncode == 0
    pages = [(project / "site" / "managers" / name).read_text(encoding="utf-8") for name in ("index.html", "more.html")]
    with (project / "data" / "sample" / "members.csv").open(encoding="utf-8", newline="") as file:
        member = next(row["name"] for row in csv.DictReader(file) if row["member_id"] == "M03")
    assert all(member in page for page in pages)
    edit(project / "playbook" / "ja" / "index.md", "{{ home_cards() }}", '{{ kpi_table("connect_rate", by="member") }}')
    edit(project / "playbook" / "en" / "managers" / "index.md", '"appointments_held", "sqls", "sql_acceptance_rate"', '"calls"')
    done = playbook(project, "build", "--edition", "manager")
    assert done.returncode == 2 and "shows single persons" in done.stderr and "activity and outcome side by side" in done.stderr


def test_the_team_edition_holds_no_name_address_or_number_of_a_person(built: Path) -> None:
    values = set()
    for table, columns in {"members": ["name"], "leads": ["contact_name", "email", "phone"]}.items():
        with (built / "data" / "sample" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            values |= {row[column] for row in csv.DictReader(file) for column in columns if len(row[column]) > 3}
    assert len(values) > 10_000
    for path, text in content(built / "site").items():
        words = text.decode("utf-8", errors="ignore")
        assert not [value for value in values if value in words], path


def test_a_finding_does_not_print_a_personal_value_in_the_teams_edition(project: Path) -> None:
    (project / "checks" / "rules" / "leaky.sql").write_text(
        '-- title: {ja: 漏れ, en: Leak}\n-- severity: warning\n-- looks_at: [leads]\n-- sentence: {ja: "{count}件 {examples}", en: "{count} {examples}"}\n'
        "-- fix: {ja: 直す, en: Mend}\nSELECT lead_id AS record, email AS value, contact_name FROM leads WHERE email IS NOT NULL ORDER BY lead_id LIMIT 5\n", encoding="utf-8")
    assert playbook(project, "build").returncode == 0
    with (project / "data" / "sample" / "leads.csv").open(encoding="utf-8", newline="") as file:
        first = min((row for row in csv.DictReader(file) if row["email"]), key=lambda row: row["lead_id"])
    site = content(project / "site")
    assert first["lead_id"] in site["findings.html"].decode()
    texts = {path: Seen(project / "site" / path).text if path.endswith(".html") else text.decode(errors="ignore") for path, text in site.items()}
    assert [path for path, text in texts.items() if first["email"] in text or first["contact_name"] in text] == []


def test_the_same_input_gives_the_same_bytes_at_another_place_time_zone_and_language(built: Path, project: Path) -> None:
    shutil.rmtree(project / "build")
    (project / "site").unlink()
    for file in (project / "data" / "sample").iterdir():
        os.utime(file, (1_000_000_000, 1_000_000_000))
    done = playbook(project, "build", TZ="America/Los_Angeles", LANG="C", LC_ALL="C", PYTHONHASHSEED="7", HOME="/nonexistent", USER="another")
    assert done.returncode == 0, done.stderr
    first, second = content(built / "site"), content(project / "site")
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []


def test_a_second_build_does_not_compute_the_warehouse_again(project: Path) -> None:
    def warehouses() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (project / "build" / "warehouse").iterdir()}

    playbook(project, "check")
    before = warehouses()
    assert playbook(project, "build").returncode == 0
    assert warehouses() == before
    edit(project / "playbook" / "definitions" / "targets.yml", "value: 55", "value: 56")
    assert playbook(project, "check").returncode == 0
    assert len(warehouses()) == len(before) + 1


def test_a_folder_in_the_place_of_the_site_is_not_overwritten(project: Path) -> None:
    (project / "site").unlink()
    (project / "site").mkdir()
    (project / "site" / "mine.txt").write_text("mine", encoding="utf-8")
    done = playbook(project, "build")
    assert done.returncode == 2 and "move it away" in done.stderr
    assert (project / "site" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_what_a_killed_build_left_behind_is_cleared_away(project: Path) -> None:
    left = project / "build" / "sites" / "building-999999"
    left.mkdir(parents=True)
    assert playbook(project, "build").returncode == 0
    assert not left.exists() and not list((project / "build" / "sites").glob("building-*"))


def test_only_the_last_sites_are_kept(project: Path) -> None:
    for _ in range(2):
        assert playbook(project, "build").returncode == 0
    kept = [path.name for path in (project / "build" / "sites").iterdir()]
    assert len(kept) <= 3 and os.readlink(project / "site").split("/")[-1] in kept


def test_a_page_in_one_language_only_fails_the_check(project: Path) -> None:
    (project / "playbook" / "ja" / "only.md").write_text("---\ntitle: 片方\n---\n本文\n", encoding="utf-8")
    done = playbook(project, "check")
    assert done.returncode == 1 and "page_in_both_languages" in done.stdout and "only.md" in done.stdout


def test_a_hand_written_page_cannot_take_the_place_of_a_generated_one(project: Path) -> None:
    for language in ("ja", "en"):
        (project / "playbook" / language / "weekly.md").write_text("---\ntitle: x\n---\nx\n", encoding="utf-8")
    done = playbook(project, "build")
    assert done.returncode == 2 and "written by hand and generated too" in done.stderr
