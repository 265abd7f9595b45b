"""The hand-written pages as tables, so that a rule on prose is SQL like any other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from warehouse.engine import Engine
from warehouse.problems import Problem, WrongInput
from warehouse.project import LANGUAGES, Project

PAGES = {"page": "VARCHAR", "language": "VARCHAR", "title": "VARCHAR", "department": "VARCHAR", "verified": "DATE", "review": "DATE"}
LINES = {"page": "VARCHAR", "language": "VARCHAR", "line": "INTEGER", "text": "VARCHAR"}
FRONT = "---\n"


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
                pages.append(Page(file.relative_to(folder).as_posix(), language, _front_matter(text), text))
            except UnicodeDecodeError:
                problems.append(Problem(project.shown(file), None, "is not UTF-8", "save it as UTF-8"))
            except yaml.YAMLError as error:
                line = error.problem_mark.line + 2 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
                problems.append(Problem(project.shown(file), line, "has front matter that is not YAML", "check quotes and colons between the --- lines"))
    if problems:
        raise WrongInput(problems)
    return pages


def _front_matter(text: str) -> dict[str, Any]:
    if not text.startswith(FRONT) or (end := text.find("\n---", len(FRONT) - 1)) < 0:
        return {}
    meta = yaml.load(text[len(FRONT):end], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
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
