"""How a page is kept up: who answers for it, in what state it is, when it was last verified and when it is due again."""

from datetime import date
from typing import Literal, get_args

from pydantic import model_validator

from warehouse.definitions.model import Id, Model

Status = Literal["draft", "in_force", "under_review"]
STATUSES = get_args(Status)


class Upkeep(Model):
    """The upkeep of a definition file whose pages are generated. A KPI and a stage name an owner of their own."""

    owner: Id | None = None
    status: Status
    verified: date
    review: date

    @model_validator(mode="after")
    def _is_due_after_it_was_verified(self) -> "Upkeep":
        if self.review <= self.verified:
            raise ValueError("review comes after verified: the day it is due again")
        return self
