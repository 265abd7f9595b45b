"""The hand-written pages as tables, so that a rule on prose is SQL like any other."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from warehouse.definitions.source import Loader
from warehouse.definitions.upkeep import STATUSES
from warehouse.engine import Engine
from warehouse.problems import Problem, WrongInput, nearest
from warehouse.project import LANGUAGES, Project

PAGES = {"page": "VARCHAR", "language": "VARCHAR", "title": "VARCHAR", "department": "VARCHAR", "status": "VARCHAR", "verified": "DATE", "review": "DATE"}
LINES = {"page": "VARCHAR", "language": "VARCHAR", "line": "INTEGER", "text": "VARCHAR"}
FRONT, END = "---\n", "\n---"
KINDS = {"title": (str, "a text"), "owner": (str, "a department"), "order": (int, "a whole number"), "status": (str, f"one of {', '.join(STATUSES)}"),
         "verified": (date, "a day such as 2026-04-01"), "review": (date, "a day such as 2026-04-01")}


@dataclass(frozen=True)
class Page:
    """One hand-written page: its path below the language's folder, its front matter, its text as it stands. A template has no language."""

    path: str
    language: str | None
    meta: dict[str, Any]
    text: str

    @property
    def body(self) -> str:
        """The text after the front matter."""
        end = _end_of_front(self.text)
        return self.text[end + len(END):].partition("\n")[2] if end else self.text


def read(project: Project, departments: Collection[str] | None = None) -> list[Page]:
    """All hand-written pages, in order. Raises WrongInput when one is not UTF-8 or its front matter cannot be right.

    With `departments`, the owner has to be one of them.
    """
    return _read(project, [(language, file, project.pages / language) for language in LANGUAGES for file in sorted((project.pages / language).rglob("*.md"))],
                 departments)


def templates(project: Project, departments: Collection[str] | None = None) -> list[Page]:
    """All templates of generated pages, in order, read like pages."""
    return _read(project, [(None, file, project.templates) for file in sorted(project.templates.glob("*.md"))], departments)


def _read(project: Project, files: list[tuple[str | None, Path, Path]], departments: Collection[str] | None) -> list[Page]:
    pages, problems = [], []
    for language, file, folder in files:
        try:
            text = file.read_text(encoding="utf-8")
            page = Page(file.relative_to(folder).as_posix(), language, _front_matter(text), text)
            pages.append(page)
            problems += _wrong_keys(project.shown(file), page, departments)
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


def _wrong_keys(file: str, page: Page, departments: Collection[str] | None) -> Iterator[Problem]:
    """The keys of the front matter whose value is none of its kind, or none of its closed list."""
    lists = {"status": STATUSES, **({"owner": departments} if departments is not None else {})}
    for key, (kind, words) in KINDS.items():
        value = page.meta.get(key)
        line = next((number for number, text in enumerate(page.text.splitlines(), 1) if text.startswith(f"{key}:")), 1)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            yield Problem(file, line, f"'{key}' is '{value}', expected {words}", "mend the front matter")
        elif value is not None and value not in lists.get(key, (value,)):
            yield Problem(file, line, f"'{key}' is '{value}', expected {words}", nearest(value, lists[key]))


def _front_matter(text: str) -> dict[str, Any]:
    meta = yaml.load(text[len(FRONT):_end_of_front(text)], Loader=Loader) if _end_of_front(text) else None
    return meta if isinstance(meta, dict) else {}


def _end_of_front(text: str) -> int:
    """Where the front matter ends; 0 without any."""
    return max(0, text.find(END, len(FRONT) - 1)) if text.startswith(FRONT) else 0


def store(engine: Engine, pages: list[Page]) -> None:
    """Write `playbook.pages` and `playbook.page_lines`."""
    engine.create_table("playbook.pages", PAGES, ((page.path, page.language, *(_text(page.meta.get(key)) for key in ("title", "owner", "status", "verified", "review")))
                                                  for page in pages))
    engine.create_table("playbook.page_lines", LINES, _lines(pages))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _lines(pages: list[Page]) -> Iterator[tuple]:
    for page in pages:
        for number, text in enumerate(page.text.splitlines(), start=1):
            yield page.path, page.language, number, text
