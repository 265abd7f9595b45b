"""Cumulative incidence and time in stage on the sample, Olist and BPI Challenge data: by the product, by textbook formulas in plain Python, and by statsmodels."""

from collections import defaultdict
from math import isclose, sqrt

import numpy
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from tests.oracle.curves import REACHED, WAYS_OUT, Incidence, Survival, first_at_half, incidence, share_beyond, survival
from tests.oracle.data_sets import DataSet, on_data_sets
from tests.oracle.stays import CURVES, Spell, spells, stays

FEWEST_FOLLOWED = 10
on_real_curves = on_data_sets("sample", "olist", "bpic2012")


def are_close(product: float | None, plain: float | None) -> bool:
    return product is plain if None in (product, plain) else isclose(product, plain, rel_tol=0, abs_tol=1e-9)


def differing(row: dict, wanted: dict) -> list[str]:
    """The figures of a row in which the product and plain Python differ."""
    return [f"{row}: {name} is {figure} in plain Python" for name, figure in wanted.items() if not are_close(row[name], figure)]


# Cumulative incidence

def is_told(data: DataSet, curve: str) -> bool:
    """Whether an export knows both ends of a curve; every lead was once a lead."""
    return all(end == "lead" or end in data.world.agreement.milestones.values() for end in CURVES[curve])


def expected_curves(data: DataSet) -> dict[tuple, list[Spell]]:
    """The spells of every curve, in all and by source."""
    found = defaultdict(list)
    for curve in (curve for curve in CURVES if is_told(data, curve)):
        for spell in spells(data.world, *CURVES[curve]):
            found[curve, None, None].append(spell)
            found[curve, "source", spell.source].append(spell)
    return {key: followed for key, followed in found.items() if len(followed) >= FEWEST_FOLLOWED}


def of_day(number: int, day: Incidence, n: int) -> dict:
    left = {f"{way}_share": day.shares[way] for way in WAYS_OUT}
    return {"day_number": number, "n": n, "at_risk": day.at_risk, **day.happened, "reached_share": day.shares[REACHED], **left, "left_share": sum(left.values()),
            "open_share": day.still_open, "variance": day.variance, "low": day.low, "high": day.high}


@on_real_curves
def test_every_day_of_every_incidence_curve_is_aalens_and_johansens(data_set, name) -> None:
    data, given, compared = data_set(name), defaultdict(list), 0
    for row in data.engine.rows("SELECT * FROM incidence_curves ORDER BY day_number"):
        given[row["curve"], row["dimension"], row["key"]].append(row)
    curves = expected_curves(data)
    assert given.keys() == curves.keys()
    for key, followed in curves.items():
        days = [day for day in incidence((spell.days, spell.ended_by) for spell in followed) if day.at_risk >= FEWEST_FOLLOWED]
        assert len(given[key]) == len(days), key
        for number, (row, day) in enumerate(zip(given[key], days, strict=True)):
            wanted = of_day(number, day, len(followed))
            assert differing(row, wanted) == []
            compared += len(wanted)
    print(f"{name}: {compared:,} figures of {len(curves)} incidence curves compared")
    assert compared > 1000 * len({curve for curve, _, _ in curves})


@on_real_curves
def test_the_incidence_in_plain_python_is_that_of_statsmodels(data_set, name) -> None:
    curves = expected_curves(data_set(name))
    assert curves
    for followed in curves.values():
        ways = [way for way in (REACHED, *WAYS_OUT) if any(spell.ended_by == way for spell in followed)]
        status = numpy.array([ways.index(spell.ended_by) + 1 if spell.ended_by else 0 for spell in followed])
        with numpy.errstate(divide="ignore", invalid="ignore"):  # its variance divides by those left, of whom none may be left at the end
            theirs = CumIncidenceRight(numpy.array([spell.days for spell in followed], dtype=float), status)
        ours = incidence((spell.days, spell.ended_by) for spell in followed)
        days = [ours[int(day)] for day in theirs.times]
        for place, way in enumerate(ways):
            assert theirs.cinc[place] == pytest.approx([day.shares[way] for day in days], abs=1e-9)
        if REACHED in ways:
            told = numpy.isfinite(theirs.cinc_se[0])
            assert told.sum() >= len(told) - 1
            assert theirs.cinc_se[0][told] == pytest.approx(numpy.array([sqrt(day.variance) for day in days])[told], abs=1e-9)


# Time in stage

@on_real_curves
def test_every_moment_of_every_stage_is_kaplans_and_meiers(data_set, name) -> None:
    data, given, compared = data_set(name), defaultdict(list), 0
    for row in data.engine.rows("SELECT * FROM stage_survival ORDER BY days"):
        given[row["stage"]].append(row)
    all_stays = stays(data.world)
    assert given.keys() == all_stays.keys()
    for stage, found in all_stays.items():
        moments = survival((stay.days, stay.is_over) for stay in found)
        assert len(given[stage]) == len(moments), stage
        for row, moment in zip(given[stage], moments, strict=True):
            wanted = dict(zip(("days", "at_risk", "ended", "survival", "low", "high"), moment, strict=True))
            assert differing(row, wanted) == []
            compared += len(wanted)
    print(f"{name}: {compared:,} figures of {len(all_stays)} stages compared")
    assert compared >= 20_000 or not data.world.export.stage_changes


def of_stage(found: list, moments: list[Survival], longest: int | None) -> dict:
    return {"n": len(found), "completed": sum(stay.is_over for stay in found), "still_open": sum(not stay.is_over for stay in found),
            "repeated": sum(stay.visits > 1 for stay in found), "median_days": first_at_half(moments), "low_days": first_at_half(moments, "low"),
            "high_days": first_at_half(moments, "high"), "past_limit": share_beyond(moments, longest) if longest and moments else None}


@on_real_curves
def test_every_median_stay_counts_the_open_ones_and_adds_up_repeated_ones(data_set, name) -> None:
    data = data_set(name)
    all_stays = stays(data.world)
    rows = data.engine.rows("SELECT * FROM stage_medians ORDER BY stage_rank")
    assert [row["stage"] for row in rows] == [stage["id"] for stage in data.world.agreement.stages]
    for row in rows:
        found = all_stays.get(row["stage"], [])
        longest = data.world.agreement.stage(row["stage"]).get("longest_stay_days")
        moments = survival((stay.days, stay.is_over) for stay in found)
        assert differing(row, {"longest_stay_days": longest, **of_stage(found, moments, longest)}) == []


@on_real_curves
def test_the_survival_in_plain_python_is_that_of_statsmodels(data_set, name) -> None:
    for found in stays(data_set(name).world).values():
        theirs = SurvfuncRight(numpy.array([stay.days for stay in found]), numpy.array([int(stay.is_over) for stay in found]))
        ours = {moment.days: moment for moment in survival((stay.days, stay.is_over) for stay in found)}
        moments = [ours[days] for days in theirs.surv_times.tolist()]
        assert theirs.surv_prob == pytest.approx([moment.share for moment in moments], abs=1e-9)
        assert theirs.n_risk.tolist() == [moment.at_risk for moment in moments]
