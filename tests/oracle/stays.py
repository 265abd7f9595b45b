"""How far each episode came from one milestone towards another, and how long it stayed in each stage."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from tests.oracle.counts import days_between
from tests.oracle.curves import REACHED, WAYS_OUT
from tests.oracle.episodes import Episode, World

CURVES = {"lead_to_sql": ("lead", "sql"), "lead_to_won": ("lead", "won"), "mql_to_sql": ("mql", "sql"), "sql_to_won": ("sql", "won")}


class Spell(NamedTuple):
    """An episode on its way: how many days it was followed, and what ended that, if anything did."""

    days: int
    ended_by: str | None
    source: str | None


class Stay(NamedTuple):
    """All the time of one episode in one stage."""

    days: float
    is_over: bool
    visits: int


def spells(world: World, start: str, goal: str) -> list[Spell]:
    """Every episode that came to the start, until it arrived or left, whichever was first."""
    return [spell(world, episode, begun, goal) for episode in world.episodes if (begun := episode.reached(start))]


def spell(world: World, episode: Episode, begun: datetime, goal: str) -> Spell:
    arrived = episode.reached(goal)
    ends = [(arrived, REACHED)] if arrived else []
    ends += [(event.happened_at, event.milestone) for event in episode.events if event.milestone in WAYS_OUT and event.happened_at >= begun]
    end, ended_by = min(ends, key=lambda end: (end[0], (REACHED, *WAYS_OUT).index(end[1])), default=(world.export.as_of, None))
    return Spell(max(0, days_between(begun, end)), ended_by, episode.person.source)


def stays(world: World) -> dict[str, list[Stay]]:
    """By stage, the time of each episode in it: visits added up, one that is not over counted up to as-of."""
    seconds: dict[tuple, float] = Counter()
    visits: dict[tuple, int] = Counter()
    still_there = set()
    for lead_id, stage, entered, left in _visits(world):
        key = id(world.run_at(lead_id, entered)), stage
        visits[key] += 1
        seconds[key] += (_whole(left or world.export.as_of) - _whole(entered)).total_seconds()
        if left is None:
            still_there.add(key)
    found = defaultdict(list)
    for key in visits:
        found[key[1]].append(Stay(seconds[key] / 86_400, key not in still_there, visits[key]))
    return found


def _visits(world: World) -> Iterator[tuple[str, str, datetime, datetime | None]]:
    """Each entry into a stage, with the next change out of it; stages beside each other (an application's, its offers') do not end one another."""
    of_lead = defaultdict(list)
    for change in world.export.stage_changes:
        if change.lead_id in world.persons and change.to_stage in world.agreement.milestones:
            of_lead[change.lead_id].append(change)
    for lead_id, changes in of_lead.items():
        leaving = defaultdict(list)
        for change in sorted(changes, key=lambda change: change.changed_at, reverse=True):
            leaving[change.from_stage].append(change.changed_at)
        for change in sorted(changes, key=lambda change: change.changed_at):
            ends = leaving[change.to_stage]
            while ends and ends[-1] < change.changed_at:
                ends.pop()
            yield lead_id, change.to_stage, change.changed_at, ends.pop() if ends else None


def _whole(time: datetime) -> datetime:
    """Cut to the second."""
    return time.replace(microsecond=0)
