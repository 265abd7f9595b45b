"""Which texts of a page were in step, Japanese and English, as somebody marked them; what changed since is a matter of digests, not of git."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from warehouse.definitions import read_model
from warehouse.definitions.model import Model, form
from warehouse.engine import Engine
from warehouse.pages import Page
from warehouse.project import LANGUAGES, Project

TRANSLATIONS = {"page": "VARCHAR", "language": "VARCHAR", "state": "VARCHAR"}
WORDS = ("title", "description")
DIGITS = 16
HEAD = """\
# What each page said, in both languages, when somebody last found them in step. A text that has changed since makes the other one stale.
# Written by `playbook translate --caught-up PAGE`.
"""

Digest = Annotated[str, form(r"^[0-9a-f]{16}$", "16 hexadecimal digits")]


class Marked(Model):
    """The digests of a page's two texts as they were in step."""

    ja: Digest
    en: Digest


class TranslationsFile(Model):
    pages: dict[str, Marked]


@dataclass(frozen=True)
class Pair:
    """One page in both languages. `changed` are the languages whose text is not the one that was marked; None: nobody marked the page."""

    path: str
    changed: tuple[str, ...] | None

    @property
    def state(self) -> str:
        """in_step, stale (one language is older), compare (both changed) or unmarked."""
        return "unmarked" if self.changed is None else ("in_step", "stale", "compare")[len(self.changed)]

    def state_of(self, language: str) -> str:
        """The same of one text: of a stale pair, the text that changed is ahead of the other."""
        return "ahead" if self.state == "stale" and language in self.changed else self.state


def load(project: Project) -> dict[str, Marked]:
    """The marks by page path, none without the file. Raises WrongInput with the faults of the file."""
    return read_model(TranslationsFile, project.translations, project.shown(project.translations))[0].pages if project.translations.is_file() else {}


def digest(page: Page) -> str:
    """Of the words of a page alone: its body and its title, whatever the ends of its lines, trailing blanks and the rest of the front matter."""
    words = [f"{key}: {page.meta[key]}" for key in WORDS if page.meta.get(key)]
    lines = [line.rstrip() for line in page.body.splitlines()]
    return hashlib.sha256("\n".join([*words, *lines]).rstrip().encode()).hexdigest()[:DIGITS]


def mark(texts: dict[str, Page]) -> Marked:
    """The mark that both texts, by language, are in step now."""
    return Marked(**{language: digest(texts[language]) for language in LANGUAGES})


def by_path(pages: Iterable[Page]) -> dict[str, dict[str, Page]]:
    """Page path → language → text, the paths in order."""
    found: dict[str, dict[str, Page]] = {}
    for page in sorted(pages, key=lambda page: page.path):
        found.setdefault(page.path, {})[page.language] = page
    return found


def pairs(pages: Iterable[Page], marked: dict[str, Marked]) -> Iterator[Pair]:
    """How each page that exists in both languages stands, in the order of the paths."""
    for path, texts in by_path(pages).items():
        if len(texts) == len(LANGUAGES):
            before, now = marked.get(path), mark(texts)
            yield Pair(path, before and tuple(language for language in LANGUAGES if getattr(now, language) != getattr(before, language)))


def store(engine: Engine, pages: Iterable[Page], marked: dict[str, Marked]) -> None:
    """Write `playbook.page_translations`: one row for each text of a page that exists in both languages."""
    engine.create_table("playbook.page_translations", TRANSLATIONS, (
        (pair.path, language, pair.state_of(language)) for pair in pairs(pages, marked) for language in LANGUAGES))


def save(project: Project, marked: dict[str, Marked]) -> None:
    """Write the marks, one line a page, in order; the same marks give the same bytes."""
    lines = [f"  {json.dumps(path, ensure_ascii=False)}: {{ja: \"{one.ja}\", en: \"{one.en}\"}}\n" for path, one in sorted(marked.items())]
    scratch = project.translations.with_suffix(f".{os.getpid()}")
    scratch.write_text(HEAD + ("pages:\n" + "".join(lines) if lines else "pages: {}\n"), encoding="utf-8", newline="\n")
    os.replace(scratch, project.translations)
