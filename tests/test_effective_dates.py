"""A limit, a target or a tier changed from a day on judges what comes after it, and leaves what came before as it was."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from macros.book import Book
from macros.kpi_charts import kpi_trend
from macros.week_tables import week_rates
from tests.agreed import term, terms, with_terms
from tests.world import PROJECT, ROOT, World, project_definitions
from warehouse import build
from warehouse.definitions import Definitions
from warehouse.definitions.kpis import Target
from warehouse.definitions.conditions import Asked
from warehouse.definitions.priority import PriorityVersion
from warehouse.engine import Engine

pytestmark = pytest.mark.xdist_group("effective dates")
CHANGE = date(2026, 11, 2)
WHOLE = project_definitions()
KPIS = {name: WHOLE.kpis[name] for name in ("response_minutes", "mqls", "connect_rate")}
LEADS = "SELECT lead_id, episode, mql_at, source, tier, is_answered, is_within_from_mql AS is_within, minutes_from_mql AS minutes FROM response_times WHERE is_due_from_mql ORDER BY ALL"
WEEKS = "SELECT week, value, numerator, denominator FROM weekly_kpis WHERE kpi = 'response_minutes' AND statistic = 'in_time' ORDER BY week"


def target(kpi: str, value: float, since: date, period: str = "week") -> Target:
    return Target(kpi=kpi, period=period, value=value, effective_from=since, set_by=WHOLE.targets[0].set_by)


def exhibitions_first() -> Definitions:
    """From the change on, whoever comes from an exhibition is tier A."""
    [version] = WHOLE.priorities
    first = version.tiers[0].model_copy(update={"when": (*version.tiers[0].when, {"source": Asked(any_of=("exhibition",))})})
    return replace(WHOLE, priorities=(version, PriorityVersion(effective_from=CHANGE, tiers=(first, *version.tiers[1:]))))


@pytest.fixture(scope="module")
def sample() -> Iterator[Callable[[Definitions], Engine]]:
    """Fills a warehouse in memory from the sample under given definitions, with three KPIs."""
    inputs, opened = build.load(PROJECT, ROOT / "data" / "sample"), []

    def make(definitions: Definitions) -> Engine:
        opened.append(Engine.create())
        build.fill(opened[-1], replace(inputs, definitions=replace(definitions, kpis=KPIS)))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture(scope="module")
def agreed(sample) -> Engine:
    """As the project agreed."""
    return sample(WHOLE)


@pytest.fixture(scope="module")
def stricter(sample) -> Engine:
    """With one hour instead of four for web inquiries, from the change on."""
    return sample(with_terms(WHOLE, "first_touch", term(1, "hours", CHANGE, source="web_inquiry")))


def parted(engine: Engine) -> tuple[list[dict], list[dict]]:
    """The leads that are due, those of before the change and those from it on."""
    rows = engine.rows(LEADS)
    return [row for row in rows if row["mql_at"].date() < CHANGE], [row for row in rows if row["mql_at"].date() >= CHANGE]


def weekly(engine: Engine) -> dict[str, tuple]:
    return {row["week"]: (row["value"], row["numerator"], row["denominator"]) for row in engine.rows(WEEKS)}


# A limit

def test_a_stricter_limit_leaves_every_earlier_lead_as_it_was(agreed, stricter) -> None:
    (before, _), (before_again, _) = parted(agreed), parted(stricter)
    assert len(before) > 3000 and before == before_again


def test_a_stricter_limit_judges_every_later_lead(agreed, stricter) -> None:
    (_, was), (_, now) = parted(agreed), parted(stricter)
    inquiries = [row for row in now if row["source"] == "web_inquiry"]
    assert len(inquiries) > 20 and all(row["is_within"] == (row["minutes"] <= 60) for row in inquiries)
    changed = {row["lead_id"] for row in inquiries if not row["is_within"]} & {row["lead_id"] for row in was if row["is_within"]}
    assert len(changed) > 5
    assert [row for row in now if row["source"] != "web_inquiry"] == [row for row in was if row["source"] != "web_inquiry"]


def test_a_stricter_limit_leaves_earlier_weeks_of_the_kpi_and_lowers_later_ones(agreed, stricter) -> None:
    was, now = weekly(agreed), weekly(stricter)
    earlier, later = [week for week in was if week < "2026-W45"], [week for week in was if week >= "2026-W45"]
    assert len(earlier) > 70 and [was[week] for week in earlier] == [now[week] for week in earlier]
    assert later == ["2026-W45", "2026-W46", "2026-W47"] and all(now[week][0] < was[week][0] for week in later)


def book(engine: Engine) -> Book:
    made = Book(replace(WHOLE, kpis=KPIS), Path(), [], "en", "team", {})
    made.__dict__["engine"] = engine
    return made


def test_the_weekly_page_shows_the_weeks_each_by_its_own_limit(agreed, stricter) -> None:
    """Its four weeks are two of before the change and two from it on."""
    was, now = weekly(agreed), weekly(stricter)
    numerator = sum(found[week][1] for found, weeks in ((was, ("2026-W43", "2026-W44")), (now, ("2026-W45", "2026-W46"))) for week in weeks)
    denominator = sum(now[week][2] for week in ("2026-W43", "2026-W44", "2026-W45", "2026-W46"))
    shown = book(stricter).number(numerator / denominator, "rate").replace(".", "&#46;").replace("%", "&#37;")
    assert f"<summary>{shown}</summary>" in week_rates(book(stricter)) and f"<summary>{shown}</summary>" not in week_rates(book(agreed))


def test_the_trend_keeps_its_earlier_weeks_and_falls_later(agreed, stricter) -> None:
    was, now = (dict(re.findall(r"<title>(\S+-W\d\d) ([\d.]+)%</title>", kpi_trend(book(engine), "response_minutes", statistic="in_time"))) for engine in (agreed, stricter))
    assert len(was) == 26 and {week: value for week, value in was.items() if week < "2026-W45"} == {week: value for week, value in now.items() if week < "2026-W45"}
    assert all(float(now[week]) < float(was[week]) for week in ("2026-W45", "2026-W46", "2026-W47"))


def test_a_laxer_limit_of_the_past_is_judged_by_for_ever(sample, agreed) -> None:
    """Until it takes over, what held before it does: one hour up to the spring of 2026, then the project's four again."""
    first = with_terms(WHOLE, "first_touch", term(1, "hours", date(2025, 4, 1), source="web_inquiry"), term(4, "hours", date(2026, 4, 1), source="web_inquiry"),
                       *(one for one in terms(WHOLE, "first_touch") if one.source != "web_inquiry"), instead=True)
    rows = [row for row in sample(first).rows(LEADS) if row["source"] == "web_inquiry"]
    assert all(row["is_within"] == (row["minutes"] <= (60 if row["mql_at"].date() < date(2026, 4, 1) else 240)) for row in rows)
    assert [row for row in rows if row["mql_at"].date() >= date(2026, 4, 1)] == [row for row in agreed.rows(LEADS) if row["source"] == "web_inquiry" and row["mql_at"].date() >= date(2026, 4, 1)]


def judged(made: World) -> dict[str, tuple]:
    """Of each lead and hand-over what it was allowed, in minutes and in working days, and whether it was kept."""
    rows = made.engine.rows("SELECT concat(lead_id, ' ', CAST(started_at AS DATE)) AS one, minutes_allowed, working_days_allowed, is_within FROM waits WHERE clock <> 'member' ORDER BY one")
    return {row["one"]: (row["minutes_allowed"], row["working_days_allowed"], row["is_within"]) for row in rows}


def test_the_day_of_the_arrival_decides_and_not_that_of_the_answer(world) -> None:
    leads = [{"lead_id": f"L{day}", "created_at": datetime(2026, 11, 1, 9), "mql_at": datetime(2026, 11, day, 23, 30), "source": "web_inquiry"} for day in (1, 2)]
    calls = [{"activity_id": f"A{day}", "lead_id": f"L{day}", "occurred_at": datetime(2026, 11, 4, 11), "type": "call"} for day in (1, 2)]
    calls[0]["occurred_at"] = datetime(2026, 11, 2, 11)
    made = with_terms(replace(WHOLE, kpis={}), "first_touch", term(1, "hours", CHANGE, source="web_inquiry"))
    assert judged(world({"leads": leads, "activities": calls}, date(2026, 11, 15), made)) == {"L1 2026-11-01": (240, None, True), "L2 2026-11-02": (60, None, False)}


def test_a_verdict_is_judged_by_the_limit_of_its_hand_over(world) -> None:
    handed = [{"kind": "sql", "lead_id": "L1", "handed_at": datetime(2026, month, day, 10), "decided_at": datetime(2026, month, day + 2, 10), "is_accepted": True} for month, day in ((10, 27), (11, 9))]
    made = with_terms(replace(WHOLE, kpis={}), "sql_verdict", term(1, "working_days", CHANGE))
    found = judged(world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 10, 1, 9)}], "verdicts": handed}, date(2026, 11, 15), made))
    assert found == {"L1 2026-10-27": (None, 3, True), "L1 2026-11-09": (None, 1, False)}


def test_before_its_first_limit_nothing_is_late(world) -> None:
    made = with_terms(replace(WHOLE, kpis={}), "first_touch", term(1, "hours", CHANGE), instead=True)
    leads = [{"lead_id": f"L{day}", "created_at": datetime(2026, 10, 1, 9), "mql_at": datetime(2026, 10, day, 9)} for day in (5, 6)]
    found = judged(world({"leads": leads, "activities": [{"activity_id": "A1", "lead_id": "L5", "occurred_at": datetime(2026, 10, 9, 9), "type": "call"}]}, date(2026, 11, 15), made))
    assert found == {"L5 2026-10-05": (None, None, None), "L6 2026-10-06": (None, None, None)}


# The most specific term

GENERAL, SOURCE, TIER, BOTH = term(2, "working_days", date(2026, 1, 1)), term(4, "hours", date(2026, 1, 1), source="web_inquiry"), \
    term(2, "hours", date(2026, 1, 1), tier="a"), term(8, "hours", date(2026, 1, 1), source="web_inquiry", tier="a")


@pytest.mark.parametrize(("several", "allowed"), [
    ((GENERAL,), (None, 2)),
    ((GENERAL, SOURCE), (240, None)),
    ((GENERAL, TIER), (120, None)),
    ((GENERAL, SOURCE, TIER, BOTH), (480, None)),
    ((GENERAL, SOURCE, TIER), (120, None)),
    ((SOURCE, term(3, "hours", date(2026, 1, 1), tier="a")), (180, None)),
    ((term(1, "working_days", date(2026, 1, 1), source="web_inquiry"), term(3, "working_days", date(2026, 1, 1), tier="a")), (None, 1)),
    ((term(1, "working_days", date(2026, 1, 1), source="web_inquiry"), TIER), (120, None)),
    ((GENERAL, term(1, "hours", date(2026, 1, 1), source="referral"), term(1, "hours", date(2026, 1, 1), tier="b")), (None, 2)),
    ((GENERAL, SOURCE, term(6, "hours", date(2026, 11, 1), source="web_inquiry")), (360, None)),
    ((GENERAL, SOURCE, term(6, "hours", date(2026, 11, 10), source="web_inquiry")), (240, None)),
    ((GENERAL, term(1, "hours", date(2026, 11, 10), source="web_inquiry", tier="a")), (None, 2)),
], ids=["the general one", "a source", "a tier", "both together, though laxer", "the stricter of two", "the stricter of two, the other way", "the fewer days", "hours before days",
        "not those of other leads", "the newer of the same leads", "not one of tomorrow", "not even the most specific of tomorrow"])
@pytest.mark.parametrize("turn", [1, -1])
def test_the_most_specific_term_in_force_counts(world, several, allowed, turn) -> None:
    """A web inquiry of tier A that came in on 9 November, whatever the order of the lines."""
    lead = {"lead_id": "L1", "created_at": datetime(2026, 11, 9, 9), "mql_at": datetime(2026, 11, 9, 10), "source": "web_inquiry"}
    made = with_terms(replace(WHOLE, kpis={}), "first_touch", *several[::turn], instead=True)
    assert judged(world({"leads": [lead]}, date(2026, 11, 15), made))["L1 2026-11-09"][:2] == allowed


def test_tier_a_has_four_hours_since_the_spring_and_had_a_working_day_before(world) -> None:
    """The project's own terms, on a partner with a high score on both sides of 2026-04-01."""
    leads = [{"lead_id": name, "created_at": moment, "mql_at": moment, "source": "partner", "score": 90} for name, moment in (("old", datetime(2026, 3, 31, 10)), ("new", datetime(2026, 4, 1, 10)))]
    calls = [{"activity_id": lead["lead_id"], "lead_id": lead["lead_id"], "occurred_at": datetime(2026, 4, 1 + (lead["lead_id"] == "new"), 16), "type": "call"} for lead in leads]
    assert judged(world({"leads": leads, "activities": calls}, date(2026, 4, 15), replace(WHOLE, kpis={}))) == {"old 2026-03-31": (None, 1, True), "new 2026-04-01": (240, None, False)}


# Tiers

def test_new_tiers_leave_every_earlier_lead_in_its_own(sample, agreed) -> None:
    (before, was), (before_again, now) = parted(agreed), parted(sample(exhibitions_first()))
    assert before == before_again and "a" not in {row["tier"] for row in (*before, *was) if row["source"] == "exhibition"}
    assert {row["tier"] for row in now if row["source"] == "exhibition"} == {"a"}
    assert all(row["is_within"] == (row["minutes"] <= 240) for row in now if row["source"] == "exhibition")
    assert [row for row in now if row["source"] != "exhibition"] == [row for row in was if row["source"] != "exhibition"]


# Targets

VERDICTS = "SELECT kpi, statistic, period_kind, period, target, health FROM kpi_verdicts WHERE kpi = ? AND basis = 'flow' ORDER BY period_kind, period"


def test_a_target_of_the_past_judges_the_weeks_from_its_day_to_the_next(sample, agreed) -> None:
    """Forty a week from October 2025 until the project's 65 take over in April 2026."""
    changed = sample(replace(WHOLE, targets=(*WHOLE.targets, target("mqls", 40, date(2025, 10, 6)))))
    starts = {row["period"]: row["starts_on"] for row in agreed.rows("SELECT period, starts_on FROM periods WHERE period_kind = 'week'")}
    values = {row["period"]: row["value"] for row in agreed.rows("SELECT period, value FROM kpi_values WHERE kpi = 'mqls' AND period_kind = 'week' AND dimension IS NULL")}
    seen = set()
    for was, now in zip(agreed.rows(VERDICTS, ["mqls"]), changed.rows(VERDICTS, ["mqls"]), strict=True):
        inside = was["period_kind"] == "week" and date(2025, 10, 6) <= starts[was["period"]] < date(2026, 4, 1)
        seen.add((inside, now["health"]))
        assert now == ({**was, "target": 40.0, "health": "met" if values[now["period"]] >= 40 else "missed"} if inside else was)
    assert {(True, "met"), (True, "missed"), (False, "missed")} <= seen


def test_a_rates_four_weeks_are_judged_by_the_target_of_their_last_week(sample, agreed) -> None:
    changed = sample(replace(WHOLE, targets=(*WHOLE.targets, target("connect_rate", 0.2, CHANGE))))
    targets = {row["period"]: (row["target"], row["health"]) for row in changed.rows(VERDICTS, ["connect_rate"]) if row["period_kind"] == "four_weeks"}
    was = {row["period"]: (row["target"], row["health"]) for row in agreed.rows(VERDICTS, ["connect_rate"]) if row["period_kind"] == "four_weeks"}
    assert targets["2026-W44"] == was["2026-W44"] == (0.32, "missed") and targets["2026-W45"] == (0.2, "met")
    assert {week: judged for week, judged in targets.items() if week < "2026-W45"} == {week: judged for week, judged in was.items() if week < "2026-W45"}


def test_the_trend_draws_each_week_against_the_target_of_its_day(agreed) -> None:
    """Two levels of the target's line over the weeks around April 2026."""
    drawn = kpi_trend(book(agreed), "mqls", weeks=60)
    levels = re.search(r'<path class="target" d="([^"]+)"', drawn.split('class="narrow"')[0])[1]
    assert len(set(re.findall(r"M[\d.]+ ([\d.]+)H", levels)) | set(re.findall(r"V([\d.]+)", levels))) == 2
