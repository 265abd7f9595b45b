"""When the export was made, as its own events tell: every figure is computed as of then."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from warehouse.definitions.tables import Table
from warehouse.engine import Engine, quote
from warehouse.problems import Problem, WrongInput

OUTLIER_GAP = timedelta(days=7)
TYPES = {"as_of": "TIMESTAMP", "as_of_date": "DATE", "first_event_at": "TIMESTAMP", "named_by": "VARCHAR"}
FRESHNESS = {"table_name": "VARCHAR", "newest_at": "TIMESTAMP", "oldest_at": "TIMESTAMP", "records": "BIGINT", "fresh_within_days": "INTEGER"}
OUTLIERS = {"table_name": "VARCHAR", "column_name": "VARCHAR", "happened_at": "TIMESTAMP", "records": "BIGINT"}


def store(engine: Engine, tables: dict[str, Table], exported_at: datetime | None, wanted: date | None, fresh_within_days: int) -> datetime:
    """Write `playbook.export_clock` (one row), `as_of_outliers` and `table_freshness`; return the time all is judged by.

    The order: the day asked for (its end), the adapter's `exported_at`, else the newest event in the exports. A time
    more than seven days past the next-newest is set aside, as long as those set aside are few: one event in a
    thousand, or one.
    """
    outliers, newest = _newest(engine, tables)
    engine.create_table("playbook.as_of_outliers", OUTLIERS, outliers)
    as_of, named_by = _named(exported_at, wanted)
    as_of = as_of or newest
    if as_of is None:
        raise WrongInput([Problem("exports", None, "hold no event with a time, so nothing says when they were made",
                                  "name the day with --as-of, or set exported_at in the adapter")])
    first = min((start for start in _ends(engine, tables, "min") if start <= as_of), default=as_of)
    engine.create_table("playbook.export_clock", TYPES, [(as_of, as_of.date(), first, named_by)])
    engine.create_table("playbook.table_freshness", FRESHNESS, _freshness(engine, tables, as_of, fresh_within_days))
    return as_of


def _freshness(engine: Engine, tables: dict[str, Table], as_of: datetime, within: int) -> Iterator[tuple]:
    """Of every table with events: its newest one up to as-of, its oldest, and how many there are."""
    for name in tables:
        events = [f"SELECT {quote(column)} AS happened_at {rows}" for table, column, rows in _events(tables) if table == name]
        if events:
            found = engine.rows(f"SELECT max(happened_at) AS newest, min(happened_at) AS oldest, count(*) AS records"
                                f" FROM ({' UNION ALL '.join(events)}) WHERE happened_at <= ?", [as_of])[0]
            if found["records"]:
                yield name, found["newest"], found["oldest"], found["records"], within


def _named(exported_at: datetime | None, wanted: date | None) -> tuple[datetime | None, str]:
    if wanted:
        return datetime.combine(wanted, time(23, 59, 59)), "option"
    return exported_at, "adapter" if exported_at else "events"


def _events(tables: dict[str, Table]) -> Iterator[tuple[str, str, str]]:
    """Table, column and condition of every column whose times are events that took place."""
    for name, table in tables.items():
        for column, spec in table.columns.items():
            if spec.happened:
                condition = f" AND ({spec.happened})" if isinstance(spec.happened, str) else ""
                yield name, column, f"FROM crm.{quote(name)} WHERE {quote(column)} IS NOT NULL{condition}"


def _ends(engine: Engine, tables: dict[str, Table], aggregate: str) -> list:
    values = (engine.value(f"SELECT {aggregate}({quote(column)}) {rows}") for _, column, rows in _events(tables))
    return [value for value in values if value is not None]


def _newest(engine: Engine, tables: dict[str, Table]) -> tuple[list[tuple], datetime | None]:
    """The times set aside, and the newest of the others."""
    allowed = max(1, sum(_ends(engine, tables, "count")) // 1000)
    recent = " UNION ALL ".join(f"(SELECT '{name}' AS table_name, '{column}' AS column_name, {quote(column)} AS happened_at {rows}"
                                f" ORDER BY {quote(column)} DESC LIMIT {allowed + 2})" for name, column, rows in _events(tables))
    times = engine.rows(f"SELECT happened_at, count(*) AS records FROM ({recent}) GROUP BY happened_at ORDER BY happened_at DESC")
    newest = _after_outliers(times, allowed)
    outliers = engine.rows(f"SELECT table_name, column_name, happened_at, count(*) AS records FROM ({recent})"
                           " WHERE happened_at > ? GROUP BY ALL ORDER BY ALL", [newest])
    return [tuple(row.values()) for row in outliers], newest


def _after_outliers(times: list[dict], allowed: int) -> datetime | None:
    set_aside = 0
    for row, older in zip(times, times[1:]):
        set_aside += row["records"]
        if row["happened_at"] - older["happened_at"] <= OUTLIER_GAP:
            return row["happened_at"]
        if set_aside > allowed:
            break
    return times[0]["happened_at"] if times else None
