"""Runs the rules and keeps what they found, in the warehouse itself."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from checks.rule import Rule
from warehouse.definitions import Text
from warehouse.engine import Engine, QueryError, quote
from warehouse.problems import Problem, WrongInput

KEPT_ROWS = 1000
EXAMPLES = 3
RESULTS = {"rule": "VARCHAR", "title_ja": "VARCHAR", "title_en": "VARCHAR", "severity": "VARCHAR", "outcome": "VARCHAR",
           "records": "BIGINT", "looked_at": "BIGINT", "sentence_ja": "VARCHAR", "sentence_en": "VARCHAR", "fix_ja": "VARCHAR", "fix_en": "VARCHAR"}
ROWS = {"rule": "VARCHAR", "position": "INTEGER", "details": "VARCHAR"}
TOUCHED = {"rule": "VARCHAR", "kpi": "VARCHAR"}


@dataclass(frozen=True, eq=False)
class Finding:
    """What one rule found. `outcome` is passed, warned, failed, waived or skipped; `rows` are the first of `count`."""

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


def run(engine: Engine, rules: Iterable[Rule], kpis: Iterable[str]) -> list[Finding]:
    """One finding for each rule, in the order of the rules. `kpis` are all KPI ids, for rules that touch every one."""
    provided = {f"{row['table_name']}.{row['column_name']}" for row in
                engine.rows("SELECT table_name, column_name FROM playbook.canonical_columns WHERE is_provided")}
    known = tuple(kpis)
    return [_judge(engine, rule, provided, known) for rule in rules]


def _judge(engine: Engine, rule: Rule, provided: set[str], kpis: tuple[str, ...]) -> Finding:
    header = rule.header
    touched = kpis if header.kpis == "all" else header.kpis
    lacking = [column for column in header.needs if not provided.intersection(column.split(" or "))]
    if lacking:
        return Finding(rule.id, header.title, header.severity, "skipped", 0, 0, _skipped(lacking), header.fix, [], touched)
    try:
        rows = engine.rows(rule.sql)
        looked_at = sum(engine.value(f"SELECT count(*) FROM {quote(table)}") for table in header.looks_at)
    except QueryError as error:
        raise WrongInput([Problem(f"checks/rules/{rule.id}.sql", None, f"does not run: {error}", "mend the query")]) from error
    severity = _severity(rule, len(rows), looked_at)
    outcome = "passed" if not rows else {"error": "failed", "warning": "warned"}[severity]
    words = {"count": f"{len(rows):,}", "looked_at": f"{looked_at:,}", "examples": _examples(rows)}
    sentence = Text(ja=header.sentence.ja.format(**words), en=header.sentence.en.format(**words))
    return Finding(rule.id, header.title, severity, outcome, len(rows), looked_at, sentence, header.fix, rows[:KEPT_ROWS], touched)


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
    """Write `checks.check_results` (one row per rule), `checks.finding_rows` and `checks.touched_kpis`."""
    findings = list(findings)
    engine.create_table("checks.check_results", RESULTS, (
        (one.rule, one.title.ja, one.title.en, one.severity, one.outcome, one.count, one.looked_at,
         one.sentence.ja, one.sentence.en, one.fix.ja, one.fix.en) for one in findings))
    engine.create_table("checks.finding_rows", ROWS, (
        (one.rule, position, json.dumps(row, ensure_ascii=False, default=str)) for one in findings for position, row in enumerate(one.rows, 1)))
    engine.create_table("checks.touched_kpis", TOUCHED, (
        (one.rule, kpi) for one in findings if one.outcome in ("warned", "failed") for kpi in one.kpis))


def stored(engine: Engine) -> list[Finding]:
    """The findings of a warehouse that was checked before."""
    rows: dict[str, list[dict]] = {}
    for row in engine.rows("SELECT rule, details FROM checks.finding_rows ORDER BY rule, position"):
        rows.setdefault(row["rule"], []).append(json.loads(row["details"]))
    touched: dict[str, tuple[str, ...]] = {}
    for row in engine.rows("SELECT rule, kpi FROM checks.touched_kpis ORDER BY rule, kpi"):
        touched[row["rule"]] = (*touched.get(row["rule"], ()), row["kpi"])
    return [Finding(row["rule"], Text(ja=row["title_ja"], en=row["title_en"]), row["severity"], row["outcome"], row["records"], row["looked_at"],
                    Text(ja=row["sentence_ja"], en=row["sentence_en"]), Text(ja=row["fix_ja"], en=row["fix_en"]),
                    rows.get(row["rule"], []), touched.get(row["rule"], ()))
            for row in engine.rows("SELECT * FROM checks.check_results ORDER BY rule")]
