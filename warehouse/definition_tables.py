"""The definitions as tables of the schema `playbook`, so that SQL joins what was agreed with what happened."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args

from warehouse import agreement_tables, signature_tables
from warehouse.agreement_tables import until
from warehouse.definitions import Definitions
from warehouse.definitions.kpis import PLAIN
from warehouse.definitions.stages import Milestone
from warehouse.engine import Engine
from warehouse.measures import agreement_figure

MILESTONES = get_args(Milestone)
ENTRIES = ("lead", "mql", "contact")
EXITS = ("won", "lost", "recycled", "disqualified")

TEXT, WHOLE, TRUTH = "VARCHAR", "INTEGER", "BOOLEAN"
NAMES = {"name_ja": TEXT, "name_en": TEXT}


def store(engine: Engine, definitions: Definitions) -> None:
    """Write one table for each kind of definition. Needs `playbook.canonical_columns`, which says what the export has."""
    as_of = engine.value("SELECT as_of_date FROM playbook.export_clock")
    for name, (columns, rows) in {**_tables(definitions), **agreement_tables.tables(definitions), **signature_tables.tables(definitions, as_of)}.items():
        engine.create_table(f"playbook.{name}", columns, rows)
    engine.create_table("playbook.kpi_bases", KPI_BASES,
                        [*_kpi_bases(definitions, missing(engine, definitions), reach(engine, definitions)),
                         *_compliance(definitions, as_of)])


def _tables(definitions: Definitions) -> dict[str, tuple[dict[str, str], Iterable[tuple]]]:
    return {
        "departments": ({"department": TEXT, **NAMES}, ((one.id, one.name.ja, one.name.en) for one in definitions.departments)),
        "motions": ({"motion": TEXT, **NAMES}, ((one.id, one.name.ja, one.name.en) for one in definitions.motions)),
        "milestones": ({"milestone": TEXT, "milestone_rank": WHOLE, "is_entry": TRUTH, "is_exit": TRUTH, "is_defined": TRUTH},
                       ((name, rank, name in ENTRIES, name in EXITS, name in definitions.milestones) for rank, name in enumerate(MILESTONES, 1))),
        "stages": ({"stage": TEXT, "stage_rank": WHOLE, "milestone": TEXT, **NAMES, "department": TEXT, "longest_stay_days": WHOLE},
                   ((one.id, rank, one.milestone, one.name.ja, one.name.en, one.owner, one.longest_stay_days)
                    for rank, one in enumerate(definitions.stages, 1))),
        "stage_transitions": ({"from_stage": TEXT, "to_stage": TEXT}, ((one.id, after) for one in definitions.stages for after in one.next)),
        "stage_required_fields": ({"stage": TEXT, "field": TEXT}, ((one.id, field) for one in definitions.stages for field in one.required_fields)),
        "stage_reasons": ({"stage": TEXT, "reason": TEXT, **NAMES},
                          ((one.id, reason.id, reason.name.ja, reason.name.en) for one in definitions.stages for reason in one.reasons)),
        "fields": ({"table_name": TEXT, "field": TEXT, **NAMES, "filled_by": TEXT},
                   ((one.table, one.id, one.name.ja, one.name.en, one.filled_by) for one in definitions.fields)),
        "field_values": ({"table_name": TEXT, "field": TEXT, "value": TEXT, **NAMES},
                         ((one.table, one.id, value.id, value.name.ja, value.name.en) for one in definitions.fields for value in one.values)),
        "glossary": ({"term": TEXT, "term_ja": TEXT, "term_en": TEXT, "meaning_ja": TEXT, "meaning_en": TEXT},
                     ((one.id, one.term.ja, one.term.en, one.meaning.ja, one.meaning.en) for one in definitions.terms)),
        "kpis": ({"kpi": TEXT, "kpi_rank": WHOLE, **NAMES, "unit": TEXT, "direction": TEXT, "layer": TEXT, "department": TEXT, "minimum_n": WHOLE},
                 ((name, rank, one.name.ja, one.name.en, one.unit, one.direction, one.layer, one.owner, one.minimum_n)
                  for rank, (name, one) in enumerate(definitions.kpis.items(), 1))),
        "targets": ({"kpi": TEXT, "statistic": TEXT, "period_kind": TEXT, "value": "DOUBLE", "effective_from": "DATE", "effective_until": "DATE"}, _targets(definitions)),
    }


def _targets(definitions: Definitions) -> Iterator[tuple]:
    for target in (one for one in definitions.targets if one.kpi in definitions.kpis):
        alike = [other for other in definitions.targets if (other.kpi, other.statistic, other.period) == (target.kpi, target.statistic, target.period)]
        yield target.kpi, target.statistic or definitions.kpis[target.kpi].main_statistic, target.period, target.value, target.effective_from, until(target, alike)


KPI_BASES = {"kpi": TEXT, "basis": TEXT, "basis_rank": WHOLE, "statistic": TEXT, "statistic_rank": WHOLE, "unit": TEXT, "direction": TEXT, "is_stock": TRUTH,
             "horizon_days": WHOLE, "is_known": TRUTH, "known_until": "DATE"}
QUIET_DAYS = 14
REACH = """SELECT table_name, CAST(CASE WHEN date_diff('day', CAST(newest_at AS DATE), as_of_date) > ? THEN newest_at ELSE as_of END AS DATE) AS reach
FROM playbook.table_freshness CROSS JOIN playbook.export_clock"""


def _kpi_bases(definitions: Definitions, lacking: dict[str, list[str]], known_until: dict[str, date]) -> Iterator[tuple]:
    for name, kpi in definitions.kpis.items():
        for rank, (basis, populations) in enumerate(kpi.bases.items(), 1):
            for number, (statistic, figure) in enumerate(kpi.figures(basis).items(), 1):
                yield (name, basis, rank, statistic, number, figure.unit, figure.direction, kpi.is_stock, populations.horizon_days,
                       not lacking[name], known_until[name])


def _compliance(definitions: Definitions, as_of: date) -> Iterator[tuple]:
    """The compliance of agreements among the figures: a rate for all terms and for each, on the flow basis."""
    for name, agreement in definitions.agreements.items():
        terms = dict.fromkeys(term.id for version in agreement.versions for term in version.terms)
        for number, statistic in enumerate((PLAIN, *terms), 1):
            yield agreement_figure(name), "flow", 1, statistic, number, "rate", "up", False, None, True, as_of


def missing(engine: Engine, definitions: Definitions) -> dict[str, list[str]]:
    """For each KPI the columns and milestones that it needs and the export does not have; none means it is known."""
    provided = {f"{row['table_name']}.{row['column_name']}" for row in
                engine.rows("SELECT table_name, column_name FROM playbook.canonical_columns WHERE is_provided")}
    return {name: [column for column in kpi.needs.columns if not provided.intersection(column.split(" or "))]
            + [milestone for milestone in kpi.needs.milestones if milestone not in definitions.milestones]
            for name, kpi in definitions.kpis.items()}


def reach(engine: Engine, definitions: Definitions) -> dict[str, date]:
    """For each KPI the last day its tables tell of: as-of, or the newest event of a table that fell silent weeks before.

    Of alternatives the one that goes on longest counts. A stock reads the leads as they stand: no new one is no silence.
    """
    tables = {row["table_name"]: row["reach"] for row in engine.rows(REACH, [QUIET_DAYS])}
    as_of = engine.value("SELECT as_of_date FROM playbook.export_clock")
    return {name: min((_longest(alternatives, tables, as_of) for alternatives in kpi.needs.columns if not (kpi.is_stock and alternatives.startswith("leads."))), default=as_of)
            for name, kpi in definitions.kpis.items()}


def _longest(alternatives: str, tables: dict[str, date], as_of: date) -> date:
    named = {column.split(".")[0] for column in alternatives.split(" or ")}
    return max((tables[name] for name in named if name in tables), default=as_of)
