"""One lead and the moves it can make: created, qualified, recycled, disqualified."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from data.generator.team import inbound_team
from data.generator.workdays import later, workday_after
from data.generator.world import World

HOT, PROMISED, COLD, CARDS, RECYCLED = range(5)
RANKS = {"web_inquiry": HOT, "referral": HOT, "partner": HOT, "exhibition": CARDS}
REST_DAYS = {"no_answer": (130, 175), "timing_later": (110, 175), "no_budget_now": (120, 175), "contact_left": (80, 130)}
RETURNS = 0.16
MINUTES_TO_ASSIGN = (2, 3, 5, 8, 12, 20, 35, 60, 100)


@dataclass
class Lead:
    """A row of `leads`, and below it what the CRM does not know."""

    lead_id: str
    created_at: datetime
    source: str
    campaign: str
    segment: str
    motion: str
    company: str
    contact_name: str
    email: str
    phone: str
    score: int | None
    stage: str = ""
    owner_id: str = ""
    mql_at: datetime | None = None
    assigned_at: datetime | None = None
    next_action_on: date | None = None
    do_not_contact: bool = False
    is_test: bool = False
    budget: str = ""
    authority: str = ""
    need: str = ""
    timing: str = ""
    exit_reason: str = ""
    rng: Random = field(default_factory=Random)
    quality: float = 1.0
    inside: str = ""
    attempts: int = 0
    talks: int = 0
    ticket: int = 0
    is_answered: bool = False
    is_met: bool = False
    is_accepted: bool = False
    appointment: dict | None = None
    seller: str = ""
    path: list[str] = field(default_factory=list)

    @property
    def record_url(self) -> str:
        """Where the CRM shows the lead."""
        return f"https://crm.example.com/leads/{self.lead_id}"

    @property
    def is_cold(self) -> bool:
        """Whether the person has not been reached in this episode."""
        return self.stage in ("lead", "mql", "recycled")


def create(world: World, moment: datetime, subject: tuple, by: str = "", **facts: object) -> Lead:
    """A new lead in stage `lead`; the subject names its stream of chance."""
    rng = world.random("lead", *subject)
    contact = world.directory.contact(rng)
    lead = Lead(lead_id=f"L{len(world.leads) + 1:05d}", created_at=moment, rng=rng, score=None, **contact, **facts)
    world.leads.append(lead)
    move(world, lead, "lead", moment, by)
    return lead


def move(world: World, lead: Lead, stage: str, moment: datetime, by: str) -> None:
    """Changes the stage and writes it into the history."""
    world.record("stage_changes", lead_id=lead.lead_id, from_stage=lead.stage, to_stage=stage, changed_at=moment, changed_by=by)
    lead.stage, lead.exit_reason, lead.next_action_on = stage, "", None


def qualify(world: World, moment: datetime, lead: Lead, by: str = "") -> None:
    """Marketing hands the lead over as MQL; an SDR gets it within two working hours."""
    become_mql(world, moment, lead, by)
    world.at(later(moment, 60 * lead.rng.choice(MINUTES_TO_ASSIGN)), assign, lead)


def become_mql(world: World, moment: datetime, lead: Lead, by: str = "") -> None:
    """A new episode starts, with nobody assigned yet."""
    lead.score = min(99, 60 + lead.rng.randint(0, 24) + int(10 * lead.quality))
    lead.mql_at, lead.assigned_at, lead.attempts, lead.talks, lead.is_answered = moment, None, 0, 0, False
    lead.ticket += 1
    move(world, lead, "mql", moment, by)


def assign(world: World, moment: datetime, lead: Lead) -> None:
    """An SDR gets the lead."""
    lead.assigned_at = moment
    lead.owner_id = lead.inside = next_sdr(lead.rng, moment.date())
    world.desks[lead.inside].put(lead, moment, RANKS.get(lead.source, COLD))


def next_sdr(rng: Random, day: date, leaver: str = "") -> str:
    """Who takes the next lead, by share; a new member's share grows."""
    team = [member for member in inbound_team(day) if member.member_id != leaver]
    return rng.choices(team, [member.share * member.ramp(day) for member in team])[0].member_id


def plan(world: World, moment: datetime, lead: Lead, days: int, rank: int) -> None:
    """The owner will get back to the lead after so many working days."""
    lead.next_action_on = workday_after(moment.date(), days)
    world.desks[lead.inside].put(lead, datetime.combine(lead.next_action_on, time(9)), rank)


def recycle(world: World, moment: datetime, lead: Lead, reason: str, by: str) -> None:
    """Not now: back to its inside sales owner, with a reason and a date to contact again."""
    move(world, lead, "recycled", moment, by)
    lead.owner_id, lead.exit_reason, lead.attempts, lead.talks = lead.inside, reason, 0, 0
    lead.is_answered = True
    rest(world, moment, lead, *REST_DAYS[reason])
    if lead.motion == "sdr" and lead.rng.random() < RETURNS:
        away = timedelta(days=lead.rng.randint(20, 90), minutes=lead.rng.randint(0, 1439))
        world.at(moment + away, come_back, lead, lead.ticket)


def rest(world: World, moment: datetime, lead: Lead, shortest: int, longest: int) -> None:
    """Leaves a recycled lead alone until a date."""
    lead.next_action_on = workday_after(moment.date() + timedelta(days=lead.rng.randint(shortest, longest)), 0)
    world.desks[lead.inside].put(lead, datetime.combine(lead.next_action_on, time(9)), RECYCLED)


def come_back(world: World, moment: datetime, lead: Lead, ticket: int) -> None:
    """A recycled lead inquires again by itself: a new episode."""
    if lead.ticket != ticket or lead.stage != "recycled":
        return
    world.record("activities", lead_id=lead.lead_id, member_id="", occurred_at=moment, type="inbound_form")
    qualify(world, moment, lead)


def disqualify(world: World, moment: datetime, lead: Lead, reason: str, by: str) -> None:
    """Never: the end of the lead."""
    move(world, lead, "disqualified", moment, by)
    lead.ticket += 1
    lead.exit_reason, lead.do_not_contact = reason, reason == "opted_out"


def hand_on(world: World, moment: datetime, leaver: str) -> None:
    """On a member's last day every lead gets a new owner; touched ones keep their plan."""
    for lead in world.leads:
        if lead.inside == leaver:
            heir = next_sdr(lead.rng, moment.date(), leaver)
            lead.owner_id = heir if lead.owner_id == leaver else lead.owner_id
            lead.inside = heir
    world.desks[leaver].pass_on(world)
