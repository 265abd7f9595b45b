"""The world the team lives in: an agenda of things to come, a source of chance per subject, and what the CRM recorded."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from heapq import heappop, heappush
from itertools import count
from random import Random

from data.generator.wording import Directory

FIRST_DAY = date(2025, 5, 19)
EXPORTED_AT = datetime(2026, 11, 20, 18)


class World:
    """Runs what is on the agenda in order of time and keeps the rows of every table."""

    def __init__(self, seed: int):
        self.seed = seed
        self.leads: list = []
        self.desks: dict = {}
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.directory = Directory(self.random("companies"))
        self._agenda: list[tuple] = []
        self._turns = count()

    def random(self, *subject: object) -> Random:
        """A stream of chance of its own for each subject, so that a change in one leaves the others alone."""
        return Random("/".join(str(part) for part in (self.seed, *subject)))

    def at(self, moment: datetime, action: Callable, *details: object) -> None:
        """Puts an action on the agenda; it is called with the world, the moment and the details."""
        heappush(self._agenda, (moment, next(self._turns), action, details))

    def run(self, until: datetime) -> None:
        """Does everything on the agenda up to a moment."""
        while self._agenda and self._agenda[0][0] <= until:
            moment, _, action, details = heappop(self._agenda)
            action(self, moment, *details)

    def record(self, table: str, **row: object) -> dict:
        """Adds a row to a table and returns it; later events may fill in the rest."""
        self.rows[table].append(row)
        return row


def skewed(rng: Random, low: int, middle: int, high: int) -> int:
    """A whole number with a median of `middle` and a long tail towards `high`; plain arithmetic, hence the same everywhere."""
    chance = rng.random() * 2
    if chance < 1:
        return int(low + (middle - low) * chance)
    return int(middle + (high - middle) * (chance - 1) * (chance - 1) * (chance - 1))
