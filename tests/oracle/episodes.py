"""Who is the same person, and how far each run of a person through the funnel came."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property

from tests.oracle.agreement import Agreement
from tests.oracle.clock import Clock
from tests.oracle.limits import Limit, limit_of, tier_of
from tests.oracle.records import Activity, Export, Lead, Member, StageChange

WAY = ("lead", "mql", "contact", "interest", "fit", "sql", "opportunity", "won")
ORDER = (*WAY, "lost", "recycled", "disqualified")
ENTRIES = ("lead", "mql", "contact")
EXITS = ("won", "lost", "recycled", "disqualified")
ATTEMPTS = ("call", "email", "letter", "social")


@dataclass(frozen=True, order=True)
class Event:
    """A milestone given to a person."""

    happened_at: datetime
    milestone: str
    by: str = ""


@dataclass
class Episode:
    """One run of a person: everything from its entry to the entry after its exit."""

    person: Lead
    starts_at: datetime
    events: list[Event] = field(default_factory=list)
    touches: list[Activity] = field(default_factory=list)

    def reached(self, milestone: str) -> datetime | None:
        """When it came at least so far; MQL has to have been given, whatever came after it."""
        counting = ("mql",) if milestone == "mql" else WAY[WAY.index(milestone):]
        return min((event.happened_at for event in self.events if event.milestone in counting), default=None)

    @property
    def first_approach(self) -> datetime | None:
        """The first human attempt at it."""
        return min((touch.occurred_at for touch in self.touches if touch.type in ATTEMPTS), default=None)

    @property
    def member(self) -> str | None:
        """Who handed it over, else the owner of the lead."""
        handed = [event.by for event in sorted(self.events) if event.milestone == "sql" and event.by]
        return handed[0] if handed else self.person.owner_id


def normalised(email: str | None) -> str:
    """An address as it identifies a person: without case, width and the spaces around it."""
    return unicodedata.normalize("NFKC", email or "").strip().lower()


@dataclass(frozen=True, eq=False)
class World:
    """One export under one agreement."""

    export: Export
    agreement: Agreement

    @cached_property
    def persons(self) -> dict[str, Lead]:
        """For each lead that is no test record the person: the first created of those with its address."""
        real = sorted((lead for lead in self.export.leads if not lead.is_test), key=lambda lead: (lead.created_at, lead.lead_id))
        first: dict[str, Lead] = {}
        return {lead.lead_id: first.setdefault(normalised(lead.email) or f"without address {lead.lead_id}", lead) for lead in real}

    @cached_property
    def tests(self) -> set[str]:
        """The ids of the test records."""
        return {lead.lead_id for lead in self.export.leads if lead.is_test}

    @cached_property
    def members(self) -> dict[str, Member]:
        """Each member by id."""
        return {member.member_id: member for member in self.export.members}

    @cache
    def clock(self, department: str) -> Clock:
        """The business clock of a department."""
        return Clock(self.agreement.calendar, department)

    def tier(self, episode: Episode, handed_at: datetime | None = None) -> str | None:
        """The tier of an episode on the day of a hand-over: of that to field sales where it is named, else of that as MQL, else on its first day."""
        day = handed_at or episode.reached("mql") or episode.starts_at
        return tier_of(self.agreement.priority, episode.person, day.date())

    def limit(self, name: str, episode: Episode, start: datetime) -> Limit | None:
        """The limit for an episode in force on the day of a start."""
        spec = self.agreement.limits.get(name, {"department": "inside_sales", "terms": []})
        return limit_of(spec["terms"], self.clock(spec["department"]), start.date(), episode.person.source, self.tier(episode))

    @property
    def as_of(self) -> date:
        """The day that everything is judged by."""
        return self.export.as_of.date()

    @cached_property
    def events(self) -> dict[str, list[Event]]:
        """The milestones of each person in order of time, those of one second in the order of the way."""
        found = defaultdict(list)
        for lead_id, event in self._told():
            if lead_id in self.persons:
                found[self.persons[lead_id].lead_id].append(event)
        return {person: sorted(events, key=lambda event: (event.happened_at, ORDER.index(event.milestone), event.by)) for person, events in found.items()}

    def _told(self) -> Iterable[tuple[str | None, Event]]:
        """What every table says of milestones."""
        for lead in self.export.leads:
            yield lead.lead_id, Event(lead.created_at, "lead")
            if lead.mql_at:
                yield lead.lead_id, Event(lead.mql_at, "mql")
        for change in self.export.stage_changes:
            if change.to_stage in self.agreement.milestones:
                yield change.lead_id, Event(change.changed_at, self.agreement.milestones[change.to_stage], change.changed_by or "")
        for verdict in self.export.verdicts:
            if verdict.kind == "sql":
                yield verdict.lead_id, Event(verdict.handed_at, "sql")
        for one in self.export.opportunities:
            if one.created_at and not self._is_the_lead_itself(one.lead_id, one.created_at):
                yield one.lead_id, Event(one.created_at, "opportunity")
            if one.closed_at and one.is_won is not None:
                yield one.lead_id, Event(one.closed_at, "won" if one.is_won else "lost")

    def _is_the_lead_itself(self, lead_id: str | None, created_at: datetime) -> bool:
        """Where a record is lead and opportunity at once, its creation makes no opportunity: its stages say when it became one."""
        return lead_id in self._changed and created_at == self._created.get(lead_id)

    @cached_property
    def _created(self) -> dict[str, datetime]:
        return {lead.lead_id: lead.created_at for lead in self.export.leads}

    @cached_property
    def _changed(self) -> set[str]:
        return {change.lead_id for change in self.export.stage_changes}

    @cached_property
    def changes(self) -> dict[tuple[str, datetime], list[StageChange]]:
        """The changes of stage of each lead at each time."""
        found = defaultdict(list)
        for change in self.export.stage_changes:
            found[change.lead_id, change.changed_at].append(change)
        return found

    @cached_property
    def runs(self) -> dict[str, list[Episode]]:
        """The episodes of each person, in order, with the touches of each."""
        found = {person: _episodes(self.persons[person], events) for person, events in self.events.items()}
        for activity in self.export.activities:
            if activity.lead_id in self.persons:
                self.run_at(activity.lead_id, activity.occurred_at, found).touches.append(activity)
        return found

    @property
    def episodes(self) -> Iterable[Episode]:
        """Every episode of everybody."""
        return (episode for run in self.runs.values() for episode in run)

    def run_at(self, lead_id: str, time: datetime, runs: dict[str, list[Episode]] | None = None) -> Episode:
        """The episode that a time falls into: the last that had begun, or the first."""
        run = (self.runs if runs is None else runs)[self.persons[lead_id].lead_id]
        return next((episode for episode in reversed(run) if episode.starts_at <= time), run[0])


def _episodes(person: Lead, events: list[Event]) -> list[Episode]:
    """Cuts events in order where somebody who had come in and gone out comes in again; who goes on after an exit had not gone out."""
    episodes = [Episode(person, events[0].happened_at)]
    is_in = is_out = False
    for event in events:
        if event.milestone in EXITS:
            is_out = is_in
        else:
            if is_out and event.milestone in ENTRIES:
                episodes.append(Episode(person, event.happened_at))
            is_in, is_out = is_in or event.milestone in ENTRIES, False
        episodes[-1].events.append(event)
    return episodes
