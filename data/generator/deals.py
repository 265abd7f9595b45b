"""From the appointment to won or lost: hand-over, verdict, first meeting, opportunity."""

from datetime import date, datetime, time, timedelta

from data.generator.leads import PROMISED, Lead, move, plan, recycle
from data.generator.team import FIELD
from data.generator.workdays import later, opening, workday_after
from data.generator.world import World, skewed

SLOW_FROM = date(2026, 9, 1)
HOUR = 3600
WIN_BY_SOURCE = {"referral": 0.38, "web_inquiry": 0.26, "partner": 0.26, "exhibition": 0.12}
WIN = 0.22
AMOUNTS = {"small_business": (30, 80, 250), "mid_market": (80, 220, 700), "enterprise": (250, 600, 2500)}
LOSSES = ("price", "competitor_chosen", "no_decision", "feature_gap")
RETRIED = 0.2


def book(world: World, moment: datetime, lead: Lead, by: str, days: tuple[int, int] = (3, 8)) -> None:
    """An appointment is agreed; soon after, the lead is handed over to field sales."""
    day = workday_after(moment.date(), lead.rng.randint(*days))
    scheduled = datetime.combine(day, time(lead.rng.choice((10, 11, 13, 14, 15, 16)), lead.rng.choice((0, 30))))
    lead.appointment = world.record("appointments", lead_id=lead.lead_id, set_at=moment, set_by=by, scheduled_at=scheduled, status="planned")
    world.at(scheduled, meet, lead, lead.appointment)
    if lead.stage == "fit":
        lead.ticket += 1
        lead.next_action_on = day
        world.at(later(moment, lead.rng.randint(300, 2400)), hand_over, lead, by)


def hand_over(world: World, moment: datetime, lead: Lead, by: str) -> None:
    """Inside sales hands the lead over; field sales owes a verdict."""
    due = lead.next_action_on
    move(world, lead, "sql", moment, by)
    lead.next_action_on, lead.is_met, lead.is_accepted = due, False, False
    lead.need, lead.authority = lead.need or "partly", lead.authority or "partly"
    lead.budget = lead.rng.choices(("confirmed", "partly", "unconfirmed"), (40, 42, 18))[0]
    lead.timing = lead.rng.choices(("confirmed", "partly"), (60, 40))[0]
    lead.seller = lead.rng.choice(FIELD).member_id
    verdict = world.record("verdicts", kind="sql", lead_id=lead.lead_id, handed_at=moment)
    hours = (8, 24, 54) if moment.date() >= SLOW_FROM else (1, 9, 27)
    world.at(later(moment, skewed(lead.rng, *(HOUR * part for part in hours))), decide, lead, verdict)


def decide(world: World, moment: datetime, lead: Lead, verdict: dict) -> None:
    """Field sales accepts, or sends the lead back with a reason."""
    doubts = [part for part in (lead.budget, lead.authority) if part == "unconfirmed"]
    verdict.update(decided_at=moment, decided_by=lead.seller, is_accepted=lead.rng.random() > 0.13 + 0.2 * len(doubts))
    lead.is_accepted = verdict["is_accepted"]
    if not lead.is_accepted:
        verdict["reason"] = why_rejected(lead)
        send_back(world, moment, lead, lead.seller)
    elif lead.is_met and lead.stage == "sql":
        world.at(later(moment, lead.rng.randint(300, 1800)), open_deal, lead)


def why_rejected(lead: Lead) -> str:
    """The doubt that weighed most."""
    if lead.authority == "unconfirmed":
        return "not_the_decision_maker"
    if lead.budget == "unconfirmed":
        return "budget_unclear"
    return lead.rng.choice(("need_unclear", "need_unclear", "out_of_target", "not_the_decision_maker"))


def send_back(world: World, moment: datetime, lead: Lead, by: str) -> None:
    """差し戻し to fit, or recycled, or lost; a meeting still ahead is called off."""
    if lead.stage != "sql":
        return
    if lead.appointment["status"] == "planned":
        lead.appointment["status"] = "cancelled"
    chance = lead.rng.random()
    if chance < 0.45:
        move(world, lead, "fit", moment, by)
        lead.talks = 1
        plan(world, moment, lead, lead.rng.randint(1, 3), PROMISED)
    elif chance < 0.85:
        recycle(world, moment, lead, lead.rng.choice(("no_budget_now", "timing_later")), by)
    else:
        lose(world, moment, lead, by)


def meet(world: World, moment: datetime, lead: Lead, appointment: dict) -> None:
    """The agreed hour has come."""
    if appointment["status"] != "planned":
        return
    status = lead.rng.choices(("held", "no_show", "cancelled", "rescheduled"), (82, 6, 5, 7))[0]
    appointment["status"] = status
    if status == "held":
        appointment["held_at"] = moment + timedelta(seconds=lead.rng.randint(0, 420))
        hold(world, appointment["held_at"], lead)
    elif status == "rescheduled" or lead.rng.random() < 0.4:
        book(world, opening(moment + timedelta(minutes=20)), lead, lead.seller, (3, 6))
    else:
        recycle(world, moment + timedelta(minutes=lead.rng.randint(20, 60)), lead, lead.rng.choice(("no_answer", "timing_later")), lead.seller)


def hold(world: World, moment: datetime, lead: Lead) -> None:
    """The first meeting takes place; with an acceptance it makes an opportunity."""
    seconds = skewed(lead.rng, 1500, 2900, 4200)
    world.record("activities", lead_id=lead.lead_id, member_id=lead.seller, occurred_at=moment, type="meeting", outcome="held",
                 duration_seconds=seconds)
    lead.is_met = True
    if lead.is_accepted:
        world.at(later(moment, seconds + lead.rng.randint(300, 2400)), open_deal, lead)


def open_deal(world: World, moment: datetime, lead: Lead) -> None:
    """Accepted and met: the opportunity starts."""
    move(world, lead, "opportunity", moment, lead.seller)
    lead.owner_id = lead.seller
    deal = world.record("opportunities", lead_id=lead.lead_id, owner_id=lead.seller, created_at=moment, stage="opportunity",
                        amount=10_000 * skewed(lead.rng, *AMOUNTS[lead.segment]))
    days = skewed(lead.rng, 12, 45, 130)
    for _ in range(days // 28 + 1):
        world.at(hour_of(lead, moment, lead.rng.randint(4, days)), meet_again, lead, deal)
    world.at(hour_of(lead, moment, days) + timedelta(minutes=lead.rng.randint(31, 59)), close, lead, deal)


def hour_of(lead: Lead, moment: datetime, days: int) -> datetime:
    """A full or half hour of working time so many days on."""
    day = workday_after(moment.date() + timedelta(days=days), 0)
    return datetime.combine(day, time(lead.rng.randint(9, 16), lead.rng.choice((0, 30))))


def meet_again(world: World, moment: datetime, lead: Lead, deal: dict) -> None:
    """A further meeting while the opportunity is open."""
    if "closed_at" not in deal:
        world.record("activities", lead_id=lead.lead_id, member_id=deal["owner_id"], occurred_at=moment, type="meeting", outcome="held",
                     duration_seconds=skewed(lead.rng, 1500, 3000, 5400))


def close(world: World, moment: datetime, lead: Lead, deal: dict) -> None:
    """Won or lost."""
    is_won = lead.rng.random() < WIN_BY_SOURCE.get(lead.source, WIN)
    deal.update(closed_at=moment, is_won=is_won, stage="won" if is_won else "lost")
    if is_won:
        move(world, lead, "won", moment, deal["owner_id"])
    else:
        lose(world, moment, lead, deal["owner_id"])
        deal["loss_reason"] = lead.exit_reason


def lose(world: World, moment: datetime, lead: Lead, by: str) -> None:
    """Lost with a reason; some are taken up again later."""
    move(world, lead, "lost", moment, by)
    lead.exit_reason = lead.rng.choices(LOSSES, (28, 27, 33, 12))[0]
    if lead.rng.random() < RETRIED:
        world.at(later(moment, HOUR * lead.rng.randint(45, 180)), take_up, lead)


def take_up(world: World, moment: datetime, lead: Lead) -> None:
    """Inside sales takes a lost lead back to try again another day."""
    recycle(world, moment, lead, lead.rng.choice(("timing_later", "no_budget_now")), lead.inside)
