"""The house rules: what was added is documented, tested, named and bounded like everything beside it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import yaml

from checks import rule
from macros.registry import MACROS
from publish import cli
from tests.world import PROJECT, ROOT, project_definitions
from warehouse import pages
from warehouse.definitions import FILES, FOLDERS
from warehouse.definitions.agreements import Wait
from warehouse.definitions.tables import ColumnType
from warehouse.definitions.upkeep import STATUSES
from warehouse.kpis import DIMENSIONS
from warehouse.pages import Page
from warehouse.project import LANGUAGES

CASES = Path(__file__).parent / "cases"
PACKAGES = ("warehouse", "checks", "macros", "publish")
MODULES = sorted(path for folder in (*PACKAGES, "data", "bench") for path in (ROOT / folder).rglob("*.py"))
PRODUCT = [path for path in MODULES if path.relative_to(ROOT).parts[0] in PACKAGES]
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
RULES = {one.id: one.header for one in rule.load(PROJECT)}
KPIS = sorted(project_definitions().kpis)
PAGES = pages.read(PROJECT)

COMMANDS = {f"playbook {name}" for name in cli.main.commands} | {"make site", "make test"}

LONGEST_MODULE, LONGEST_FUNCTION, FEWEST_WORDS = 300, 60, 4
FRONT_MATTER = ("title", "owner", "status", "verified", "review")
ENDINGS = {"by_": DIMENSIONS, "dimension_": DIMENSIONS, "basis_": ("flow", "cohort"), "direction_": ("up", "down"),
           "status_": (*STATUSES, "awaiting", "void", "upcoming", "expired"), "translation_": ("in_step", "stale", "ahead", "compare", "unmarked"),
           "layer_": ("team", "individual", "cross_department"), "outcome_": ("passed", "warned", "failed", "waived", "skipped"),
           "health_": ("met", "missed", "unclear", "small_n", "no_target", "unknown"), "signature_": ("signed", "void", "awaiting"), "wait_": get_args(Wait), "within_": ("minutes", "hours", "working_days"), "type_": get_args(ColumnType),
           "fields_of_": ("leads", "activities", "verdicts", "appointments", "opportunities"), "weekday_": tuple("1234567")}
# Written in halves, so that this file does not name what it forbids.
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:" + "|".join(("ho" "me", "Us" "ers", "ro" "ot", "wo" "rk", "m" "nt", "op" "t", "private/v" "ar")) + r")/\w|[A-Z]:\\Us" r"ers\\")
REGISTRIES = re.compile("|".join(("py" r"pi\.org", "python" r"hosted\.org", "npm" r"js\.(?:org|com)", "ind" "ex-url", "crates" r"\.io", r"conda\.an" "aconda")))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def text(name: str) -> str:
    """A file of the repository's root; empty while it is not written."""
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def cases(subject: str) -> list[dict]:
    """The cases of a rule or KPI; none without a file."""
    path = CASES / f"{subject}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["cases"] if path.is_file() else []


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


# Cases

@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_case_for_each_of_its_outcomes(name: str):
    header = RULES[name]
    wanted = {"passed", "failed" if header.severity == "error" else "warned"}
    wanted |= ({"failed"} if header.tolerance is not None else set()) | ({"skipped"} if header.needs else set())
    assert wanted <= {case["expect"]["outcome"] for case in cases(name)}, f"tests/cases/{name}.yml"


@pytest.mark.parametrize("name", KPIS)
def test_a_kpi_has_a_case_with_a_value_and_one_where_it_is_unknown_for_each_basis(name: str):
    kpi = project_definitions().kpis[name]
    values = {(case["expect"]["basis"], row["value"] is not None) for case in cases(name) for row in case["expect"]["rows"]}
    assert {(basis, True) for basis in kpi.bases} <= values and False in {is_known for _, is_known in values}, f"tests/cases/{name}.yml"


@pytest.mark.parametrize("name", RULES)
def test_the_kpis_that_a_rule_touches_are_defined(name: str):
    assert RULES[name].kpis == "all" or set(RULES[name].kpis) <= set(KPIS)


def test_every_case_file_is_about_a_rule_or_a_kpi():
    assert {path.stem for path in CASES.iterdir()} <= {*RULES, *KPIS}


def test_no_two_cases_of_one_file_have_the_same_name():
    for path in CASES.glob("*.yml"):
        names = [case["name"] for case in cases(path.stem)]
        assert len(set(names)) == len(names), path.name


# Documentation

@pytest.mark.parametrize("language", LANGUAGES)
def test_every_macro_for_authors_is_shown_in_the_guide(language: str):
    """A macro that a template calls belongs to the generated pages; CONTRIBUTING.md may tell of it instead."""
    guide = (PROJECT.pages / language / "guide" / "writing.md").read_text(encoding="utf-8")
    templates = "".join(path.read_text(encoding="utf-8") for path in PROJECT.templates.glob("*.md"))
    by_templates = {name for name in MACROS if f"{name}(" in templates and f"`{name}`" in text("CONTRIBUTING.md")}
    assert {name for name in MACROS if f"{{{{ {name}(" not in guide} - by_templates == set()


@pytest.mark.parametrize("name", sorted(cli.main.commands))
def test_a_command_is_documented(name: str):
    assert is_documented(f"playbook {name}"), "name it in README.md or CONTRIBUTING.md"


@pytest.mark.parametrize("name", [*FILES, *(f"{folder}/" for folder in FOLDERS)])
def test_a_kind_of_definition_is_documented(name: str):
    assert is_documented(name), "name it in README.md or CONTRIBUTING.md"


def is_documented(words: str) -> bool:
    return words in text("README.md") + text("CONTRIBUTING.md")


def test_the_readme_names_the_same_commands_in_both_languages():
    english, japanese = (set(re.findall(r"(?:playbook|make) [a-z]+", text(name))) & COMMANDS for name in ("README.md", "README.ja.md"))
    assert english and english == japanese


# Labels

def label_uses() -> tuple[set[str], set[str], set[str]]:
    """Labels asked for by name, the prefixes of those asked for by a name that is put together, and every text beside either."""
    named, prefixes, near = set(), set(), set()
    for path in (path for path in PRODUCT if path.parent.name in ("macros", "publish")):
        for outer in tree(path).body:
            keys = [key for node in ast.walk(outer) if (key := _label_key(node)) is not None]
            for node in (node for key in keys for node in _branches(key)):
                if isinstance(node, ast.Constant):
                    named.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    prefixes.add(node.values[0].value)
            if keys:
                near |= {node.value for node in ast.walk(outer) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for path in PROJECT.pages.rglob("*.md"):
        named |= set(re.findall(r"""label\(["'](\w+)["']""", path.read_text(encoding="utf-8")))
    return named, prefixes, near


def _label_key(node: ast.AST) -> ast.expr | None:
    """What stands as the key in label(…), plain_label(…) or labels[…]."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("label", "plain_label") and node.args:
        return node.args[0]
    if isinstance(node, ast.Subscript) and isinstance(node.value, (ast.Name, ast.Attribute)):
        return node.slice if getattr(node.value, "attr", getattr(node.value, "id", "")) == "labels" else None
    return None


def _branches(key: ast.expr) -> list[ast.expr]:
    return [*_branches(key.body), *_branches(key.orelse)] if isinstance(key, ast.IfExp) else [key]


def test_a_label_that_is_used_is_defined():
    named, prefixes, _ = label_uses()
    labels = project_definitions().labels
    assert named and prefixes
    assert named - set(labels) == set()
    assert prefixes == {*ENDINGS, "column_"}, "say in ENDINGS what may follow the prefix"
    assert {prefix + ending for prefix, endings in ENDINGS.items() for ending in endings} - set(labels) == set()


def test_a_label_that_is_defined_is_used():
    named, prefixes, near = label_uses()
    assert {label for label in project_definitions().labels if label not in named | near and not label.startswith(tuple(prefixes))} == set()


def test_a_column_label_names_a_column_of_some_rule():
    queries = "".join(path.read_text(encoding="utf-8") for path in PROJECT.rules.glob("*.sql"))
    columns = {label.removeprefix("column_") for label in project_definitions().labels if label.startswith("column_")}
    assert {column for column in columns if not re.search(rf"\b{column}\b", queries)} == set()


# Pages

def test_every_page_is_there_in_both_languages():
    ja, en = ({page.path for page in PAGES if page.language == language} for language in LANGUAGES)
    assert ja == en and ja


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.language}/{page.path}")
def test_a_page_says_its_title_owner_and_dates(page: Page):
    assert [key for key in FRONT_MATTER if not page.meta.get(key)] == []
    assert page.meta["owner"] in {department.id for department in project_definitions().departments}
    assert page.meta["verified"] < page.meta["review"]


@pytest.mark.parametrize("path", sorted({page.path for page in PAGES}))
def test_both_languages_of_a_page_call_the_same_macros(path: str):
    ja, en = (sorted(re.findall(r"\{\{ *(.+?) *\}\}", page.text)) for page in PAGES if page.path == path)
    assert ja == en


# Code

@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_a_module_and_its_functions_are_short(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert [node.name for node in functions(path) if node.end_lineno - node.lineno >= LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", PRODUCT, ids=shown)
def test_what_a_module_offers_has_a_docstring(path: Path):
    offered = [node for node in tree(path).body if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")]
    silent = [node.name for node in offered if not ast.get_docstring(node) and not _is_list_of_fields(node)]
    assert ast.get_docstring(tree(path)) and silent == []


def _is_list_of_fields(node: ast.AST) -> bool:
    """A model whose name and fields say it all."""
    return isinstance(node, ast.ClassDef) and all(isinstance(item, ast.AnnAssign) for item in node.body)


@pytest.mark.parametrize("path", TESTS, ids=shown)
def test_the_name_of_a_test_is_a_sentence(path: Path):
    named = [node.name for node in functions(path) if node.name.startswith("test_")]
    assert named and [name for name in named if len(name.split("_")) - 1 < FEWEST_WORDS] == []


def test_the_import_contracts_are_kept():
    run_linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", run_linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


# The repository

@cache
def committed() -> list[Path]:
    """The text files that git keeps, or would."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file() and not file.is_symlink() and b"\0" not in file.read_bytes()]


def matches(pattern: re.Pattern[str]) -> list[str]:
    return [f"{shown(file)}: {found[0]}" for file in committed() if (found := pattern.search(file.read_text(encoding="utf-8", errors="replace")))]


def test_no_committed_file_names_a_path_of_one_machine():
    assert MACHINE_PATHS.search("see /ho" "me/taro/playbook") and not MACHINE_PATHS.search("build/pages/ja and #!/usr/bin/env")
    assert matches(MACHINE_PATHS) == []


def test_no_committed_file_names_a_package_registry():
    assert REGISTRIES.search("https://py" "pi.org/simple")
    assert matches(REGISTRIES) == []
