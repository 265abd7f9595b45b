"""A data set of ../shared/data: its files in plain Python, and the product on it, asked by its own command."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from publish import cli
from tests.world import ROOT, SHARED_DATA


def needed(*names: str) -> pytest.MarkDecorator:
    """Skips a test, saying so, where a file or folder of ../shared/data is absent."""
    absent = [name for name in names if not (SHARED_DATA / name).exists()]
    return pytest.mark.skipif(bool(absent), reason=f"not tested: there is no ../shared/data/{' or '.join(absent)}")


@cache
def records(folder: str, name: str) -> list[dict[str, str]]:
    """The records of one CSV file, every value a text."""
    with (SHARED_DATA / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Product:
    """The `playbook` command of one project, on one folder of ../shared/data by the adapter of the same name."""

    def __init__(self, project: Path, folder: str):
        self.shared = ["--project", str(project), "--exports", str(SHARED_DATA / folder), "--adapter", str(ROOT / "tests" / "adapters" / f"{folder}.yml")]

    def run(self, *arguments: str) -> Result:
        """One command, with what it printed and its exit code."""
        return CliRunner().invoke(cli.main, [*arguments, *self.shared])

    def kpi(self, name: str, *options: str) -> list[dict[str, Any]]:
        """The rows of `playbook kpi`."""
        return self._rows("kpi", name, *options)

    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows of `playbook query`; times are texts."""
        return self._rows("query", sql)

    def _rows(self, *arguments: str) -> list[dict[str, Any]]:
        done = self.run(*arguments, "--format", "json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)
