"""Macros that print stages: the table of all, the facts of one, the diagram, what the rules last said."""

from macros.book import Book
from macros.diagram import Stage as Box
from macros.diagram import transition_diagram
from macros.html import block, definition_list, number, table
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape
from macros.words import stage as stage_link
from warehouse.definition_tables import EXITS
from warehouse.problems import nearest

STAGE_RULES = ("undefined_stage", "illegal_transition", "stage_against_history", "missing_required_field")


@macro
def stage_table(book: Book) -> str:
    """Every stage: what it means, who owns it, its longest stay, where it may go, how many are there now."""
    rows = [[stage_link(book, one.id), book.text(one.meaning), book.department(one.owner),
             number(book.label("days", count=one.longest_stay_days) if one.longest_stay_days else "—"),
             "<br>".join(stage_link(book, after) for after in one.next) or "—", number(escape(book.number(book.stage_counts[one.id], "count")))]
            for one in book.definitions.stages]
    headings = [book.label(key) for key in ("stage", "meaning", "owner", "longest_stay", "next_stages", "now")]
    return block(table(headings, rows, book.label("all_stages")))


@macro
def stage_diagram(book: Book, current: str | None = None) -> str:
    """The stages and their allowed transitions; `current` stands out."""
    boxes = [Box(one.id, one.name[book.language], book.address(f"stages/{one.id}.md") if f"stages/{one.id}.md" in book.titles else None,
                 book.stage_counts[one.id], one.milestone in EXITS) for one in book.definitions.stages]
    pairs = [(one.id, after) for one in book.definitions.stages for after in one.next]
    if current is not None and current not in {one.id for one in boxes}:
        raise Mistake(f"unknown stage '{current}'", nearest(str(current), {one.id for one in boxes}))
    return block(transition_diagram(
        "stages" + (f"-{current}" if current else ""), book.plain_label("stage_diagram"), boxes, pairs, current=current,
        text=book.plain_label("stage_diagram_text", stages=len(boxes), transitions=len(pairs)), count_label=book.plain_label("now_count"),
        forward_label=book.plain_label("forward"), back_label=book.plain_label("back"), exit_label=book.plain_label("exit_stages"),
        no_data=book.plain_label("no_data_yet")))


@macro
def stage_definition(book: Book, name: str) -> str:
    """Everything that defines a stage, as a list of facts."""
    found = next((one for one in book.definitions.stages if one.id == name), None)
    if found is None:
        raise Mistake(f"unknown stage '{name}'", nearest(str(name), {one.id for one in book.definitions.stages}))
    stay = f"{book.label('days', count=found.longest_stay_days)} — {book.text(found.overstay)}" if found.longest_stay_days else ""
    return block(definition_list([
        (book.label("meaning"), f"<strong>{book.text(found.meaning)}</strong>"),
        (book.label("entry"), book.text(found.entry)),
        (book.label("required_fields"), _fields(book, found.required_fields)),
        (book.label("exit"), book.text(found.exit)),
        (book.label("next_stages"), book.join(stage_link(book, after) for after in found.next) or "—"),
        (book.label("owner"), book.department(found.owner)),
        (book.label("longest_stay"), stay),
        (book.label("reasons"), book.join(book.text(reason.name) for reason in found.reasons)),
        (book.label("reentry"), book.text(found.reentry) if found.reentry else ""),
        (book.label("owner_leaves"), book.text(found.owner_leaves)),
        (book.label("example"), book.text(found.example)),
        (book.label("counter_example"), book.text(found.counter_example)),
        (book.label("crm_values"), _crm_values(book, found.id)),
        (book.label("now"), escape(book.number(book.stage_counts[found.id], "count"))),
    ]))


def _fields(book: Book, ids: tuple[str, ...]) -> str:
    names = {one.id: one for one in book.definitions.fields if one.table == "leads"}
    return book.join(f"{book.text(names[one].name)} <code>{escape(one)}</code>" for one in ids) or "—"


def _crm_values(book: Book, stage: str) -> str:
    """What the CRM writes for this stage: the adapter's values, else the id itself."""
    written = [value for value, meant in book.stage_values.items() if meant == stage] or [stage]
    return book.join(f"<code>{escape(value)}</code>" for value in written)


@macro
def stage_check(book: Book, name: str) -> str:
    """What the rules on stages last said, with the number of records that concern this one."""
    stages = {one.id for one in book.definitions.stages}
    if name not in stages:
        raise Mistake(f"unknown stage '{name}'", nearest(str(name), stages))
    rows = [[book.link("findings.md", book.text(finding.title), anchor=f"rule-{finding.rule}"), book.label(f"outcome_{finding.outcome}"),
             number(escape(sum(_concerns(row, name) for row in finding.rows)))]
            for finding in book.findings if finding.rule in STAGE_RULES]
    return block(table([book.label("rule"), book.label("outcome"), book.label("records_here")], rows, book.label("last_check")))


def _concerns(row: dict, stage: str) -> bool:
    return row.get("stage") == stage or stage in str(row.get("value", "")).replace("→", " ").replace("≠", " ").split()
