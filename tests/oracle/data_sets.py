"""The data sets that the oracle is held against: the product's warehouse of each, and the same export as plain records."""

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracle import kpis as oracle
from tests.oracle import records
from tests.oracle.agreement import Agreement
from tests.oracle.counts import Cohort, Daily, Flow, Spread, by_day, within
from tests.oracle.episodes import World
from tests.oracle.periods import Almanac
from tests.oracle.records import Export
from tests.oracle.untidy import Untidy
from tests.shared_data import needed
from tests.world import PROJECT, ROOT, SHARED_DATA, project_definitions
from warehouse import build, kpis
from warehouse.engine import Engine
from warehouse.kpis import KpiRow

REAL = ("olist", "bpic2012")
NAMES = ("sample", *REAL, "untidy")
EVER = "all"
SILENCE_DAYS = 14


@dataclass(frozen=True)
class DataSet:
    """One export: the product's figures of it, and what the oracle reads and counts itself."""

    name: str
    exports: Path
    warehouse: Path

    # The product

    @cached_property
    def engine(self) -> Engine:
        """A connection to the product's warehouse."""
        return Engine.read(self.warehouse)

    @cache
    def dimensions(self, kpi: str) -> tuple[str, ...]:
        """What the product can split a KPI by."""
        return tuple(kpis.dimensions(self.engine, project_definitions().kpis[kpi].mart))

    def rows(self, kpi: str, basis: str, period: str, by: str | None) -> list[KpiRow]:
        """The product's rows as it keeps them, each cohort at the KPI's own horizon."""
        return kpis.rows(self.engine, kpi, basis, period, by)

    def rows_at(self, kpi: str, horizon: int | str, period: str, by: str | None) -> list[KpiRow]:
        """The product's rows of a cohort at a horizon asked for, counted anew on a connection of their own."""
        query = (PROJECT.marts / "kpi_values.sql").read_text(encoding="utf-8")
        with Engine.read(self.warehouse) as engine:
            return kpis.rows_at_horizon(engine, query, kpi, project_definitions().kpis[kpi], None if horizon == EVER else horizon, period, by)

    # The oracle

    @cached_property
    def world(self) -> World:
        """The records under what was agreed: from canonical files as they lie there, else from the canonical tables that an adapter fills."""
        if self.name in REAL:
            return World(self._through_adapter(), Agreement(PROJECT.definitions, ROOT / "tests" / "adapters" / self.name))
        return World(records.from_csv(self.exports), Agreement(PROJECT.definitions))

    def _through_adapter(self) -> Export:
        tables = yaml.safe_load(_adapter(self.name).read_text(encoding="utf-8"))["tables"]
        columns = {f"{table}.{column}" for table, spec in tables.items() for column in spec["columns"]}
        return records.export({table: self.engine.rows(f"SELECT * FROM crm.{table}") for table in records.KINDS}, columns)

    @cache
    def counted(self, kpi: str, basis: str) -> dict[str | None, Flow | Cohort | Spread]:
        """What the oracle counts for a KPI, by the names of its statistics where it has several."""
        found = oracle.KPIS[kpi][basis](self.world)
        return found if isinstance(found, dict) else {None: found}

    @cache
    def daily(self, kpi: str, basis: str, statistic: str | None, days: int | None) -> tuple[Daily, Daily | None]:
        """The same day by day, a cohort followed for so many days or for ever: what stands above, and what below."""
        counted = self.counted(kpi, basis)[statistic]
        if isinstance(counted, Spread):
            return by_day(counted.records), None
        flow = within(counted.entered, days, self.world.as_of) if isinstance(counted, Cohort) else counted
        return by_day(flow.above), None if flow.below is None else by_day(flow.below)

    @cached_property
    def almanac(self) -> Almanac:
        """Every day that a record or a period could lie on."""
        first = min(event.happened_at for events in self.world.events.values() for event in events)
        return Almanac(date(first.year - 2, 1, 1), date(self.world.as_of.year + 2, 12, 31), self.world.agreement.calendar["fiscal_year_starts"])

    @cache
    def lacks(self, kpi: str) -> list[str]:
        """The columns and milestones that the export would need to know a KPI."""
        needs = self._needs(kpi)
        columns = [need for need in needs["columns"] if not self.world.export.columns & set(need.split(" or "))]
        return columns + [milestone for milestone in needs["milestones"] if milestone not in self.world.agreement.milestones.values()]

    @cache
    def silent_since(self, kpi: str) -> date | None:
        """The last day of a table that the KPI needs, where that lies more than two weeks back: what comes after is unknown, not zero."""
        export, newest = self.world.export, []
        for need in self._needs(kpi)["columns"]:
            tables = {column.split(".")[0] for column in need.split(" or ") if column in export.columns}
            newest.append(max(export.newest[table] for table in tables).date())
        return min(newest) if (self.world.as_of - min(newest)).days > SILENCE_DAYS else None

    def _needs(self, kpi: str) -> dict[str, Any]:
        return self.world.agreement.kpis[kpi]["needs"]


def on_data_sets(*names: str) -> pytest.MarkDecorator:
    """Runs a test on data sets by name, each with one worker, skipped where its files are absent."""
    marks = {name: [pytest.mark.xdist_group(f"oracle {name}"), *([needed(name)] if name in REAL else [])] for name in names}
    return pytest.mark.parametrize("name", [pytest.param(name, id=name, marks=marks[name]) for name in names])


def _adapter(name: str) -> Path:
    return ROOT / "tests" / "adapters" / f"{name}.yml"


def built(name: str, folder: Path) -> DataSet:
    """A data set with the product's warehouse of it, built into a folder."""
    exports = {"sample": ROOT / "data" / "sample", "untidy": folder / "untidy"}.get(name, SHARED_DATA / name)
    if name == "untidy":
        Untidy(leads=600, seed=1).write(exports)
    path = folder / f"{name}.duckdb"
    with Engine.create(path) as engine:
        build.fill(engine, build.load(PROJECT, exports, str(_adapter(name)) if name in REAL else None))
    return DataSet(name, exports, path)
