"""What pages can print. `define_env` is where mkdocs-macros comes in; macros look up, they compute nothing."""

from functools import partial
from typing import Any

from jinja2 import TemplateSyntaxError
from mkdocs_macros.errors import format_error

from macros import agreement_tables, agreement_words, call_charts, compliance, curve_charts, due_tables, field_tables, findings, glossary, kpi_cards, kpi_charts, kpi_definitions, kpi_records, kpi_splits, kpi_tables, kpi_tree, member_tables, mistakes, pace_tables, signatures, sql_blocks, stage_tables, stay_charts, time_rules, upkeep, week_tables, words  # noqa: F401 - they register macros
from macros.book import Book
from macros.registry import MACROS
from warehouse.problems import PlaybookError, Problem

BOOK = "playbook"


def define_env(env: Any) -> None:
    """Give pages the macros, bound to the book that `playbook build` put under `extra.playbook`."""
    book = env.conf["extra"].get(BOOK)
    if not isinstance(book, Book):
        raise PlaybookError("pages are built by `playbook build` or `playbook serve`, which read the exports first")
    for name, function in MACROS.items():
        env.macro(partial(function, book), name)
    problems: list[Problem] = env.conf["extra"]["problems"]
    for kind in (Exception, TemplateSyntaxError):
        format_error.register(kind, partial(_explain, book, problems))


def _explain(book: Book, problems: list[Problem], error: Exception, markdown: str, page: Any) -> str:
    """Keep an author's mistake and show it in the page, so that one build tells them all."""
    file = book.files.get(page.file.src_path, page.file.src_path)
    found = mistakes.problem(error, file, page.file.abs_src_path, markdown, MACROS)
    problems.append(found)
    return mistakes.shown(found)


def on_pre_page_macros(env: Any) -> None:
    """Before a page's macros run: tell the book which page it is, and replace its live SQL blocks."""
    book, problems, page = env.conf["extra"][BOOK], env.conf["extra"]["problems"], env.page
    book.page_path, book.page_url = page.file.src_path, page.url
    page.meta["upkeep"] = upkeep.foot(book, page.file.src_path, page.meta)
    page.meta.pop("status", None)  # Material would mark the page in the navigation with a sign of its own
    file = book.files.get(book.page_path, book.page_path)
    with open(page.file.abs_src_path, encoding="utf-8") as source:
        ahead = max(0, source.read().count("\n") - env.markdown.count("\n"))

    def render(line: int, kind: str, options: str, sql: str) -> str:
        try:
            return sql_blocks.render(book, kind, options, sql, line)
        except mistakes.Mistake as error:
            problems.append(Problem(file, ahead + line, error.what, error.mend))
            return mistakes.shown(problems[-1])

    env.markdown = sql_blocks.replace(env.markdown, render)
