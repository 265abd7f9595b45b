"""Answers to hand-offs: those that the export holds, else what the stages tell."""

from collections import defaultdict
from functools import cache
from itertools import pairwise

from tests.oracle.episodes import World
from tests.oracle.records import StageChange, Verdict

FUNNEL = ("lead", "mql", "contact", "interest", "fit", "sql", "opportunity", "won")
LEFT = ("lost", "recycled", "disqualified")


@cache
def hand_overs(world: World) -> list[Verdict]:
    """The hand-overs to field sales; an export without a single answer to one is read by its stages."""
    return [verdict for verdict in world.export.verdicts if verdict.kind == "sql"] or [verdict for steps in _steps(world).values() for verdict in _told(world, steps)]


def _steps(world: World) -> dict[str, list[tuple[str, StageChange]]]:
    """For each lead its changes of milestone in order; a change within one milestone is none."""
    place = {stage["id"]: number for number, stage in enumerate(world.agreement.stages)}
    steps: dict[str, list] = defaultdict(list)
    for change in sorted((one for one in world.export.stage_changes if one.to_stage in place), key=lambda one: (one.changed_at, place[one.to_stage])):
        milestone = world.agreement.milestones[change.to_stage]
        if not steps[change.lead_id] or steps[change.lead_id][-1][0] != milestone:
            steps[change.lead_id].append((milestone, change))
    return steps


def _told(world: World, steps: list[tuple[str, StageChange]]) -> list[Verdict]:
    """Whoever moves on from SQL was accepted, whoever leaves or goes back was not, whoever stays is pending."""
    answers = []
    for (milestone, change), after in pairwise([*steps, None]):
        if milestone == "sql":
            is_accepted = after and after[0] not in LEFT and FUNNEL.index(after[0]) > FUNNEL.index("sql")
            answers.append(Verdict("sql", change.lead_id, change.changed_at, after and after[1].changed_at, is_accepted if after else None, _reason(world, change.lead_id, after)))
    return answers


def _reason(world: World, lead_id: str, after: tuple | None) -> str | None:
    """The lead's own reason, while it stands where it was sent."""
    lead = next((one for one in world.export.leads if one.lead_id == lead_id), None)
    stands_there = lead and after and after[0] in LEFT and world.agreement.milestones.get(lead.stage) == after[0]
    return lead.exit_reason if stands_there and hasattr(lead, "exit_reason") else None
