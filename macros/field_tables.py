"""Macros of the field dictionary: what is entered, by whom, from when on, in which form."""

from macros.book import Book
from macros.html import block, table
from macros.registry import macro
from macros.text import escape
from macros.words import stage


@macro
def field_list(book: Book, table_name: str = "leads") -> str:
    """Every field of one table: what it is, its type, its values or form, from which stage on it is required, who fills it in, whether it is personal."""
    columns = book.definitions.tables[table_name].columns
    rows = [[_field(book, one, columns[one.id]), book.text(one.meaning), _form(book, one), *([_required_in(book, one.id)] if table_name == "leads" else []),
             book.department(one.filled_by)] for one in book.definitions.fields if one.table == table_name]
    headings = [book.label(key) for key in ("field", "meaning", "field_form", *(["required_in"] if table_name == "leads" else []), "filled_by")]
    return block(table(headings, rows, book.label(f"fields_of_{table_name}")))


def _field(book: Book, one, column) -> str:
    """Its name, its column, its type, and whether its values are personal."""
    personal = f' · <strong>{book.label("personal")}</strong>' if column.personal else ""
    return f'{book.text(one.name)}<br><span class="note"><code>{escape(one.id)}</code> · {book.label(f"type_{column.type}")}{personal}</span>'


def _form(book: Book, field) -> str:
    """Its closed list, or how it is written."""
    if field.values:
        return book.label("slash").join(book.text(value.name) for value in field.values)
    return book.text(field.format.words) if field.format else "—"


def _required_in(book: Book, field: str) -> str:
    """The stages that ask for it, from the first on."""
    asking = [one for one in book.definitions.stages if field in one.required_fields]
    return book.join(stage(book, one.id) for one in asking) or "—"
