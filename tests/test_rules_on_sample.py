"""The rules as tests over the committed sample: its stages are the defined ones, and its faults are those that data/README.md names."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from checks import rule, run
from checks.run import Finding
from tests.world import PROJECT, ROOT
from warehouse import build
from warehouse.engine import Engine

RULES = sorted(path.stem for path in PROJECT.rules.glob("*.sql"))
PLANTED = {"stage_against_history": "stages that differ from their history", "illegal_transition": "illegal transitions",
           "missing_required_field": "missing required fields", "dates_in_order": "dates out of order", "duplicate_person": "duplicate persons",
           "contacted_against_wish": "calls in spite of", "lead_without_owner": "lead of the member who left"}
# One of the duplicates is found twice over: its address is written with blanks and capitals.
BESIDES = {"format_not_met": 1}
# What a team leaves lying is no fault of a record: it is there without the planted faults too.
BACKLOG = {"stay_too_long", "agreement_unsigned"}

pytestmark = pytest.mark.xdist_group("rules_on_sample")


def findings(exports: Path) -> dict[str, Finding]:
    """What every rule says of a folder of exports."""
    with Engine.create() as engine:
        inputs = build.load(PROJECT, exports)
        build.fill(engine, inputs)
        return {one.rule: one for one in run.run(engine, rule.load(PROJECT), inputs.definitions.kpis)}


@pytest.fixture(scope="module")
def sample() -> dict[str, Finding]:
    return findings(ROOT / "data" / "sample")


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> dict[str, Finding]:
    folder = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "data.generator", "--clean", "--out", str(folder)], cwd=ROOT, check=True, capture_output=True)
    return findings(folder)


@pytest.mark.parametrize("name", RULES)
def test_no_rule_fails_on_the_sample(sample: dict[str, Finding], name: str):
    assert sample[name].outcome != "failed", sample[name].sentence.en


@pytest.mark.parametrize("name", [name for name in RULES if name not in BACKLOG])
def test_every_rule_passes_on_the_sample_without_its_faults(clean: dict[str, Finding], name: str):
    assert clean[name].outcome == "passed", clean[name].sentence.en


def test_the_rules_find_the_planted_faults_and_no_other(sample: dict[str, Finding]):
    readme = " ".join((ROOT / "data" / "README.md").read_text(encoding="utf-8").split())
    promised = {name: int(re.search(rf"(\d+) {words}", readme)[1]) for name, words in PLANTED.items()}
    assert {name: one.count for name, one in sample.items() if one.outcome != "passed" and name not in BACKLOG} == promised | BESIDES


def test_a_finding_names_the_record_it_is_about(sample: dict[str, Finding]):
    for name in PLANTED:
        assert all(row["record"] and row["value"] for row in sample[name].rows), name
