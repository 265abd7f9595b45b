"""What the shared options of one command line ask for, opened when a command needs it."""

import sys
from datetime import date
from functools import cached_property
from pathlib import Path

from publish.prepare import Prepared, prepare
from warehouse import build
from warehouse.build import Inputs
from warehouse.engine import Engine
from warehouse.problems import CannotRun, Problem
from warehouse.project import Project


class Session:
    """One command's project, inputs and warehouse."""

    def __init__(self, project_folder: Path | None, exports: Path | None, adapter: str | None, as_of: date | None, memory: str):
        self.project_folder, self.exports, self.adapter, self.as_of, self.memory = project_folder, exports, adapter, as_of, memory

    @cached_property
    def project(self) -> Project:
        """The project named, or the one around the present folder."""
        if self.project_folder and not (self.project_folder / "playbook" / "definitions").is_dir():
            raise CannotRun([Problem(str(self.project_folder), None, "is no playbook: it has no folder playbook/definitions", "name a repository with --project DIR")])
        return Project.find(self.project_folder)

    def load(self) -> Inputs:
        """Definitions and adapter, read now."""
        return build.load(self.project, self.exports and self.exports.resolve(), self.adapter, self.as_of)

    def prepare(self) -> Prepared:
        """The checked warehouse for what lies on disk now."""
        return prepare(self.load(), self.memory, say)

    def read(self, prepared: Prepared) -> Engine:
        """A locked, read-only connection to it."""
        return Engine.read(prepared.path, memory=self.memory)


def say(text: str) -> None:
    """Progress, for a person at a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        print(f"… {text}", file=sys.stderr, flush=True)
