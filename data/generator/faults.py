"""Faults of single records, as every CRM has them, for the rules to find; each kind is planted in leads of its own."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from data.generator.leads import Lead
from data.generator.team import LEAVER
from data.generator.workdays import workday_after
from data.generator.world import EXPORTED_AT, World

BEHIND = {"interest": "contact", "fit": "interest", "contact": "mql"}
MISSING = (("mql", "score", 3), ("interest", "need", 3), ("fit", "authority", 3), ("sql", "timing", 2), ("opportunity", "budget", 3),
           ("recycled", "next_action_on", 4), ("recycled", "exit_reason", 3), ("disqualified", "exit_reason", 2), ("lost", "exit_reason", 2))
SETTLED = datetime(2025, 7, 1)
WALK = ["lead", "mql", "contact", "interest", "fit", "sql"]
SKIPS = (("contact", "interest", "fit"), 4), (("interest", "fit"), 3), (("contact",), 2)


class Planter:
    """Picks leads that carry no fault yet, and notes which got which."""

    def __init__(self, world: World):
        self.world = world
        self.rng = world.random("faults")
        self.planted: dict[str, list[str]] = {}
        self.taken: set[str] = set()
        self.steps = history(world)

    def spoil(self, kind: str, wanted: Callable[[Lead], bool], number: int, fault: Callable[[Lead], None]) -> None:
        """Applies the fault to so many of the leads that are wanted."""
        free = [lead for lead in self.world.leads if lead.created_at > SETTLED and not lead.is_test and lead.lead_id not in self.taken]
        chosen = self.rng.sample([lead for lead in free if wanted(lead)], number)
        for lead in sorted(chosen, key=lambda lead: lead.lead_id):
            fault(lead)
            self.taken.add(lead.lead_id)
            self.planted.setdefault(kind, []).append(lead.lead_id)


def plant(world: World) -> dict[str, list[str]]:
    """Plants everything and returns the lead ids by kind of fault."""
    planter = Planter(world)
    for kind in (duplicates, called_after_opt_out, owned_by_leaver, stages_behind, skipped_stages, missing_fields, dates_out_of_order):
        kind(planter)
    return planter.planted


def history(world: World) -> dict[str, list[dict]]:
    """The stage changes of each lead, in order."""
    steps: dict[str, list[dict]] = {lead.lead_id: [] for lead in world.leads}
    for row in sorted(world.rows["stage_changes"], key=lambda row: row["changed_at"]):
        steps[row["lead_id"]].append(row)
    return steps


def stages_behind(planter: Planter) -> None:
    """The lead's stage was not moved along with its history."""
    def wanted(lead: Lead) -> bool:
        return lead.mql_at is not None and lead.stage in BEHIND

    def fault(lead: Lead) -> None:
        lead.stage = BEHIND[lead.stage]

    planter.spoil("stage against history", wanted, 6, fault)


def skipped_stages(planter: Planter) -> None:
    """Steps in between were never entered, so that the rest is an illegal transition."""
    for skipped, number in SKIPS:
        planter.spoil("illegal transition", partial(walked, planter), number, partial(skip, planter, skipped))


def walked(planter: Planter, lead: Lead) -> bool:
    """Whether the lead went straight from lead to SQL and stands beyond it."""
    return [row["to_stage"] for row in planter.steps[lead.lead_id]][: len(WALK)] == WALK and lead.stage in ("opportunity", "won", "lost")


def skip(planter: Planter, skipped: tuple[str, ...], lead: Lead) -> None:
    """Takes the steps out of the history; the next one then starts where they began."""
    rows = planter.steps[lead.lead_id]
    first, last = WALK.index(skipped[0]), WALK.index(skipped[-1])
    rows[last + 1]["from_stage"] = WALK[first - 1]
    gone = {id(row) for row in rows[first : last + 1]}
    planter.world.rows["stage_changes"] = [row for row in planter.world.rows["stage_changes"] if id(row) not in gone]


def missing_fields(planter: Planter) -> None:
    """A field that the present stage requires is empty."""
    for stage, column, number in MISSING:
        planter.spoil("missing required field", partial(stands_in, stage), number, partial(blank, column))


def stands_in(stage: str, lead: Lead) -> bool:
    """Whether the lead is in that stage; the reason of an opt-out stays on record."""
    return lead.stage == stage and not lead.do_not_contact


def blank(column: str, lead: Lead) -> None:
    """Empties a field."""
    setattr(lead, column, None)


def dates_out_of_order(planter: Planter) -> None:
    """What cannot have come first did."""
    kind, rows = "dates out of order", planter.world.rows
    deals = {row["lead_id"]: row for row in rows["opportunities"] if "closed_at" in row}
    held = {row["lead_id"]: row for row in rows["appointments"] if row["status"] == "held"}
    verdicts = {row["lead_id"]: row for row in rows["verdicts"] if row["kind"] == "sql" and "decided_at" in row}
    planter.spoil(kind, lambda lead: lead.lead_id in deals, 2, lambda lead: precede(deals[lead.lead_id], "closed_at", "created_at", 6))
    planter.spoil(kind, lambda lead: lead.lead_id in held, 1, lambda lead: precede(held[lead.lead_id], "held_at", "set_at", 2))
    planter.spoil(kind, lambda lead: lead.lead_id in verdicts, 1, lambda lead: precede(verdicts[lead.lead_id], "decided_at", "handed_at", 1))
    planter.spoil(kind, lambda lead: lead.mql_at is not None, 2, lambda lead: precede(vars(lead), "mql_at", "created_at", 3))
    planter.spoil(kind, lambda lead: lead.mql_at is not None, 1, lambda lead: precede(vars(lead), "assigned_at", "mql_at", 1))


def precede(row: dict, column: str, before: str, days: int) -> None:
    """Dates one column so many days before the other."""
    row[column] = row[before] - timedelta(days=days)


def duplicates(planter: Planter) -> None:
    """The same person twice: one address differs in case, one in blanks."""
    spellings = iter((lambda email: email.capitalize(), lambda email: f" {email.upper()} "))

    def fault(lead: Lead) -> None:
        first = planter.rng.choice([other for other in planter.world.leads if other.created_at < lead.created_at and not other.is_test
                                    and other.lead_id not in planter.taken])
        lead.company, lead.contact_name, lead.phone = first.company, first.contact_name, first.phone
        lead.email = next(spellings)(first.email)
        planter.taken.add(first.lead_id)

    planter.spoil("duplicate person", lambda lead: lead.source == "document_download", 2, fault)


def called_after_opt_out(planter: Planter) -> None:
    """Somebody who asked not to be contacted was called all the same."""
    def fault(lead: Lead) -> None:
        opted_out = planter.steps[lead.lead_id][-1]
        day = workday_after(opted_out["changed_at"].date(), planter.rng.randint(2, 6))
        planter.world.record("activities", lead_id=lead.lead_id, member_id=opted_out["changed_by"], type="call", outcome="no_answer",
                             occurred_at=datetime.combine(day, time(14, planter.rng.randrange(60))), is_connected=False, script_version="v2")

    def wanted(lead: Lead) -> bool:
        return lead.do_not_contact and datetime(2026, 1, 10) < planter.steps[lead.lead_id][-1]["changed_at"] < datetime(2026, 9, 1)

    planter.spoil("called against do_not_contact", wanted, 2, fault)


def owned_by_leaver(planter: Planter) -> None:
    """A lead whose turn has come still stands with somebody who is gone."""
    def wanted(lead: Lead) -> bool:
        return lead.stage == "recycled" and lead.created_at.date() < LEAVER.left_on and lead.next_action_on <= EXPORTED_AT.date()

    def fault(lead: Lead) -> None:
        lead.owner_id = LEAVER.member_id

    planter.spoil("owner has left", wanted, 1, fault)
