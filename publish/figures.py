"""Rows for the command line: a KPI's, or a query's, as a table, CSV or JSON."""

import csv
import io
import json
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from publish.session import Session
from warehouse import kpis
from warehouse.engine import QueryError
from warehouse.kpis import DIMENSIONS
from warehouse.problems import CannotRun, PlaybookError, Problem, nearest
from warehouse.safe_text import formula_safe, printable
from warehouse.select import select


def rows(session: Session, kpi_id: str, period: str, by: str | None, basis: str | None, horizon: str | None) -> list[dict[str, Any]]:
    """The KPI's rows as the contract's dicts. Raises CannotRun for an id, basis, dimension or horizon that does not exist."""
    inputs = session.load()
    days = _horizon(horizon)
    kpi = _known(inputs.definitions.kpis, kpi_id)
    _refuse_unknown(kpi, kpi_id, by, basis, horizon)
    basis = basis or ("cohort" if horizon else kpi.default_basis)
    prepared = session.prepare()
    with session.read(prepared) as engine:
        if by and by not in kpis.dimensions(engine, kpi.mart):
            raise CannotRun([Problem(f"--by {by}", None, f"{kpi_id} has no such dimension", nearest(by, kpis.dimensions(engine, kpi.mart)))])
        if horizon is None:
            found = kpis.rows(engine, kpi_id, basis, period, by)
        else:
            mart = (session.project.marts / "kpi_values.sql").read_text(encoding="utf-8")
            found = kpis.rows_at_horizon(engine, mart, kpi_id, kpi, days, period, by)
    return [asdict(row) for row in found]


def _known(defined: dict, kpi_id: str) -> Any:
    if kpi_id not in defined:
        raise CannotRun([Problem(kpi_id, None, "no such KPI", nearest(kpi_id, defined))])
    return defined[kpi_id]


def _refuse_unknown(kpi: Any, kpi_id: str, by: str | None, basis: str | None, horizon: str | None) -> None:
    if by and by not in DIMENSIONS:
        raise CannotRun([Problem(f"--by {by}", None, "no such dimension", nearest(by, DIMENSIONS))])
    wanted = "cohort" if horizon else basis
    if wanted and wanted not in kpi.bases:
        raise CannotRun([Problem(kpi_id, None, f"has no {wanted} basis", f"it has: {', '.join(kpi.bases)}")])
    if horizon and basis == "flow":
        raise CannotRun([Problem("--horizon", None, "belongs to a cohort; a flow has none", "leave it out, or use --basis cohort")])


def _horizon(text: str | None) -> int | None:
    if text in (None, "all"):
        return None
    if not text.isdecimal() or len(text) > 5:
        raise CannotRun([Problem(f"--horizon {text}", None, "is neither a number of days nor 'all'", "write --horizon 90")])
    return int(text)


def query(session: Session, sql: str) -> list[dict[str, Any]]:
    """The rows of one SELECT over the whole warehouse."""
    prepared = session.prepare()
    with session.read(prepared) as engine:
        try:
            return [{name: _finite(value) for name, value in row.items()} for row in select(engine, sql)]
        except QueryError as error:
            raise PlaybookError(f"the query: {error}") from error


def _finite(value: Any) -> Any:
    """A number that does not exist, such as 1 / 0, is null; JSON has no word for it."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def render(found: list[dict[str, Any]], form: str) -> str:
    """Rows as an aligned table, CSV or JSON, with a newline at the end."""
    return {"json": _json, "csv": _csv, "table": _table}[form](found)


def _json(found: list[dict[str, Any]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, default=_json_value) + "\n"


def _json_value(value: Any) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def _csv(found: list[dict[str, Any]]) -> str:
    """CSV that a spreadsheet opens without running anything: text that starts a formula gets an apostrophe."""
    out = io.StringIO()
    if found:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(formula_safe(name) for name in found[0])
        writer.writerows([formula_safe(value) for value in row.values()] for row in found)
    return out.getvalue()


def _table(found: list[dict[str, Any]]) -> str:
    if not found:
        return "no rows\n"
    names = list(found[0])
    cells = [[_cell(row[name]) for name in names] for row in found]
    widths = [max(_width(text) for text in column) for column in zip(names, *cells, strict=True)]
    return "".join(_line(line, widths) for line in (names, *cells))


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:.4f}" if isinstance(value, float) and value != int(value) else printable(str(int(value) if isinstance(value, float) else value))


def _line(cells: Sequence[str], widths: list[int]) -> str:
    return "  ".join(text + " " * (width - _width(text)) for text, width in zip(cells, widths, strict=True)).rstrip() + "\n"


def _width(text: str) -> int:
    """Columns on a terminal: a full-width character takes two, a mark that joins the one before none."""
    return sum(0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
