"""One SELECT and nothing else: what a page or `playbook query` may ask, by DuckDB's own parse of it."""

import json
from collections.abc import Iterator
from typing import Any

from warehouse.engine import SCHEMAS, Engine, QueryError

TABLE_FUNCTIONS = {"unnest", "generate_series", "range"}
REFUSED_PREFIXES = ("duckdb_", "pragma_", "pg_", "read_", "parquet_", "sniff_", "st_", "current_", "getenv", "has_", "force_", "write_", "from_substrait")
REFUSED = {"now", "today", "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed", "get_current_time", "get_current_timestamp", "transaction_timestamp",
           "statement_timestamp", "nextval", "currval", "setval", "txid_current", "version", "query", "query_table", "getvariable", "glob", "session_user", "user",
           "in_search_path", "localtime", "localtimestamp", "ago", "stats", "vector_type", "which_secret", "json_execute_serialized_sql", "checkpoint", "error", "sleep_ms"}
# The parser sees a column where SQL has a word of its own.
REFUSED_WORDS = {"current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user",
                 "localtime", "localtimestamp", "session_user", "user"}


def select(engine: Engine, sql: str, schemas: tuple[str, ...] = SCHEMAS) -> list[dict[str, Any]]:
    """The rows of one SELECT over tables of `schemas`. Raises QueryError with a sentence for anything else."""
    sql = sql.strip().rstrip(";")
    refuse_others(engine, sql, schemas)
    return engine.rows(sql)


def refuse_others(engine: Engine, sql: str, schemas: tuple[str, ...]) -> None:
    """Raise QueryError unless `sql` is one SELECT that reads tables of `schemas` and calls no function that looks outside."""
    tree = json.loads(engine.syntax_tree(sql))
    if tree["error"]:
        if tree.get("error_type") == "not implemented":
            raise QueryError("only SELECT is allowed here")
        raise QueryError(f"is no SELECT that can be read: {tree['error_message'].splitlines()[0]}")
    if len(tree["statements"]) != 1:
        raise QueryError(f"write one SELECT; this is {'several statements' if tree['statements'] else 'none'}")
    for node in _nodes(tree["statements"][0]):
        _refuse_table(node, schemas)
        _refuse_chance(node)


def _refuse_table(node: dict, schemas: tuple[str, ...]) -> None:
    kind = node.get("type")
    if kind == "BASE_TABLE" and (node.get("catalog_name") or (node.get("schema_name") or schemas[0]) not in schemas):
        place = ".".join(part for part in (node.get("catalog_name"), node.get("schema_name"), node["table_name"]) if part)
        raise QueryError(f"'{place}' may not be read here; write the table's name alone")
    if kind == "BASE_TABLE" and node["table_name"].lower().startswith(("duckdb_", "pragma_", "pg_", "sqlite_")):
        raise QueryError(f"'{node['table_name']}' is the catalogue, not data")
    if kind == "TABLE_FUNCTION" and node["function"].get("function_name", "").lower() not in TABLE_FUNCTIONS:
        raise QueryError(f"the function '{node['function'].get('function_name')}' may not stand after FROM here")
    if kind in ("SHOW_REF", "SHOWREF"):
        raise QueryError("only SELECT is allowed here")


def _refuse_chance(node: dict) -> None:
    if node.get("sample"):
        raise QueryError("a sample may not be taken here: it would be another one each time")
    name = _called(node)
    if name:
        raise QueryError(f"'{name}' may not be used here: the result would depend on more than the data")


def _called(node: dict) -> str | None:
    """What a node calls that knows more than its arguments: the clock, chance, the machine."""
    if node.get("class") == "COLUMN_REF":
        name = node["column_names"][-1].lower()
        return name if len(node["column_names"]) == 1 and name in REFUSED_WORDS else None
    if node.get("class") != "FUNCTION":
        return None
    name = node.get("function_name", "").lower()
    counts_from_today = name == "age" and len(node.get("arguments") or node.get("children", ())) == 1
    return name if name in REFUSED or name.startswith(REFUSED_PREFIXES) or counts_from_today else None


def _nodes(value: Any) -> Iterator[dict]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)
