"""Fixtures that many tests share."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world import ROOT, World

AUTHORED = ("playbook", "checks/rules", "warehouse/adapters", "warehouse/marts", "publish/theme", "data/sample", "tests/adapters")
AUTHORED_FILES = ("warehouse/tables.yml", "mkdocs.yml", "mkdocs.en.yml")


@pytest.fixture(scope="session")
def copy_project() -> Callable[[Path], Path]:
    """Copies what a team owns of the repository (pages, definitions, rules, sample, theme) to a folder that does not exist yet."""

    def copy(target: Path) -> Path:
        for folder in AUTHORED:
            shutil.copytree(ROOT / folder, target / folder)
        for file in AUTHORED_FILES:
            shutil.copyfile(ROOT / file, target / file)
        return target

    return copy


@pytest.fixture
def world():
    """Makes a World of given tables (a dict, or YAML) and closes it after the test."""
    opened: list[World] = []

    def make(given, as_of=None, definitions=None, exported_at=None) -> World:
        opened.append(World(given, as_of, definitions, exported_at))
        return opened[-1]

    yield make
    for one in opened:
        one.engine.close()
