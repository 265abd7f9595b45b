"""One touch by inside sales: a call, a mail, a letter or a social message, and what comes of it."""

from datetime import date, datetime, timedelta
from random import Random

from data.generator.deals import book
from data.generator.leads import CARDS, COLD, PROMISED, Lead, disqualify, move, plan, recycle, rest
from data.generator.team import Member
from data.generator.world import World, skewed

CONNECT_BY_HOUR = {9: 0.27, 10: 0.48, 11: 0.46, 12: 0.26, 13: 0.25, 14: 0.26, 15: 0.27, 16: 0.29, 17: 0.25}
CONNECT_BY_WEEKDAY = (0.88, 1.08, 1.10, 1.06, 0.84)
NOBODY = ("no_answer", "reception", "absent")
NOBODY_WEIGHTS = {"sdr": (52, 18, 30), "bdr": (32, 44, 24)}
TYPES = {"sdr": (("call", "email"), (76, 24)), "bdr": (("call", "email", "letter", "social"), (60, 23, 10, 7))}
PATIENCE = {"outbound": 10, "web_inquiry": 5, "referral": 5, "partner": 4}
FEW = 3
SCRIPTS = ((date(2026, 9, 28), "v3"), (date(2026, 1, 5), "v2"), (date(2025, 5, 19), "v1"))
V3_SHARE, V3_ASKING = 0.7, 0.75
STEPS = {"contact": 0.66, "interest": 0.66, "fit": 0.76}
IN_SAME_TALK = 0.85
PUT_OFF = {"contact": 0.5, "interest": 0.3, "fit": 0.2}
SECONDS = {"reception": (20, 45, 140), "absent": (20, 40, 120), "wrong_number": (8, 15, 30),
           "connected": (90, 260, 900), "refused": (25, 70, 240), "appointment": (240, 540, 1100)}
VERDICT_SHARE = 0.55
WHY_REJECTED = {"out_of_target": "out_of_target", "competitor": "out_of_target", "existing_customer": "duplicate",
                "invalid_contact": "invalid_contact", "opted_out": "no_interest", "no_budget_now": "no_interest", "timing_later": "no_interest"}


def touch(world: World, moment: datetime, lead: Lead, member: Member) -> datetime:
    """Does the next thing for a lead and returns when the member is free again."""
    kinds, weights = TYPES[lead.motion]
    kind = lead.rng.choices(kinds, weights)[0]
    if kind == "call" or (kind == "email" and lead.source in ("web_inquiry", "referral") and not lead.attempts):
        return call(world, moment, lead, member)
    return write(world, moment, lead, member, kind)


def write(world: World, moment: datetime, lead: Lead, member: Member, kind: str) -> datetime:
    """A personal message; a reply to a mail counts as reaching the person."""
    replied = kind == "email" and lead.rng.random() < 0.06
    world.record("activities", lead_id=lead.lead_id, member_id=member.member_id, occurred_at=moment, type=kind,
                 outcome=("replied" if replied else "sent") if kind == "email" else "")
    done = moment + timedelta(seconds=lead.rng.randint(120, 420))
    if not replied:
        miss(world, done, lead, member)
        return done
    if lead.is_cold:
        answer(world, done, lead, member)
        move(world, lead, "contact", done, member.member_id)
    plan(world, done, lead, 1, PROMISED)
    return done


def call(world: World, moment: datetime, lead: Lead, member: Member) -> datetime:
    """A dial; the hour and the weekday decide whether the person picks up."""
    is_connected = lead.rng.random() < connect_chance(lead, moment)
    version = script(lead.rng, moment.date())
    row = world.record("activities", lead_id=lead.lead_id, member_id=member.member_id, occurred_at=moment, type="call",
                       is_connected=is_connected, script_version=version)
    row["outcome"] = talk_result(lead, member, moment, version) if is_connected else dead_end(lead)
    if row["outcome"] in SECONDS:
        row["duration_seconds"] = skewed(lead.rng, *SECONDS[row["outcome"]])
    done = moment + timedelta(seconds=row.get("duration_seconds", 30))
    if is_connected:
        return follow(world, done, lead, member, row["outcome"])
    if row["outcome"] == "wrong_number":
        answer(world, done, lead, member, "invalid_contact")
        disqualify(world, done, lead, "invalid_contact", member.member_id)
    else:
        miss(world, done, lead, member)
    return done


def connect_chance(lead: Lead, moment: datetime) -> float:
    """Best between ten and noon and from Tuesday to Thursday; better with somebody already known."""
    known = 0.68 if lead.motion == "bdr" else 0.98
    known *= 1.0 if lead.is_cold else 1.15
    return CONNECT_BY_HOUR[moment.hour] * CONNECT_BY_WEEKDAY[moment.weekday()] * known


def script(rng: Random, day: date) -> str:
    """The version in use; the newest replaces its forerunner only in part."""
    versions = [version for start, version in SCRIPTS if day >= start]
    return versions[1] if versions[0] == "v3" and rng.random() >= V3_SHARE else versions[0]


def dead_end(lead: Lead) -> str:
    """Why the person was not reached."""
    if lead.is_cold and lead.rng.random() < 0.018:
        return "wrong_number"
    return lead.rng.choices(NOBODY, NOBODY_WEIGHTS[lead.motion])[0]


def talk_result(lead: Lead, member: Member, moment: datetime, version: str) -> str:
    """How the talk ends: refused, an appointment, or neither; moves are written down by `follow`."""
    lead.path = ["contact"] if lead.is_cold else []
    if lead.rng.random() < (0.22 - 0.09 * lead.quality if lead.is_cold else 0.04):
        return "refused"
    if lead.stage == "mql" and lead.source == "web_inquiry" and lead.rng.random() < 0.2:
        lead.path = ["fit"]
    strength = lead.quality * member.skill * (0.6 + 0.4 * member.ramp(moment.date()))
    asking = V3_ASKING if version == "v3" else 1.0
    stage = lead.path[-1] if lead.path else lead.stage
    while lead.rng.random() < min(0.93, STEPS[stage] * strength) * (asking if stage == "fit" else 1.0):
        if stage == "fit":
            return "appointment"
        stage = {"contact": "interest", "interest": "fit"}[stage]
        lead.path.append(stage)
        strength *= IN_SAME_TALK
    return "connected"


def follow(world: World, moment: datetime, lead: Lead, member: Member, outcome: str) -> datetime:
    """Writes down after a talk where the lead stands and what comes next."""
    was_cold = lead.is_cold
    for stage in lead.path:
        move(world, lead, stage, moment, member.member_id)
        confirm(lead)
        moment += timedelta(seconds=lead.rng.randint(20, 70))
    lead.talks, lead.attempts = lead.talks + 1, 0
    if outcome == "refused":
        return turn_away(world, moment, lead, member)
    if was_cold:
        answer(world, moment, lead, member)
    if outcome == "appointment":
        book(world, moment, lead, member.member_id)
    elif lead.talks >= 3 or lead.rng.random() < PUT_OFF[lead.stage]:
        recycle(world, moment, lead, lead.rng.choice(("timing_later", "timing_later", "no_budget_now", "contact_left")), member.member_id)
    else:
        plan(world, moment, lead, lead.rng.randint(2, 5), PROMISED)
    return moment


def confirm(lead: Lead) -> None:
    """What the talk brought to light of need and authority."""
    if lead.stage in ("interest", "fit") and not lead.need:
        lead.need = lead.rng.choice(("confirmed", "confirmed", "partly"))
    if lead.stage == "fit" and not lead.authority:
        lead.authority = lead.rng.choices(("confirmed", "partly", "unconfirmed"), (45, 40, 15))[0]


def turn_away(world: World, moment: datetime, lead: Lead, member: Member) -> datetime:
    """A refusal: out for good, or back later."""
    reasons = ("out_of_target", "competitor", "existing_customer", "opted_out", "no_budget_now", "timing_later")
    reason = lead.rng.choices(reasons, (32, 8, 12, 10, 18, 20))[0]
    answer(world, moment, lead, member, reason)
    leave = disqualify if reason in reasons[:4] else recycle
    leave(world, moment, lead, reason, member.member_id)
    return moment


def miss(world: World, moment: datetime, lead: Lead, member: Member) -> None:
    """Nobody reached: another try soon, until patience ends."""
    lead.attempts += 1
    if lead.attempts < (FEW if lead.stage == "recycled" else PATIENCE.get(lead.source, FEW)):
        plan(world, moment, lead, lead.rng.choice((1, 1, 2, 2, 3)), CARDS if lead.source == "exhibition" else COLD)
    elif lead.stage != "recycled":
        recycle(world, moment, lead, "no_answer" if lead.is_cold else "timing_later", member.member_id)
    elif lead.rng.random() < 0.55:
        disqualify(world, moment, lead, lead.rng.choice(("out_of_target", "out_of_target", "invalid_contact")), member.member_id)
    else:
        lead.attempts = 0
        rest(world, moment, lead, 60, 100)


def answer(world: World, moment: datetime, lead: Lead, member: Member, reason: str = "") -> None:
    """Inside sales' verdict on an MQL, given for some of them once the person was reached."""
    if lead.stage not in ("mql", "contact", "interest", "fit") or lead.mql_at is None or lead.is_answered or lead.rng.random() > VERDICT_SHARE:
        return
    lead.is_answered = True
    world.record("verdicts", kind="mql", lead_id=lead.lead_id, handed_at=lead.mql_at, decided_at=moment, is_accepted=not reason,
                 reason=WHY_REJECTED.get(reason, ""), decided_by=member.member_id)
