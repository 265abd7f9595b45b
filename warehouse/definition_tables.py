"""The definitions as tables of the schema `playbook`, so that SQL joins what was agreed with what happened."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, get_args

from warehouse.definitions import Definitions
from warehouse.definitions.stages import Milestone
from warehouse.engine import Engine

MILESTONES = get_args(Milestone)
ENTRIES = ("lead", "mql", "contact")
EXITS = ("won", "lost", "recycled", "disqualified")

TEXT, WHOLE, TRUTH = "VARCHAR", "INTEGER", "BOOLEAN"
NAMES = {"name_ja": TEXT, "name_en": TEXT}


def store(engine: Engine, definitions: Definitions) -> None:
    """Write one table for each kind of definition. Needs `playbook.canonical_columns`, which says what the export has."""
    for name, (columns, rows) in _tables(definitions).items():
        engine.create_table(f"playbook.{name}", columns, rows)
    engine.create_table("playbook.kpi_bases", KPI_BASES, _kpi_bases(definitions, missing(engine, definitions), reach(engine, definitions)))


def _tables(definitions: Definitions) -> dict[str, tuple[dict[str, str], Iterator[tuple]]]:
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
        "limits": ({"wait": TEXT, **NAMES, "department": TEXT}, ((one.id, one.name.ja, one.name.en, one.department) for one in definitions.limits)),
        "limit_terms": ({"wait": TEXT, "source": TEXT, "tier": TEXT, "conditions": WHOLE, "minutes_allowed": WHOLE, "working_days_allowed": WHOLE,
                         "effective_from": "DATE", "effective_until": "DATE"}, _limit_terms(definitions)),
        "tiers": ({"tier": TEXT, "tier_rank": WHOLE, **NAMES, "takes_the_rest": TRUTH, "effective_from": "DATE", "effective_until": "DATE"}, _tiers(definitions)),
        "tier_conditions": ({"effective_from": "DATE", "tier": TEXT, "line_number": WHOLE, "field": TEXT, "value": TEXT, "at_least": "DOUBLE"}, _tier_conditions(definitions)),
        "targets": ({"kpi": TEXT, "statistic": TEXT, "period_kind": TEXT, "value": "DOUBLE", "effective_from": "DATE", "effective_until": "DATE"}, _targets(definitions)),
    }


def _until(one: Any, others: Iterable[Any]) -> date | None:
    """The day on which the next of its kind takes over."""
    return min((other.effective_from for other in others if other.effective_from > one.effective_from), default=None)


def _targets(definitions: Definitions) -> Iterator[tuple]:
    for target in (one for one in definitions.targets if one.kpi in definitions.kpis):
        alike = [other for other in definitions.targets if (other.kpi, other.statistic, other.period) == (target.kpi, target.statistic, target.period)]
        yield target.kpi, target.statistic or definitions.kpis[target.kpi].main_statistic, target.period, target.value, target.effective_from, _until(target, alike)


def _limit_terms(definitions: Definitions) -> Iterator[tuple]:
    for limit in definitions.limits:
        for term in limit.terms:
            alike = [other for other in limit.terms if (other.source, other.tier) == (term.source, term.tier)]
            conditions = (term.source is not None) + (term.tier is not None)
            yield limit.id, term.source, term.tier, conditions, term.minutes, term.working_days, term.effective_from, _until(term, alike)


def _tiers(definitions: Definitions) -> Iterator[tuple]:
    for version in definitions.priorities:
        for rank, tier in enumerate(version.tiers, 1):
            yield tier.id, rank, tier.name.ja, tier.name.en, not tier.when, version.effective_from, _until(version, definitions.priorities)


def _tier_conditions(definitions: Definitions) -> Iterator[tuple]:
    """A row for each value that a line accepts, and one for the score that it asks."""
    for version in definitions.priorities:
        for tier in version.tiers:
            for number, condition in enumerate(tier.when, 1):
                for field, values in condition.lists.items():
                    yield from ((version.effective_from, tier.id, number, field, value, None) for value in dict.fromkeys(values))
                if condition.score_at_least is not None:
                    yield version.effective_from, tier.id, number, "score", None, condition.score_at_least


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


def missing(engine: Engine, definitions: Definitions) -> dict[str, list[str]]:
    """For each KPI the columns and milestones that it needs and the export does not have; none means it is known."""
    provided = {f"{row['table_name']}.{row['column_name']}" for row in
                engine.rows("SELECT table_name, column_name FROM playbook.canonical_columns WHERE is_provided")}
    return {name: [column for column in kpi.needs.columns if not provided.intersection(column.split(" or "))]
            + [milestone for milestone in kpi.needs.milestones if milestone not in definitions.milestones]
            for name, kpi in definitions.kpis.items()}


def reach(engine: Engine, definitions: Definitions) -> dict[str, date]:
    """For each KPI the last day its tables tell of: as-of, or the newest event of a table that fell silent weeks before.

    Of alternatives the one that goes on longest counts.
    """
    tables = {row["table_name"]: row["reach"] for row in engine.rows(REACH, [QUIET_DAYS])}
    as_of = engine.value("SELECT as_of_date FROM playbook.export_clock")
    return {name: min((_longest(alternatives, tables, as_of) for alternatives in kpi.needs.columns), default=as_of)
            for name, kpi in definitions.kpis.items()}


def _longest(alternatives: str, tables: dict[str, date], as_of: date) -> date:
    named = {column.split(".")[0] for column in alternatives.split(" or ")}
    return max((tables[name] for name in named if name in tables), default=as_of)
