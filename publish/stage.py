"""Lays out what mkdocs reads: hand-written pages byte for byte, generated pages from their templates."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from macros.text import escape
from publish.prepare import Prepared
from warehouse import kpis, pages
from warehouse.engine import Engine
from warehouse.problems import CannotRun, Problem
from warehouse.project import LANGUAGES
from warehouse.safe_text import formula_safe

MANAGERS = "managers/"
LAST = 100


@dataclass(frozen=True)
class Generated:
    """A page made from a template: its path, its title, its place in the section, and what it is about."""

    path: str
    template: str
    title: str
    order: int
    about: dict[str, str]


@dataclass(frozen=True)
class Staged:
    """One language laid out: titles and sources by page path, and the navigation."""

    folder: Path
    titles: dict[str, str]
    files: dict[str, str]
    nav: list[Any]


def stage(prepared: Prepared, folder: Path, edition: str) -> dict[str, Staged]:
    """Write `folder/<language>` for both languages; pages under managers/ only for the manager's edition."""
    written = [page for page in pages.read(prepared.inputs.project) if edition == "manager" or not page.path.startswith(MANAGERS)]
    staged = {language: _language(prepared, folder / language, language, [page for page in written if page.language == language], edition)
              for language in LANGUAGES}
    _kpi_files(prepared, [one.folder / "kpis" for one in staged.values()])
    return staged


def _language(prepared: Prepared, folder: Path, language: str, written: list[pages.Page], edition: str) -> Staged:
    project = prepared.inputs.project
    source = project.pages / language
    shutil.copytree(source, folder, ignore=None if edition == "manager" else shutil.ignore_patterns(MANAGERS.rstrip("/")))
    generated = list(_generated(prepared, language))
    clashes = {page.path for page in written} & {page.path for page in generated}
    if clashes:
        raise CannotRun(Problem(project.shown(source / path), None, "is written by hand and generated too", "rename the hand-written page") for path in clashes)
    templates = {template.path.removesuffix(".md"): template for template in pages.templates(project)}
    missing = {page.template for page in generated} - set(templates)
    if missing:
        raise CannotRun(Problem(project.shown(project.templates / f"{name}.md"), None, "is not there", "restore it") for name in missing)
    for page in generated:
        _write(templates[page.template], folder / page.path, page)
    titles = {page.path: str(page.meta.get("title") or page.path) for page in written} | {page.path: page.title for page in generated}
    orders = {page.path: page.meta.get("order", LAST) for page in written} | {page.path: page.order for page in generated}
    files = {page.path: project.shown(source / page.path) for page in written}
    files |= {page.path: project.shown(project.templates / f"{page.template}.md") for page in generated}
    return Staged(folder, titles, files, navigation(titles, orders))


def _generated(prepared: Prepared, language: str) -> Iterator[Generated]:
    definitions = prepared.inputs.definitions
    for rank, stage in enumerate(definitions.stages, 1):
        yield Generated(f"stages/{stage.id}.md", "stage", stage.name[language], rank, {"stage_id": stage.id})
    for rank, (name, agreement) in enumerate(definitions.agreements.items(), 1):
        yield Generated(f"agreements/{name}.md", "agreement", agreement.name[language], rank, {"agreement_id": name})
    for rank, (name, kpi) in enumerate(definitions.kpis.items(), 1):
        yield Generated(f"kpis/{name}.md", "kpi", kpi.name[language], rank, {"kpi_id": name})
    for rank, name in ((1, "weekly"), (800, "glossary"), (900, "findings")):
        yield Generated(f"{name}.md", name, definitions.labels[name][language], rank, {})


def _write(template: pages.Page, target: Path, page: Generated) -> None:
    """Front matter, the template's and what the page is about, then its body as it stands. Titles reach HTML unescaped: they are escaped here."""
    front = yaml.safe_dump({**template.meta, "title": escape(page.title), **page.about}, allow_unicode=True, sort_keys=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"---\n{front}---\n{template.body}", encoding="utf-8")


def navigation(titles: dict[str, str], orders: dict[str, int]) -> list[Any]:
    """Pages at the top in their order; a folder is a section, titled and placed by its index page."""
    entries: dict[str, list[str]] = {}
    for path in titles:
        entries.setdefault(path.split("/")[0] if "/" in path else path, []).append(path)
    top = []
    for name, paths in entries.items():
        index = f"{name}/index.md" if "/" in paths[0] else paths[0]
        inside = sorted(paths, key=lambda path: (path != index, orders[path], path))
        title = escape(titles.get(index, name))
        top.append((index != "index.md", orders.get(index, LAST), name, inside[0] if index == name else {title: inside}))
    return [entry for *_, entry in sorted(top, key=lambda one: one[:3])]


def _kpi_files(prepared: Prepared, folders: list[Path]) -> None:
    """A CSV beside each KPI's page: weekly totals, and months, quarters and all by every dimension that shows no person."""
    with Engine.read(prepared.path) as engine:
        for name in prepared.inputs.definitions.kpis:
            lines = [list(kpis.KpiRow.__annotations__), *(_line(row) for row in kpis.published(engine, name))]
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
                with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows(lines)


def _line(row: kpis.KpiRow) -> list[Any]:
    return [formula_safe(getattr(row, column)) for column in kpis.KpiRow.__annotations__]
