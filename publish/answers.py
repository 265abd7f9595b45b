"""The answers of departments from a CSV that a shared sheet or a form exports."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.sign import Answer
from warehouse import decoding
from warehouse.problems import CannotRun, Problem, WrongInput, nearest

COLUMNS = ("agreement", "department", "by", "on", "terms")
DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T].*)?")


def read(path: Path) -> list[Answer]:
    """One answer for each row, in UTF-8 (BOM or not) or CP932; other columns than COLUMNS and `evidence` are passed over.

    Raises CannotRun when there is no such file, WrongInput with all that is wrong with it.
    """
    if not path.is_file():
        raise CannotRun([Problem(str(path), None, "is not there", "check the path")])
    with TemporaryDirectory() as folder:
        text = decoding.decode(path, str(path), Path(folder)).path
        decoding.refuse_nul(text, str(path))
        decoding.refuse_open_quote(text, str(path), ",")
        with text.open(encoding="utf-8-sig", newline="") as file:
            rows = list(_rows(file))
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    problems = [Problem(str(path), 1, f"has no column '{column}'", nearest(column, names)) for column in COLUMNS if column not in names]
    if problems:
        raise WrongInput(problems)
    return _answers(str(path), [(line, dict(zip(names, cells, strict=False))) for line, cells in rows[1:]])


def _rows(file) -> Iterator[tuple[int, list[str]]]:
    """The cells of every row that is not blank, and the line it starts on."""
    reader, line = csv.reader(file), 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _answers(place: str, rows: list[tuple[int, dict[str, str]]]) -> list[Answer]:
    answers, problems = [], []
    for line, row in rows:
        day = _day(row.get("on", ""))
        answer = Answer(place, line, *(row.get(column, "") for column in ("agreement", "department", "by")), day, row.get("evidence"), row.get("terms", ""))
        problems += [] if day else [answer.problem(f"'{row.get('on', '')}' is no day", "write it as 2026-11-20")]
        problems += [] if answer.terms.strip() else [answer.problem("does not say which terms were read", "fill in the version's day or the digest that the agreement's page shows")]
        answers.append(answer)
    if problems:
        raise WrongInput(problems)
    return answers


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text.strip())
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None
