"""Which leads come first."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from warehouse.definitions.conditions import Condition
from warehouse.definitions.model import Id, Model, Text


class Tier(Model):
    """One tier of priority. A lead belongs to the first tier of which one line of `when` fits; without `when` every lead fits."""

    id: Id
    name: Text
    meaning: Text
    when: tuple[Condition, ...] = ()


class PriorityVersion(Model):
    """The tiers in force from a day on, the most urgent first; the last takes the rest."""

    effective_from: date
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _last_takes_the_rest(self) -> "PriorityVersion":
        if self.tiers[-1].when or not all(tier.when for tier in self.tiers[:-1]):
            raise ValueError("the last tier takes the rest and has no 'when'; every other tier has one")
        return self


class PriorityFile(Model):
    versions: Annotated[tuple[PriorityVersion, ...], Field(min_length=1)]
