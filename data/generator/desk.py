"""An inside sales member's day: about twenty touches, each for the lead that needs it most."""

from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush

from data.generator.leads import Lead, create, recycle, rest
from data.generator.team import Member, inbound_team
from data.generator.touches import touch
from data.generator.workdays import workday_after, workdays
from data.generator.world import EXPORTED_AT, FIRST_DAY, World

HOURS = (9, 10, 11, 13, 14, 15, 16, 17)
MIXED_DAY = (9, 23, 21, 11, 12, 11, 9, 4)
AFTERNOON_DAY = (4, 4, 4, 20, 23, 21, 17, 7)
AFTERNOONS_FROM = date(2026, 10, 5)
LAST_TOUCH = time(17, 25)
DAY_OFF = 0.035
WORKED = ("mql", "contact", "interest", "fit", "recycled")
FORGOTTEN = 0.07
TOO_LATE = timedelta(days=21)
TARGET_LISTS = ((date(2026, 4, 1), "targets-2026-04"), (date(2025, 4, 1), "targets-2025-04"))


def review(world: World) -> None:
    """Before the export the team gave a new date to most of what it had not got to; the CRM keeps no trace of it."""
    for lead in world.leads:
        rng = world.random("review", lead.lead_id)
        if lead.next_action_on and lead.next_action_on < EXPORTED_AT.date() and lead.stage in WORKED and rng.random() > FORGOTTEN:
            lead.next_action_on = workday_after(EXPORTED_AT.date(), rng.randint(1, 25))


class Desk:
    """The leads one member has to work on, ready now or waiting for their day."""

    def __init__(self, world: World, member: Member):
        self.member = member
        self.rng = world.random("desk", member.member_id)
        self.ready: list[tuple] = []
        self.waiting: list[tuple] = []
        self.busy_until = datetime.min
        self.targets = 0
        for day in workdays(max(FIRST_DAY, member.joined_on), min(EXPORTED_AT.date(), member.left_on or date.max)):
            world.at(datetime.combine(day, time(8)), self.plan_day)

    def put(self, lead: Lead, due: datetime, rank: int) -> None:
        """The lead comes up again at `due`; what was planned for it before is void."""
        lead.ticket += 1
        heappush(self.waiting, (due, rank, lead.lead_id, lead.ticket, lead))

    def pass_on(self, world: World) -> None:
        """Hands everything on the desk to the leads' new owners."""
        waiting = self.waiting + [(due, rank, *rest) for rank, due, *rest in self.ready]
        for due, rank, _, ticket, lead in sorted(waiting, key=lambda entry: entry[:4]):
            if ticket == lead.ticket:
                world.desks[lead.inside].put(lead, due, rank)

    def plan_day(self, world: World, moment: datetime) -> None:
        """Spreads the day's touches over its hours; now and then a day off."""
        if self.rng.random() < DAY_OFF:
            return
        day = moment.date()
        self.sort_out(world, moment + timedelta(hours=1))
        weights = AFTERNOON_DAY if day >= AFTERNOONS_FROM else MIXED_DAY
        touches = max(2, round(self.member.pace * self.member.ramp(day)) + self.rng.randint(-3, 3))
        for hour in self.rng.choices(HOURS, weights, k=touches):
            world.at(datetime.combine(day, time(hour, self.rng.randrange(60), self.rng.randrange(60))), self.work)

    def sort_out(self, world: World, moment: datetime) -> None:
        """What has waited for three weeks is put off, for others need the time."""
        late = [lead for _, due, _, ticket, lead in sorted(self.ready) if moment - due > TOO_LATE and ticket == lead.ticket]
        for lead in late:
            if lead.stage == "recycled":
                rest(world, moment, lead, 40, 90)
            elif lead.stage in ("contact", "interest", "fit") or lead.attempts:
                recycle(world, moment, lead, "no_answer" if lead.is_cold else "timing_later", self.member.member_id)

    def work(self, world: World, moment: datetime) -> None:
        """One touch, once the last one is over."""
        if self.busy_until > moment:
            world.at(self.busy_until + timedelta(seconds=self.rng.randint(20, 120)), self.work)
            return
        if moment.time() > LAST_TOUCH:
            return
        lead = self.take(moment) or (self.open_target(world, moment) if self.member.motion == "bdr" else self.help_out(world, moment))
        if lead:
            self.busy_until = touch(world, moment, lead, self.member)

    def take(self, moment: datetime) -> Lead | None:
        """The most urgent lead that is due."""
        while self.waiting and self.waiting[0][0] <= moment:
            due, rank, *rest = heappop(self.waiting)
            heappush(self.ready, (rank, due, *rest))
        while self.ready:
            *_, ticket, lead = heappop(self.ready)
            if ticket == lead.ticket:
                return lead
        return None

    def help_out(self, world: World, moment: datetime) -> Lead | None:
        """An SDR with nothing due takes a lead off the fullest desk."""
        fullest = max((world.desks[member.member_id] for member in inbound_team(moment.date())), key=lambda desk: len(desk.ready))
        lead = fullest.take(moment) if fullest is not self else None
        if lead:
            lead.owner_id = lead.inside = self.member.member_id
        return lead

    def open_target(self, world: World, moment: datetime) -> Lead:
        """A BDR with nothing due turns to the next company on the list."""
        self.targets += 1
        campaign = next(name for start, name in TARGET_LISTS if moment.date() >= start)
        lead = create(world, moment, (self.member.member_id, self.targets), self.member.member_id, source="outbound", campaign=campaign,
                      segment=self.rng.choices(("enterprise", "mid_market"), (6, 4))[0], motion="bdr", quality=self.rng.choice((0.5, 0.62, 0.78)))
        lead.owner_id = lead.inside = self.member.member_id
        lead.assigned_at = moment
        return lead
