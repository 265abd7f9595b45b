"""Every KPI of the definitions, said once more in plain Python: which records it counts, on which day, and to whom they are credited."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from tests.oracle.answers import hand_overs
from tests.oracle.counts import Cohort, Counted, Credit, Entered, Flow, Spread
from tests.oracle.credit import credit_of_episode, credit_of_lead, credit_of_opportunity, credit_of_touch
from tests.oracle.episodes import ATTEMPTS, World
from tests.oracle.records import Activity, Appointment, Opportunity, Verdict
from tests.oracle.waiting import missed_followup_rate, overdue_leads, response_minutes

ANSWERED = ("reception", "absent")


# Touches

def touches(world: World, counts: Callable[[Activity], bool]) -> list[Counted]:
    """The activities that count; every further one at the same person counts again."""
    return [Counted(activity.occurred_at, credit_of_touch(world, activity))
            for activity in world.export.activities if activity.lead_id not in world.tests and counts(activity)]


def is_dial(activity: Activity) -> bool:
    return activity.type == "call"


def approaches(world: World) -> Flow:
    return Flow(touches(world, lambda activity: activity.type in ATTEMPTS))


def calls(world: World) -> Flow:
    return Flow(touches(world, is_dial))


def connect_rate(world: World) -> Flow:
    return Flow(touches(world, lambda activity: is_dial(activity) and activity.is_connected is True), touches(world, is_dial))


def answered_rate(world: World) -> Flow:
    return Flow(touches(world, lambda activity: is_dial(activity) and (activity.is_connected is True or activity.outcome in ANSWERED)), touches(world, is_dial))


# Appointments

def first_of_each_episode(world: World, time: Callable[[Appointment], datetime | None], counts: Callable[[Appointment], bool]) -> list[Counted]:
    """In each episode the first appointment that counts, by one of its times; it goes to who won the first agreement, whoever met or moved it later."""
    made = [one for one in world.export.appointments if one.lead_id in world.persons and one.set_at]
    of_episode: dict[int, list[Appointment]] = defaultdict(list)
    for one in sorted(made, key=lambda one: (one.set_at, one.appointment_id)):
        of_episode[id(world.run_at(one.lead_id, one.set_at))].append(one)
    return [Counted(min(times), credit_of_lead(world, run[0].lead_id, run[0].set_by))
            for run in of_episode.values() if (times := [time(one) for one in run if counts(one) and time(one)])]


def appointments(world: World) -> Flow:
    return Flow(first_of_each_episode(world, lambda one: one.set_at, lambda one: True))


def appointments_held(world: World) -> Flow:
    return Flow(first_of_each_episode(world, lambda one: one.held_at, lambda one: one.status == "held"))


def no_shows(world: World) -> Flow:
    return Flow(first_of_each_episode(world, lambda one: one.scheduled_at, lambda one: one.status == "no_show"))


# Milestones

def counted(world: World, milestone: str, also: str | None = None) -> list[Counted]:
    """The episodes that reached a milestone, by its time; only those that have reached another too."""
    return [Counted(episode.reached(milestone), credit_of_episode(world, episode)) for episode in world.episodes
            if episode.reached(milestone) and (also is None or episode.reached(also))]


def mqls(world: World) -> Flow:
    return Flow(counted(world, "mql"))


def sqls(world: World) -> Flow:
    return Flow(counted(world, "sql"))


def rate(start: str, end: str) -> dict[str, Callable]:
    """From one milestone to a later one: as flow, and as cohort of the first."""
    def flow(world: World) -> Flow:
        return Flow(counted(world, end, also=start), counted(world, start))

    def cohort(world: World) -> Cohort:
        return Cohort([Entered(episode.reached(start), episode.reached(end), credit_of_episode(world, episode))
                       for episode in world.episodes if episode.reached(start)])

    return {"flow": flow, "cohort": cohort}


def lead_to_opportunity(world: World) -> Flow:
    approached = [episode for episode in world.episodes if episode.first_approach]
    return Flow([Counted(episode.reached("opportunity"), credit_of_episode(world, episode)) for episode in approached if episode.reached("opportunity")],
                [Counted(episode.first_approach, credit_of_episode(world, episode)) for episode in approached])


def lead_to_opportunity_cohort(world: World) -> Cohort:
    return Cohort([Entered(episode.first_approach, episode.reached("opportunity"), credit_of_episode(world, episode))
                   for episode in world.episodes if episode.first_approach])


# Hand-overs

def handed_over(world: World, counts: Callable[[Verdict], bool]) -> list[Counted]:
    """The hand-overs to field sales that count, second ones of an episode too, by the time of the hand-over."""
    return [Counted(verdict.handed_at, credit_of_verdict(world, verdict))
            for verdict in hand_overs(world) if verdict.lead_id not in world.tests and verdict.handed_at <= world.export.as_of and counts(verdict)]


def credit_of_verdict(world: World, verdict: Verdict) -> Credit:
    tier = world.tier(world.run_at(verdict.lead_id, verdict.handed_at), verdict.handed_at)
    return {**credit_of_lead(world, verdict.lead_id, handed_by(world, verdict)), "tier": tier, "reason": verdict.reason}


def handed_by(world: World, verdict: Verdict) -> str | None:
    """Who made the change of stage that this hand-over was."""
    changes = world.changes[verdict.lead_id, verdict.handed_at]
    return next((change.changed_by for change in changes if world.agreement.milestones.get(change.to_stage) == "sql"), None)


def sqls_accepted(world: World) -> Flow:
    return Flow(handed_over(world, lambda verdict: verdict.is_accepted is True))


def sql_acceptance_rate(world: World) -> Flow:
    def is_within(verdict: Verdict, end: datetime) -> bool:
        limit = world.limit("sql_verdict", world.run_at(verdict.lead_id, verdict.handed_at), verdict.handed_at)
        return limit is None or limit.is_kept(verdict.handed_at, end)

    def is_in_time(verdict: Verdict) -> bool:
        return verdict.is_accepted is True and verdict.decided_at is not None and is_within(verdict, verdict.decided_at)

    def is_due(verdict: Verdict) -> bool:
        return verdict.is_accepted is not None or not is_within(verdict, world.export.as_of)

    return Flow(handed_over(world, is_in_time), handed_over(world, is_due))


# Opportunities

def opportunities_where(world: World, counts: Callable[[Opportunity], bool]) -> list[Opportunity]:
    return [one for one in world.export.opportunities if one.lead_id not in world.tests and counts(one)]


def closed(world: World, *outcomes: bool) -> list[Counted]:
    found = opportunities_where(world, lambda one: one.closed_at is not None and one.is_won in outcomes)
    return [Counted(one.closed_at, credit_of_opportunity(world, one)) for one in found]


def opportunities(world: World) -> Flow:
    created = opportunities_where(world, lambda one: one.created_at is not None)
    return Flow([Counted(one.created_at, credit_of_opportunity(world, one)) for one in created])


def wins(world: World) -> Flow:
    return Flow(closed(world, True))


def losses(world: World) -> Flow:
    return Flow(closed(world, False))


def amount_won(world: World) -> Flow:
    won = opportunities_where(world, lambda one: one.closed_at is not None and one.is_won is True)
    return Flow([Counted(one.closed_at, credit_of_opportunity(world, one), one.amount or 0) for one in won])


def win_rate(world: World) -> Flow:
    return Flow(closed(world, True), closed(world, True, False))


def win_rate_cohort(world: World) -> Cohort:
    return Cohort([Entered(one.created_at, one.closed_at if one.is_won else None, credit_of_opportunity(world, one))
                   for one in opportunities_where(world, lambda one: one.created_at is not None)])


KPIS: dict[str, dict[str, Callable[[World], Flow | Cohort | dict[str, Flow | Spread]]]] = {
    **{each.__name__: {"flow": each} for each in (approaches, calls, connect_rate, answered_rate, appointments, appointments_held, no_shows, mqls, sqls,
                                                  sqls_accepted, sql_acceptance_rate, opportunities, wins, losses, amount_won, response_minutes, overdue_leads,
                                                  missed_followup_rate)},
    "mql_to_sql": rate("mql", "sql"),
    "sql_to_opportunity": rate("sql", "opportunity"),
    "mql_to_won": rate("mql", "won"),
    "lead_to_opportunity": {"flow": lead_to_opportunity, "cohort": lead_to_opportunity_cohort},
    "win_rate": {"flow": win_rate, "cohort": win_rate_cohort},
}
