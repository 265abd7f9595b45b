"""The data sets, each built once."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.oracle.data_sets import DataSet, built


@pytest.fixture(scope="session")
def data_set(tmp_path_factory) -> Callable[[str], DataSet]:
    """Each data set, built when it is first asked for."""
    return cache(lambda name: built(name, tmp_path_factory.mktemp(name)))
