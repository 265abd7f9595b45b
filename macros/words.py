"""Macros that print a word in a sentence: names with links, figures, limits, dates."""

from datetime import date

from macros.book import Book
from macros.mistakes import Mistake
from macros.registry import macro
from macros.text import escape
from warehouse.definitions.kpis import Target
from warehouse.problems import nearest


@macro
def kpi(book: Book, name: str) -> str:
    """The KPI's name, linked to its page."""
    return book.link(f"kpis/{name}.md", book.text(book.kpi(name).name))


@macro
def stage(book: Book, name: str) -> str:
    """The stage's name, linked to its page; the glossary's word where this CRM has no such stage."""
    found = book.stage(name)
    if found:
        return book.link(f"stages/{found.id}.md", book.text(found.name))
    return term(book, name)


@macro
def term(book: Book, name: str) -> str:
    """A glossary term, linked to its entry."""
    terms = {one.id: one for one in book.definitions.terms}
    if name not in terms:
        raise Mistake(f"unknown term '{name}'", nearest(str(name), terms))
    return book.link("glossary.md", book.text(terms[name].term), anchor=f"term-{name}")


@macro
def department(book: Book, name: str) -> str:
    """The department's name."""
    return book.department(name)


@macro
def link(book: Book, path: str) -> str:
    """A link to a page by its path without .md, in the words of its title."""
    if f"{path}.md" not in book.titles:
        raise Mistake(f"unknown page '{path}'", nearest(str(path), {known.removesuffix('.md') for known in book.titles}))
    return book.link(f"{path}.md", escape(book.titles[f"{path}.md"]))


@macro
def label(book: Book, key: str) -> str:
    """A label of `labels.yml`."""
    return book.label(key)


@macro
def as_of(book: Book) -> str:
    """The export's date and time."""
    return escape(f"{book.as_of['as_of']:%Y-%m-%d %H:%M}")


@macro
def kpi_value(book: Book, name: str) -> str:
    """The figure that the KPI's card leads with."""
    found = book.kpi(name)
    headline = book.headlines.get(name)
    return escape(book.number(headline and headline["value"], found.unit))


@macro
def limit(book: Book, name: str) -> str:
    """The longest stay in a stage, as text."""
    found = book.stage(name)
    return book.label("days", count=found.longest_stay_days) if found and found.longest_stay_days else "—"


@macro
def target(book: Book, name: str) -> str:
    """The target now in force for a KPI, as text."""
    found = book.kpi(name)
    now = current_target(book, name)
    return escape(book.number(now.value, found.unit)) if now else "—"


def current_target(book: Book, name: str) -> Target | None:
    """The target in force at the export's date; None where the KPI has none."""
    return target_on(book, name, book.as_of["as_of_date"])


def target_on(book: Book, name: str, day: date, period: str | None = None, statistic: str | None = None) -> Target | None:
    """The target of a KPI (of its main statistic, unless named) that was in force on a day, of one kind of period or of any."""
    known = [one for one in targets_of(book, name, statistic or book.kpi(name).main_statistic) if one.effective_from <= day and period in (None, one.period)]
    return max(known, key=lambda one: one.effective_from, default=None)


def targets_of(book: Book, name: str, statistic: str) -> list[Target]:
    """Every target that one figure of a KPI has had, has or will have."""
    main = book.kpi(name).main_statistic
    return [one for one in book.definitions.targets if one.kpi == name and (one.statistic or main) == statistic]
