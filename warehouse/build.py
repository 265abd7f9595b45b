"""Builds the warehouse: definitions and exports in, marts and KPI values out, in one new database."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from graphlib import TopologicalSorter
from pathlib import Path

from warehouse import adapter as adapters
from warehouse import as_of, calendar, clock, definition_tables, exports, kpis, lead_facts, measures, pages, prose, translations, upkeep, variants
from warehouse.adapter import Adapter
from warehouse.definitions import Definitions
from warehouse.definitions import load as load_definitions
from warehouse.engine import TEAM, Engine, QueryError, quote
from warehouse.pages import Page
from warehouse.problems import Problem, WrongInput
from warehouse.project import Project
from warehouse.translations import Marked

COUNTS = "kpi_counts"


@dataclass(frozen=True)
class Inputs:
    """What a warehouse is built from, loaded and checked."""

    project: Project
    definitions: Definitions
    adapter: Adapter
    exports: Path
    as_of: date | None = None


def load(project: Project, exports_folder: Path | None = None, adapter: str | None = None, as_of_day: date | None = None) -> Inputs:
    """Definitions and adapter, with the adapter's own definitions laid over the project's."""
    chosen = adapters.load(project, adapter)
    definitions = load_definitions(project, chosen.overlay)
    adapters.check(chosen, definitions.tables)
    return Inputs(project, definitions, chosen, exports_folder or project.exports, as_of_day)


def fill(engine: Engine, inputs: Inputs) -> None:
    """Fill a new database with everything but findings."""
    written, templates, marked = _pages(inputs)
    exports.load(engine, inputs.adapter, inputs.definitions.tables, inputs.exports, inputs.definitions.calendar.timezone)
    exported_at = inputs.adapter.exported_at(inputs.definitions.calendar.timezone)
    derive(engine, inputs.project, inputs.definitions, exported_at, inputs.as_of, inputs.adapter.spec.fresh_within_days)
    pages.store(engine, written)
    upkeep.store(engine, [*written, *templates], inputs.definitions)
    translations.store(engine, written, marked)
    prose.store(engine, inputs.project, inputs.definitions, written)


def _pages(inputs: Inputs) -> tuple[list[Page], list[Page], dict[str, Marked]]:
    """The hand-written pages, the templates, and which pages were marked as in step."""
    departments = [department.id for department in inputs.definitions.departments]
    return pages.read(inputs.project, departments), pages.templates(inputs.project, departments), translations.load(inputs.project)


def derive(engine: Engine, project: Project, definitions: Definitions, exported_at: datetime | None = None, as_of_day: date | None = None,
           fresh_within_days: int = 14) -> None:
    """From canonical tables to definition tables, days, marts, KPI values and the team's views."""
    moment = as_of.store(engine, definitions.tables, exported_at, as_of_day, fresh_within_days)
    first = engine.value("SELECT first_event_at FROM playbook.export_clock")
    calendar.store(engine, definitions, first.date(), moment.date())
    clock.store(engine, definitions, max(first.date(), calendar.EARLIEST), moment.date() + clock.AHEAD)
    definition_tables.store(engine, definitions)
    lead_facts.store(engine, definitions)
    variants.store(engine, definitions)
    marts = {file.stem: file.read_text(encoding="utf-8") for file in sorted(project.marts.glob("*.sql"))}
    for name in in_order(marts, {"agreement_records", *(kpi.mart for kpi in definitions.kpis.values())}):
        if name == COUNTS:
            _count(engine, definitions)
        else:
            _create(engine, project.shown(project.marts / f"{name}.sql"), name, marts[name])
    _create_team_views(engine, definitions)


def _count(engine: Engine, definitions: Definitions) -> None:
    """Count every KPI; where that fails, raise WrongInput naming each one whose columns or conditions its mart cannot answer."""
    try:
        kpis.count(engine, [*(one for name, kpi in definitions.kpis.items() for one in measures.measures(name, kpi)), *measures.compliance(definitions)])
    except QueryError as error:
        raise WrongInput(_broken(engine, definitions)) from error


def _broken(engine: Engine, definitions: Definitions) -> list[Problem]:
    problems = []
    for name, kpi in definitions.kpis.items():
        try:
            for measure in measures.measures(name, kpi):
                engine.run(f"SELECT {measure.expression} FROM {kpi.mart} CROSS JOIN export_clock WHERE {measure.date} IS NULL AND FALSE")
        except QueryError as error:
            problems.append(definitions.sources[f"kpis/{name}.yml"].problem(("bases",), f"does not run over {kpi.mart}: {error}", "mend its date, where or sum"))
    return problems


def in_order(marts: dict[str, str], counted: set[str]) -> list[str]:
    """Mart names so that each comes after those it mentions; the KPI counts come after the marts they count."""
    names = {*marts, COUNTS}
    mentions = {name: names.intersection(re.findall(r"\w+", sql.lower())) - {name} for name, sql in marts.items()}
    return list(TopologicalSorter({**{name: sorted(mentions[name]) for name in sorted(marts)}, COUNTS: sorted({*counted, "period_days"})}).static_order())


def _create(engine: Engine, file: str, name: str, sql: str) -> None:
    try:
        engine.run(f"CREATE TABLE marts.{quote(name)} AS {sql}")
    except QueryError as error:
        raise WrongInput([Problem(file, None, f"does not run: {error}", "mend the query")]) from error


def _create_team_views(engine: Engine, definitions: Definitions) -> None:
    """The tables as the team may query them: no personal column, no id of a person, no figure of one."""
    private = {column for table in definitions.tables.values() for column, spec in table.columns.items() if spec.is_private}
    tables = engine.rows("SELECT table_schema, table_name FROM information_schema.tables"
                         " WHERE table_schema IN ('crm', 'marts', 'playbook') AND table_name <> 'export_rejects' ORDER BY ALL")
    for table in tables:
        source = f"{table['table_schema']}.{quote(table['table_name'])}"
        columns = engine.columns(source)
        hidden = private - {"name"} if table["table_schema"] != "crm" else _private(definitions, table["table_name"])
        shown = ", ".join(quote(column) for column in columns if column not in hidden)
        condition = " WHERE dimension IS DISTINCT FROM 'member'" if "dimension" in columns else ""
        engine.run(f"CREATE VIEW {TEAM}.{quote(table['table_name'])} AS SELECT {shown} FROM {source}{condition}")


def _private(definitions: Definitions, table: str) -> set[str]:
    return {column for column, spec in definitions.tables[table].columns.items() if spec.is_private}
