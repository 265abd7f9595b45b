"""DuckDB behind a small protocol: open, run, fetch, lock. No other module knows the connection."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.problems import PlaybookError

SCHEMAS = ("crm", "playbook", "marts", "checks")
TEAM = "team"
OPEN = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "python_enable_replacements": "false"}
DEFAULT_MEMORY = "2GB"
ONE_ZONE = "SET GLOBAL TimeZone = 'UTC'"  # else a time with a zone would print as the machine's


class QueryError(PlaybookError):
    """A query that the engine refuses, in the engine's first sentence."""


def quote(name: str) -> str:
    """An identifier, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string constant, quoted. For words of an adapter or a definition; values from data are bound."""
    return "'" + text.replace("'", "''") + "'"


class Engine:
    """One connection. Unqualified table names are looked up in the schemas it was opened with."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self._connection = connection

    @classmethod
    def create(cls, path: Path | None = None, memory: str = DEFAULT_MEMORY) -> "Engine":
        """A new, writable database (in memory without a path) with the schemas of the warehouse."""
        temporary = {"temp_directory": str(path.parent / "spill")} if path else {}
        engine = cls(_connect(str(path) if path else ":memory:", {**OPEN, "memory_limit": memory, **temporary}))
        engine.run(ONE_ZONE)
        for schema in ("raw", *SCHEMAS, TEAM):
            engine.run(f"CREATE SCHEMA {schema}")
        engine._look_in(SCHEMAS)
        return engine

    @classmethod
    def read(cls, path: Path, schemas: Sequence[str] = SCHEMAS, memory: str = DEFAULT_MEMORY) -> "Engine":
        """A locked, read-only connection: no file, no attach, no setting, no write."""
        config = {**OPEN, "memory_limit": memory, "temp_directory": str(path.parent / "spill")}
        engine = cls(_connect(str(path), config, read_only=True))
        engine._look_in(schemas)
        engine.lock()
        return engine

    def lock(self) -> None:
        """No file, no attach, no setting from here on, for every connection of this process to this database."""
        if not self.value("SELECT current_setting('lock_configuration')"):
            self.run(ONE_ZONE)
            self.run("SET enable_external_access = false")
            self.run("SET lock_configuration = true")

    def _look_in(self, schemas: Sequence[str]) -> None:
        self.run(f"SET search_path = {literal(','.join(schemas))}")

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run one or several statements and keep nothing."""
        with _sentence():
            self._connection.execute(sql, list(values))

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of one query, as dicts in column order."""
        with _sentence():
            cursor = self._connection.execute(sql, list(values))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None when there is no row."""
        with _sentence():
            row = self._connection.execute(sql, list(values)).fetchone()
            return row[0] if row else None

    def create_table(self, name: str, columns: dict[str, str], rows: Iterable[Sequence[Any]] = ()) -> None:
        """A table of given columns (name → type) and rows, inserted in one statement."""
        self.run(f"CREATE TABLE {name} ({', '.join(f'{quote(column)} {kind}' for column, kind in columns.items())})")
        self.append(name, list(columns.values()), rows)

    def append(self, name: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows in column order; `types` are the columns' SQL types."""
        rows = list(rows)
        if rows:
            lists = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in types)
            self.run(f"INSERT INTO {name} SELECT {lists}", [list(column) for column in zip(*rows, strict=True)])

    def columns(self, table: str) -> list[str]:
        """The column names of a table or view, in order."""
        return [row["column_name"] for row in self.rows(f"DESCRIBE {table}")]

    def syntax_tree(self, sql: str) -> str:
        """The query as DuckDB's own parser reads it, in JSON; an error is inside. Only SELECT has one."""
        return self.value("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [sql])

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _connect(path: str, config: dict[str, str], read_only: bool = False) -> duckdb.DuckDBPyConnection:
    with _sentence():
        return duckdb.connect(path, read_only=read_only, config=config)


@contextlib.contextmanager
def _sentence() -> Iterator[None]:
    """The engine's errors as ours: the first line, without hints and query text."""
    try:
        yield
    except duckdb.Error as error:
        raise QueryError(str(error).strip().split("\n")[0]) from error
