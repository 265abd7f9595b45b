"""KPIs as aggregates over marts: one scan for each mart and date, for every KPI, period and dimension at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from warehouse.definitions.kpis import PLAIN, Kpi
from warehouse.engine import Engine, literal, quote
from warehouse.measures import Measure, with_horizon

PERIODS = ("week", "month", "quarter", "year", "all")
DIMENSIONS = {"source": "source", "campaign": "campaign", "segment": "segment", "motion": "motion", "tier": "tier", "department": "department",
              "member": "member_id", "script": "script_version", "hour": "occurred_hour", "weekday": "occurred_weekday", "reason": "reason"}
COUNTS = {"kpi": "VARCHAR", "basis": "VARCHAR", "statistic": "VARCHAR", "side": "VARCHAR", "period_kind": "VARCHAR", "period": "VARCHAR",
          "dimension": "VARCHAR", "key": "VARCHAR", "figure": "DOUBLE"}


@dataclass(frozen=True)
class KpiRow:
    """One value of one KPI, as the command line and the JSON print it. Rates are fractions; unknown is None."""

    kpi: str
    basis: str
    period: str
    by: str | None
    key: str | None
    statistic: str | None
    numerator: int | None
    denominator: int | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    mature: bool | None


def count(engine: Engine, wanted: Iterable[Measure], table: str = "marts.kpi_counts") -> None:
    """Create `table` (in the form of COUNTS) with every figure: one scan for each mart, date column and kind of aggregate."""
    temporary = "TEMP " if "." not in table else ""
    columns = ", ".join(f"{quote(column)} {kind}" for column, kind in COUNTS.items())
    engine.run(f"CREATE {temporary}TABLE {table} ({columns})")

    def scan(measure: Measure) -> tuple[str, str, bool]:
        return measure.mart, measure.date, measure.quantile is not None

    for (mart, date, is_quantile), group in groupby(sorted(wanted, key=scan), key=scan):
        scanned = list(group)
        engine.run((_quantiles if is_quantile else _sums)(engine, mart, date, scanned))
        branches = " UNION ALL ".join(
            f"SELECT {literal(measure.kpi)}, {literal(measure.basis)}, {literal(measure.statistic)}, {literal(measure.side)}, period_kind, period, dimension, key,"
            f" measure_{number} FROM scanned WHERE {_scope(measure)}" for number, measure in enumerate(scanned))
        engine.run(f"INSERT INTO {table} {branches}")
        engine.run("DROP TABLE scanned")


def dimensions(engine: Engine, mart: str) -> dict[str, str]:
    """The dimensions a mart can be split by, with the column of each."""
    present = engine.columns(mart)
    return {name: column for name, column in DIMENSIONS.items() if column in present}


def _scope(measure: Measure) -> str:
    return {"every": "TRUE", "dated": "period_kind <> 'all'", "all": "period_kind = 'all'"}[measure.scope]


def _sums(engine: Engine, mart: str, date: str, scanned: list[Measure]) -> str:
    """Daily figures by every dimension in one pass over the mart, then added up to periods."""
    columns_of = dimensions(engine, mart)
    sums = ", ".join(f"sum(measure_{number}) AS measure_{number}" for number in range(len(scanned)))
    return f"""CREATE TEMP TABLE scanned AS
WITH dated AS (
  SELECT *, CAST({date} AS DATE) AS day FROM {mart} CROSS JOIN export_clock WHERE {date} IS NOT NULL
),
daily AS (
  SELECT day, {_split(columns_of)}, {_expressions(scanned)}
  FROM dated
  GROUP BY GROUPING SETS ({_sets("day", columns_of)})
)
SELECT coalesce(period_kind, 'all') AS period_kind, coalesce(period, 'all') AS period, dimension, key, {sums}
FROM daily LEFT JOIN period_days USING (day)
GROUP BY ALL"""


def _quantiles(engine: Engine, mart: str, date: str, scanned: list[Measure]) -> str:
    """Quantiles do not add up: each period takes its own from the mart's rows."""
    columns_of = dimensions(engine, mart)
    return f"""CREATE TEMP TABLE scanned AS
WITH dated AS (
  SELECT {mart}.*, export_clock.as_of_date, period_days.period_kind, period_days.period
  FROM {mart} JOIN period_days ON period_days.day = CAST({date} AS DATE) CROSS JOIN export_clock
)
SELECT period_kind, period, {_split(columns_of)}, {_expressions(scanned)}
FROM dated
GROUP BY GROUPING SETS ({_sets("period_kind, period", columns_of)})"""


def _expressions(scanned: list[Measure]) -> str:
    return ", ".join(f"{measure.expression} AS measure_{number}" for number, measure in enumerate(scanned))


def _sets(always: str, columns_of: dict[str, str]) -> str:
    """The grouping sets of the totals and of each dimension by itself."""
    return ", ".join([f"({always})", *(f"({always}, {column})" for column in columns_of.values())])


def _split(columns_of: dict[str, str]) -> str:
    """The columns `dimension` and `key` of a row that is grouped by one dimension; both NULL on totals."""
    if not columns_of:
        return "CAST(NULL AS VARCHAR) AS dimension, CAST(NULL AS VARCHAR) AS key"
    named = " ".join(f"WHEN grouping({column}) = 0 THEN {literal(name)}" for name, column in columns_of.items())
    return f"CASE {named} END AS dimension, coalesce({', '.join(columns_of.values())}) AS key"


ROWS = """SELECT kpi, basis, statistic, period, dimension, key, numerator, denominator, value, low, high, n, mature
FROM {table}
WHERE kpi = ? AND basis = ? AND period_kind = ? AND (dimension IS NULL OR dimension = ?)
ORDER BY starts_on, statistic_rank, dimension IS NOT NULL, key IS NULL, key"""


def rows(engine: Engine, name: str, basis: str, period: str, by: str | None, table: str = "kpi_values") -> list[KpiRow]:
    """A KPI's stored rows: for each period and statistic the total first, then each value of the dimension, the empty one last."""
    return [_row(row) for row in engine.rows(ROWS.format(table=table), [name, basis, period, by])]


PUBLISHED = """SELECT kpi_values.*
FROM kpi_values
JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis AND kpi_bases.statistic = kpi_values.statistic
WHERE kpi_values.kpi = ? AND kpi_values.period_kind <> 'four_weeks'
  AND (kpi_values.dimension IS NULL OR (kpi_values.period_kind <> 'week' AND kpi_values.dimension <> 'member'))
ORDER BY kpi_bases.basis_rank, kpi_values.statistic_rank, kpi_values.period_kind, kpi_values.dimension IS NOT NULL, kpi_values.dimension, kpi_values.starts_on, kpi_values.key IS NULL, kpi_values.key"""


def published(engine: Engine, name: str) -> list[KpiRow]:
    """What a site hands out of a KPI: weekly totals, and longer periods by every dimension that shows no person."""
    return [_row(row) for row in engine.rows(PUBLISHED, [name])]


def _row(row: dict[str, Any]) -> KpiRow:
    statistic = row["statistic"] if row["statistic"] != PLAIN else None
    return KpiRow(row["kpi"], row["basis"], row["period"], row["dimension"], row["key"], statistic, row["numerator"], row["denominator"],
                  row["value"], row["low"], row["high"], row["n"], row["mature"])


def rows_at_horizon(engine: Engine, kpi_values: str, name: str, kpi: Kpi, horizon: int | None, period: str, by: str | None) -> list[KpiRow]:
    """A cohort's rows for another horizon, by the same scan and the same SQL (`kpi_values`, the mart's text), in temporary tables."""
    count(engine, with_horizon(name, kpi, horizon), "kpi_counts")
    engine.run("CREATE TEMP TABLE kpi_bases AS SELECT kpi, basis, statistic, statistic_rank, unit, is_stock, CAST(? AS INTEGER) AS horizon_days, is_known, known_until"
               " FROM playbook.kpi_bases WHERE kpi = ? AND basis = 'cohort'", [horizon, name])
    engine.run(f"CREATE TEMP TABLE kpi_values_at_horizon AS {kpi_values}")
    return rows(engine, name, "cohort", period, by, "kpi_values_at_horizon")
