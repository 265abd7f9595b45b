"""The team's zone, fiscal year, working days and closed days."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from warehouse.definitions.model import Model, Text, form

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, form(r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", 'a time such as "09:00"')]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("no such time zone; use a name such as Asia/Tokyo") from error
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Window = tuple[Clock, Clock]


class Closure(Model):
    """Days on which the company does not work, both ends included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    name: Text

    @model_validator(mode="after")
    def _in_order(self) -> "Closure":
        if self.last < self.first:
            raise ValueError("ends before it starts")
        return self


class Covered(Model):
    """The days for which the company's own closed days are entered, both ends included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="until")]

    @model_validator(mode="after")
    def _in_order(self) -> "Covered":
        if self.last < self.first:
            raise ValueError("ends before it starts")
        return self


class CalendarFile(Model):
    """Without `covers`, the calendar is taken to hold for every day whose public holidays are known."""

    timezone: Zone
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)]
    holidays: Annotated[str, form(r"^[A-Z]{2}$", "two capital letters, such as JP")]
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    hours: dict[str, Window]
    breaks: tuple[Window, ...] = ()
    covers: Covered | None = None
    closed: tuple[Closure, ...] = ()
