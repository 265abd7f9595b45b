"""How every page is kept up: owner, status, last verified, next review. A generated page's comes from the definition it prints."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.definitions import Definitions
from warehouse.definitions.upkeep import Upkeep
from warehouse.engine import Engine
from warehouse.pages import Page
from warehouse.project import LANGUAGES

UPKEEP = {"record": "VARCHAR", "language": "VARCHAR", "department": "VARCHAR", "status": "VARCHAR", "verified": "DATE", "review": "DATE"}
SHARED = ("stages.yml", "glossary.yml")


@dataclass(frozen=True)
class Kept:
    """What is said of one page's upkeep; None, or no owner, where nobody said it."""

    owners: tuple[str, ...] = ()
    status: str | None = None
    verified: date | None = None
    review: date | None = None


def of_front_matter(meta: dict[str, Any]) -> Kept:
    """The upkeep that a hand-written page, or a template, says at its head."""
    return Kept((meta["owner"],) if meta.get("owner") else (), meta.get("status"), meta.get("verified"), meta.get("review"))


def of_generated(definitions: Definitions, path: str) -> Kept | None:
    """The upkeep of the definition that a generated page prints; None for a page of another kind.

    That of an agreement is its parties and its day of review: whether it is in force, its signatures say.
    """
    section, name = path.removesuffix(".md").rpartition("/")[::2]
    stages = {stage.id: stage for stage in definitions.stages}
    if section == "kpis" and name in definitions.kpis:
        return _of_file(definitions.kpis[name].owner, definitions.upkeep.get(f"kpis/{name}.yml"))
    if section == "stages" and name in stages:
        return _of_file(stages[name].owner, definitions.upkeep.get("stages.yml"))
    if section == "agreements" and name in definitions.agreements:
        return Kept(definitions.agreements[name].parties, review=definitions.agreements[name].review_on)
    return _of_file(None, definitions.upkeep[f"{name}.yml"]) if not section and f"{name}.yml" in definitions.upkeep else None


def _of_file(owner: str | None, upkeep: Upkeep | None) -> Kept:
    owner = owner or (upkeep and upkeep.owner)
    return Kept((owner,) if owner else (), *((upkeep.status, upkeep.verified, upkeep.review) if upkeep else ()))


def store(engine: Engine, pages: Iterable[Page], definitions: Definitions | None = None) -> None:
    """Write `playbook.upkeep`: one row for each page, each template that says it, and each definition file that pages are generated from."""
    engine.create_table("playbook.upkeep", UPKEEP, [*_of_pages(pages), *(_of_definitions(definitions) if definitions else ())])


def _of_pages(pages: Iterable[Page]) -> Iterator[tuple]:
    for page in pages:
        if page.language in LANGUAGES or page.meta:
            yield _row(f"playbook/{page.language or 'templates'}/{page.path}", page.language, of_front_matter(page.meta))


def _of_definitions(definitions: Definitions) -> Iterator[tuple]:
    """Agreements are left out: when one is due again is a matter of its signatures."""
    for file in SHARED:
        yield _row(definitions.sources[file].name, None, _of_file(None, definitions.upkeep.get(file)))
    for name, kpi in definitions.kpis.items():
        yield _row(definitions.sources[f"kpis/{name}.yml"].name, None, _of_file(kpi.owner, definitions.upkeep.get(f"kpis/{name}.yml")))


def _row(record: str, language: str | None, kept: Kept) -> tuple:
    return record, language, ", ".join(kept.owners) or None, kept.status, kept.verified, kept.review
