"""Findings on the command line: the JSON is the contract's, and nothing from the data can move a terminal's cursor."""

import json
import unicodedata
from datetime import date, datetime

import pytest

from checks import report
from checks.run import Finding
from tests.world import SHARED_DATA
from warehouse.definitions import Text

AS_OF = datetime(2026, 11, 20, 17, 45)
NAUGHTY_STRINGS = SHARED_DATA / "hostile" / "blns.json"
HOSTILE = ["\x1b[2J\x1b[1;31mred", "\x9b31mred", "back\x08space", "bell\x07", "over\rwritten", "one\ntwo", "tab\there", "nul\x00", "del\x7f",
           "right\u202eleft", "\u2066isolated\u2069", "zero\u200bwidth", "mark\ufeff", "line\u2028line", "paragraph\u2029paragraph", "next\x85line"]
INERT = ("Cc", "Cf", "Cs", "Zl", "Zp")


def finding(rule: str = "undefined_stage", outcome: str = "warned", rows: tuple[dict, ...] = (), sentence: str = "One stage is unknown", **changed) -> Finding:
    words = {"title": Text(ja="題名", en=f"The title of {rule}"), "sentence": Text(ja="文", en=sentence), "fix": Text(ja="直し方", en="Define the stage")}
    return Finding(**{"rule": rule, "severity": "warning", "outcome": outcome, "count": len(rows), "looked_at": 50, "rows": list(rows), **words, **changed})


def as_json(*findings: Finding, limit: int = 20) -> dict:
    return json.loads(report.as_json(list(findings), AS_OF, limit))


def as_text(*findings: Finding, limit: int = 20) -> str:
    return report.as_text(list(findings), AS_OF, limit)


def test_the_json_has_the_keys_of_the_contract_and_no_other():
    made = as_json(finding(rows=({"record": "L1", "value": "見込み"},)))
    assert list(made) == ["schema", "as_of", "summary", "findings"]
    assert (made["schema"], made["as_of"]) == (1, "2026-11-20T17:45:00")
    assert list(made["summary"]) == ["passed", "warned", "failed", "waived", "skipped"]
    assert made["findings"] == [{"rule": "undefined_stage", "severity": "warning", "outcome": "warned", "count": 1, "sentence": "One stage is unknown",
                                 "fix": "Define the stage", "rows": [{"record": "L1", "value": "見込み"}]}]


def test_a_rule_of_the_project_has_the_keys_of_the_contract_too(world):
    made = world({"leads": [{"lead_id": "L1", "created_at": "2026-11-02 09:00:00", "stage": "見込み"}]})
    [told] = as_json(made.finding("undefined_stage"))["findings"]
    assert set(told) == {"rule", "severity", "outcome", "count", "sentence", "fix", "rows"}
    assert told["rows"] == [{"record": "L1", "value": "見込み", "found_in": "leads.stage"}]


def test_the_summary_counts_rules_and_not_rows():
    rows = tuple({"record": f"L{number}"} for number in range(7))
    made = as_json(finding("a", rows=rows), finding("b", rows=rows), finding("c", "failed", rows), finding("d", "passed"), finding("e", "skipped"))
    assert made["summary"] == {"passed": 1, "warned": 2, "failed": 1, "waived": 0, "skipped": 1}


def test_a_rule_that_passed_is_counted_and_not_listed():
    made = as_json(finding("a", "passed"), finding("b", "skipped"), finding("c", "waived"))
    assert [(one["rule"], one["outcome"]) for one in made["findings"]] == [("b", "skipped"), ("c", "waived")]


@pytest.mark.parametrize("limit", [0, 1, 3, 20])
def test_the_json_lists_as_many_rows_as_asked_for_and_counts_them_all(limit: int):
    [told] = as_json(finding(rows=tuple({"record": f"L{number}"} for number in range(5))), limit=limit)["findings"]
    assert told["rows"] == [{"record": f"L{number}"} for number in range(min(limit, 5))]
    assert told["count"] == 5


def test_days_and_times_are_text_in_json():
    [told] = as_json(finding(rows=({"record": "O1", "value": datetime(2062, 11, 2, 10), "day": date(2026, 11, 2), "empty": None},)))["findings"]
    assert told["rows"] == [{"record": "O1", "value": "2062-11-02 10:00:00", "day": "2026-11-02", "empty": None}]


def test_what_stops_a_build_stands_first_in_the_text():
    text = as_text(finding("a", "passed"), finding("b", "skipped"), finding("c"), finding("d", "failed"), finding("e", "waived"))
    assert [line.split(":")[0] for line in text.splitlines()[1:-1] if not line.startswith(" ")] == ["✗ d", "! c", "~ e", "- b", "✓ a"]
    assert text.splitlines()[0] == "As of 2026-11-20 17:45"
    assert text.splitlines()[-1] == "1 passed, 1 warned, 1 failed, 1 waived, 1 skipped"


def test_the_text_shows_the_first_rows_how_many_more_and_what_mends_them():
    text = as_text(finding(rows=({"record": "L1", "value": "x", "stage": None}, {"record": "L2"}, {"record": "L3"})), limit=1)
    assert text.splitlines()[1:-1] == ["! undefined_stage: One stage is unknown", "    record=L1  value=x", "    … 2 more", "    Mend: Define the stage"]


def test_a_rule_that_passed_is_told_by_its_title():
    assert "✓ a: The title of a" in as_text(finding("a", "passed"))


def test_a_long_value_is_cut_short_in_the_text():
    line = as_text(finding(rows=({"record": "x" * 5000},))).splitlines()[2]
    assert line == f"    record={'x' * 79}…"


def is_inert(text: str) -> bool:
    """Whether printing the text line by line can do no more than print it."""
    return not any(unicodedata.category(character) in INERT for line in text.split("\n") for character in line)


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_a_hostile_value_reaches_no_terminal(value: str):
    text = as_text(finding(outcome="failed", rows=({"record": value, value: "in the name"},), sentence=f"Unknown: {value}"))
    assert is_inert(text)
    assert len(text.split("\n")) == 5


def test_no_naughty_string_reaches_a_terminal_or_breaks_the_json():
    if not NAUGHTY_STRINGS.is_file():
        pytest.skip("the shared hostile strings are not beside the project: the list of naughty strings was not tried")
    for value in json.loads(NAUGHTY_STRINGS.read_text(encoding="utf-8")):
        broken = finding(outcome="failed", rows=({"record": value},), sentence=f"Unknown: {value}")
        assert is_inert(as_text(broken)) and len(as_text(broken).split("\n")) == 5, ascii(value)
        assert as_json(broken)["findings"][0]["rows"] == [{"record": value}]
