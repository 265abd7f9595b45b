"""How long MQLs waited for somebody, and which leads inside sales has left lying."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.oracle.counts import Counted, Credit, Flow, Spread
from tests.oracle.credit import credit_of_lead
from tests.oracle.episodes import ATTEMPTS, Episode, World
from tests.oracle.records import Activity, Lead

DEPARTMENT = "inside_sales"


@dataclass(frozen=True)
class Wait:
    """An episode that is due: from when somebody waited, until when, for how long and within what."""

    start: datetime
    end: datetime | None
    minutes: float
    is_in_time: bool | None
    credit: Credit


def stops(activity: Activity) -> bool:
    """Whether somebody of ours dealt with them: an attempt, or a call of theirs that was answered."""
    return activity.type in ATTEMPTS or is_answered(activity)


def is_answered(activity: Activity) -> bool:
    return activity.type == "inbound_call" and activity.is_connected is not False


def handling(start: datetime, touches: list[Activity]) -> Activity | None:
    """The touch that dealt with it: a call of theirs answered before on that day, else the first that stops the clock."""
    before = [touch for touch in touches if is_answered(touch) and touch.occurred_at <= start and touch.occurred_at.date() == start.date()]
    after = [touch for touch in touches if stops(touch) and touch.occurred_at >= start]
    return min(before or after, key=lambda touch: (touch.occurred_at, touch.activity_id), default=None)


def wait_from(world: World, episode: Episode, start: datetime) -> Wait | None:
    """The wait of an episode from a moment, if it is due: handled, or untouched past its limit. It goes to who handled it, untouched to the owner."""
    limit, touch = world.limit("first_touch", episode, start), handling(start, episode.touches)
    if touch is None and (limit is None or limit.is_kept(start, world.export.as_of)):
        return None
    end = touch and max(start, touch.occurred_at)
    minutes = world.clock(DEPARTMENT).seconds(start, end or world.export.as_of) / 60
    credit = {**credit_of_lead(world, episode.person.lead_id, touch.member_id if touch else episode.person.owner_id), "tier": world.tier(episode)}
    return Wait(start, end, minutes, limit and (end is not None and limit.is_kept(start, end)), credit)


def waits(world: World, starts: Callable[[World, Episode], datetime | None]) -> list[Wait]:
    """The waits of SDR's MQL episodes that are due."""
    begun = [(episode, starts(world, episode)) for episode in world.episodes if episode.person.motion != "bdr" and episode.reached("mql")]
    return [wait for episode, start in begun if start and (wait := wait_from(world, episode, start))]


def at_mql(world: World, episode: Episode) -> datetime | None:
    return episode.reached("mql")


def at_assignment(world: World, episode: Episode) -> datetime | None:
    """When its lead was given to its owner; the export knows the last time alone, which belongs to the episode it falls into."""
    assigned = episode.person.assigned_at
    return assigned if assigned and world.run_at(episode.person.lead_id, assigned) is episode else None


def statistics(found: list[Wait], ending: str = "") -> dict[str, Flow | Spread]:
    """What is told of waits."""
    minutes = [Counted(wait.start, wait.credit, wait.minutes) for wait in found]
    return {f"median{ending}": Spread(minutes, 0.5), f"p90{ending}": Spread(minutes, 0.9),
            f"in_time{ending}": Flow([Counted(wait.start, wait.credit) for wait in found if wait.is_in_time],
                                     [Counted(wait.start, wait.credit) for wait in found if wait.is_in_time is not None])}


def response_minutes(world: World) -> dict[str, Flow | Spread]:
    from_mql = waits(world, at_mql)
    overdue = [Counted(wait.start, wait.credit) for wait in from_mql if wait.end is None]
    return {**statistics(from_mql), "untouched_overdue": Flow(overdue), **statistics(waits(world, at_assignment), "_from_assignment")}


# Stock

def is_open(world: World, lead: Lead) -> bool:
    """Whether inside sales should be working it: its stage is theirs, and its day has come where it was put aside."""
    stage = world.agreement.stage(lead.stage)
    if not stage or stage["owner"] != DEPARTMENT:
        return False
    return stage["milestone"] != "recycled" or (lead.next_action_on is not None and lead.next_action_on <= world.as_of)


def faults(world: World, lead: Lead) -> Iterator[str]:
    """Why a lead is left lying."""
    episode = world.runs[lead.lead_id][-1]
    if is_untouched_past_its_limit(world, episode):
        yield "untouched"
    if lead.next_action_on and lead.next_action_on < world.as_of:
        yield "past its day"
    if not lead.next_action_on and is_quiet(world, episode):
        yield "no plan"
    if not lead.owner_id or is_gone(world, lead.owner_id):
        yield "no owner"


def is_untouched_past_its_limit(world: World, episode: Episode) -> bool:
    start = episode.reached("mql")
    wait = wait_from(world, episode, start) if start and episode.person.motion != "bdr" else None
    return wait is not None and wait.end is None


def is_quiet(world: World, episode: Episode) -> bool:
    """Whether nobody of ours has touched it for longer than the limit that is in force now; what a machine sent or they wrote is no touch of ours."""
    last = max((touch.occurred_at for touch in episode.touches if stops(touch) or touch.type == "meeting"), default=episode.starts_at)
    limit = world.limit("next_step", episode, world.export.as_of)
    return limit is not None and not limit.is_kept(last, world.export.as_of)


def is_gone(world: World, member_id: str) -> bool:
    member = world.members.get(member_id)
    return member is not None and member.left_on is not None and member.left_on < world.as_of


def credit_of_open_lead(world: World, lead: Lead) -> Credit:
    """A lead that waits goes to its owner; where nobody owns it, it is still the business of the department of its stage."""
    credit = {**credit_of_lead(world, lead.lead_id, lead.owner_id), "tier": world.tier(world.runs[lead.lead_id][-1])}
    return {**credit, "department": credit["department"] or DEPARTMENT}


def stock(world: World) -> tuple[list[Counted], list[Counted]]:
    """The leads left lying, and all that are open, as of the export; of each person the record first created."""
    open_leads = [lead for lead_id, lead in world.persons.items() if lead.lead_id == lead_id and is_open(world, lead)]
    everything = [(any(faults(world, lead)), Counted(world.export.as_of, credit_of_open_lead(world, lead))) for lead in open_leads]
    return [one for is_lying, one in everything if is_lying], [one for _, one in everything]


def overdue_leads(world: World) -> Flow:
    return Flow(stock(world)[0])


def missed_followup_rate(world: World) -> Flow:
    return Flow(*stock(world))
