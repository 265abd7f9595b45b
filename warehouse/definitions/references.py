"""What one definition says of another must exist: stages, fields, departments, columns, KPIs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, get_args

from warehouse.definitions.agreements import Term
from warehouse.definitions.stages import Milestone
from warehouse.problems import Problem, nearest

if TYPE_CHECKING:
    from warehouse.definitions import Definitions

IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")


def problems(definitions: "Definitions") -> list[Problem]:
    """Every reference that leads nowhere and every id that stands twice, with its file and line."""
    checks = (_unique_ids, _stages, _fields, _kpis, _targets, _tiers, _agreements, _calendar, _glossary, _labels, _upkeep)
    return [problem for check in checks for problem in check(definitions)]


def _unknown(definitions: "Definitions", file: str, path: tuple, kind: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    known = set(known)
    if name not in known:
        yield definitions.sources[file].problem(path, f"no {kind} is called '{name}'", nearest(name, known))


def _unique_ids(definitions: "Definitions") -> Iterator[Problem]:
    lists = {
        ("departments.yml", "departments"): [one.id for one in definitions.departments],
        ("departments.yml", "motions"): [one.id for one in definitions.motions],
        ("stages.yml", "stages"): [one.id for one in definitions.stages],
        ("fields.yml", "fields"): [f"{one.table}.{one.id}" for one in definitions.fields],
        ("glossary.yml", "terms"): [one.id for one in definitions.terms],
    }
    for (file, key), ids in lists.items():
        for position in _repeated(ids):
            yield definitions.sources[file].problem((key, position, "id"), f"id '{ids[position]}' stands here twice", "give each its own id")


def _repeated(names: Iterable[str]) -> Iterator[int]:
    """The positions of names that stood before, in whatever case."""
    seen: Counter = Counter()
    for position, name in enumerate(names):
        seen[name.lower()] += 1
        if seen[name.lower()] > 1:
            yield position


def _stages(definitions: "Definitions") -> Iterator[Problem]:
    stages = [stage.id for stage in definitions.stages]
    fields = {field.id for field in definitions.fields if field.table == "leads"}
    departments = {department.id for department in definitions.departments}
    for position, stage in enumerate(definitions.stages):
        here = ("stages", position)
        yield from _unknown(definitions, "stages.yml", (*here, "owner"), "department", stage.owner, departments)
        for number, field in enumerate(stage.required_fields):
            yield from _unknown(definitions, "stages.yml", (*here, "required_fields", number), "field of leads", field, fields)
        for number, after in enumerate(stage.next):
            yield from _unknown(definitions, "stages.yml", (*here, "next", number), "stage", after, stages)


def _fields(definitions: "Definitions") -> Iterator[Problem]:
    departments = {department.id for department in definitions.departments}
    for position, field in enumerate(definitions.fields):
        here = ("fields", position)
        yield from _unknown(definitions, "fields.yml", (*here, "filled_by"), "department", field.filled_by, departments)
        yield from _unknown(definitions, "fields.yml", (*here, "table"), "table", field.table, definitions.tables)
        if field.table in definitions.tables:
            yield from _unknown(definitions, "fields.yml", (*here, "id"), f"column of {field.table}", field.id,
                                definitions.tables[field.table].columns)


def _kpis(definitions: "Definitions") -> Iterator[Problem]:
    departments = {department.id for department in definitions.departments}
    columns = {f"{table}.{column}" for table, one in definitions.tables.items() for column in one.columns}
    for name, kpi in definitions.kpis.items():
        file = f"kpis/{name}.yml"
        yield from _unknown(definitions, file, ("owner",), "department", kpi.owner, departments)
        yield from _unknown(definitions, file, ("mart",), "mart", kpi.mart, definitions.marts)
        if kpi.beside:
            yield from _unknown(definitions, file, ("beside",), "KPI", kpi.beside, definitions.kpis)
        for number, part in enumerate(kpi.made_of):
            yield from _unknown(definitions, file, ("made_of", number), "KPI", part, definitions.kpis)
        if name in _below(definitions, kpi.made_of):
            yield definitions.sources[file].problem(("made_of",), f"'{name}' is made of itself", "break the circle")
        for number, alternatives in enumerate(kpi.needs.columns):
            for column in alternatives.split(" or "):
                yield from _unknown(definitions, file, ("needs", "columns", number), "column", column, columns)


def _below(definitions: "Definitions", parts: tuple[str, ...]) -> set[str]:
    """All KPIs that these are made of, however far down."""
    found: set[str] = set()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if part not in found:
            found.add(part)
            waiting += definitions.kpis[part].made_of if part in definitions.kpis else ()
    return found


def _targets(definitions: "Definitions") -> Iterator[Problem]:
    for position, target in enumerate(definitions.targets):
        yield from _unknown(definitions, "targets.yml", ("targets", position, "kpi"), "KPI", target.kpi, definitions.kpis)
        if target.statistic and target.kpi in definitions.kpis:
            kpi = definitions.kpis[target.kpi]
            yield from _unknown(definitions, "targets.yml", ("targets", position, "statistic"), f"statistic of {target.kpi}", target.statistic, kpi.figures(kpi.default_basis))
    names = [" ".join(filter(None, (target.kpi, target.statistic, f"per {target.period} from {target.effective_from}"))) for target in definitions.targets]
    for position in _repeated(names):
        yield definitions.sources["targets.yml"].problem(("targets", position), f"a target for {names[position]} stands here twice", "keep one of them")


def _tiers(definitions: "Definitions") -> Iterator[Problem]:
    columns = definitions.tables["leads"].columns
    for position, version in enumerate(definitions.priorities):
        for number in _repeated(tier.id for tier in version.tiers):
            yield definitions.sources["priority.yml"].problem(("versions", position, "tiers", number, "id"), f"tier '{version.tiers[number].id}' stands here twice", "give each its own id")
    for position in _repeated(str(version.effective_from) for version in definitions.priorities):
        yield definitions.sources["priority.yml"].problem(("versions", position), "two versions take effect on one day", "keep one of them")
    for position, version in enumerate(definitions.priorities):
        for number, tier in enumerate(version.tiers):
            yield from _conditions(definitions, "priority.yml", ("versions", position, "tiers", number, "when"), tier.when, columns)


def _conditions(definitions: "Definitions", file: str, path: tuple, when: Iterable, columns: Iterable[str]) -> Iterator[Problem]:
    for number, line in enumerate(when):
        for field in line:
            yield from _unknown(definitions, file, (*path, number, field), "column of leads", field, columns)


def _agreements(definitions: "Definitions") -> Iterator[Problem]:
    departments = {department.id for department in definitions.departments}
    for name, agreement in definitions.agreements.items():
        file = f"agreements/{name}.yml"
        for number, party in enumerate(agreement.parties):
            yield from _unknown(definitions, file, ("parties", number), "department", party, departments)
        for number, commitment in enumerate(agreement.commitments):
            yield from _unknown(definitions, file, ("commitments", number, "department"), "department", commitment.department, departments)
        for position, version in enumerate(agreement.versions):
            for number in _repeated(term.id for term in version.terms):
                yield definitions.sources[file].problem(("versions", position, "terms", number, "id"), f"term '{version.terms[number].id}' stands here twice", "give each its own id")
            for number, term in enumerate(version.terms):
                yield from _term(definitions, file, ("versions", position, "terms", number), term)
        for position in _repeated(str(version.effective_from) for version in agreement.versions):
            yield definitions.sources[file].problem(("versions", position), "two versions take effect on one day", "keep one of them")
    yield from _limits_told_twice(definitions)


def _term(definitions: "Definitions", file: str, path: tuple, term: Term) -> Iterator[Problem]:
    columns = definitions.tables["leads"].columns
    departments = {one.id for one in definitions.departments}
    yield from _unknown(definitions, file, (*path, term.kind, "department"), "department", term.value.department, departments)
    if term.limit:
        tiers = {tier.id for version in definitions.priorities for tier in version.tiers}
        if term.limit.tier:
            yield from _unknown(definitions, file, (*path, "limit", "tier"), "tier", term.limit.tier, tiers)
    if term.qualification:
        yield from _conditions(definitions, file, (*path, "qualification", "when"), term.qualification.when, columns)
    if term.filled:
        for number, field in enumerate(term.filled.fields):
            yield from _unknown(definitions, file, (*path, "filled", "fields", number), "column of leads", field, columns)


def _limits_told_twice(definitions: "Definitions") -> Iterator[Problem]:
    """A wait has one limit for each source and tier, in one agreement."""
    said: dict[tuple, str] = {}
    for name, agreement in definitions.agreements.items():
        for position, version in enumerate(agreement.versions):
            for number, term in enumerate(version.terms):
                if term.limit:
                    key = (term.limit.wait, term.limit.source, term.limit.tier)
                    here = f"{name} from {version.effective_from}"
                    before = said.setdefault((*key, name, version.effective_from), term.id)
                    elsewhere = next((other for (*others, other, _) in said if tuple(others) == key and other != name), None)
                    if before != term.id or elsewhere:
                        yield definitions.sources[f"agreements/{name}.yml"].problem(
                            ("versions", position, "terms", number, "limit"),
                            f"the limit of {term.limit.wait} for {term.limit.source or 'every source'}, {term.limit.tier or 'every tier'} stands in {elsewhere or here} too", "keep one of them")


def _calendar(definitions: "Definitions") -> Iterator[Problem]:
    departments = {department.id for department in definitions.departments} | {"default"}
    for name, (opens, closes) in definitions.calendar.hours.items():
        yield from _unknown(definitions, "calendar.yml", ("hours", name), "department", name, departments)
        if opens >= closes:
            yield definitions.sources["calendar.yml"].problem(("hours", name), f"opens at {opens} and closes at {closes}",
                                                              "write the opening first, within one day")
    for position, (starts, ends) in enumerate(definitions.calendar.breaks):
        if starts >= ends:
            yield definitions.sources["calendar.yml"].problem(("breaks", position), f"a break from {starts} to {ends}", "write its start first, within one day")
    if "default" not in definitions.calendar.hours:
        yield definitions.sources["calendar.yml"].problem(("hours",), "no hours for departments that are not named", 'add default: ["09:00", "18:00"]')


def _glossary(definitions: "Definitions") -> Iterator[Problem]:
    """A page may name a milestone that this CRM has no stage for; the glossary then has the word."""
    known = {term.id for term in definitions.terms}
    for milestone in get_args(Milestone):
        if milestone not in known:
            yield definitions.sources["glossary.yml"].problem(("terms",), f"the milestone '{milestone}' has no term", "add one: pages name it where a CRM has no such stage")


def _labels(definitions: "Definitions") -> Iterator[Problem]:
    """Titles of generated pages and the banner of a draft are printed before any macro could name a missing label."""
    for label in ("weekly", "glossary", "findings", "draft_banner"):
        if label not in definitions.labels:
            yield definitions.sources["labels.yml"].problem(("labels",), f"the label '{label}' is missing", "restore it")


def _upkeep(definitions: "Definitions") -> Iterator[Problem]:
    departments = {department.id for department in definitions.departments}
    for file, upkeep in definitions.upkeep.items():
        if upkeep.owner:
            yield from _unknown(definitions, file, ("upkeep", "owner"), "department", upkeep.owner, departments)
