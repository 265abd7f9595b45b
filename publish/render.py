"""Renders one language with mkdocs, in a process of its own."""

import logging
import os
from calendar import timegm
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publish.prepare import Prepared
from publish.stage import Staged
from warehouse.problems import Problem

CONFIGURATIONS = {"ja": "mkdocs.yml", "en": "mkdocs.en.yml"}


@dataclass(frozen=True)
class Job:
    """One language to render: what was prepared and staged, and where the site goes."""

    prepared: Prepared
    staged: Staged
    language: str
    edition: str
    site: Path
    banner: str = ""


@dataclass
class _Warnings(logging.Handler):
    """Keeps what mkdocs warns of: each is a fault of a page."""

    kept: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record.getMessage())

    __hash__ = logging.Handler.__hash__


def render(job: Job) -> list[Problem]:
    """Build the language into `job.site`; the mistakes on its pages, all of them, none when it is fit to publish."""
    os.environ["SOURCE_DATE_EPOCH"] = str(timegm(job.prepared.as_of.timetuple()))
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    warnings = _listen()
    problems: list[Problem] = []
    config = _config(job, problems)
    from mkdocs.commands.build import build
    from mkdocs.exceptions import Abort, ConfigurationError

    try:
        build(config)
    except (Abort, ConfigurationError, SystemExit) as error:
        problems.append(Problem(CONFIGURATIONS[job.language], None, f"mkdocs stopped: {error}"))
    return problems or [Problem(CONFIGURATIONS[job.language], None, text) for text in warnings.kept]


def _listen() -> _Warnings:
    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.handlers, logger.propagate = [warnings], False
    logger.setLevel(logging.WARNING)
    return warnings


def _config(job: Job, problems: list[Problem]) -> Any:
    """The language's configuration with the staged pages, the navigation and the book that macros look up."""
    from mkdocs.config import load_config

    from macros import BOOK
    from macros.book import Book

    prepared, staged = job.prepared, job.staged
    config = load_config(str(prepared.inputs.project.root / CONFIGURATIONS[job.language]), docs_dir=str(staged.folder), site_dir=str(job.site), nav=staged.nav)
    book = Book(prepared.inputs.definitions, prepared.path, prepared.findings, job.language, job.edition, staged.titles,
                stage_values=stage_values(prepared), files=staged.files)
    config.extra |= {BOOK: book, "problems": problems, "asof": f"{prepared.as_of:%Y-%m-%d %H:%M}", "banner": job.banner}
    config.plugins["macros"].config["on_error_fail"] = False
    return config


def stage_values(prepared: Prepared) -> dict[str, str]:
    """What the CRM writes for a stage → the stage, by the adapter's value map of leads."""
    mapped = prepared.inputs.adapter.spec.tables.get("leads")
    column = mapped.columns.get("stage") if mapped and mapped.columns else None
    return dict(column.values) if column else {}
