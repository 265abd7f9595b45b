"""Runs the rules and keeps what they found, in the warehouse itself."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from checks import waiver
from checks.rule import Rule
from checks.waiver import Waiver
from warehouse.definitions import Text
from warehouse.engine import Engine, QueryError, quote
from warehouse.problems import Problem, WrongInput

KEPT_ROWS = 1000
EXAMPLES = 3
RESULTS = {"rule": "VARCHAR", "title_ja": "VARCHAR", "title_en": "VARCHAR", "severity": "VARCHAR", "outcome": "VARCHAR",
           "records": "BIGINT", "looked_at": "BIGINT", "sentence_ja": "VARCHAR", "sentence_en": "VARCHAR", "fix_ja": "VARCHAR", "fix_en": "VARCHAR"}
ROWS = {"rule": "VARCHAR", "waiver_rank": "INTEGER", "position": "INTEGER", "details": "VARCHAR"}
WAIVERS = {"waiver": "VARCHAR", "waiver_rank": "INTEGER", "rule": "VARCHAR", "department": "VARCHAR", "reason_ja": "VARCHAR", "reason_en": "VARCHAR",
           "approved_by": "VARCHAR", "expires_on": "DATE", "records": "BIGINT"}
TOUCHED = {"rule": "VARCHAR", "kpi": "VARCHAR"}


@dataclass(frozen=True)
class Waived:
    """What one waiver lets pass of a finding: the first of `count` rows, who answers for it, why, until when, and its place in the file."""

    rank: int
    place: str
    owner: str
    reason: Text
    approved_by: str | None
    expires_on: date
    count: int
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Finding:
    """What one rule found. `outcome` is passed, warned, failed, waived or skipped; `rows` are the first of `count`.

    Where only some rows are waived, `count` and `rows` are the others; where all are, they are all of them.
    """

    rule: str
    title: Text
    severity: str
    outcome: str
    count: int
    looked_at: int
    sentence: Text
    fix: Text
    rows: list[dict[str, Any]] = field(default_factory=list)
    kpis: tuple[str, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def listed(self) -> list[dict[str, Any]]:
        """Every row that is kept, waived or not."""
        return self.rows + [row for one in self.waived for row in one.rows]


def run(engine: Engine, rules: Iterable[Rule], kpis: Iterable[str], waivers: Iterable[Waiver] = ()) -> list[Finding]:
    """One finding for each rule, in the order of the rules. `kpis` are all KPI ids, for rules that touch every one.

    A waiver past its day waives nothing. Writes `checks.waivers`, which the rules about waivers read: they run last.
    """
    provided = {f"{row['table_name']}.{row['column_name']}" for row in
                engine.rows("SELECT table_name, column_name FROM playbook.canonical_columns WHERE is_provided")}
    rules, known, waivers = list(rules), tuple(kpis), list(waivers)
    as_of = engine.value("SELECT as_of_date FROM playbook.export_clock")
    active = [one for one in waivers if one.grant.expires_on >= as_of]
    found = {rule.id: _judge(engine, rule, provided, known, [one for one in active if one.grant.rule == rule.id])
             for rule in rules if not waiver.is_about_waivers(rule)}
    _store_waivers(engine, waivers, active, found)
    found |= {rule.id: _judge(engine, rule, provided, known, []) for rule in rules if waiver.is_about_waivers(rule)}
    return [found[rule.id] for rule in rules]


def _store_waivers(engine: Engine, waivers: list[Waiver], active: list[Waiver], found: dict[str, Finding]) -> None:
    """Every waiver with the number of rows that it waives; unknown for one that has expired and where its rule did not run."""
    counts = {one.rank: one.count for finding in found.values() for one in finding.waived}
    judged = {rule for rule, finding in found.items() if finding.outcome != "skipped"}
    engine.run(f"DROP TABLE IF EXISTS checks.{waiver.TABLE}")
    engine.create_table(f"checks.{waiver.TABLE}", WAIVERS, (
        (one.place, one.rank, one.grant.rule, one.grant.owner, one.grant.reason.ja, one.grant.reason.en, one.grant.approved_by, one.grant.expires_on,
         counts.get(one.rank, 0) if one in active and one.grant.rule in judged else None) for one in waivers))


def _judge(engine: Engine, rule: Rule, provided: set[str], kpis: tuple[str, ...], waivers: list[Waiver]) -> Finding:
    header = rule.header
    touched = kpis if header.kpis == "all" else header.kpis
    lacking = [column for column in header.needs if not provided.intersection(column.split(" or "))]
    if lacking:
        return Finding(rule.id, header.title, header.severity, "skipped", 0, 0, _skipped(lacking), header.fix, [], touched)
    rows, looked_at = _broken(engine, rule, waivers)
    others, taken = waiver.split(rows, waivers)
    shown = others or rows
    severity = _severity(rule, len(others), looked_at)
    outcome = "passed" if not rows else "waived" if not others else {"error": "failed", "warning": "warned"}[severity]
    words = {"count": f"{len(shown):,}", "looked_at": f"{looked_at:,}", "examples": _examples(shown)}
    sentence = Text(ja=header.sentence.ja.format(**words), en=header.sentence.en.format(**words))
    waived = tuple(Waived(one.rank, one.place, one.grant.owner, one.grant.reason, one.grant.approved_by, one.grant.expires_on, len(mine), mine[:KEPT_ROWS])
                   for one, mine in zip(waivers, taken, strict=True) if mine)
    return Finding(rule.id, header.title, severity, outcome, len(shown), looked_at, sentence, header.fix, shown[:KEPT_ROWS], touched, waived)


def _broken(engine: Engine, rule: Rule, waivers: list[Waiver]) -> tuple[list[dict[str, Any]], int]:
    """All rows that break a rule, and how many it looked at."""
    try:
        if waivers:
            waiver.check_columns(waivers, engine.columns(rule.sql))
        return engine.rows(rule.sql), sum(engine.value(f"SELECT count(*) FROM {quote(table)}") for table in rule.header.looks_at)
    except QueryError as error:
        raise WrongInput([Problem(f"checks/rules/{rule.id}.sql", None, f"does not run: {error}", "mend the query")]) from error


def _severity(rule: Rule, broken: int, looked_at: int) -> str:
    """A warning becomes an error above its tolerance, a share of the rows looked at."""
    tolerance = rule.header.tolerance
    beyond = tolerance is not None and broken > tolerance * max(looked_at, 1)
    return "error" if beyond else rule.header.severity


def _skipped(lacking: list[str]) -> Text:
    columns = ", ".join(lacking)
    return Text(ja=f"エクスポートに {columns} がないため確認していません。", en=f"Not checked: the export has no {columns}.")


def _examples(rows: list[dict[str, Any]]) -> str:
    """The first rows in a few words: record and value, as they stand."""
    shown = ["/".join(str(value) for value in list(row.values())[:2] if value is not None) for row in rows[:EXAMPLES]]
    return ", ".join(shown) + ("…" if len(rows) > EXAMPLES else "")


def store(engine: Engine, findings: Iterable[Finding]) -> None:
    """Write `checks.check_results` (one row per rule), `checks.finding_rows` (waived ones name the waiver) and `checks.touched_kpis`."""
    findings = list(findings)
    engine.create_table("checks.check_results", RESULTS, (
        (one.rule, one.title.ja, one.title.en, one.severity, one.outcome, one.count, one.looked_at,
         one.sentence.ja, one.sentence.en, one.fix.ja, one.fix.en) for one in findings))
    engine.create_table("checks.finding_rows", ROWS, (row for one in findings for row in _kept(one)))
    engine.create_table("checks.touched_kpis", TOUCHED, (
        (one.rule, kpi) for one in findings if one.outcome in ("warned", "failed") for kpi in one.kpis))


def _kept(finding: Finding) -> Iterator[tuple]:
    """A finding's rows, those that are not waived first."""
    groups = [(None, finding.rows if finding.outcome != "waived" else [])] + [(one.rank, one.rows) for one in finding.waived]
    for rank, rows in groups:
        for position, row in enumerate(rows, 1):
            yield finding.rule, rank, position, json.dumps(row, ensure_ascii=False, default=str)


def stored(engine: Engine) -> list[Finding]:
    """The findings of a warehouse that was checked before."""
    rows: dict[tuple, list[dict]] = {}
    for row in engine.rows("SELECT rule, waiver_rank, details FROM checks.finding_rows ORDER BY rule, waiver_rank, position"):
        rows.setdefault((row["rule"], row["waiver_rank"]), []).append(json.loads(row["details"]))
    touched: dict[str, tuple[str, ...]] = {}
    for row in engine.rows("SELECT rule, kpi FROM checks.touched_kpis ORDER BY rule, kpi"):
        touched[row["rule"]] = (*touched.get(row["rule"], ()), row["kpi"])
    waived: dict[str, tuple[Waived, ...]] = {}
    for row in engine.rows("SELECT * FROM checks.waivers WHERE records > 0 ORDER BY waiver_rank"):
        waived[row["rule"]] = (*waived.get(row["rule"], ()), Waived(
            row["waiver_rank"], row["waiver"], row["department"], Text(ja=row["reason_ja"], en=row["reason_en"]), row["approved_by"], row["expires_on"],
            row["records"], rows[row["rule"], row["waiver_rank"]]))
    return [Finding(row["rule"], Text(ja=row["title_ja"], en=row["title_en"]), row["severity"], row["outcome"], row["records"], row["looked_at"],
                    Text(ja=row["sentence_ja"], en=row["sentence_en"]), Text(ja=row["fix_ja"], en=row["fix_en"]),
                    rows.get((row["rule"], None), []) or [one for group in waived.get(row["rule"], ()) for one in group.rows][:KEPT_ROWS],
                    touched.get(row["rule"], ()), waived.get(row["rule"], ()))
            for row in engine.rows("SELECT * FROM checks.check_results ORDER BY rule")]
