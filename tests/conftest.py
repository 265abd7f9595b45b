"""Fixtures that many tests share."""

import pytest

from tests.world import World


@pytest.fixture
def world():
    """Makes a World of given tables (a dict, or YAML) and closes it after the test."""
    opened: list[World] = []

    def make(given, as_of=None, definitions=None) -> World:
        opened.append(World(given, as_of, definitions))
        return opened[-1]

    yield make
    for one in opened:
        one.engine.close()
