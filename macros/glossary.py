"""The glossary, as a list that terms link into."""

from macros.book import Book
from macros.html import block
from macros.registry import macro
from macros.text import escape


@macro
def glossary_list(book: Book) -> str:
    """Every term with its meaning and what else people call it."""
    return block('<dl class="glossary">' + "".join(_entry(book, term) for term in book.definitions.terms) + "</dl>")


def _entry(book: Book, term) -> str:
    synonyms = getattr(term.synonyms, book.language)
    also = f'<p class="note">{book.label("also_called")} {book.join(map(escape, synonyms))}</p>' if synonyms else ""
    other = escape(term.term["en" if book.language == "ja" else "ja"])
    anchor = f"term-{term.id}".replace("_", "&#95;")
    return f'<dt id="{anchor}">{book.text(term.term)} <span class="note">{other}</span></dt><dd>{book.text(term.meaning)}{also}</dd>'
