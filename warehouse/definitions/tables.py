"""The canonical tables that every adapter fills, whatever the CRM."""

from typing import Annotated, Literal

from pydantic import Field

from warehouse.definitions.model import Id, Model, Text

ColumnType = Literal["text", "timestamp", "date", "boolean", "integer", "number"]


class Column(Model):
    """One column. `personal` values never leave in the team's edition; `identifies` marks an id of a person.

    `happened` says that the column's times are events that took place (true, or the SQL condition under which they
    are), so that they can tell when the export was made; a planned date has none.
    """

    type: ColumnType
    meaning: Text
    required: bool = False
    personal: bool = False
    identifies: Literal["member"] | None = None
    happened: bool | str = False

    @property
    def is_private(self) -> bool:
        return self.personal or self.identifies is not None


class Table(Model):
    """One canonical table and its grain."""

    grain: Text
    key: tuple[Id, ...]
    columns: Annotated[dict[Id, Column], Field(min_length=1)]


class TablesFile(Model):
    tables: dict[Id, Table]
