"""Fixtures that many tests share."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.world import ROOT, World

AUTHORED = ("playbook", "checks/rules", "warehouse/adapters", "warehouse/marts", "publish/theme", "data/sample", "tests/adapters")
AUTHORED_FILES = ("warehouse/tables.yml", "checks/waivers.yml", "mkdocs.yml", "mkdocs.en.yml")


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


class _ByFile(LoadScopeScheduling):
    """A file's tests stay together, so that what it builds is built once; the pages' browser tests, most of all, by language."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        return f"{file} {'en' if '-en' in name else 'ja'}" if file.endswith("browser/test_pages.py") else file


def pytest_xdist_make_scheduler(config, log):
    """xdist's own groups do nothing under this pytest, which rebuilds a test's id."""
    return _ByFile(config, log)
