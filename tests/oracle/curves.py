"""Cumulative incidence with competing exits, and Kaplan and Meier's curve of stays, from their textbook formulas, one step after another."""

from collections import Counter
from collections.abc import Iterable
from math import exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

REACHED = "reached"
WAYS_OUT = ("lost", "recycled", "disqualified")
Z = NormalDist().inv_cdf(0.975)


class Incidence(NamedTuple):
    """A day of a curve: how many were still followed, what happened to them, and the shares by then."""

    at_risk: int
    happened: dict[str, int]
    shares: dict[str, float]
    still_open: float
    variance: float
    low: float | None
    high: float | None


class Survival(NamedTuple):
    """A moment of a curve: how many were still there before, how many ended, and the share that lasts longer."""

    days: float
    at_risk: int
    ended: int
    share: float
    low: float | None
    high: float | None


def incidence(spells: Iterable[tuple[int, str | None]]) -> list[Incidence]:
    """Aalen and Johansen's estimate day by day, of (days, what ended them or None); with the variance of Marubini and Valsecchi."""
    ended = Counter(spells)
    days = max((day for day, _ in ended), default=-1)
    at_risk, still_open, shares, steps, rows = sum(ended.values()), 1.0, dict.fromkeys((REACHED, *WAYS_OUT), 0.0), [], []
    for day in range(days + 1):
        happened = {way: ended[day, way] for way in shares}
        before, out = still_open, sum(happened.values())
        for way in shares:
            shares[way] += before * happened[way] / at_risk
        still_open *= 1 - out / at_risk
        steps.append((at_risk, out, happened[REACHED], before, shares[REACHED]))
        variance = incidence_variance(steps)
        rows.append(Incidence(at_risk, happened, dict(shares), still_open, variance, *between(shares[REACHED], variance)))
        at_risk -= out + ended[day, None]
    return rows


def incidence_variance(steps: list[tuple[int, int, int, float, float]]) -> float:
    """Of the share that arrived, from (at risk, all who went, those who arrived, share open before, share arrived) of every day so far."""
    now, total = steps[-1][4], 0.0
    for at_risk, out, arrived, before, share in steps:
        rest = now - share
        total += rest**2 * out / (at_risk * (at_risk - out)) if at_risk > out else 0.0
        total += before**2 * arrived * (at_risk - arrived) / at_risk**3
        total -= 2 * rest * before * arrived / at_risk**2
    return total


def survival(stays: Iterable[tuple[float, bool]]) -> list[Survival]:
    """Kaplan and Meier's estimate at every length, of (days, whether it is over); with Greenwood's variance."""
    stays = list(stays)
    at_risk, share, greenwood, rows = len(stays), 1.0, 0.0, []
    over, lengths = Counter(days for days, is_over in stays if is_over), Counter(days for days, _ in stays)
    for days in sorted(lengths):
        ended = over[days]
        share *= 1 - ended / at_risk
        greenwood += ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
        rows.append(Survival(days, at_risk, ended, share, *between(share, share**2 * greenwood)))
        at_risk -= lengths[days]
    return rows


def between(share: float, variance: float) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval of a share, symmetric on the scale of log(-log); none at 0 and 1."""
    if not 0 < share < 1 or variance <= 0:
        return None, None
    width = Z * sqrt(variance) / (share * abs(log(share)))
    return share ** exp(width), share ** exp(-width)


def first_at_half(rows: list[Survival], of: str = "share") -> float | None:
    """The first length at which a share has come down to a half."""
    return next((row.days for row in rows if getattr(row, of) is not None and getattr(row, of) <= 0.5), None)


def share_beyond(rows: list[Survival], days: float) -> float:
    """The share that lasts longer than so many days."""
    return next((row.share for row in reversed(rows) if row.days <= days), 1.0)
