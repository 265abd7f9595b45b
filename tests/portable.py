"""The SQL that means the same in DuckDB and in Spark, as a lint over sqlglot's tree."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

DIALECT = "duckdb"
DATE_SUFFIXES = ("_on", "_date", "_day")
DATE_COLUMNS = {"day", "date", "week_starts", "month_starts", "quarter_starts", "known_until", "effective_from", "effective_until", "verified", "review"}

QUANTILE = "quantile_cont(x, q), or median(x)"
WEEKDAY = "a join to days, whose week starts on Monday"
SECONDS = "date_diff('second', a, b)"
DAYS = "date_diff('day', CAST(a AS DATE), CAST(b AS DATE))"
PERIOD = "a join to days, which has week, month and quarter"
EXACT = "the exact aggregate: count(DISTINCT x), quantile_cont(x, q)"
NAMED_COLUMNS = "every column by its name"
CASES = "one count_if(…) or CASE a column, or UNION ALL"
NULLIF = "x / nullif(y, 0)"

NODES: dict[type[exp.Expression], str] = {
    exp.WithinGroup: QUANTILE, exp.PercentileDisc: QUANTILE, exp.Quantile: QUANTILE,
    exp.DayOfWeek: WEEKDAY, exp.DayOfWeekIso: WEEKDAY,
    exp.TimeToUnix: SECONDS, exp.TimeToStr: PERIOD, exp.Week: PERIOD, exp.WeekOfYear: PERIOD,
    exp.ApproxDistinct: EXACT, exp.ApproxQuantile: EXACT, exp.ApproxTopK: EXACT,
    exp.Columns: NAMED_COLUMNS, exp.Pivot: CASES, exp.Command: "a SELECT",
}
FUNCTIONS = {
    "quantile_disc": QUANTILE, "percentile_cont": QUANTILE, "percentile_disc": QUANTILE, "reservoir_quantile": EXACT,
    "isodow": WEEKDAY, "dayofweek": WEEKDAY, "weekday": WEEKDAY,
    "epoch": SECONDS, "date_sub": DAYS, "datesub": DAYS,
    "week": PERIOD, "weekofyear": PERIOD, "yearweek": PERIOD, "isoyear": PERIOD, "strftime": PERIOD,
    "divide": NULLIF, "fdiv": NULLIF, "fmod": NULLIF,
}
PARTS = {"isodow": WEEKDAY, "dow": WEEKDAY, "dayofweek": WEEKDAY, "weekday": WEEKDAY, "epoch": SECONDS,
         "week": PERIOD, "weekofyear": PERIOD, "yearweek": PERIOD, "isoyear": PERIOD}


class Fault(NamedTuple):
    """One construct outside the subset, as it stands in the query, and what says the same in both engines."""

    construct: str
    instead: str


def faults(sql: str) -> list[Fault]:
    """Everything in the statements of `sql` that Spark would refuse or read differently."""
    try:
        statements = sqlglot.parse(sql, dialect=DIALECT)
    except SqlglotError as error:
        return [Fault(str(error).splitlines()[0], "SQL that both engines can parse")]
    return [Fault(node.sql(dialect=DIALECT), instead) for statement in statements if statement for node in statement.walk() for instead in _faults(node)]


def _faults(node: exp.Expression) -> Iterator[str]:
    if type(node) in NODES:
        yield NODES[type(node)]
    for check in CHECKS:
        if instead := check(node):
            yield instead


def _function(node: exp.Expression) -> str | None:
    """A function that sqlglot has no class for; of date_part, the part."""
    if not isinstance(node, exp.Anonymous):
        return None
    name = node.name.lower()
    if name in ("date_part", "datepart") and node.expressions:
        return PARTS.get(node.expressions[0].name.lower())
    return EXACT if name.startswith("approx_") else FUNCTIONS.get(name)


def _extract(node: exp.Expression) -> str | None:
    return PARTS.get(node.name.lower()) if isinstance(node, exp.Extract) else None


def _date_diff(node: exp.Expression) -> str | None:
    """Whole units in Spark, boundaries in DuckDB: the same for seconds, and for days between dates."""
    if not isinstance(node, exp.DateDiff):
        return None
    unit = node.text("unit").lower()
    if unit == "day":
        return None if _is_date(node.this) and _is_date(node.expression) else DAYS
    return None if unit == "second" else SECONDS


def _date_minus_date(node: exp.Expression) -> str | None:
    return DAYS if isinstance(node, exp.Sub) and _is_date(node.this) and _is_date(node.expression) else None


def _is_date(node: exp.Expression) -> bool:
    """Whether an expression is plainly a DATE: a cast, a column known as one, or an aggregate of such."""
    node = node.unnest()
    if isinstance(node, exp.Cast):
        return node.to.is_type(exp.DataType.Type.DATE)
    if isinstance(node, (exp.Min, exp.Max, exp.AnyValue)):
        return _is_date(node.this)
    return isinstance(node, exp.Column) and (node.name.lower() in DATE_COLUMNS or node.name.lower().endswith(DATE_SUFFIXES))


def _division(node: exp.Expression) -> str | None:
    if not isinstance(node, (exp.Div, exp.IntDiv, exp.Mod)):
        return None
    by = node.expression.unnest()
    safe = _is_zero(by.expression) if isinstance(by, exp.Nullif) else isinstance(by, exp.Literal) and by.is_number and not _is_zero(by)
    return None if safe else NULLIF


def _is_zero(node: exp.Expression) -> bool:
    return isinstance(node, exp.Literal) and node.is_number and float(node.name) == 0


def _series(node: exp.Expression) -> str | None:
    """Rows of numbers or days come from an unnested list."""
    return "FROM unnest(generate_series(…)) t(x)" if isinstance(node, exp.Table) and isinstance(node.this, exp.GenerateSeries) else None


def _cast_unnest(node: exp.Expression) -> str | None:
    return "unnest in FROM, the cast around its column" if isinstance(node, exp.Cast) and isinstance(node.this, (exp.Explode, exp.Unnest)) else None


def _replace(node: exp.Expression) -> str | None:
    return NAMED_COLUMNS if isinstance(node, exp.Star) and node.args.get("replace") else None


def _asof(node: exp.Expression) -> str | None:
    return "row_number() over an ordinary join, the first row kept" if isinstance(node, exp.Join) and node.method.upper() == "ASOF" else None


CHECKS: tuple[Callable[[exp.Expression], str | None], ...] = (
    _function, _extract, _date_diff, _date_minus_date, _division, _series, _cast_unnest, _replace, _asof)
