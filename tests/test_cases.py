"""Runs tests/cases: what each rule and KPI must say of a few given rows."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.world import project_definitions
from warehouse.definitions import Definitions

CASES = [pytest.param(file.stem, case, id=f"{file.stem}: {case['name']}")
         for file in sorted((Path(__file__).parent / "cases").glob("*.yml"))
         for case in yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]]


@pytest.mark.parametrize(("subject", "case"), CASES)
def test_a_case_comes_out_as_expected(world, subject: str, case: dict) -> None:
    made = world(_spread(case["given"]), case.get("as_of"), _definitions(subject), exported_at=case.get("exported_at"))
    expected = case["expect"]
    if "outcome" in expected:
        finding = made.finding(subject)
        assert finding.outcome == expected["outcome"], finding.sentence.en
        found = finding.rows
    else:
        found = [vars(row) for row in made.kpi(subject, expected["basis"], expected.get("period", "all"), expected.get("by"))]
    assert _shown(found, expected.get("rows", [])) == expected.get("rows", [])


def _definitions(subject: str) -> Definitions:
    """The project's, with no KPI but the one at hand: counting the others is most of the work."""
    defined = project_definitions()
    return replace(defined, kpis={name: kpi for name, kpi in defined.kpis.items() if name == subject})


def _spread(given: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """A row with `times: 50` stands for fifty rows; `{n}` in its values is the number of each."""
    return {table: [copy for row in rows for copy in _copies(row)] for table, rows in given.items()}


def _copies(row: dict) -> list[dict]:
    values = {name: value for name, value in row.items() if name != "times"}
    return [{name: value.replace("{n}", str(number)) if isinstance(value, str) else value for name, value in values.items()}
            for number in range(1, row.get("times", 1) + 1)]


def _shown(found: list[dict], rows: list[dict]) -> list[dict]:
    """The found rows, each reduced to the columns that the expected row at its place names."""
    columns = [list(row) for row in rows] + [list(rows[0]) if rows else []] * (len(found) - len(rows))
    return [{name: _plain(row[name]) for name in names} for row, names in zip(found, columns, strict=False)]


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    return value if not isinstance(value, date) or not hasattr(value, "hour") else str(value)
