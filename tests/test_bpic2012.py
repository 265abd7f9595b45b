"""BPI Challenge 2012 as a team would feed it: an application is a lead and an opportunity at once, and its offers move beside it."""

import json
from collections import Counter, defaultdict
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from tests.shared_data import Product, needed, records
from tests.world import PROJECT, ROOT
from warehouse.definitions import load as load_definitions

FOLDER = "bpic2012"
DECISIONS = ("A_ACTIVATED", "A_DECLINED", "A_CANCELLED")
REPEATED_HOUR = ("2011-10-30 02:00:00", "2011-10-30 03:00:00")

pytestmark = pytest.mark.xdist_group(FOLDER)
on_data = needed(FOLDER)


@pytest.fixture(scope="module")
def project(tmp_path_factory, copy_project) -> Path:
    return copy_project(tmp_path_factory.mktemp(FOLDER) / "playbook")


@pytest.fixture(scope="module")
def product(project) -> Product:
    return Product(project, FOLDER)


@pytest.fixture(scope="module")
def definitions():
    return load_definitions(PROJECT, ROOT / "tests" / "adapters" / FOLDER)


def chains() -> dict[tuple[str, str], list[dict[str, str]]]:
    """The changes of each application (A_) and of its offers (O_), in order."""
    changes = defaultdict(list)
    for row in sorted(records(FOLDER, "stage_history"), key=lambda row: int(row["event_seq"])):
        changes[row["opportunity_id"], row["stage"][:2]].append(row)
    return changes


def seconds(text: str) -> str:
    """A time as the exports and the product both write it, to the millisecond."""
    return f"{text}.000"[:23] if "." not in text else text[:23]


# Figures

@on_data
def test_the_win_rate_is_the_readmes(product) -> None:
    row, = product.kpi("win_rate", "--basis", "flow", "--period", "all")
    assert (row["numerator"], row["denominator"], row["n"]) == (1336, 7455, 7455)
    assert row["value"] == pytest.approx(1336 / 7455) and row["low"] < row["value"] < row["high"]


@on_data
def test_the_stages_of_the_application_are_the_steps_to_won(product) -> None:
    """Pre-accepted is MQL, accepted SQL: the KPIs count what the README calls reached, and nothing is an opportunity before its offer."""
    mqls, = product.kpi("mqls", "--period", "all")
    sqls, = product.kpi("sqls", "--period", "all")
    to_sql, = product.kpi("mql_to_sql", "--period", "all", "--horizon", "all")
    to_won, = product.kpi("mql_to_won", "--period", "all", "--horizon", "all")
    assert (mqls["value"], sqls["value"]) == (4143, 2886)
    assert (to_sql["numerator"], to_sql["denominator"]) == (2886, 4143)
    assert (to_won["numerator"], to_won["denominator"]) == (1336, 4143)
    assert product.query("SELECT count(opportunity_at) AS offered, count(won_at) AS won, count(lost_at) AS lost, max(episode) AS episodes FROM lead_journeys") == [
        {"offered": 2836, "won": 1336, "lost": 6119, "episodes": 1}]


@on_data
def test_what_the_log_does_not_tell_is_null_and_never_zero(product) -> None:
    rows = product.kpi("connect_rate", "--period", "month")
    assert rows and all(row[name] is None for row in rows for name in ("numerator", "denominator", "value", "n"))


# Rules

@on_data
def test_the_rules_let_it_through(product) -> None:
    done = product.run("check", "--format", "json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0 and found["summary"]["failed"] == 0 and found["as_of"] == "2012-02-26T09:15:30.092000"
    assert {finding["outcome"] for finding in found["findings"]} <= {"warned", "skipped"}


@on_data
def test_nothing_of_the_export_is_lost(product) -> None:
    assert product.query("SELECT file, row_count, rejected FROM export_files ORDER BY file") == [
        {"file": f"{name}.csv", "row_count": len(records(FOLDER, name)), "rejected": 0} for name in ("activities", "opportunities", "stage_history")]


# Mapping

@on_data
def test_an_application_is_decided_at_the_time_of_the_deciding_event_whatever_stage_came_last(product) -> None:
    decided = {row["opportunity_id"]: (row["stage"] == "A_ACTIVATED", row["entered_at"])
               for row in records(FOLDER, "stage_history") if row["stage"] in DECISIONS}
    rows = product.query("SELECT opportunity_id, stage, is_won, closed_at FROM opportunities")
    assert {row["opportunity_id"]: (row["is_won"], seconds(row["closed_at"])) for row in rows} == decided
    assert Counter(row["stage"] for row in rows if row["is_won"]) == {"A_ACTIVATED": 660, "A_REGISTERED": 486, "A_APPROVED": 190}


@on_data
def test_each_stage_comes_from_the_one_before_of_its_own_kind(product) -> None:
    steps = Counter((before and before["stage"], after["stage"]) for chain in chains().values() for before, after in pairwise([None, *chain]))
    rows = product.query("SELECT from_stage, to_stage, count(*) AS changes FROM stage_changes GROUP BY ALL")
    assert {(row["from_stage"], row["to_stage"]): row["changes"] for row in rows} == steps
    assert steps["A_FINALIZED", "A_CANCELLED"] == 1047 and steps["A_FINALIZED", "A_APPROVED"] == 635


@on_data
def test_calls_are_the_three_things_done_on_the_telephone_and_desk_work_is_no_touch(product) -> None:
    rows = product.query("SELECT type, subject, count(*) AS activities FROM activities GROUP BY ALL")
    assert {(row["type"], row["subject"]): row["activities"] for row in rows} == {
        ("call", "W_Nabellen offertes"): 13_559, ("call", "W_Completeren aanvraag"): 13_005, ("call", "W_Nabellen incomplete dossiers"): 6_705,
        (None, "W_Valideren aanvraag"): 4_432, (None, "W_Afhandelen leads"): 3_294, (None, "W_Beoordelen fraude"): 160}
    calls, = product.kpi("calls", "--period", "all")
    approaches, = product.kpi("approaches", "--period", "all")
    assert calls["value"] == approaches["value"] == 33_269


@on_data
def test_an_activity_without_an_owner_stays_without_one(product) -> None:
    owners = Counter(row["owner"] or None for row in records(FOLDER, "activities"))
    rows = product.query("SELECT member_id, count(*) AS activities FROM activities GROUP BY member_id")
    assert {row["member_id"]: row["activities"] for row in rows} == owners and owners[None] == 7005


# Times

@on_data
def test_every_time_stays_as_it_was_written_also_in_the_hour_that_came_twice(product) -> None:
    """The export's zone is the local one, so nothing is converted: 02:45 on the night of the change stays 02:45, though it happened twice."""
    entered = Counter((row["opportunity_id"], row["stage"], row["entered_at"]) for row in records(FOLDER, "stage_history"))
    rows = product.query("SELECT lead_id, to_stage, changed_at FROM stage_changes")
    assert Counter((row["lead_id"], row["to_stage"], seconds(row["changed_at"])) for row in rows) == entered
    twice = sorted(key for key in entered if REPEATED_HOUR[0] <= key[2] < REPEATED_HOUR[1])
    assert twice == [("180745", "A_PARTLYSUBMITTED", "2011-10-30 02:45:48.435"), ("180745", "A_PREACCEPTED", "2011-10-30 02:46:23.437"),
                     ("180745", "A_SUBMITTED", "2011-10-30 02:45:45.333")]
    journey = product.query("SELECT CAST(created_at AS DATE) AS entered_on, mql_at FROM lead_journeys WHERE lead_id = '180745'")
    assert [(row["entered_on"], seconds(row["mql_at"])) for row in journey] == [("2011-10-30", "2011-10-30 02:46:23.437")]


@on_data
def test_an_activity_across_the_change_of_the_clocks_keeps_the_length_the_export_gives(product) -> None:
    given = {row["activity_id"]: (seconds(row["started_at"]), int(row["duration_sec"])) for row in records(FOLDER, "activities")}
    rows = product.query("SELECT activity_id, occurred_at, duration_seconds FROM activities")
    assert {row["activity_id"]: (seconds(row["occurred_at"]), row["duration_seconds"]) for row in rows} == given


# Definitions

def test_the_stages_allow_what_the_log_does_and_no_step_between_an_application_and_its_offers(definitions) -> None:
    allowed = {(stage.id, after) for stage in definitions.stages for after in stage.next}
    assert len(definitions.stages) == 17 and all(start[:2] == end[:2] for start, end in allowed)
    finals = {"A_APPROVED", "A_REGISTERED", "A_ACTIVATED"}
    assert {(start, end) for start in finals for end in finals - {start}} <= allowed


@on_data
def test_every_allowed_step_was_taken(definitions) -> None:
    taken = {(before["stage"], after["stage"]) for chain in chains().values() for before, after in pairwise(chain)}
    assert {(stage.id, after) for stage in definitions.stages for after in stage.next} == taken


# A record that is lead and opportunity at once

def journey(world, opportunity: str, history: str) -> dict:
    made = world("leads: [{lead_id: L1, created_at: 2026-11-02 09:00:00}]\n"
                 f"opportunities: [{{opportunity_id: L1, lead_id: L1, created_at: {opportunity}}}]\nstage_changes: {history}")
    row, = made.engine.rows("SELECT sql_at, opportunity_at FROM lead_journeys")
    return {name: value and f"{value:%d %H}" for name, value in row.items()}


HISTORY = "[{lead_id: L1, to_stage: sql, changed_at: 2026-11-04 09:00:00}, {lead_id: L1, to_stage: opportunity, changed_at: 2026-11-06 09:00:00}]"


def test_an_opportunity_as_old_as_its_lead_became_one_when_its_stages_say(world) -> None:
    assert journey(world, "2026-11-02 09:00:00", HISTORY) == {"sql_at": "04 09", "opportunity_at": "06 09"}


def test_an_opportunity_made_from_a_lead_became_one_when_it_was_created(world) -> None:
    assert journey(world, "2026-11-05 09:00:00", HISTORY) == {"sql_at": "04 09", "opportunity_at": "05 09"}


def test_an_opportunity_as_old_as_its_lead_and_without_history_became_one_at_once(world) -> None:
    assert journey(world, "2026-11-02 09:00:00", "[]") == {"sql_at": "02 09", "opportunity_at": "02 09"}


# The site

class Words(HTMLParser):
    """The words of a page's main text."""

    def __init__(self, page: Path):
        super().__init__()
        self.inside, self.words = False, []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.inside = self.inside or tag == "article"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.words.append(data)


@pytest.fixture(scope="module")
def site(product, project) -> Path:
    """Its site, with one sentence more that names a stage the bank lacks and one that it has."""
    page = project / "playbook" / "en" / "stages" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + '\nFrom {{ stage("fit") }} to {{ stage("won") }}.\n', encoding="utf-8")
    done = product.run("build")
    assert done.exit_code == 0, done.output
    return project / "site"


@on_data
def test_its_site_has_a_page_for_every_stage_in_both_languages(site, definitions) -> None:
    for stage in definitions.stages:
        for language, folder in (("ja", "."), ("en", "en")):
            assert stage.meaning[language] in "".join(Words(site / folder / "stages" / f"{stage.id}.html").words)


@on_data
def test_no_page_of_its_site_shows_a_macro_that_did_not_run(site) -> None:
    pages = [page for page in site.rglob("*.html") if "guide" not in page.parts]
    assert pages and [page for page in pages if "{{" in "".join(Words(page).words)] == []


@on_data
def test_a_page_names_a_milestone_that_the_bank_lacks_by_the_glossarys_word(site) -> None:
    text = (site / "en" / "stages" / "index.html").read_text(encoding="utf-8")
    assert 'From <a href="../glossary.html#term-fit">' in text and '<a href="A_ACTIVATED.html">Activated</a>.' in text
