"""The site, whole or not at all: both languages side by side, joined, then one rename."""

import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from checks import report
from publish.prepare import Prepared
from publish.render import Job, render
from publish.session import Session, say
from publish.stage import stage
from warehouse.problems import CannotRun, Problem
from warehouse.project import LANGUAGES, Project

KEPT = 3
BUILDING = "building-"


def build(session: Session, edition: str, draft: bool) -> int:
    """Check and build into `site/`. 1 when a rule fails and it is no draft; the site stays as it was."""
    prepared = session.prepare()
    if prepared.holds_back and not draft:
        print(report.as_text(prepared.findings, prepared.as_of, 5, ("failed",)), file=sys.stderr)
        print("The build is held; site/ is as it was. --draft builds all the same, under a banner.", file=sys.stderr)
        return 1
    with assembled(prepared, edition, draft) as (folder, problems):
        if problems:
            raise CannotRun(problems)
        publish(session.project, folder)
    print(f"site/index.html, site/en/index.html ({edition} edition, data as of {prepared.as_of:%Y-%m-%d %H:%M}; "
          + ", ".join(f"{number} rules {outcome}" for outcome, number in report.summary(prepared.findings).items() if number) + ")")
    return 0


@contextmanager
def assembled(prepared: Prepared, edition: str, draft: bool) -> Iterator[tuple[Path, list[Problem]]]:
    """A folder with the joined site, and the mistakes found on its pages; it is gone afterwards unless it was moved."""
    work = _work_folder(prepared.inputs.project)
    try:
        say("laying out the pages")
        staged = stage(prepared, work / "pages", edition)
        labels = prepared.inputs.definitions.labels
        jobs = [Job(prepared, staged[language], language, edition, work / language, labels["draft_banner"][language] if draft else "")
                for language in LANGUAGES]
        say("rendering Japanese and English")
        with ProcessPoolExecutor(len(jobs), get_context("spawn")) as pool:
            problems = [problem for found in pool.map(render, jobs) for problem in found]
        os.replace(work / "en", work / "ja" / "en")
        yield work / "ja", problems
    except OSError as error:
        raise CannotRun([Problem(str(error.filename or work), None, f"cannot be written: {error.strerror}", "free space or change the permissions")]) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _work_folder(project: Project) -> Path:
    """A folder of this process alone; those of processes that died are cleared away."""
    sites = project.build / "sites"
    try:
        sites.mkdir(parents=True, exist_ok=True)
        for left in sites.glob(f"{BUILDING}*"):
            if not _is_running(int(left.name.removeprefix(BUILDING))):
                shutil.rmtree(left, ignore_errors=True)
        work = sites / f"{BUILDING}{os.getpid()}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
    except OSError as error:
        raise CannotRun([Problem(str(sites), None, f"cannot be written: {error.strerror}", "free space or change the permissions")]) from error
    return work


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def publish(project: Project, folder: Path) -> None:
    """Move the folder among the sites and point `site` at it, in one rename; the last few are kept."""
    link = project.root / "site"
    if link.exists() and not link.is_symlink():
        raise CannotRun([Problem("site", None, "is a folder of its own, not the link this product makes", "move it away and build again")])
    sites = project.build / "sites"
    taken = [int(path.name) for path in sites.iterdir() if path.name.isdecimal()]
    for number in itertools.count(max(taken, default=0) + 1):
        home = sites / f"{number:06}"
        try:
            os.rename(folder, home)
            break
        except FileExistsError:
            continue
    scratch = project.root / f".site-{os.getpid()}"
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(os.path.relpath(home, project.root))
    os.replace(scratch, link)
    for old in sorted(sites.glob("[0-9]*"))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
