"""What a signature is under: words and layout do not matter, every value does; and no line of the signatures can be touched unseen."""

import hashlib
import json
import typing
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signed import AGREEMENTS, EMPTY, changed, fields, limit, read, written
from warehouse import seals, signatures
from warehouse.definitions.agreements import Agreement, Term
from warehouse.definitions.model import Model, Text
from warehouse.definitions.signatures import SignaturesFile

ROWS = [{"agreement": name, "department": department} for name in AGREEMENTS for department in ("marketing", "inside_sales", "field_sales")]
FILE = seals.signed(EMPTY, *(fields(read(AGREEMENTS[row["agreement"]]), row) for row in ROWS))
PROSE = {"name", "purpose", "does", "otherwise", "to", "reason"}
few = settings(max_examples=60, deadline=None)


def digest(data: dict[str, Any], name: str = "first_touch") -> str:
    agreement = read(data)
    return seals.terms(name, agreement, agreement.present).digest


def told_anew(data: Any, draw: Any, key: str = "") -> Any:
    """The same agreement in other words and another order: prose, keys, terms, and lists whose order means nothing."""
    if key in PROSE:
        return {"en": draw(st.text("abc é", min_size=1)), "ja": draw(st.text("言葉用語", min_size=1))}
    if isinstance(data, dict):
        return {name: told_anew(data[name], draw, name) for name in draw(st.permutations(list(data)))}
    if isinstance(data, list):
        items = [told_anew(one, draw) for one in data]
        return draw(st.permutations(items)) + ([items[0]] if key in ("any_of", "fields", "when") and draw(st.booleans()) else [])
    return float(data) if key == "at_least" and draw(st.booleans()) else data


def laid_out_anew(data: dict[str, Any], draw: Any) -> str:
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=draw(st.booleans()), default_flow_style=draw(st.sampled_from([True, False, None])),
                          indent=draw(st.integers(2, 6)), width=draw(st.integers(20, 200)))
    return draw(st.sampled_from(["", "# a comment\n", "\n\n"])) + text + draw(st.sampled_from(["", "# another one\n"]))


@few
@given(st.data(), st.sampled_from(sorted(AGREEMENTS)))
def test_other_words_another_order_and_another_layout_leave_the_digest_as_it_was(data, name: str):
    again = told_anew({**deepcopy(AGREEMENTS[name]), "review_on": date(2028, 1, 1), "order": 99}, data.draw)
    assert digest(yaml.safe_load(laid_out_anew(again, data.draw)), name) == digest(AGREEMENTS[name], name)


def test_a_value_left_out_and_its_default_written_out_are_the_same():
    assert digest(changed("first_touch", (("versions", 1, "terms", 2, "limit", "source"), None))) == digest(AGREEMENTS["first_touch"])


# Changes

OTHER = {"wait": ["mql_verdict", "sql_verdict"], "source": ["exhibition", "web inquiry", "WEB_INQUIRY"], "tier": ["b"], "within": [2, 40], "unit": ["minutes", "working_days"],
         "department": ["marketing"], "milestone": ["mql"], "at_least": [70.5, 71, 7], "verdict": ["mql"], "any_of": [["confirmed"], ["confirmed", "partly", "none"], ["Confirmed", "partly"]],
         "fields": [["budget"], ["budget", "need", "timing"], ["budget", "authority"]]}


def values(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """The path of every typed value that a test knows another one for."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if key in OTHER and not isinstance(inner, dict):
            yield from (((*path, key), other) for other in OTHER[key])
        elif isinstance(inner, (dict, list)) and key != "name":
            yield from values(inner, (*path, key))


CHANGES = [(name, number, path, other) for name, one in AGREEMENTS.items() for number, term in enumerate(one["versions"][-1]["terms"])
           for path, other in values({key: value for key, value in term.items() if key not in ("id", "name")})]


def of_marketing(name: str):
    return next(one for one in FILE.signatures if (one.agreement, one.department) == (name, "marketing"))


def parts_changed(name: str, data: dict[str, Any]) -> list[tuple[str, str]]:
    agreement = read(data)
    known = signatures.versions(name, agreement)
    return [(one.part, one.kind) for one in signatures.changes(of_marketing(name), known[-1], known)]


@pytest.mark.parametrize(("name", "number", "path", "other"), CHANGES, ids=lambda one: ".".join(map(str, one)) if isinstance(one, tuple) else str(one))
def test_another_value_is_another_digest_and_names_its_term_alone(name: str, number: int, path: tuple, other: Any):
    data = changed(name, (("versions", -1, "terms", number, *path), other))
    assert digest(data, name) != digest(AGREEMENTS[name], name)
    assert parts_changed(name, data) == [(AGREEMENTS[name]["versions"][-1]["terms"][number]["id"], "changed")]


def test_the_changes_cover_every_kind_of_value_that_terms_have():
    kinds = {inner.annotation for inner in Term.model_fields.values()}
    models = [one for kind in kinds for one in typing.get_args(kind) if isinstance(one, type) and issubclass(one, Model) and one is not Text]
    assert {name for model in models for name in model.model_fields} - {"when"} <= set(OTHER)
    assert {path[-1] for _, _, path, _ in CHANGES} == set(OTHER)


@given(st.integers(1, 10 ** 6), st.integers(1, 10 ** 6))
def test_two_limits_have_one_digest_only_when_they_are_equal(one: int, other: int):
    data = [changed("first_touch", (("versions", 1, "terms", 0, "limit", "within"), within)) for within in (one, other)]
    assert (digest(data[0]) == digest(data[1])) == (one == other)


@pytest.mark.parametrize(("edit", "said"), [
    ((("parties",), ["marketing", "inside_sales"]), [("parties", "changed")]),
    ((("escalation", 0, "after_working_days"), 2), [("escalation", "changed")]),
    ((("versions", 1, "effective_from"), date(2026, 5, 1)), [("effective_from", "changed")]),
    ((("versions", 1, "terms", 1, "id"), "tier_b"), [("tier_b", "added"), ("tier_a", "removed")]),
    ((("versions", 1, "terms"), AGREEMENTS["first_touch"]["versions"][1]["terms"][:2]), [("others", "removed")]),
])
def test_another_party_step_begin_or_term_is_another_digest_and_is_named(edit: tuple, said: list):
    data = changed("first_touch", edit)
    assert digest(data) != digest(AGREEMENTS["first_touch"])
    assert parts_changed("first_touch", data) == said


def test_the_same_terms_under_another_name_are_another_agreement():
    assert digest(AGREEMENTS["first_touch"], "first_touch") != digest(AGREEMENTS["first_touch"], "second_touch")


def test_two_terms_do_not_swap_their_values_unseen():
    first = written({"2025-04-01": {"one": limit(4, source="a"), "two": limit(5, source="b")}})
    assert digest(first) != digest(written({"2025-04-01": {"one": limit(5, source="b"), "two": limit(4, source="a")}}))


def test_every_list_among_the_terms_is_known_to_be_a_set():
    """A list whose order meant something would have to stay out of SETS; there is none so far, and the next one has to be decided on."""
    listed = {name for kind in Term.model_fields.values() for model in typing.get_args(kind.annotation) if isinstance(model, type) and issubclass(model, Model)
              for name, field in model.model_fields.items() if "tuple" in str(field.annotation)}
    assert listed | {"any_of"} == seals.SETS - {"parties", "escalation"}


def test_the_digest_is_that_of_the_canonical_form_written_out_by_hand():
    """Should this fail, every signature given so far would be void: the form has a number, `form`, so that a new one can stand beside it."""
    by_hand = {
        "agreement": "feedback", "effective_from": "2025-04-01", "escalation": [1, 3], "form": 1, "parties": ["field_sales", "inside_sales", "marketing"],
        "terms": {"bant": {"qualification": {"department": "inside_sales", "milestone": "sql", "when": [{"need": {"any_of": ["confirmed", "partly"]}, "score": {"at_least": 70}},
                                                                          {"source": {"is_filled": True}}]}},
                  "fields": {"filled": {"department": "inside_sales", "fields": ["budget", "need"], "milestone": "sql"}}, "reason": {"reasoned": {"department": "field_sales", "verdict": "sql"}}}}
    text = json.dumps(by_hand, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest(AGREEMENTS["feedback"], "feedback") == hashlib.sha256(text.encode()).hexdigest()


# The chain

def test_signatures_as_they_were_given_hold():
    assert list(seals.broken(FILE)) == [] and list(seals.broken(EMPTY)) == []


EDITS = {"agreement": "other", "department": "other", "signed_by": "Other", "signed_on": date(2020, 1, 1), "evidence": "other", "effective_from": date(2020, 1, 1),
         "digest": "a" * 64, "parties": ("marketing",), "escalation": (9,), "terms": {"inquiry": "a" * 12}, "seal": "b" * 64}


@pytest.mark.parametrize("place", range(len(ROWS)))
@pytest.mark.parametrize("field", EDITS)
def test_any_field_of_any_line_that_is_edited_is_found_in_its_line(field: str, place: int):
    lines = [one.model_copy(update={field: EDITS[field]}) if number == place else one for number, one in enumerate(FILE.signatures)]
    assert next(seals.broken(of(lines))) == place


def test_the_edits_cover_every_field_of_a_signature():
    assert set(EDITS) == set(type(FILE.signatures[0]).model_fields)


def of(lines: list) -> SignaturesFile:
    return FILE.model_copy(update={"signatures": tuple(lines)})


@given(st.permutations(range(len(ROWS))))
def test_lines_in_any_other_order_are_found(order: list[int]):
    lines = [FILE.signatures[number] for number in order]
    assert bool(list(seals.broken(of(lines)))) == (order != sorted(order))


@given(st.sets(st.integers(0, len(ROWS) - 1)))
def test_any_lines_that_are_taken_out_are_found_also_at_the_end_and_when_none_is_left(gone: set[int]):
    lines = [one for number, one in enumerate(FILE.signatures) if number not in gone]
    assert bool(list(seals.broken(of(lines)))) == bool(gone)


@given(st.integers(0, len(ROWS) - 1), st.integers(0, len(ROWS)))
def test_a_line_that_is_written_twice_is_found(copied: int, place: int):
    lines = list(FILE.signatures)
    lines.insert(place, lines[copied])
    assert list(seals.broken(of(lines)))


def test_another_seal_of_the_file_is_found_at_its_end():
    assert list(seals.broken(FILE.model_copy(update={"seal": "c" * 64}))) == [len(ROWS)]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.text("あaé髙𠮷\\\"'{}[]:#", min_size=1))
def test_a_seal_depends_on_the_values_and_not_on_how_they_are_written(day: date, name: str):
    row = {**fields(read(AGREEMENTS["feedback"]), ROWS[-1]), "signed_on": day, "signed_by": name, "evidence": None}
    assert seals.sealed("0" * 64, row) == seals.sealed("0" * 64, {key: value for key, value in reversed(row.items()) if key != "evidence"})
    assert seals.sealed("0" * 64, row).seal != seals.sealed("0" * 64, {**row, "signed_on": day + timedelta(days=1)}).seal
