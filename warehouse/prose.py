"""Prose as tables: the figures and stage names that somebody typed by hand, and what could be quoted instead."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from warehouse.definitions import Definitions, Text
from warehouse.definitions.model import Model
from warehouse.engine import Engine
from warehouse.pages import Page
from warehouse.project import LANGUAGES, Project

TYPED = {"page": "VARCHAR", "language": "VARCHAR", "line": "INTEGER", "subject": "VARCHAR", "words": "VARCHAR", "amount": "DOUBLE", "unit": "VARCHAR", "stage": "VARCHAR"}
QUOTABLE = {"subject": "VARCHAR", "amount": "DOUBLE", "unit": "VARCHAR", "stage": "VARCHAR", "quote": "VARCHAR", "quote_rank": "INTEGER"}
EXAMPLE = re.compile(r"<!--\s*(example|例)\s*-->|\{##\s*(example|例)\s*##\}")
# What is no prose: front matter, code, Jinja, raw blocks, addresses. Each leaves its line breaks, so that line numbers stay true.
NO_PROSE = (r"\A---\n.*?\n---\n", r"```.*?```", r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}", r"\{\{.*?\}\}", r"\{%.*?%\}", r"\{##.*?##\}", r"<!--.*?-->",
            r"`[^`\n]*`", r"\]\([^)\n]*\)", r"<[^>\n]*>", r"https?://\S+")
WORDS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)} | {
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
KANJI = {character: number for number, character in enumerate("一二三四五六七八九十", 1)}
UNITS = {"営業日": "working_days", "営業時間": "hours", "営業分": "minutes", "時間": "hours", "分": "minutes", "日": "days", "日間": "days", "週間": "weeks", "週": "weeks",
         "か月": "months", "ヶ月": "months", "カ月": "months", "ケ月": "months", "か年": "years", "working day": "working_days", "business day": "working_days",
         "business hour": "hours", "hour": "hours", "business minute": "minutes", "minute": "minutes", "min": "minutes", "day": "days",
         "week": "weeks", "month": "months", "year": "years", "%": "percent", "パーセント": "percent", "percent": "percent", "pt": "percent", "ポイント": "percent",
         "点": "points", "points": "points"}
NUMBER = r"\d[\d,]*(?:\.\d+)?"
JAPANESE = re.compile(rf"({NUMBER})\s?({'|'.join(sorted((u for u in UNITS if not u.isascii()), key=len, reverse=True))})(?!本|野|の\d)")
SPELLED = re.compile(r"([一二三四五六七八九十])(営業日|営業時間|時間|日間|週間|か月|ヶ月|カ月)")
ENGLISH = re.compile(rf"\b({NUMBER}|{'|'.join(WORDS)})[\s-]?({'|'.join(sorted((u for u in UNITS if u.isascii() and u != '%'), key=len, reverse=True))})s?\b", re.IGNORECASE)
PERCENT = re.compile(rf"({NUMBER})\s?(%)")


class Line(NamedTuple):
    """One line of prose: where it stands, in which language (None: both), the agreement it belongs to, if any, and whether a macro may stand in it."""

    page: str
    language: str | None
    number: int
    subject: str | None
    text: str
    may_quote: bool = True


def store(engine: Engine, project: Project, definitions: Definitions, pages: list[Page]) -> None:
    """Write `playbook.typed_words` and `playbook.quotable_words`."""
    lines = [*_pages(pages), *_templates(project), *_agreements(definitions)]
    engine.create_table("playbook.typed_words", TYPED, (row for line in lines for row in typed(line, definitions)))
    engine.create_table("playbook.quotable_words", QUOTABLE, quotable(definitions))


def typed(line: Line, definitions: Definitions) -> Iterator[tuple]:
    """What stands in one line by hand, except on a line that is marked as an example."""
    text = unicodedata.normalize("NFKC", line.text)
    for match in (found for pattern in (JAPANESE, SPELLED, ENGLISH, PERCENT) for found in pattern.finditer(text)):
        yield *line[:4], match.group(), _amount(match[1]), UNITS[match[2].lower()], None
    for stage in (stage for stage in definitions.stages if line.may_quote and stage.milestone != "lead"):
        for name in {stage.name[language] for language in ([line.language] if line.language else LANGUAGES)}:
            if re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])" if name.isascii() else re.escape(name), text):
                yield *line[:4], name, None, None, stage.id


def _amount(number: str) -> float:
    return float(WORDS.get(number.lower()) or KANJI.get(number) or number.replace(",", ""))


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a page that are prose, with their numbers; lines marked as an example are left out."""
    marked = {number for number, line in enumerate(text.splitlines(), 1) if EXAMPLE.search(line)}
    for pattern in NO_PROSE:
        text = re.sub(pattern, lambda match: "\n" * match.group().count("\n"), text, flags=re.DOTALL)
    yield from ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and number not in marked)


def _pages(pages: Iterable[Page]) -> Iterator[Line]:
    for page in pages:
        yield from (Line(f"playbook/{page.language}/{page.path}", page.language, number, None, text) for number, text in prose(page.text))


def _templates(project: Project) -> Iterator[Line]:
    for file in sorted(project.templates.glob("*.md")):
        yield from (Line(project.shown(file), None, number, file.stem, text) for number, text in prose(file.read_text(encoding="utf-8")))


def _agreements(definitions: Definitions) -> Iterator[Line]:
    """The words around the terms of an agreement, where no macro can stand: a stage's name may, a figure may not."""
    for name, agreement in definitions.agreements.items():
        source = definitions.sources[f"agreements/{name}.yml"]
        for path, words in _texts(agreement, ()):
            if path[0] not in ("name", "versions"):
                yield from (Line(source.name, language, source.line((*path, language)) or 1, name, words[language], False) for language in LANGUAGES)


def _texts(value: object, path: tuple) -> Iterator[tuple[tuple, Text]]:
    """Every text in two languages below a model, with the path that leads to it."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, Model):
        for key in type(value).model_fields:
            yield from _texts(getattr(value, key), (*path, key))
    elif isinstance(value, tuple):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*path, position))


def quotable(definitions: Definitions) -> Iterator[tuple]:
    """What a page can quote: terms of agreements, limits of stages, targets and horizons of KPIs, names of stages."""
    for rank, (name, agreement) in enumerate(definitions.agreements.items(), 1):
        for term in agreement.present.terms:
            if term.limit:
                yield name, term.limit.within, term.limit.unit, None, f'{{{{ agreed("{name}.{term.id}") }}}}', rank
            for line in term.qualification.when if term.qualification else ():
                for asked in line.values():
                    if asked.at_least is not None:
                        yield name, asked.at_least, "points", None, f'{{{{ agreed("{name}.{term.id}") }}}}', rank
    for stage in definitions.stages:
        if stage.longest_stay_days:
            yield None, stage.longest_stay_days, "days", None, f'{{{{ limit("{stage.milestone}") }}}}', 100
        yield None, None, None, stage.id, f'{{{{ stage("{stage.milestone}") }}}}', 100
    for target in definitions.targets:
        if target.kpi in definitions.kpis and definitions.kpis[target.kpi].unit == "rate" and not target.statistic:
            yield None, round(target.value * 100, 6), "percent", None, f'{{{{ target("{target.kpi}") }}}}', 100
