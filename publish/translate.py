"""Which pages lag behind their other language, and marking those that were brought in step."""

import json
from typing import Any

from publish.session import Session
from warehouse import pages, translations
from warehouse.problems import CannotRun, PlaybookError, Problem, nearest
from warehouse.project import LANGUAGES
from warehouse.translations import Pair

SCHEMA = 1
STATES = ("in_step", "stale", "compare", "unmarked", "missing")
OTHER = {"ja": "en", "en": "ja"}


def status(session: Session, form: str) -> str:
    """How every page stands, as text (those in step only counted) or JSON."""
    written = pages.read(session.project)
    found = [_told(pair) for pair in translations.pairs(written, translations.load(session.project))]
    found += [{"page": path, "state": "missing", "changed": [], "lagging": [OTHER[language] for language in texts]}
              for path, texts in translations.by_path(written).items() if len(texts) == 1]
    found.sort(key=lambda one: one["page"])
    return _json(found) if form == "json" else _text(found)


def _told(pair: Pair) -> dict[str, Any]:
    lagging = {"stale": [OTHER[language] for language in pair.changed or ()], "compare": list(LANGUAGES), "unmarked": list(LANGUAGES)}
    return {"page": pair.path, "state": pair.state, "changed": list(pair.changed or ()), "lagging": lagging.get(pair.state, [])}


def _json(found: list[dict[str, Any]]) -> str:
    summary = {state: sum(one["state"] == state for one in found) for state in STATES}
    return json.dumps({"schema": SCHEMA, "summary": summary, "pages": found}, ensure_ascii=False, indent=2)


def _text(found: list[dict[str, Any]]) -> str:
    lines = [f"{one['page']}: {_sentence(one)}" for one in found if one["state"] != "in_step"]
    in_step = sum(one["state"] == "in_step" for one in found)
    return "\n".join([*lines, f"{in_step} of {len(found)} pages in step"])


def _sentence(one: dict[str, Any]) -> str:
    [lagging, *_] = one["lagging"]
    return {"stale": f"{lagging} is older: {OTHER[lagging]} has changed since they were in step",
            "compare": "both languages have changed since they were in step: compare them",
            "unmarked": "nobody has marked it yet: compare both languages",
            "missing": f"there is no {lagging} page"}[one["state"]]


def caught_up(session: Session, names: tuple[str, ...], every: bool) -> str:
    """Mark pages as in step, both languages as they are now; marks of pages that are gone go too. Gives back what was marked.

    A page is named by its path below the language's folder, with or without `.md`, or by the path of its file.
    """
    project = session.project
    texts = translations.by_path(pages.read(project))
    wanted = list(texts) if every else [_path(name, texts) for name in dict.fromkeys(names)]
    alone = [Problem(f"playbook/{language}/{path}", None, f"has no {OTHER[language]} page beside it", "write that first")
             for path in wanted for language in texts[path] if len(texts[path]) == 1]
    if alone:
        raise PlaybookError(alone)
    before = {path: mark for path, mark in translations.load(project).items() if path in texts}
    translations.save(project, before | {path: translations.mark(texts[path]) for path in wanted})
    return "\n".join(f"{path}: in step" for path in sorted(set(wanted)))


def _path(name: str, texts: dict) -> str:
    path = name.removeprefix("./").removeprefix("playbook/")
    for language in LANGUAGES:
        path = path.removeprefix(f"{language}/")
    path = path if path.endswith(".md") else f"{path}.md"
    if path not in texts:
        raise CannotRun([Problem(name, None, "no such page", nearest(path, texts))])
    return path
