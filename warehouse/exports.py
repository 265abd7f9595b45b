"""Files plus adapter become canonical tables; what could not be read is kept as rows, never dropped in silence."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import decoding
from warehouse.adapter import Adapter, File, Mapped, MappedTable
from warehouse.casts import DUCKDB_TYPES, cast
from warehouse.definitions.tables import Table
from warehouse.engine import Engine, QueryError, literal, quote
from warehouse.problems import CannotRun, Problem, WrongInput, nearest

MAX_LINE = 64 * 1024 * 1024
REJECTS = {"file": "VARCHAR", "line": "BIGINT", "table_name": "VARCHAR", "column_name": "VARCHAR", "value": "VARCHAR", "reason": "VARCHAR"}
FILES = {"file": "VARCHAR", "row_count": "BIGINT", "rejected": "BIGINT", "encoding": "VARCHAR"}
COLUMNS = {"table_name": "VARCHAR", "column_name": "VARCHAR", "type": "VARCHAR", "is_required": "BOOLEAN", "is_personal": "BOOLEAN",
           "is_private": "BOOLEAN", "is_provided": "BOOLEAN", "meaning_ja": "VARCHAR", "meaning_en": "VARCHAR"}
REASONS = {"TOO MANY COLUMNS": "too_many_columns", "MISSING COLUMNS": "missing_columns", "UNQUOTED VALUE": "unquoted_value",
           "LINE SIZE OVER MAXIMUM": "line_too_long", "INVALID ENCODING": "invalid_encoding", "INVALID UNICODE": "invalid_encoding"}


@dataclass
class RawFile:
    """One file as read: its raw table, its headers, and how to find a row's line again."""

    shown: str
    path: Path
    spec: File
    headers: list[str]
    encoding: str
    rejects: list[tuple] = field(default_factory=list)

    def lines(self, rows: list[int]) -> dict[int, int]:
        """Row number → line of the file."""
        if self.encoding == "parquet":
            return {row: row + 1 for row in rows}
        return decoding.record_lines(self.path, self.spec.delimiter, {reject[1] for reject in self.rejects}, rows)


def load(engine: Engine, adapter: Adapter, tables: dict[str, Table], folder: Path, local_zone: str) -> None:
    """Fill the schema `crm` with every canonical table, and `playbook` with what was read and what was not.

    Raises CannotRun for missing files, WrongInput for unreadable ones or a wrong mapping: all problems at once.
    """
    with tempfile.TemporaryDirectory(prefix="playbook-") as scratch:
        raw = _read_files(engine, adapter, folder, Path(scratch))
        _check_headers(adapter, raw, tables)
        rejects = [reject for file in raw.values() for reject in file.rejects]
        provided: dict[str, set[str]] = {}
        for name, table in tables.items():
            mapped = adapter.spec.tables.get(name)
            origin = raw.get(mapped.file) if mapped else None
            origins = _origins(mapped, table, origin) if origin else {}
            provided[name] = set(origins)
            reader = _Reader(engine, adapter, name, table, local_zone)
            reader.create(mapped, origins)
            if origin:
                rejects += reader.failed_casts(mapped, origins, origin)
    files = _file_rows(engine, raw)
    engine.run("DROP SCHEMA raw CASCADE")
    engine.create_table("playbook.export_rejects", REJECTS, sorted(rejects, key=lambda row: (row[0], row[1], row[3] or "")))
    engine.create_table("playbook.export_files", FILES, files)
    engine.create_table("playbook.canonical_columns", COLUMNS, column_rows(tables, provided))


def column_rows(tables: dict[str, Table], provided: dict[str, set[str]]) -> Iterator[tuple]:
    """The rows of `playbook.canonical_columns`; `provided` holds the columns that the exports really have."""
    for name, table in tables.items():
        for column, spec in table.columns.items():
            yield (name, column, spec.type, spec.required, spec.personal, spec.is_private, column in provided.get(name, ()),
                   spec.meaning.ja, spec.meaning.en)


def _file_rows(engine: Engine, raw: dict[str, RawFile]) -> list[tuple]:
    return [(file.shown, engine.value(f"SELECT count(*) FROM raw.{quote(name)}"), len(file.rejects), file.encoding)
            for name, file in raw.items()]


def _read_files(engine: Engine, adapter: Adapter, folder: Path, scratch: Path) -> dict[str, RawFile]:
    if not folder.is_dir():
        raise CannotRun([Problem(str(folder), None, "there is no such folder of exports", "name one with --exports DIR")])
    found, missing, problems = {}, [], []
    for name, spec in adapter.spec.files.items():
        paths = sorted({path for pattern in spec.path for path in folder.glob(pattern) if path.is_file()})
        if len(paths) > 1:
            problems.append(Problem(str(folder), None, f"two files for '{name}': {', '.join(path.name for path in paths)}", "keep the one that counts"))
        elif paths:
            found[name] = (paths[0], spec)
        elif not spec.optional:
            missing.append(Problem(str(folder / spec.path[0]), None, "is not there", f"export it, name the adapter that fits this export with --adapter, or mark the file '{name}' optional"))
    if missing:
        raise CannotRun([*missing, *problems])
    raw = {}
    for name, (path, spec) in found.items():
        (scratch / name).mkdir()
        try:
            raw[name] = _read_file(engine, name, path, spec, scratch / name)
        except WrongInput as error:
            problems += error.problems
    if problems:
        raise WrongInput(problems)
    return raw


def _read_file(engine: Engine, name: str, path: Path, spec: File, scratch: Path) -> RawFile:
    if path.suffix == ".parquet":
        return _read_parquet(engine, name, path, spec)
    decoded = decoding.decode(path, path.name, scratch)
    decoding.refuse_nul(decoded.path, path.name)
    headers = decoding.header(decoded.path, spec.delimiter)
    if not headers:
        raise WrongInput([Problem(path.name, 1, "has no header in its first line", "export it again with one")])
    decoding.refuse_open_quote(decoded.path, path.name, spec.delimiter)
    read = _read_csv(engine, name, path.name, decoded.path, spec, headers, scratch)
    rows = engine.rows("SELECT line_byte_position - 1 AS start, any_value(csv_line) AS csv_line, min(CAST(error_type AS VARCHAR)) AS error_type"
                       " FROM reject_errors GROUP BY ALL ORDER BY ALL")
    lines = decoding.line_of(read, [row["start"] for row in rows])
    rejects = [(path.name, lines[row["start"]], None, None, row["csv_line"], REASONS.get(row["error_type"], "unreadable")) for row in rows]
    engine.run("DELETE FROM reject_errors; DELETE FROM reject_scans")
    return RawFile(path.name, read, spec, headers, decoded.encoding, rejects)


def _read_csv(engine: Engine, name: str, shown: str, path: Path, spec: File, headers: list[str], scratch: Path) -> Path:
    """Read a file as text into its raw table; the path that was read: a copy, where DuckDB does not take lines that end in several ways."""
    columns = ", ".join(f"{literal(header)}: 'VARCHAR'" for header in headers)
    sql = (f"CREATE TABLE raw.{quote(name)} AS SELECT * FROM read_csv(?, columns = {{{columns}}}, header = true, auto_detect = false,"
           f" delim = {literal(spec.delimiter)}, quote = '\"', escape = '\"', null_padding = false, store_rejects = true,"
           f" max_line_size = {MAX_LINE}, buffer_size = {2 * MAX_LINE}, parallel = false)")
    try:
        engine.run(sql, [str(path)])
    except QueryError:
        path = decoding.with_one_line_end(path, scratch)
        try:
            engine.run(sql, [str(path)])
        except QueryError as error:
            raise WrongInput([Problem(shown, None, f"cannot be read as CSV: {error}", "export it again")]) from error
    return path


def _read_parquet(engine: Engine, name: str, path: Path, spec: File) -> RawFile:
    table = f"raw.{quote(name)}"
    try:
        columns = [row["column_name"] for row in engine.rows("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)])]
        texts = ", ".join(f"CAST({quote(column)} AS VARCHAR) AS {quote(column)}" for column in columns)
        engine.run(f"CREATE TABLE {table} AS SELECT {texts} FROM read_parquet(?)", [str(path)])
    except QueryError as error:
        raise WrongInput([Problem(path.name, None, f"cannot be read as Parquet: {error}", "export it again")]) from error
    return RawFile(path.name, path, spec, columns, "parquet")


def _check_headers(adapter: Adapter, raw: dict[str, RawFile], tables: dict[str, Table]) -> None:
    """Every header that the adapter counts on and the canonical table cannot do without must be in its file."""
    problems = []
    for name, mapped in adapter.spec.tables.items():
        file = raw.get(mapped.file)
        if file is None:
            continue
        wanted = _mapping(mapped, tables[name])
        needed = [(column, origin.column) for column, origin in wanted.items() if origin.column and tables[name].columns[column].required]
        headers = {origin.column for origin in wanted.values() if origin.column}
        if len(file.headers) == 1 and len(headers) > 1:
            problems.append(Problem(file.shown, 1, f"reads as one single column, {len(headers)} are mapped",
                                    f"check the delimiter (now '{file.spec.delimiter}') and the encoding"))
            continue
        problems += [Problem(file.shown, 1, f"has no column '{header}', which gives {name}.{column}", nearest(header, file.headers))
                     for column, header in needed if header not in file.headers]
    if problems:
        raise WrongInput(problems)


def _mapping(mapped: MappedTable, table: Table) -> dict[str, Mapped]:
    return mapped.columns if mapped.columns is not None else {column: Mapped(column=column) for column in table.columns}


def _origins(mapped: MappedTable, table: Table, file: RawFile) -> dict[str, Mapped]:
    """The mapped columns that this file can give; an absent optional header gives none."""
    return {column: origin for column, origin in _mapping(mapped, table).items() if origin.sql or origin.column in file.headers}


class _Reader:
    """Reads one canonical table from its raw one."""

    def __init__(self, engine: Engine, adapter: Adapter, name: str, table: Table, local_zone: str):
        self.engine, self.adapter, self.name, self.table, self.local_zone = engine, adapter, name, table, local_zone

    def create(self, mapped: MappedTable | None, origins: dict[str, Mapped]) -> None:
        """Create the table: typed values, typed NULLs for what the export lacks."""
        columns = ", ".join(f"CAST({self._typed(column, origins)} AS {DUCKDB_TYPES[spec.type]}) AS {quote(column)}"
                            for column, spec in self.table.columns.items())
        source = self._source(mapped) if origins else "FROM (SELECT 1) AS nothing WHERE FALSE"
        try:
            self.engine.run(f"CREATE TABLE crm.{quote(self.name)} AS SELECT {columns} {source}")
        except QueryError as error:
            raise WrongInput([self.adapter.source.problem(("tables", self.name), f"does not run: {error}", "mend its sql or where")]) from error

    def failed_casts(self, mapped: MappedTable, origins: dict[str, Mapped], file: RawFile) -> list[tuple]:
        """One reject for each value that is there and is none of its type: file, line, table, column, value, reason."""
        typed = [column for column in origins if self.table.columns[column].type != "text"]
        if not typed:
            return []
        failed = {column: f"{self._text(origins[column])} IS NOT NULL AND {self._typed(column, origins)} IS NULL" for column in typed}
        counts = self.engine.rows(f"SELECT {', '.join(f'count_if({test}) AS {quote(column)}' for column, test in failed.items())} {self._source(mapped)}")[0]
        rejects = []
        for column in (column for column in typed if counts[column]):
            condition = f"{'AND' if mapped.where else 'WHERE'} ({failed[column]})"
            rows = self.engine.rows(f"SELECT rowid AS row_number, {self._text(origins[column])} AS value {self._source(mapped)} {condition} ORDER BY rowid")
            lines = file.lines([row["row_number"] for row in rows])
            rejects += [(file.shown, lines.get(row["row_number"]), self.name, column, row["value"], f"not_a_{self.table.columns[column].type}") for row in rows]
        return rejects

    def _source(self, mapped: MappedTable) -> str:
        return f"FROM raw.{quote(mapped.file)}" + (f" WHERE ({mapped.where})" if mapped.where else "")

    def _typed(self, column: str, origins: dict[str, Mapped]) -> str:
        if column not in origins:
            return "NULL"
        origin = origins[column]
        return cast(self.table.columns[column].type, self._text(origin), origin.format, self.adapter.spec.timezone, self.local_zone)

    @staticmethod
    def _text(origin: Mapped) -> str:
        """The exported text: blank is NULL, a value the adapter renames is renamed (to nothing is NULL), any other stays as it is."""
        text = f"nullif(CAST({quote(origin.column) if origin.column else f'({origin.sql})'} AS VARCHAR), '')"
        if not origin.values:
            return text
        pairs = ", ".join(f"{literal(written)}: {literal(meant)}" for written, meant in origin.values.items())
        return f"nullif(coalesce(MAP {{{pairs}}}[{text}], {text}), '')"
