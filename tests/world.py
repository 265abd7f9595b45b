"""A small world for a test: canonical tables given as YAML, everything else computed as in a build, in memory."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

import yaml

from checks import rule, run, waiver
from checks.run import Finding
from tests.signed import signed
from warehouse import build, definition_tables, exports, kpis, pages, prose, translations, upkeep
from warehouse.casts import DUCKDB_TYPES
from warehouse.definitions import Definitions
from warehouse.definitions import load as load_definitions
from warehouse.definitions.model import validated
from warehouse.definitions.source import Source
from warehouse.engine import Engine
from warehouse.kpis import KpiRow
from warehouse.project import LANGUAGES, Project

ROOT = Path(__file__).parent.parent
PROJECT = Project(ROOT)
SHARED_DATA = ROOT.parent / "shared" / "data"


@cache
def project_definitions() -> Definitions:
    """The project's own definitions, read once."""
    return load_definitions(PROJECT)


@cache
def project_rules() -> list[rule.Rule]:
    """The project's rules, read once."""
    return rule.load(PROJECT)


def waivers(rows: list[dict]) -> list[waiver.Waiver]:
    """Waivers as checks/waivers.yml would hold them, one a line below its first."""
    source = Source("checks/waivers.yml", _frozen({"waivers": rows}), {("waivers", position): position + 2 for position in range(len(rows))})
    return waiver.placed(validated(waiver.WaiversFile, source), source)


def _frozen(value):
    """Lists as tuples, as the loader of YAML gives them."""
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value


def _marked(row: dict) -> translations.Marked:
    """The mark of a page whose texts were these."""
    return translations.mark({language: pages.Page(row["page"], language, {}, row[language]) for language in LANGUAGES})


class World:
    """An in-memory warehouse over given rows. A column counts as exported when some given row has it."""

    def __init__(self, given: dict[str, list[dict]] | str, as_of: date | None = None, definitions: Definitions | None = None,
                 exported_at: datetime | None = None):
        given = yaml.safe_load(given) if isinstance(given, str) else given
        self.definitions = definitions or project_definitions()
        if "signatures" in given:
            self.definitions = signed(self.definitions, given["signatures"])
        self.engine = Engine.create()
        provided = {table: {column for row in rows for column in row} for table, rows in given.items()}
        for name, table in self.definitions.tables.items():
            types = {column: DUCKDB_TYPES[spec.type] for column, spec in table.columns.items()}
            rows = given.get(name) or []
            unknown = {column for row in rows for column in row} - set(types)
            assert not unknown, f"{name} has no column {unknown}"
            self.engine.create_table(f"crm.{name}", types, [[row.get(column) for column in types] for row in rows])
        self.engine.create_table("playbook.canonical_columns", exports.COLUMNS, exports.column_rows(self.definitions.tables, provided))
        self.engine.create_table("playbook.export_rejects", exports.REJECTS, [list(row.values()) for row in given.get("export_rejects") or []])
        build.derive(self.engine, PROJECT, self.definitions, exported_at, as_of)
        written = [pages.Page(row["page"], row["language"], row, row.get("text", "")) for row in given.get("pages") or []]
        pages.store(self.engine, written)
        upkeep.store(self.engine, written)
        translations.store(self.engine, written, {row["page"]: _marked(row) for row in given.get("translations") or []})
        prose.store(self.engine, PROJECT, self.definitions, written)
        self.waivers = waivers(given.get("waivers") or [])

    def kpi(self, name: str, basis: str, period: str = "all", by: str | None = None) -> list[KpiRow]:
        """The stored rows of a KPI."""
        return kpis.rows(self.engine, name, basis, period, by)

    def finding(self, name: str) -> Finding:
        """What one rule says of this world. The rules that something waives run too: the rules about waivers look at what came of them."""
        wanted = [one for one in project_rules() if one.id in {name, *(one.grant.rule for one in self.waivers)}]
        assert name in {one.id for one in wanted}, f"there is no rule {name}"
        return next(one for one in run.run(self.engine, wanted, self.definitions.kpis, self.waivers) if one.rule == name)

    def missing(self) -> dict[str, list[str]]:
        """What each KPI lacks here."""
        return definition_tables.missing(self.engine, self.definitions)
