"""How agreements stand on a day: who signed what, what is void, and what is signed in advance."""

from datetime import date
from typing import Any

import pytest

from tests.signed import AGREEMENTS, PARTIES, WORDS, changed, signed
from tests.world import project_definitions
from warehouse import signature_tables
from warehouse.definitions import Definitions
from warehouse.signatures import Standing, standings

OLD, NEW = date(2025, 4, 1), date(2026, 4, 1)
BEFORE, TODAY = date(2026, 3, 20), date(2026, 11, 20)


def row(department: str, agreement: str = "first_touch", **more: Any) -> dict[str, Any]:
    return {"agreement": agreement, "department": department, **more}


def everybody(**more: Any) -> list[dict[str, Any]]:
    return [row(department, **more) for department in PARTIES]


def defined(rows: list[dict[str, Any]], **agreements: dict[str, Any]) -> Definitions:
    return signed(project_definitions(), rows, **agreements)


def standing(rows: list[dict[str, Any]], day: date = TODAY, **agreements: dict[str, Any]) -> Standing:
    [found] = standings(defined(rows or [{"agreement": "first_touch"}], **agreements), day)
    return found


def told(one: Standing) -> dict[str, str]:
    """Each department's state under the judging version."""
    return {party.department: party.state for party in one.judging.signings}


def table(name: str, rows: list[dict[str, Any]], day: date = TODAY, **agreements: dict[str, Any]) -> list[dict[str, Any]]:
    columns, found = signature_tables.tables(defined(rows, **agreements), day)[name]
    return [dict(zip(columns, one, strict=True)) for one in found]


def test_an_agreement_is_in_force_once_all_parties_signed_the_terms_that_judge_the_day():
    found = standing(everybody(on=date(2026, 3, 2)))
    assert (found.state, found.judging.since, found.judging.awaiting, found.ahead) == ("in_force", NEW, [], None)


def test_it_is_in_force_since_the_last_of_them_signed():
    found = standing([row("marketing", on=date(2026, 4, 20)), row("inside_sales", on=date(2026, 5, 7)), row("field_sales")])
    assert found.judging.since == date(2026, 5, 7)


@pytest.mark.parametrize("missing", PARTIES)
def test_it_awaits_who_has_not_signed(missing: str):
    found = standing([one for one in everybody() if one["department"] != missing])
    assert (found.state, found.judging.awaiting, found.judging.since) == ("awaiting", [missing], None)


def test_what_nobody_signed_awaits_all_in_the_order_of_the_parties():
    assert standing([]).judging.awaiting == PARTIES


def test_new_terms_void_the_signatures_under_the_old_and_say_what_changed():
    found = standing(everybody(effective_from=OLD))
    assert (found.state, found.judging.awaiting, told(found)) == ("void", PARTIES, dict.fromkeys(PARTIES, "void"))
    assert [str(one) for one in found.judging.signings[0].changes] == ["inquiry (within: 4 → 1)", "+tier_a", "-referral"]


def test_the_old_terms_stay_in_force_until_the_new_ones_begin():
    found = standing(everybody(effective_from=OLD), BEFORE)
    assert (found.state, found.judging.since, found.ahead.terms.effective_from, found.ahead.awaiting) == ("in_force", OLD, NEW, PARTIES)
    assert {party.state for party in found.ahead.signings} == {"awaiting"}


def test_who_signs_in_advance_has_signed_both():
    found = standing([*everybody(effective_from=OLD), row("marketing", effective_from=NEW)], BEFORE)
    assert (found.state, found.ahead.awaiting) == ("in_force", ["inside_sales", "field_sales"])
    assert standing(everybody(effective_from=NEW), BEFORE).judging.awaiting == PARTIES, "a signature under later terms says nothing about the present ones"


def test_terms_that_all_signed_in_advance_are_in_force_on_their_first_day():
    rows = [*everybody(effective_from=OLD), *everybody(effective_from=NEW, on=BEFORE)]
    assert [standing(rows, day).judging.terms.effective_from for day in (date(2026, 3, 31), NEW)] == [OLD, NEW]
    assert (standing(rows, NEW).state, standing(rows, NEW).judging.since) == ("in_force", NEW)


def test_an_agreement_that_has_not_begun_is_signed_in_advance_or_awaited():
    assert [standing(rows, date(2025, 3, 1)).state for rows in (everybody(effective_from=OLD), [])] == ["upcoming", "awaiting"]


def test_terms_changed_in_advance_void_the_signatures_given_in_advance():
    changed_terms = changed("first_touch", (("versions", 1, "terms", 0, "limit", "within"), 2))
    found = standing([*everybody(effective_from=OLD), row("marketing")], BEFORE, first_touch=changed_terms)
    assert found.state == "in_force"
    assert [(party.state, list(map(str, party.changes))) for party in found.ahead.signings][0] == ("void", ["inquiry"])
    assert [party.state for party in found.ahead.signings[1:]] == ["awaiting", "awaiting"]


def test_words_may_change_without_a_new_signature():
    reworded = changed("first_touch", (("purpose",), {"ja": "別の言葉", "en": "Other words"}), (("versions", 1, "terms", 0, "name"), {"ja": "別", "en": "Other"}))
    assert standing(everybody(), first_touch=reworded).state == "in_force"


def test_a_later_review_needs_no_new_signature_and_a_past_one_is_due():
    assert [standing(everybody(), day).state for day in (date(2027, 3, 31), date(2027, 4, 1))] == ["in_force", "expired"]
    assert standing(everybody(), date(2027, 4, 1), first_touch=changed("first_touch", (("review_on",), date(2028, 3, 31)))).state == "in_force"
    late = standing([row("marketing")], date(2027, 4, 1))
    assert (late.state, late.is_expired) == ("awaiting", True)


def test_terms_changed_in_place_void_every_signature_and_name_the_term():
    edit = changed("first_touch", (("versions", 1, "terms", 0, "limit", "within"), 2))
    found = standing(everybody(), first_touch=edit)
    assert (found.state, {str(change) for party in found.judging.signings for change in party.changes}) == ("void", {"inquiry"})


def test_the_old_value_is_told_where_some_version_still_has_it():
    edit = changed("first_touch", (("versions", 1, "terms", 0, "limit", "within"), 2), (("versions", 0, "terms", 0, "limit", "within"), 1))
    assert {str(change) for party in standing(everybody(), first_touch=edit).judging.signings for change in party.changes} == {"inquiry (within: 1 → 2)"}


def test_a_begin_that_is_moved_voids_the_signatures():
    for day in (date(2026, 3, 1), date(2026, 5, 1)):
        found = standing(everybody(), first_touch=changed("first_touch", (("versions", 1, "effective_from"), day)))
        assert (found.state, str(found.judging.signings[0].changes[0])) == ("void", f"effective_from (2026-04-01 → {day})")


def test_a_begin_that_is_moved_together_with_a_term_is_told_beside_it():
    edit = changed("first_touch", (("versions", 1, "effective_from"), date(2026, 5, 1)), (("versions", 1, "terms", 2, "limit", "within"), 8))
    assert [str(one) for one in standing(everybody(), first_touch=edit).judging.signings[0].changes] == ["others (within: 9 → 8)", "effective_from (2026-04-01 → 2026-05-01)"]


def test_a_new_version_of_the_same_terms_is_void_for_its_begin_alone():
    again = {**AGREEMENTS["first_touch"]["versions"][1], "effective_from": date(2026, 10, 1)}
    found = standing(everybody(), first_touch=changed("first_touch", (("versions",), [*AGREEMENTS["first_touch"]["versions"], again])))
    assert (found.state, [str(one) for one in found.judging.signings[0].changes]) == ("void", ["effective_from (2026-04-01 → 2026-10-01)"])


def test_what_changed_is_told_against_what_a_department_signed_last():
    third = changed("first_touch", (("versions", 1, "effective_from"), date(2026, 10, 1)), (("versions", 1, "terms", 0, "limit", "within"), 2))["versions"][1]
    found = standing([row("marketing", effective_from=OLD), row("marketing", effective_from=NEW)], first_touch=changed("first_touch", (("versions",), [*AGREEMENTS["first_touch"]["versions"], third])))
    assert [str(one) for one in found.judging.signings[0].changes] == ["inquiry (within: 1 → 2)"]


def test_a_new_party_voids_the_signatures_and_is_awaited():
    found = standing(everybody(), first_touch=changed("first_touch", (("parties",), [*PARTIES, "customer_success"])))
    assert told(found) == {**dict.fromkeys(PARTIES, "void"), "customer_success": "awaiting"}
    assert str(found.judging.signings[0].changes[0]) == "parties (field_sales, inside_sales, marketing → customer_success, field_sales, inside_sales, marketing)"


def test_terms_of_a_past_version_that_change_afterwards_void_the_signatures_under_it():
    rows = [*everybody(effective_from=OLD), *everybody(effective_from=NEW)]
    assert standing(rows).altered == ()
    edit = changed("first_touch", (("versions", 0, "terms", 1, "limit", "within"), 8))
    found = standing(rows, first_touch=edit)
    assert (found.state, [(one.terms.effective_from, [party.department for party in one.signings]) for one in found.altered]) == ("in_force", [(OLD, PARTIES)])
    assert [(one["effective_from"], one["department"], one["void_terms"]) for one in table("void_signatures", rows, first_touch=edit)] == [(OLD, one, "referral") for one in PARTIES]


def test_a_new_party_leaves_the_signatures_under_past_terms_alone():
    rows = [*everybody(effective_from=OLD), *everybody(effective_from=NEW)]
    assert standing(rows, first_touch=changed("first_touch", (("parties",), [*PARTIES, "customer_success"]))).altered == ()


def test_a_signature_whose_seal_is_broken_counts_for_nothing():
    found = standing([row("marketing", is_edited=True), row("inside_sales"), row("field_sales")])
    assert (found.state, found.judging.awaiting) == ("awaiting", ["marketing"])


def test_a_signature_of_one_department_or_agreement_counts_for_no_other():
    found = {one.agreement: told(one) for one in standings(defined([row("marketing"), row("field_sales", "feedback")]), TODAY)}
    assert found == {"first_touch": {"marketing": "signed", "inside_sales": "awaiting", "field_sales": "awaiting"},
                     "feedback": {"marketing": "awaiting", "inside_sales": "awaiting", "field_sales": "signed"}}


def test_signatures_under_an_agreement_that_is_gone_stay_in_the_table_and_count_for_nothing():
    definitions = defined([row("marketing", "feedback"), {"agreement": "first_touch"}])
    definitions.agreements.pop("feedback")
    made = signature_tables.tables(definitions, TODAY)
    assert [len(list(made[name][1])) for name in ("signatures", "agreement_status", "party_signatures")] == [1, 1, 3]


def test_what_judges_a_day_is_chosen_among_versions_in_any_order_of_the_file():
    backwards = changed("first_touch", (("versions",), AGREEMENTS["first_touch"]["versions"][::-1]))
    assert standing(everybody(), first_touch=backwards).state == "in_force"


def test_a_term_that_becomes_another_kind_shows_the_values_of_both():
    edit = changed("first_touch", (("versions", 1, "terms", 0), {"id": "inquiry", "name": WORDS, "reasoned": {"verdict": "sql", "department": "inside_sales"}}))
    [change] = [one for one in standing([row("marketing", effective_from=OLD)], first_touch=edit).judging.signings[0].changes if one.part == "inquiry"]
    assert (change.before, change.after) == ({"wait": "first_touch", "source": "web_inquiry", "within": "4", "unit": "hours", "verdict": "—"},
                                             {"wait": "—", "source": "—", "within": "—", "unit": "—", "verdict": "sql"})


def test_the_status_has_a_row_for_each_agreement():
    rows = [*everybody(effective_from=OLD), row("marketing"), *everybody(agreement="feedback")]
    first, second = table("agreement_status", rows, BEFORE)
    assert {name: value for name, value in first.items() if "digest" not in name} == {
        "agreement": "first_touch", "state": "in_force", "effective_from": OLD, "since": OLD, "review_on": date(2027, 3, 31), "is_expired": False, "parties": 3, "signed": 3,
        "awaiting": None, "ahead_from": NEW, "ahead_signed": 1, "ahead_awaiting": "inside_sales, field_sales"}
    assert (second["agreement"], second["ahead_from"], second["ahead_signed"]) == ("feedback", None, None)
    assert first["terms_digest"] != first["ahead_digest"] and len(first["terms_digest"]) == 64


def test_the_parties_have_a_row_for_what_judges_and_for_what_is_ahead():
    rows = [*everybody(effective_from=OLD), row("marketing", by="山田 太郎", on=BEFORE, evidence="https://example.com/42")]
    found = table("party_signatures", rows, BEFORE)
    assert [(one["effective_from"], one["is_ahead"], one["department"], one["state"]) for one in found] == [
        *((OLD, False, one, "signed") for one in PARTIES), (NEW, True, "marketing", "signed"), (NEW, True, "inside_sales", "awaiting"), (NEW, True, "field_sales", "awaiting")]
    assert (found[3]["signed_by"], found[3]["signed_on"], found[3]["evidence_link"]) == ("山田 太郎", BEFORE, "https://example.com/42")


def test_the_void_terms_have_a_row_for_each_part():
    found = [tuple(one.values())[4:] for one in table("void_terms", [row("marketing", effective_from=OLD)])]
    assert found == [(1, "inquiry", "changed", "within: 4", "within: 1"),
                     (2, "tier_a", "added", None, "wait: first_touch, tier: a, within: 4, unit: hours, department: inside_sales"),
                     (3, "referral", "removed", "wait: first_touch, source: referral, within: 4, unit: hours, department: inside_sales", None)]
