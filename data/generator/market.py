"""Where inbound leads come from: sources, campaigns, and who arrives in a week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from data.generator.leads import PROMISED, Lead, assign, become_mql, create, disqualify, move, next_sdr, plan, qualify, recycle
from data.generator.workdays import is_company_holiday, later, opening, workday_after
from data.generator.world import EXPORTED_AT, FIRST_DAY, World

HOURS = tuple(range(7, 24))
HOUR_WEIGHTS = (1, 3, 9, 12, 12, 8, 10, 12, 11, 10, 8, 5, 4, 4, 4, 3, 2)
SEGMENTS = ("enterprise", "mid_market", "small_business")
MARKETERS = ("M01", "M02")
BY_PHONE = 0.12
TESTS = 6


@dataclass(frozen=True)
class Source:
    """How many arrive a week, how good they are, how many never qualify, and how large their companies are."""

    weekly: int
    quality: float
    unfit: float
    sizes: tuple[int, int, int]


SOURCES = {
    "web_inquiry": Source(14, 1.06, 0.03, (25, 45, 30)),
    "document_download": Source(14, 0.88, 0.18, (20, 45, 35)),
    "webinar": Source(10, 0.86, 0.15, (30, 45, 25)),
    "exhibition": Source(0, 0.68, 0.10, (30, 40, 30)),
    "paid_search": Source(9, 0.95, 0.10, (10, 40, 50)),
    "referral": Source(4, 1.25, 0.02, (35, 45, 20)),
    "partner": Source(3, 1.05, 0.04, (35, 50, 15)),
}


@dataclass(frozen=True)
class Campaign:
    """A row of `campaigns`; `people` are those met at an exhibition."""

    campaign: str
    source: str
    started_on: date
    ended_on: date
    cost: int
    people: int = 0


CAMPAIGNS = (
    Campaign("expo-2025-06", "exhibition", date(2025, 6, 18), date(2025, 6, 20), 2_800_000, 90),
    Campaign("expo-2025-10", "exhibition", date(2025, 10, 8), date(2025, 10, 10), 3_400_000, 110),
    Campaign("expo-2026-02", "exhibition", date(2026, 2, 18), date(2026, 2, 20), 2_600_000, 80),
    Campaign("expo-2026-05", "exhibition", date(2026, 5, 20), date(2026, 5, 22), 3_200_000, 100),
    Campaign("expo-2026-07", "exhibition", date(2026, 7, 8), date(2026, 7, 10), 2_100_000, 70),
    Campaign("expo-2026-10", "exhibition", date(2026, 10, 7), date(2026, 10, 9), 9_800_000, 300),
    Campaign("webinar-2025-05", "webinar", date(2025, 5, 1), date(2025, 7, 31), 420_000),
    Campaign("webinar-2025-08", "webinar", date(2025, 8, 1), date(2025, 9, 30), 380_000),
    Campaign("webinar-2025-10", "webinar", date(2025, 10, 1), date(2025, 12, 31), 450_000),
    Campaign("webinar-2026-01", "webinar", date(2026, 1, 1), date(2026, 3, 31), 430_000),
    Campaign("webinar-2026-04", "webinar", date(2026, 4, 1), date(2026, 6, 30), 460_000),
    Campaign("webinar-2026-07", "webinar", date(2026, 7, 1), date(2026, 9, 30), 440_000),
    Campaign("webinar-2026-10", "webinar", date(2026, 10, 1), date(2026, 12, 31), 480_000),
    Campaign("search-2025-04", "paid_search", date(2025, 4, 1), date(2025, 6, 30), 1_500_000),
    Campaign("search-2025-07", "paid_search", date(2025, 7, 1), date(2025, 9, 30), 1_600_000),
    Campaign("search-2025-10", "paid_search", date(2025, 10, 1), date(2025, 12, 31), 1_800_000),
    Campaign("search-2026-01", "paid_search", date(2026, 1, 1), date(2026, 3, 31), 1_800_000),
    Campaign("search-2026-04", "paid_search", date(2026, 4, 1), date(2026, 6, 30), 1_900_000),
    Campaign("search-2026-07", "paid_search", date(2026, 7, 1), date(2026, 12, 31), 4_200_000),
    Campaign("guide-2025-04", "document_download", date(2025, 4, 1), date(2026, 1, 31), 600_000),
    Campaign("guide-2026-02", "document_download", date(2026, 2, 1), date(2026, 8, 31), 650_000),
    Campaign("guide-2026-09", "document_download", date(2026, 9, 1), date(2027, 3, 31), 700_000),
    Campaign("targets-2025-04", "outbound", date(2025, 4, 1), date(2026, 3, 31), 800_000),
    Campaign("targets-2026-04", "outbound", date(2026, 4, 1), date(2027, 3, 31), 900_000),
)


def season(day: date) -> float:
    """Demand sags in August, around お盆 and the turn of the year."""
    if any(is_company_holiday(day + timedelta(days=n)) for n in range(7)):
        return 0.42
    return 0.8 if day.month == 8 else 1.0


def open_market(world: World) -> None:
    """Puts every arrival of the 78 weeks and the running one on the agenda."""
    weeks = range((EXPORTED_AT.date() - FIRST_DAY).days // 7 + 1)
    for source, facts in SOURCES.items():
        for week in weeks if facts.weekly else ():
            fill_week(world, source, facts, FIRST_DAY + timedelta(weeks=week))
    for fair in (campaign for campaign in CAMPAIGNS if campaign.people):
        fill_fair(world, fair)
    for number in range(1, TESTS + 1):
        day = workday_after(FIRST_DAY + timedelta(days=83 * number), 0)
        world.at(datetime.combine(day, time(9, 10 * number % 60)), try_form, number)


def try_form(world: World, moment: datetime, number: int) -> None:
    """Marketing tries its own form; the record stays, marked as a test."""
    lead = create(world, moment, ("test", number), MARKETERS[1], source="web_inquiry", campaign="", motion="sdr", segment="small_business")
    lead.is_test, lead.owner_id, lead.score = True, MARKETERS[1], 99
    lead.company, lead.contact_name, lead.email, lead.phone = "テスト株式会社", "テスト 太郎", f"test{number}@example.com", "03-0000-0000"
    if number % 2:
        lead.mql_at = lead.assigned_at = moment + timedelta(minutes=2)
        move(world, lead, "mql", lead.mql_at, MARKETERS[1])


def fill_week(world: World, source: str, facts: Source, monday: date) -> None:
    """The arrivals of one source in one week."""
    rng = world.random("week", source, monday)
    size = round(facts.weekly * season(monday)) + rng.choice((-2, -1, -1, 0, 0, 1, 1, 2)) * (1 if facts.weekly > 4 else 0)
    for number in range(max(1, size)):
        day = monday + timedelta(days=rng.choices(range(7), (10, 11, 11, 10, 9, 2, 2))[0])
        moment = datetime.combine(day, time(rng.choices(HOURS, HOUR_WEIGHTS)[0], rng.randrange(60), rng.randrange(60)))
        world.at(moment, arrive, source, (source, monday, number), running(source, day))


def fill_fair(world: World, fair: Campaign) -> None:
    """Business cards are entered on the first working day after an exhibition."""
    rng = world.random("fair", fair.campaign)
    entered = datetime.combine(workday_after(fair.ended_on + timedelta(days=1), 0), time(9, 30))
    for number in range(fair.people):
        world.at(entered + timedelta(seconds=number * 23 + rng.randrange(15)), arrive, "exhibition", (fair.campaign, number), fair.campaign)


def running(source: str, day: date) -> str:
    """The campaign of a source on that day, or none."""
    return next((row.campaign for row in CAMPAIGNS if row.source == source and row.started_on <= day <= row.ended_on), "")


def arrive(world: World, moment: datetime, source: str, subject: tuple, campaign: str) -> None:
    """Somebody new, who qualifies at once, later, or never."""
    facts = SOURCES[source]
    by = MARKETERS[0] if source == "exhibition" else ""
    draw = world.random("taste", *subject)
    lead = create(world, moment, subject, by, source=source, campaign=campaign, motion="sdr",
                  segment=draw.choices(SEGMENTS, facts.sizes)[0], quality=facts.quality * draw.choice((0.75, 1.0, 1.25)))
    if source == "web_inquiry" and opening(moment) == moment and moment.hour < 17 and draw.random() < BY_PHONE:
        world.at(moment + timedelta(seconds=30), pick_up, lead)
        return
    greet(world, moment, lead)
    if draw.random() < facts.unfit:
        lead.score = draw.randint(12, 59)
        world.at(review_time(draw, moment), review, lead)
    else:
        by, handed = hand_off(draw, moment, lead)
        world.at(handed, qualify, lead, by)


def pick_up(world: World, moment: datetime, lead: Lead) -> None:
    """An inquiry by telephone is answered live: the person is reached at once."""
    become_mql(world, moment, lead)
    assign(world, moment, lead)
    seconds = lead.rng.randint(120, 600)
    world.record("activities", lead_id=lead.lead_id, member_id=lead.owner_id, occurred_at=moment, type="inbound_call", duration_seconds=seconds)
    ended = moment + timedelta(seconds=seconds)
    move(world, lead, "contact", ended, lead.owner_id)
    plan(world, ended, lead, 1, PROMISED)


def greet(world: World, moment: datetime, lead: Lead) -> None:
    """A form brings its own record; downloads and webinars are thanked by an automated mail."""
    kind = {"web_inquiry": "inbound_form", "paid_search": "inbound_form", "document_download": "auto_email", "webinar": "auto_email"}
    if lead.source in kind:
        world.record("activities", lead_id=lead.lead_id, member_id="", occurred_at=moment, type=kind[lead.source])


def hand_off(rng: Random, moment: datetime, lead: Lead) -> tuple[str, datetime]:
    """By whom and when the lead becomes MQL: forms score at once, others after marketing has looked at them."""
    if lead.source == "exhibition":
        return MARKETERS[0], later(moment, rng.choice((3, 4, 6, 9, 12, 18, 27, 40, 60)) * 3600 + rng.randrange(3600))
    if lead.source in ("webinar", "document_download") and rng.random() < 0.5:
        return MARKETERS[1], later(moment, rng.randint(2, 60) * 3600 + rng.randrange(3600))
    return "", moment + timedelta(seconds=rng.randint(90, 1200))


def review_time(rng: Random, moment: datetime) -> datetime:
    """When marketing sorts out a lead that has not qualified."""
    return later(opening(moment), rng.randint(5, 11) * 9 * 3600 + rng.randrange(6 * 3600))


def review(world: World, moment: datetime, lead: Lead) -> None:
    """Marketing nurtures it on, keeps it for later, or gives it up."""
    chance = lead.rng.random()
    if chance < 0.25:
        qualify(world, moment, lead, MARKETERS[1])
    elif chance < 0.6:
        disqualify(world, moment, lead, lead.rng.choice(("out_of_target", "out_of_target", "competitor", "existing_customer")), MARKETERS[1])
    elif chance < 0.85:
        nurture(world, moment, lead)
    else:
        world.record("activities", lead_id=lead.lead_id, member_id="", occurred_at=moment, type="auto_email")


def nurture(world: World, moment: datetime, lead: Lead) -> None:
    """Recycled by marketing, to be looked at again months later by an SDR."""
    lead.inside = next_sdr(lead.rng, moment.date())
    recycle(world, moment, lead, "timing_later", MARKETERS[1])
