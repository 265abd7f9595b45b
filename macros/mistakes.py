"""An author's mistake on a page, as page, line, what is wrong and the nearest right name."""

import re
import traceback
from pathlib import Path

from jinja2 import TemplateSyntaxError, UndefinedError

from macros.text import escape
from warehouse.problems import PlaybookError, Problem, nearest


class Mistake(Exception):
    """Something on a page that cannot be printed; the words are for its author."""

    def __init__(self, what: str, mend: str = ""):
        super().__init__(what)
        self.what, self.mend = what, mend


def explain(error: Exception, macros: dict) -> tuple[str, str]:
    """What is wrong and what would mend it, for any error that a page can cause."""
    if isinstance(error, Mistake):
        return error.what, error.mend
    if isinstance(error, PlaybookError):
        return str(error), ""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.message}", "check the braces; show braces as text between {% raw %} and {% endraw %}"
    if isinstance(error, UndefinedError):
        name = (re.findall(r"'([^']*)'", str(error)) or ["?"])[-1]
        return f"unknown macro or variable '{name}'", nearest(name, macros)
    if isinstance(error, TypeError) and (found := re.search(r"(\w+)\(\) (got an unexpected keyword argument '(\w+)'|.*)", str(error))):
        return f"{found[1]}: {found[2]}", "see the page on writing for its arguments"
    return f"{type(error).__name__}: {error}", "this is a fault of the macro; please report it"


def line_of(error: Exception, source: str, markdown: str) -> int:
    """The line of the page's file where an error arose; the front matter counts."""
    ahead = max(0, source.count("\n") - markdown.count("\n"))
    if isinstance(error, TemplateSyntaxError):
        return ahead + error.lineno
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename in ("<template>", "<unknown>")]
    return ahead + (lines[-1] if lines else 1)


def problem(error: Exception, file: str, path: str | None, markdown: str, macros: dict) -> Problem:
    """The mistake with its place; `file` is the page as the author knows it, `path` where mkdocs read it."""
    source = Path(path).read_text(encoding="utf-8") if path else markdown
    return Problem(file, line_of(error, source, markdown), *explain(error, macros))


def shown(found: Problem) -> str:
    """The mistake as it stands in the page during a preview."""
    return f'<div class="mistake" role="alert"><strong>{escape(str(found))}</strong></div>\n'
