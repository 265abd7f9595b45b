"""What the terms of an agreement say, in words: limits, what a lead must show, fields, reasons."""

from macros.book import Book
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape
from macros.words import stage
from warehouse.definitions.agreements import Agreement, Filled, Limit, Qualification, Reasoned, Term
from warehouse.definitions.conditions import Asked, Condition
from warehouse.problems import nearest


def agreement(book: Book, name: str) -> Agreement:
    """The agreement of an id. Raises Mistake with the nearest for one that nobody wrote."""
    if name not in book.definitions.agreements:
        raise Mistake(f"unknown agreement '{name}'", nearest(str(name), book.definitions.agreements))
    return book.definitions.agreements[name]


@macro
def agreed(book: Book, path: str) -> str:
    """What a term in force says, as text linked to its agreement: `agreed("first_touch.inquiry")`."""
    name, _, term_id = str(path).partition(".")
    version = agreement(book, name).in_force(book.as_of["as_of_date"]) or agreement(book, name).present
    terms = {term.id: term for term in version.terms}
    if term_id not in terms:
        raise Mistake(f"unknown term '{term_id}' of {name}", nearest(term_id, terms))
    return book.link(f"agreements/{name}.md", said(book, terms[term_id]), anchor="terms")


def said(book: Book, term: Term) -> str:
    """What a term asks, escaped."""
    return {"limit": _limit, "qualification": _qualification, "filled": _filled, "reasoned": _reasoned}[term.kind](book, term.value)


def concerns(book: Book, term: Term) -> str:
    """What a term is about: the wait and whom it holds for, or the milestone."""
    if term.limit:
        scope = [book.key_name(dimension, key) for dimension, key in (("source", term.limit.source), ("tier", term.limit.tier)) if key]
        return book.label(f"wait_{term.limit.wait}") + (f"（{book.join(scope)}）" if scope and book.language == "ja" else f" ({book.join(scope)})" if scope else "")
    return stage(book, getattr(term.value, "milestone", None) or term.value.verdict)


def _limit(book: Book, limit: Limit) -> str:
    return book.label(f"within_{limit.unit}", count=limit.within)


def _qualification(book: Book, qualification: Qualification) -> str:
    lines = [(condition(book, line), len(line)) for line in qualification.when]
    return book.label("or").join(f"({words})" if fields > 1 < len(lines) else words for words, fields in lines)


def condition(book: Book, line: Condition) -> str:
    """One line of conditions: everything it asks of a lead, all of which has to fit."""
    return book.label("and").join(_asked(book, field, asked) for field, asked in line.items())


def _asked(book: Book, field: str, asked: Asked) -> str:
    name = _plain_name(book, field)
    if asked.any_of:
        values = book.plain_label("slash").join(book.plain_key_name(field, value) for value in asked.any_of)
        return book.label("is_one_of", field=name, values=values)
    if asked.at_least is not None:
        return book.label("is_at_least", field=name, number=f"{asked.at_least:g}")
    return book.label("is_filled_in", field=name)


def _filled(book: Book, filled: Filled) -> str:
    return book.join(field_name(book, field) for field in filled.fields)


def _reasoned(book: Book, reasoned: Reasoned) -> str:
    """The closed list that a rejection chooses from."""
    found = book.stage(reasoned.verdict)
    return book.label("slash").join(book.text(reason.name) for reason in found.reasons) if found else "—"


def field_name(book: Book, field: str) -> str:
    """A column of leads as its definition calls it, escaped."""
    return escape(_plain_name(book, field))


def _plain_name(book: Book, field: str) -> str:
    names = {one.id: one.name for one in book.definitions.fields if one.table == "leads"}
    return names[field][book.language] if field in names else field
