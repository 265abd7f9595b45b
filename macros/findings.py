"""Macros that print what the rules found."""

from checks.run import Finding, Waived
from macros.book import Book
from macros.html import Cell, block, table
from macros.registry import macro
from macros.text import escape

ORDER = ("failed", "warned", "waived", "skipped", "passed")
SHOWN_ROWS = 20
BADGES = {"failed": "failed", "warned": "warning", "waived": "info", "skipped": "info", "passed": "ok"}


@macro
def findings_summary(book: Book) -> str:
    """How many rules passed, warned, failed or could not be checked, in one line."""
    counts = [(outcome, sum(finding.outcome == outcome for finding in book.findings)) for outcome in ORDER]
    parts = " ".join(f'<a class="badge badge--{BADGES[outcome]}" href="{book.href("findings.md")}">{book.label(f"outcome_{outcome}")} {number}</a>'
                     for outcome, number in counts if number)
    return block(f'<p class="badges">{parts}</p>')


@macro
def findings_list(book: Book) -> str:
    """Every rule that found something or could not be checked, with records and what mends them; then those that passed."""
    ordered = sorted(book.findings, key=lambda finding: (ORDER.index(finding.outcome), finding.rule))
    open_ones = "".join(_finding(book, finding) for finding in ordered if finding.outcome != "passed")
    passed = "".join(f'<li id="rule-{escape_id(finding.rule)}">{book.text(finding.title)}</li>' for finding in ordered if finding.outcome == "passed")
    return block(open_ones + (f'<section class="finding"><h2 id="passed">{book.label("also_passed")}</h2><ul class="passed">{passed}</ul></section>' if passed else ""))


def _finding(book: Book, finding: Finding) -> str:
    badge = f'<span class="badge badge--{BADGES[finding.outcome]}">{book.label(f"outcome_{finding.outcome}")}</span>'
    body = f'<h2 id="rule-{escape_id(finding.rule)}">{book.text(finding.title)} {badge}</h2><p>{book.sentence(finding)}</p>'
    if finding.outcome in ("failed", "warned"):
        body += f"<p><strong>{book.label('fix')}</strong> {book.text(finding.fix)}</p>{_rows(book, finding, finding.rows, finding.count)}{_touched(book, finding)}"
    body += "".join(_waived(book, finding, one) for one in finding.waived)
    return f'<section class="finding">{body}</section>'


def escape_id(rule: str) -> str:
    """A rule's id as part of an anchor: identifiers need no escaping beyond the underscore Markdown would see."""
    return rule.replace("_", "&#95;")


def _waived(book: Book, finding: Finding, waived: Waived) -> str:
    """What a waiver lets pass, folded: who answers for it, why, until when; who allowed it for managers alone."""
    words = f"{book.label('waived_until', count=waived.count, day=waived.expires_on)} · {book.department(waived.owner)}"
    allowed = f" {book.label('approved_by')} {escape(waived.approved_by)}" if waived.approved_by and book.edition == "manager" else ""
    return (f'<details><summary>{words}</summary><p><strong>{book.label("waiver_reason")}</strong> {book.told(finding, waived.reason)}{allowed}</p>'
            f"{_rows(book, finding, waived.rows, waived.count)}</details>")


def _rows(book: Book, finding: Finding, rows: list[dict], count: int) -> str:
    rows = rows[:SHOWN_ROWS]
    if not rows:
        return ""
    headings = [book.label(f"column_{name}") if f"column_{name}" in book.definitions.labels else escape(name) for name in rows[0]]
    shown = table(headings, [[_cell(book, finding, value) for value in row.values()] for row in rows], book.text(finding.title))
    more = f"<p>{book.label('more_rows', count=count - len(rows))}</p>" if count > len(rows) else ""
    return shown + more


def _cell(book: Book, finding: Finding, value) -> Cell:
    if value is None:
        return Cell("—")
    return Cell(book.label("withheld") if str(value) in book.withheld(finding) else escape(value))


def _touched(book: Book, finding: Finding) -> str:
    known = [name for name in finding.kpis if name in book.definitions.kpis]
    if not known:
        return ""
    links = book.join(book.link(f"kpis/{name}.md", book.text(book.definitions.kpis[name].name)) for name in known)
    return f"<p>{book.label('touched_kpis')} {links}</p>"
