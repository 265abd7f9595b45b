"""Findings as people and machines read them on the command line."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

from checks.run import Finding
from warehouse.safe_text import printable

SCHEMA = 1
MARKS = {"failed": "✗", "warned": "!", "waived": "~", "skipped": "-", "passed": "✓"}
ORDER = ("failed", "warned", "waived", "skipped", "passed")


def summary(findings: list[Finding]) -> dict[str, int]:
    """How many rules passed, warned, failed, were waived or skipped."""
    counts = Counter(finding.outcome for finding in findings)
    return {outcome: counts[outcome] for outcome in ("passed", "warned", "failed", "waived", "skipped")}


def as_json(findings: list[Finding], as_of: datetime, limit: int) -> str:
    """The contract's JSON: every rule that did not pass, with its first rows."""
    shown = [{"rule": one.rule, "severity": one.severity, "outcome": one.outcome, "count": one.count,
              "sentence": one.sentence.en, "fix": one.fix.en, "rows": one.rows[:limit], **_waivers(one, limit)}
             for one in findings if one.outcome != "passed"]
    return json.dumps({"schema": SCHEMA, "as_of": as_of.isoformat(), "summary": summary(findings), "findings": shown},
                      ensure_ascii=False, indent=2, default=str)


def _waivers(finding: Finding, limit: int) -> dict[str, Any]:
    """Under `waived`, where a waiver lets rows pass: who answers for it, why, until when, and which."""
    told = [{"owner": one.owner, "reason": one.reason.en, "approved_by": one.approved_by, "expires_on": one.expires_on, "place": one.place,
             "count": one.count, "rows": one.rows[:limit]} for one in finding.waived]
    return {"waived": told} if told else {}


def as_text(findings: list[Finding], as_of: datetime, limit: int, outcomes: tuple[str, ...] = ORDER) -> str:
    """The same for a terminal, what stops a build first; of rules with one of the `outcomes`. No control character gets through."""
    lines = [f"As of {as_of:%Y-%m-%d %H:%M}"]
    shown = [one for one in findings if one.outcome in outcomes]
    for one in sorted(shown, key=lambda one: (ORDER.index(one.outcome), one.rule)):
        lines.append(f"{MARKS[one.outcome]} {one.rule}: {one.title.en if one.outcome == 'passed' else one.sentence.en}")
        if one.outcome in ("failed", "warned"):
            lines += _rows(one.rows, one.count, limit)
            lines.append(f"    Mend: {one.fix.en}")
        for waived in one.waived:
            lines.append(f"    Waived until {waived.expires_on}: {waived.count:,}, by {waived.owner}: {waived.reason.en} ({waived.place})")
            lines += _rows(waived.rows, waived.count, limit, "    ~ ")
    counts = summary(findings)
    lines.append(", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
    return "\n".join(printable(line) for line in lines)


def _rows(rows: list[dict[str, Any]], count: int, limit: int, margin: str = "    ") -> list[str]:
    return [margin + _details(row) for row in rows[:limit]] + ([f"{margin}… {count - min(limit, count):,} more"] if count > limit else [])


def _details(row: dict[str, Any]) -> str:
    return "  ".join(f"{name}={_short(value)}" for name, value in row.items() if value is not None)


def _short(value: Any, longest: int = 80) -> str:
    text = str(value)
    return text if len(text) <= longest else text[:longest - 1] + "…"

