"""From inputs to a checked warehouse on disk, reused while nothing it depends on has changed."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checks import rule, run, waiver
from checks.run import Finding
from warehouse import build, fingerprint
from warehouse.build import Inputs
from warehouse.engine import DEFAULT_MEMORY, Engine
from warehouse.problems import CannotRun, Problem

KEPT = 4


@dataclass(frozen=True)
class Prepared:
    """A warehouse that was built and checked: where it lies, what it was built from, what the rules found."""

    path: Path
    inputs: Inputs
    findings: list[Finding]
    as_of: datetime

    @property
    def holds_back(self) -> bool:
        """Whether a finding stops a build."""
        return any(finding.outcome == "failed" for finding in self.findings)


def prepare(inputs: Inputs, memory: str = DEFAULT_MEMORY, say: Callable[[str], None] = lambda text: None) -> Prepared:
    """The warehouse for these inputs, built and checked now unless one of the same fingerprint is there."""
    rules = rule.load(inputs.project)
    rule.check(rules, inputs.definitions)
    waivers = waiver.load(inputs.project)
    waiver.check(waivers, rules, inputs.definitions)
    path = inputs.project.build / "warehouse" / f"{fingerprint.digest(inputs)}.duckdb"
    if not path.is_file():
        _build(path, inputs, rules, waivers, memory, say)
        _forget_old(path)
    with Engine.read(path, memory=memory) as engine:
        return Prepared(path, inputs, run.stored(engine), engine.value("SELECT as_of FROM export_clock"))


def _build(path: Path, inputs: Inputs, rules: list, waivers: list, memory: str, say: Callable[[str], None]) -> None:
    """Build beside the old file and rename: readers see the whole old one or the whole new one."""
    scratch = path.parent / f"building-{os.getpid()}" / "warehouse.duckdb"
    try:
        shutil.rmtree(scratch.parent, ignore_errors=True)
        scratch.parent.mkdir(parents=True)
        with Engine.create(scratch, memory) as engine:
            say("reading the exports and computing the KPIs")
            build.fill(engine, inputs)
            say(f"checking {len(rules)} rules")
            run.store(engine, run.run(engine, rules, inputs.definitions.kpis, waivers))
        os.replace(scratch, path)
    except OSError as error:
        raise CannotRun([Problem(str(error.filename or path.parent), None, f"cannot be read or written: {error.strerror}",
                                 "free space or change the permissions")]) from error
    finally:
        shutil.rmtree(scratch.parent, ignore_errors=True)


def _forget_old(newest: Path) -> None:
    """Keep the last few warehouses, so that two adapters in turn do not build each other away."""
    files = sorted(newest.parent.glob("*.duckdb"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[KEPT:]:
        file.unlink(missing_ok=True)
