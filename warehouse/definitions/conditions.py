"""What a lead must show, as data: lines of fields, of which one has to fit."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from warehouse.definitions.model import Id, Model, Words


class Asked(Model):
    """What one field must show: one of some values, at least a number, or anything at all."""

    any_of: Annotated[tuple[Words, ...], Field(min_length=1)] | None = None
    at_least: float | None = None
    is_filled: Literal[True] | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "Asked":
        if sum(part is not None for part in (self.any_of, self.at_least, self.is_filled)) != 1:
            raise ValueError("asks one thing: any_of, at_least or is_filled")
        return self


Condition = Annotated[dict[Id, Asked], Field(min_length=1)]
"""One line: columns of leads, every one of which has to show what is asked of it."""
