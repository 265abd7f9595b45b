"""One value written in several ways (表記ゆれ), found and told with the one to use."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from warehouse.definitions import Definitions
from warehouse.engine import Engine, quote

TYPES = {"table_name": "VARCHAR", "column_name": "VARCHAR", "value": "VARCHAR", "records": "BIGINT", "canonical": "VARCHAR"}
# Columns whose values are chosen, not written: a name or a comment may be spelled as it likes.
CHOSEN = {"leads": ("stage", "source", "campaign", "segment", "motion", "exit_reason"), "activities": ("type", "outcome", "script_version"),
          "opportunities": ("stage", "loss_reason"), "verdicts": ("reason",), "appointments": ("status",), "campaigns": ("campaign", "source")}
NUMBERED = re.compile(r"^\(?\d{1,3}[a-z]?\)?\s*[:.)_\-\s]\s*")


def store(engine: Engine, definitions: Definitions) -> None:
    """Write `playbook.value_variants`: every value that stands beside another spelling of itself, with the one to use."""
    engine.create_table("playbook.value_variants", TYPES, [row for table, columns in CHOSEN.items() for column in columns for row in _variants(engine, definitions, table, column)])


def folded(value: str) -> str:
    """What two spellings of one value have in common: width, case, blanks and a number in front do not count."""
    text = unicodedata.normalize("NFKC", value).strip().casefold()
    text = NUMBERED.sub("", text) or text
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


def _variants(engine: Engine, definitions: Definitions, table: str, column: str) -> Iterator[tuple]:
    counted = engine.rows(f"SELECT {quote(column)} AS value, count(*) AS records FROM crm.{quote(table)} WHERE {quote(column)} IS NOT NULL GROUP BY ALL ORDER BY ALL")
    known = _known(definitions, table, column)
    groups = defaultdict(list)
    for row in counted:
        groups[folded(row["value"])].append(row)
    for key, rows in sorted(groups.items()):
        canonical = known.get(key) or max(rows, key=lambda row: (row["records"], row["value"]))["value"]
        if {row["value"] for row in rows} != {canonical}:
            yield from ((table, column, row["value"], row["records"], canonical) for row in rows if row["value"] != canonical)


def _known(definitions: Definitions, table: str, column: str) -> dict[str, str]:
    """The values that definitions list for a column, by what their ids and names fold to."""
    listed = [(value.id, value.name) for one in definitions.fields if (one.table, one.id) == (table, column) for value in one.values]
    if column == "stage":
        listed = [(stage.id, stage.name) for stage in definitions.stages]
    return {folded(words): identifier for identifier, name in listed for words in (name.ja, name.en, identifier)}
