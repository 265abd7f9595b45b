"""Who arrived, who left and who stayed how long: the marts against statsmodels, against fractions worked out by hand, and against what may not be counted."""

import dataclasses
import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import exp, inf, isclose, log

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from publish.prepare import prepare
from tests.shared_data import needed
from tests.world import PROJECT, ROOT, SHARED_DATA, project_definitions
from warehouse import build
from warehouse.engine import Engine

pytestmark = pytest.mark.xdist_group("sample warehouse")
CAUSES = ("reached", "lost", "recycled", "disqualified")
SHARES = tuple(f"{cause}_share" for cause in CAUSES)
Z = norm.ppf(0.975)
FEWEST = 10
SPELLS = "SELECT curve, source, days, stopped_by FROM milestone_spells"
CURVES = "SELECT * FROM incidence_curves ORDER BY curve, dimension, key, day_number"


@pytest.fixture(scope="module")
def sample():
    with Engine.read(prepare(build.load(PROJECT, ROOT / "data" / "sample")).path) as engine:
        yield engine


@pytest.fixture(scope="module")
def bank():
    """The marts of the bank's log, whose applications and offers move side by side."""
    with Engine.create() as engine:
        build.fill(engine, build.load(PROJECT, SHARED_DATA / "bpic2012", str(ROOT / "tests" / "adapters" / "bpic2012.yml")))
        yield engine


# Cumulative incidence

def populations(engine: Engine) -> dict[tuple, list[tuple[int, str | None]]]:
    """(curve, dimension, key) → the days and the outcome of each spell."""
    found = defaultdict(list)
    for row in engine.rows(SPELLS):
        for split in ((None, None), ("source", row["source"])):
            found[row["curve"], *split].append((row["days"], row["stopped_by"]))
    return found


def curves(engine: Engine) -> dict[tuple, dict[int, dict]]:
    found = defaultdict(dict)
    for row in engine.rows(CURVES):
        found[row["curve"], row["dimension"], row["key"]][row["day_number"]] = row
    return found


def theirs(spells: list[tuple[int, str | None]]) -> tuple[list[int], dict[str, np.ndarray], np.ndarray]:
    """The days, the shares of each cause and the variance of what was reached, as statsmodels has them."""
    days = np.array([day for day, _ in spells])
    causes = np.array([CAUSES.index(cause) + 1 if cause else 0 for _, cause in spells])
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = CumIncidenceRight(days, causes)
    shares = {cause: fitted.cinc[place] if place < len(fitted.cinc) else np.zeros(len(fitted.times)) for place, cause in enumerate(CAUSES)}
    return [int(day) for day in fitted.times], shares, fitted.cinc_se[0] ** 2


def check_incidence(engine: Engine) -> int:
    """Every figure of every curve against statsmodels; how many were compared."""
    found, compared = curves(engine), 0
    for key, spells in populations(engine).items():
        if key not in found:
            continue
        days, shares, variance = theirs(spells)
        for place, day in enumerate(days):
            if sum(spell >= day for spell, _ in spells) < FEWEST:
                assert day not in found[key]
                continue
            row = found[key][day]
            assert [row[share] for share in SHARES] == pytest.approx([shares[cause][place] for cause in CAUSES], abs=1e-9)
            compared += len(SHARES)
            if np.isfinite(variance[place]):
                assert row["variance"] == pytest.approx(variance[place], abs=1e-12)
                assert (row["low"], row["high"]) == pytest.approx(interval(shares["reached"][place], variance[place]), abs=1e-9)
                compared += 3
    return compared


def interval(share: float, variance: float) -> tuple[float, float] | tuple[None, None]:
    """Choudhury's interval, in plain Python: on the scale of log(-log), by the delta method."""
    if not 0 < share < 1:
        return None, None
    width = Z * variance**0.5 / (share * log(share))
    ends = sorted(exp(log(share) * exp(sign * width)) for sign in (-1, 1))
    return ends[0], ends[1]


def test_on_the_sample_every_share_variance_and_interval_is_statsmodels(sample) -> None:
    assert check_incidence(sample) > 10_000


@needed("bpic2012")
def test_on_the_banks_log_every_share_variance_and_interval_is_statsmodels(bank) -> None:
    assert check_incidence(bank) > 1000


def test_the_shares_of_every_day_add_up_to_all_and_never_fall(sample) -> None:
    for rows in curves(sample).values():
        days = sorted(rows)
        assert days == list(range(len(days)))
        assert all(isclose(sum(rows[day][share] for share in SHARES) + rows[day]["open_share"], 1, abs_tol=1e-12) for day in days)
        assert all(rows[day]["left_share"] == pytest.approx(sum(rows[day][share] for share in SHARES[1:])) for day in days)
        assert all(rows[before][share] <= rows[after][share] + 1e-12 for before, after in zip(days, days[1:], strict=False) for share in SHARES)


def test_a_curve_ends_before_fewer_than_ten_are_at_risk(sample) -> None:
    spells = populations(sample)
    for key, rows in curves(sample).items():
        assert all(row["at_risk"] == sum(days >= day for days, _ in spells[key]) >= FEWEST for day, row in rows.items())
        assert sum(days >= max(rows) + 1 for days, _ in spells[key]) < FEWEST


def test_the_sources_of_a_curve_are_its_total(sample) -> None:
    starts = defaultdict(int)
    for (curve, dimension, _), rows in curves(sample).items():
        starts[curve, dimension] += rows[0]["n"]
    assert starts and all(starts[curve, "source"] == starts[curve, None] for curve, _ in starts)


def test_treating_exits_as_still_waiting_would_overstate_what_is_reached(sample) -> None:
    spells = populations(sample)["mql_to_sql", None, None]
    naive = SurvfuncRight(np.array([days for days, _ in spells]), np.array([cause == "reached" for _, cause in spells]))
    day_30 = 1 - naive.surv_prob[naive.surv_times <= 30][-1]
    assert day_30 > 1.5 * curves(sample)["mql_to_sql", None, None][30]["reached_share"]


# Spells, in small worlds

AS_OF = date(2026, 11, 30)


def moved(*steps: tuple[str, str], lead: str = "L1") -> list[dict]:
    return [{"lead_id": lead, "to_stage": stage, "changed_at": datetime.fromisoformat(f"2026-11-{at}")} for at, stage in steps]


def spells(world, changes: list[dict], **lead) -> dict[str, tuple]:
    given = {"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9), **lead}
    rows = world({"leads": [given], "stage_changes": changes}, as_of=AS_OF).engine.rows("SELECT * FROM milestone_spells ORDER BY curve, episode")
    return {row["curve"]: (row["days"], row["stopped_by"]) for row in rows}


def test_a_clock_stops_at_the_milestone_or_at_the_first_exit_before_it(world) -> None:
    assert spells(world, moved(("03 10:00", "mql"), ("05 09:00", "sql"), ("09 18:00", "lost"))) == {
        "lead_to_sql": (3, "reached"), "mql_to_sql": (2, "reached"), "sql_to_won": (4, "lost"), "lead_to_won": (7, "lost")}


def test_a_clock_that_nothing_stops_runs_until_as_of(world) -> None:
    assert spells(world, moved(("03 23:59", "mql"))) == {"lead_to_sql": (28, None), "mql_to_sql": (27, None), "lead_to_won": (28, None)}


def test_whoever_skips_sql_has_reached_it_and_the_same_day_is_day_zero(world) -> None:
    assert spells(world, moved(("02 10:00", "mql"), ("02 17:00", "opportunity"), ("20 10:00", "won"))) == {
        "lead_to_sql": (0, "reached"), "mql_to_sql": (0, "reached"), "sql_to_won": (18, "reached"), "lead_to_won": (18, "reached")}


def test_an_exit_at_the_moment_of_arrival_does_not_undo_it(world) -> None:
    assert spells(world, moved(("02 10:00", "mql"), ("04 10:00", "sql"), ("04 10:00", "recycled")))["mql_to_sql"] == (2, "reached")


def test_an_exit_on_the_day_of_the_start_counts_and_one_before_it_does_not(world) -> None:
    changes = moved(("03 10:00", "mql"), ("03 11:00", "disqualified"))
    assert spells(world, changes)["mql_to_sql"] == (0, "disqualified")
    changes = moved(("03 10:00", "recycled"), ("05 10:00", "sql"), ("06 10:00", "recycled"))
    assert spells(world, changes)["sql_to_won"] == (1, "recycled")


def test_a_return_from_recycled_starts_a_new_clock(world) -> None:
    changes = moved(("03 10:00", "mql"), ("04 10:00", "recycled"), ("10 10:00", "mql"), ("12 10:00", "sql"))
    made = world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9)}], "stage_changes": changes}, as_of=AS_OF)
    found = made.engine.rows("SELECT episode, days, stopped_by FROM milestone_spells WHERE curve = 'mql_to_sql' ORDER BY episode")
    assert [tuple(row.values()) for row in found] == [(1, 1, "recycled"), (2, 2, "reached")]


def test_a_milestone_reached_on_a_day_before_the_start_was_not_waited_for(world) -> None:
    found = spells(world, moved(("03 10:00", "sql")), mql_at=datetime(2026, 11, 8, 9))
    assert "mql_to_sql" not in found and found["lead_to_sql"] == (1, "reached")


def test_a_crm_without_a_milestone_has_no_curve_to_or_from_it(world) -> None:
    definitions = project_definitions()
    without = dataclasses.replace(definitions, stages=tuple(stage for stage in definitions.stages if stage.milestone not in ("lead", "sql")))
    made = world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9)}], "stage_changes": moved(("03 10:00", "mql"), ("05 10:00", "won"))},
                 as_of=AS_OF, definitions=without)
    assert [row["curve"] for row in made.engine.rows("SELECT DISTINCT curve FROM milestone_spells")] == ["lead_to_won"]


def crowd(world, outcomes: list[tuple[int, str | None]]):
    """One MQL for each (days, stage it went to), all of the same day."""
    leads = [{"lead_id": f"L{place}", "created_at": datetime(2026, 11, 2, 9), "mql_at": datetime(2026, 11, 2, 9)} for place, _ in enumerate(outcomes)]
    changes = [{"lead_id": f"L{place}", "to_stage": stage, "changed_at": datetime(2026, 11, 2, 12) + timedelta(days)}
               for place, (days, stage) in enumerate(outcomes) if stage]
    return world({"leads": leads, "stage_changes": changes}, as_of=AS_OF).engine


def test_ties_are_worked_out_as_by_hand(world) -> None:
    outcomes = [(0, "sql"), (0, "recycled"), *[(3, "sql")] * 2, *[(3, "disqualified")] * 3, (4, "sql"), *[(0, None)] * 8]
    rows = curves(crowd(world, outcomes))["mql_to_sql", None, None]
    assert [rows[day]["at_risk"] for day in range(4)] == [16, 14, 14, 14] and 4 not in rows
    reached = Fraction(1, 16) + Fraction(14, 16) * Fraction(2, 14)
    assert rows[3]["reached_share"] == pytest.approx(float(reached)) and rows[3]["disqualified_share"] == pytest.approx(3 / 16)
    # Without censoring the variance is that of a plain share.
    assert rows[3]["variance"] == pytest.approx(float(reached * (1 - reached) / 16))


def test_after_censoring_the_shares_are_those_worked_out_by_hand(world) -> None:
    leads = [{"lead_id": f"L{day}{copy}", "created_at": datetime(2026, 11, 30 - day, 9), "mql_at": datetime(2026, 11, 30 - day, 9)}
             for day, copies in ((2, 8), (5, 16)) for copy in range(copies)]
    changes = [{"lead_id": lead["lead_id"], "to_stage": stage, "changed_at": lead["mql_at"] + timedelta(days)}
               for lead, stage, days in ((leads[0], "sql", 1), (leads[8], "sql", 1), (leads[9], "lost", 2), (leads[10], "sql", 4), (leads[11], "lost", 4), (leads[12], "sql", 5))]
    rows = curves(world({"leads": leads, "stage_changes": changes}, as_of=AS_OF).engine)["mql_to_sql", None, None]
    still_open = [Fraction(22, 24), Fraction(22, 24) * Fraction(21, 22)]
    reached = Fraction(2, 24) + still_open[1] * Fraction(1, 14)
    assert [rows[day]["at_risk"] for day in (1, 2, 3, 4, 5)] == [24, 22, 14, 14, 12]
    assert rows[4]["reached_share"] == pytest.approx(float(reached))
    assert rows[4]["lost_share"] == pytest.approx(float(still_open[0] * Fraction(1, 22) + still_open[1] * Fraction(1, 14)))
    assert rows[4]["open_share"] == pytest.approx(float(still_open[1] * Fraction(12, 14)))


def test_when_all_stop_on_one_day_nothing_is_open_and_no_logarithm_fails(world) -> None:
    rows = curves(crowd(world, [(3, "sql")] * 12))["mql_to_sql", None, None]
    assert [(rows[3][name]) for name in ("reached_share", "open_share", "variance", "low", "high")] == [1, 0, 0, None, None]
    rows = curves(crowd(world, [*[(3, "sql")] * 6, *[(3, "recycled")] * 6]))["mql_to_sql", None, None]
    assert (rows[3]["reached_share"], rows[3]["open_share"], rows[3]["variance"]) == (0.5, 0, pytest.approx(0.25 / 12))


def test_a_milestone_that_nobody_has_reached_has_no_curve_rather_than_a_zero(world) -> None:
    assert {key[0] for key in curves(crowd(world, [(3, "recycled")] * 12))} == set()


def test_a_source_without_any_arrival_is_there_with_zero(world) -> None:
    leads = [{"lead_id": f"L{place}", "created_at": datetime(2026, 11, 2, 9), "mql_at": datetime(2026, 11, 2, 9), "source": "ab"[place % 2]} for place in range(30)]
    made = world({"leads": leads, "stage_changes": moved(("05 10:00", "sql"), lead="L0")}, as_of=AS_OF)
    found = curves(made.engine)
    assert found["mql_to_sql", "source", "b"][5]["reached_share"] == 0 and found["mql_to_sql", "source", "b"][5]["low"] is None
    assert found["mql_to_sql", "source", "a"][5]["reached_share"] == pytest.approx(1 / 15)


# Stays

def stays(world, changes: list[dict], **tables) -> dict[str, tuple]:
    """stage → (days, visits, open) of the only lead."""
    leads = tables.pop("leads", [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9)}])
    rows = world({"leads": leads, "stage_changes": changes, **tables}, as_of=AS_OF).engine.rows("SELECT * FROM stage_stays ORDER BY stage_rank, episode")
    return {row["stage"]: (round(row["days"], 6), row["visits"], row["is_open"]) for row in rows}


def test_days_in_a_stage_are_seconds_and_the_open_stay_lasts_until_as_of(world) -> None:
    found = stays(world, moved(("02 09:00", "lead"), ("02 15:00", "mql"), ("05 15:00", "contact")))
    assert found == {"lead": (0.25, 1, False), "mql": (3, 1, False), "contact": (pytest.approx(25.375, abs=1e-4), 1, True)}


def test_repeated_stays_are_summed_and_counted(world) -> None:
    found = stays(world, moved(("02 09:00", "fit"), ("03 09:00", "sql"), ("05 09:00", "fit"), ("09 09:00", "sql"), ("10 09:00", "opportunity")))
    assert found["fit"] == (5, 2, False) and found["sql"] == (3, 2, False) and found["opportunity"][1:] == (1, True)


def test_a_change_into_the_stage_it_stands_in_is_no_second_visit(world) -> None:
    assert stays(world, moved(("02 09:00", "mql"), ("03 09:00", "mql"), ("05 09:00", "contact")))["mql"] == (3, 1, False)


def test_the_stays_of_two_episodes_are_two(world) -> None:
    changes = moved(("02 09:00", "lead"), ("02 09:00", "mql"), ("04 09:00", "recycled"), ("10 09:00", "mql"), ("11 09:00", "contact"))
    made = world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9)}], "stage_changes": changes}, as_of=AS_OF)
    rows = made.engine.rows("SELECT episode, stage, days FROM stage_stays WHERE stage IN ('mql', 'recycled') ORDER BY stage, episode")
    assert [tuple(row.values()) for row in rows] == [(1, "mql", 2), (2, "mql", 1), (1, "recycled", 6)]


def test_a_history_that_begins_with_the_first_change_tells_the_stage_before_it(world) -> None:
    changes = [{**change, "from_stage": before} for change, before in zip(moved(("04 09:00", "mql"), ("05 09:00", "contact")), ("lead", "mql"), strict=True)]
    found = stays(world, changes)
    assert found["lead"] == (2, 1, False) and found["mql"] == (1, 1, False)


def test_a_lead_without_changes_stands_in_its_stage_since_it_was_created_if_the_export_has_a_history(world) -> None:
    leads = [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9), "stage": "lead"}, {"lead_id": "L2", "created_at": datetime(2026, 11, 2, 9)}]
    assert stays(world, moved(("02 09:00", "mql"), lead="L2"), leads=leads)["lead"][2] is True
    assert stays(world, [], leads=leads) == {}


def test_a_stage_that_no_definition_knows_ends_the_stay_before_it_and_has_none(world) -> None:
    found = stays(world, moved(("02 09:00", "mql"), ("04 09:00", "09：保留"), ("08 09:00", "contact")))
    assert found["mql"] == (2, 1, False) and set(found) == {"mql", "contact"}


def test_test_records_have_no_stays_and_changes_after_as_of_do_not_end_one(world) -> None:
    leads = [{"lead_id": "L1", "created_at": datetime(2026, 11, 2, 9), "is_test": True}, {"lead_id": "L2", "created_at": datetime(2026, 11, 2, 9), "is_test": False}]
    changes = [*moved(("02 09:00", "sql")), *moved(("02 09:00", "mql"), lead="L2"), {"lead_id": "L2", "to_stage": "contact", "changed_at": datetime(2026, 12, 24)}]
    found = stays(world, changes, leads=leads)
    assert set(found) == {"mql"} and found["mql"][2] is True


def test_of_two_changes_at_once_the_stage_further_on_is_the_later(world) -> None:
    found = stays(world, moved(("02 09:00", "lead"), ("03 09:00", "contact"), ("03 09:00", "mql"), ("06 09:00", "fit")))
    assert (found["lead"], found["mql"], found["contact"]) == ((1, 1, False), (0, 1, False), (3, 1, False))


@needed("bpic2012")
def test_an_offer_that_moves_does_not_end_the_stay_of_its_application(bank) -> None:
    rows = {row["stage"]: row for row in bank.rows("SELECT * FROM stage_medians")}
    offers = bank.value("SELECT count(*) FROM stage_stays WHERE stage = 'A_FINALIZED' AND is_open")
    assert (rows["A_FINALIZED"]["n"], offers) == (2836, 0) and 14 < rows["A_FINALIZED"]["median_days"] < 16


# Kaplan and Meier

def check_survival(engine: Engine) -> int:
    """Every stage's curve, median and interval against statsmodels; how many figures were compared."""
    compared = 0
    medians = {row["stage"]: row for row in engine.rows("SELECT * FROM stage_medians")}
    for stage in medians:
        observed = engine.rows("SELECT days, is_open FROM stage_stays WHERE stage = ?", [stage])
        rows = engine.rows("SELECT * FROM stage_survival WHERE stage = ? AND ended > 0 ORDER BY days", [stage])
        if not rows:
            assert medians[stage]["median_days"] is None
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            fitted = SurvfuncRight(np.array([row["days"] for row in observed]), np.array([not row["is_open"] for row in observed]))
            ends = fitted.quantile_ci(0.5)
        assert [row["days"] for row in rows] == list(fitted.surv_times)
        assert [(row["at_risk"], row["ended"]) for row in rows] == [*zip(fitted.n_risk, fitted.n_events, strict=True)]
        assert [row["survival"] for row in rows] == pytest.approx(list(fitted.surv_prob), abs=1e-9)
        for row, share, error in zip(rows, fitted.surv_prob, fitted.surv_prob_se, strict=True):
            expected = interval(share, error**2) if share > 1e-12 else (None, None)
            assert (row["low"], row["high"]) == (pytest.approx(expected[0], abs=1e-9), pytest.approx(expected[1], abs=1e-9))
        compared += 5 * len(rows)
        assert medians[stage]["median_days"] == half_left(fitted)
        if not np.isnan(ends[0]):
            assert (medians[stage]["low_days"], medians[stage]["high_days"] or inf) == ends
        compared += 3
    return compared


def half_left(fitted: SurvfuncRight) -> float | None:
    """The median as statsmodels has it; where exactly half are left it waits for the next time, as SAS does, and here half is enough."""
    halves = [day for day, share in zip(fitted.surv_times, fitted.surv_prob, strict=True) if isclose(share, 0.5)]
    median = halves[0] if halves else fitted.quantile(0.5)
    return None if np.isnan(median) else median


def test_on_the_sample_every_survival_median_and_interval_is_statsmodels(sample) -> None:
    assert check_survival(sample) > 50_000


@needed("bpic2012")
def test_on_the_banks_log_every_survival_median_and_interval_is_statsmodels(bank) -> None:
    assert check_survival(bank) > 10_000


def standing(world, lengths: list[tuple[float, bool]]):
    """One lead for each stay in MQL: its days, and whether it ended."""
    as_of = datetime(2026, 11, 30, 23, 59, 59)
    leads, changes = [], []
    for place, (days, has_ended) in enumerate(lengths):
        entered = as_of - timedelta(days) if not has_ended else datetime(2026, 11, 1)
        leads.append({"lead_id": f"L{place}", "created_at": entered})
        changes.append({"lead_id": f"L{place}", "to_stage": "mql", "changed_at": entered})
        if has_ended:
            changes.append({"lead_id": f"L{place}", "to_stage": "contact", "changed_at": entered + timedelta(days)})
    return world({"leads": leads, "stage_changes": changes}, as_of=as_of.date()).engine


def test_hand_made_ties_are_statsmodels_too(world) -> None:
    chance = random.Random(7)
    for size in (5, 12, 40, 200):
        assert check_survival(standing(world, [(chance.randint(1, 12) / 2, chance.random() < 0.7) for _ in range(size)])) > 0


def test_the_median_is_the_first_day_with_at_most_half_left(world) -> None:
    engine = standing(world, [(1, True), (2, True), (3, True), (4, True)])
    assert median(engine)["median_days"] == 2
    engine = standing(world, [(1, True), (2, True), (3, True), (4, True), (5, False), (6, False)])
    assert median(engine)["median_days"] == 3


def median(engine: Engine) -> dict:
    row, = engine.rows("SELECT * FROM stage_medians WHERE stage = 'mql'")
    return row


def test_open_stays_make_the_median_longer_than_that_of_the_survivors(world) -> None:
    engine = standing(world, [(1, True), (2, True), (3, True), (20, False), (20, False), (20, False), (25, True)])
    assert engine.value("SELECT median(days) FROM stage_stays WHERE stage = 'mql' AND NOT is_open") == 2.5
    assert median(engine)["median_days"] == 25


def test_while_more_than_half_are_still_there_the_median_is_unknown(world) -> None:
    row = median(standing(world, [(1, True), *[(9, False)] * 5]))
    assert (row["median_days"], row["high_days"], row["n"], row["completed"], row["still_open"], row["repeated"]) == (None, None, 6, 1, 5, 0)


def test_the_share_past_the_limit_counts_open_stays_and_is_unknown_before_the_limit(world) -> None:
    limit = next(stage.longest_stay_days for stage in project_definitions().stages if stage.id == "mql")
    assert limit == 14
    row = median(standing(world, [(2, True), (14, True), (15, True), (20, False)]))
    assert (row["past_limit"], row["longest_stay_days"]) == (pytest.approx(0.5), 14)
    assert median(standing(world, [(2, True), (20, True), (20, False)]))["past_limit"] == pytest.approx(2 / 3)
    assert median(standing(world, [(2, True), (5, False)]))["past_limit"] is None
    assert median(standing(world, [(20, True), (15, False)]))["past_limit"] == 1


def test_a_final_stage_has_no_median_and_a_stage_without_stays_has_a_row(sample, world) -> None:
    rows = {row["stage"]: row for row in sample.rows("SELECT * FROM stage_medians")}
    assert all(rows[stage]["median_days"] is None and rows[stage]["n"] == rows[stage]["still_open"] > 0 for stage in ("won", "disqualified"))
    assert [tuple(row.values()) for row in world({"leads": [{"lead_id": "L1", "created_at": datetime(2026, 11, 2)}]}).engine.rows(
        "SELECT n, completed, median_days, past_limit FROM stage_medians WHERE stage = 'won'")] == [(0, 0, None, None)]
