"""To whom a record is credited, and where its person came from: the dimensions that a KPI is split by."""

from tests.oracle.counts import Credit
from tests.oracle.episodes import Episode, World
from tests.oracle.records import Activity, Opportunity


def credit_of_lead(world: World, lead_id: str | None, member: str | None) -> Credit:
    """Where the person came from, and the member that a record is credited to."""
    lead, person = world.persons.get(lead_id), world.members.get(member)
    return {"source": lead and lead.source, "campaign": lead and lead.campaign, "segment": lead and lead.segment, "motion": lead and lead.motion,
            "department": person and person.department, "member": member}


def credit_of_episode(world: World, episode: Episode) -> Credit:
    """An episode goes to who handed it over, else to the lead's owner."""
    return {**credit_of_lead(world, episode.person.lead_id, episode.member), "tier": world.tier(episode)}


def credit_of_touch(world: World, activity: Activity) -> Credit:
    """A touch goes to who made it."""
    return {**credit_of_lead(world, activity.lead_id, activity.member_id), "script": activity.script_version,
            "hour": f"{activity.occurred_at.hour:02}", "weekday": str(activity.occurred_at.isoweekday())}


def credit_of_opportunity(world: World, one: Opportunity) -> Credit:
    """An opportunity goes to its owner; it has a reason once it is closed."""
    return {**credit_of_lead(world, one.lead_id, one.owner_id), "reason": one.loss_reason if one.closed_at else None}
