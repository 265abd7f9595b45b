"""The hand-written pages as tables, so that a rule on prose is SQL like any other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from warehouse.definitions.source import Loader
from warehouse.engine import Engine
from warehouse.problems import Problem, WrongInput
from warehouse.project import LANGUAGES, Project

PAGES = {"page": "VARCHAR", "language": "VARCHAR", "title": "VARCHAR", "department": "VARCHAR", "verified": "DATE", "review": "DATE"}
LINES = {"page": "VARCHAR", "language": "VARCHAR", "line": "INTEGER", "text": "VARCHAR"}
FRONT = "---\n"
KINDS = {"title": (str, "a text"), "owner": (str, "a department"), "order": (int, "a whole number"),
         "verified": (date, "a day such as 2026-04-01"), "review": (date, "a day such as 2026-04-01")}


@dataclass(frozen=True)
class Page:
    """One hand-written page: its path below the language's folder, its front matter, its text as it stands."""

    path: str
    language: str
    meta: dict[str, Any]
    text: str


def read(project: Project) -> list[Page]:
    """All hand-written pages, in order. Raises WrongInput when one is not UTF-8 or its front matter is not YAML."""
    pages, problems = [], []
    for language in LANGUAGES:
        folder = project.pages / language
        for file in sorted(folder.rglob("*.md")):
            try:
                text = file.read_text(encoding="utf-8")
                page = Page(file.relative_to(folder).as_posix(), language, _front_matter(text), text)
                pages.append(page)
                problems += _wrong_keys(project.shown(file), page)
            except UnicodeDecodeError:
                problems.append(Problem(project.shown(file), None, "is not UTF-8", "save it as UTF-8"))
            except yaml.YAMLError as error:
                line = error.problem_mark.line + 2 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
                problems.append(Problem(project.shown(file), line, "has front matter that is not YAML", "check quotes and colons between the --- lines"))
            except ValueError as error:
                problems.append(Problem(project.shown(file), 1, f"has front matter that cannot be read: {error}", "write days as 2026-04-01"))
    if problems:
        raise WrongInput(problems)
    return pages


def _wrong_keys(file: str, page: Page) -> Iterator[Problem]:
    """The keys of the front matter whose value is none of its kind."""
    for key, (kind, words) in KINDS.items():
        value = page.meta.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            line = next((number for number, text in enumerate(page.text.splitlines(), 1) if text.startswith(f"{key}:")), 1)
            yield Problem(file, line, f"'{key}' is '{value}', expected {words}", "mend the front matter")


def _front_matter(text: str) -> dict[str, Any]:
    if not text.startswith(FRONT) or (end := text.find("\n---", len(FRONT) - 1)) < 0:
        return {}
    meta = yaml.load(text[len(FRONT):end], Loader=Loader)
    return meta if isinstance(meta, dict) else {}


def store(engine: Engine, pages: list[Page]) -> None:
    """Write `playbook.pages` and `playbook.page_lines`."""
    engine.create_table("playbook.pages", PAGES, ((page.path, page.language, *(_text(page.meta.get(key)) for key in ("title", "owner", "verified", "review")))
                                                  for page in pages))
    engine.create_table("playbook.page_lines", LINES, _lines(pages))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _lines(pages: list[Page]) -> Iterator[tuple]:
    for page in pages:
        for number, text in enumerate(page.text.splitlines(), start=1):
            yield page.path, page.language, number, text
