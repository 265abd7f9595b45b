"""KPIs as aggregates over marts: one scan for each mart and date, for every KPI, period and dimension at once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from warehouse.definitions.kpis import Kpi
from warehouse.engine import Engine, literal, quote
from warehouse.measures import Measure, with_horizon

PERIODS = ("week", "month", "quarter", "year", "all")
DIMENSIONS = {"source": "source", "campaign": "campaign", "segment": "segment", "motion": "motion", "department": "department", "member": "member_id",
              "script": "script_version", "hour": "occurred_hour", "weekday": "occurred_weekday", "reason": "reason"}
FOUR_WEEKS = """INSERT INTO {table}
SELECT counted.kpi, counted.basis, counted.side, four.period_kind, four.period, counted.dimension, counted.key, sum(counted.records)
FROM {table} AS counted
JOIN periods AS week ON week.period_kind = counted.period_kind AND week.period = counted.period AND counted.period_kind = 'week'
JOIN periods AS four ON four.period_kind = 'four_weeks' AND week.starts_on BETWEEN four.starts_on AND four.ends_on
GROUP BY ALL"""
COUNTS = {"kpi": "VARCHAR", "basis": "VARCHAR", "side": "VARCHAR", "period_kind": "VARCHAR", "period": "VARCHAR",
          "dimension": "VARCHAR", "key": "VARCHAR", "records": "DECIMAL(18, 2)"}


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
    """Create `table` (in the form of COUNTS) with all counts: one scan for each mart and date column."""
    temporary = "TEMP " if "." not in table else ""
    columns = ", ".join(f"{quote(column)} {kind}" for column, kind in COUNTS.items())
    engine.run(f"CREATE {temporary}TABLE {table} ({columns})")
    ordered = sorted(wanted, key=lambda measure: (measure.mart, measure.date))
    for (mart, date), group in groupby(ordered, key=lambda measure: (measure.mart, measure.date)):
        scanned = list(group)
        engine.run(_scan(engine, mart, date, scanned))
        branches = " UNION ALL ".join(
            f"SELECT {literal(measure.kpi)}, {literal(measure.basis)}, {literal(measure.side)}, period_kind, period, dimension, key, measure_{number}"
            f" FROM scanned WHERE {_scope(measure)}" for number, measure in enumerate(scanned))
        engine.run(f"INSERT INTO {table} {branches}")
        engine.run("DROP TABLE scanned")
    engine.run(FOUR_WEEKS.format(table=table))


def dimensions(engine: Engine, mart: str) -> dict[str, str]:
    """The dimensions a mart can be split by, with the column of each."""
    present = engine.columns(mart)
    return {name: column for name, column in DIMENSIONS.items() if column in present}


def _scope(measure: Measure) -> str:
    return {"every": "TRUE", "dated": "period_kind <> 'all'", "all": "period_kind = 'all'"}[measure.scope]


def _scan(engine: Engine, mart: str, date: str, scanned: list[Measure]) -> str:
    """Daily counts by every dimension in one pass over the mart, then rolled up to periods × dimensions."""
    columns_of = dimensions(engine, mart)
    counts = ", ".join(f"{measure.expression} AS measure_{number}" for number, measure in enumerate(scanned))
    sums = ", ".join(f"sum(measure_{number}) AS measure_{number}" for number in range(len(scanned)))
    columns = ", ".join(columns_of.values())
    sets = ", ".join("(" + ", ".join(part for part in (period if period != "all" else "", column) if part) + ")"
                     for period in PERIODS for column in ("", *columns_of.values()))
    return f"""CREATE TEMP TABLE scanned AS
WITH daily AS (
  SELECT CAST({date} AS DATE) AS day, {columns}, {counts}
  FROM {mart} CROSS JOIN export_clock
  WHERE {date} IS NOT NULL
  GROUP BY ALL
)
SELECT
  CASE {_grouped({period: period for period in PERIODS if period != 'all'})} ELSE 'all' END AS period_kind,
  coalesce(week, month, quarter, year, 'all') AS period,
  CASE {_grouped(columns_of)} END AS dimension,
  coalesce({columns}) AS key,
  {sums}
FROM daily LEFT JOIN days USING (day)
GROUP BY GROUPING SETS ({sets})"""


def _grouped(names: dict[str, str]) -> str:
    """The branches of a CASE that names the column a row is grouped by."""
    return " ".join(f"WHEN grouping({column}) = 0 THEN {literal(name)}" for name, column in names.items())


ROWS = """SELECT kpi, basis, period, dimension, key, numerator, denominator, value, low, high, n, mature
FROM {table}
WHERE kpi = ? AND basis = ? AND period_kind = ? AND (dimension IS NULL OR dimension = ?)
ORDER BY starts_on, dimension IS NOT NULL, key IS NULL, key"""


def rows(engine: Engine, name: str, basis: str, period: str, by: str | None, table: str = "kpi_values") -> list[KpiRow]:
    """A KPI's stored rows: for each period the total first, then each value of the dimension, the empty one last."""
    return [_row(row) for row in engine.rows(ROWS.format(table=table), [name, basis, period, by])]


PUBLISHED = """SELECT kpi_values.*
FROM kpi_values
JOIN kpi_bases ON kpi_bases.kpi = kpi_values.kpi AND kpi_bases.basis = kpi_values.basis
WHERE kpi_values.kpi = ? AND kpi_values.period_kind <> 'four_weeks'
  AND (kpi_values.dimension IS NULL OR (kpi_values.period_kind <> 'week' AND kpi_values.dimension <> 'member'))
ORDER BY kpi_bases.basis_rank, kpi_values.period_kind, kpi_values.dimension IS NOT NULL, kpi_values.dimension, kpi_values.starts_on, kpi_values.key IS NULL, kpi_values.key"""


def published(engine: Engine, name: str) -> list[KpiRow]:
    """What a site hands out of a KPI: weekly totals, and longer periods by every dimension that shows no person."""
    return [_row(row) for row in engine.rows(PUBLISHED, [name])]


def _row(row: dict[str, Any]) -> KpiRow:
    return KpiRow(row["kpi"], row["basis"], row["period"], row["dimension"], row["key"], None, row["numerator"], row["denominator"],
                  row["value"], row["low"], row["high"], row["n"], row["mature"])


def rows_at_horizon(engine: Engine, kpi_values: str, name: str, kpi: Kpi, horizon: int | None, period: str, by: str | None) -> list[KpiRow]:
    """A cohort's rows for another horizon, by the same scan and the same SQL (`kpi_values`, the mart's text), in temporary tables."""
    count(engine, (replace(measure, kpi=name) for measure in with_horizon(kpi, horizon)), "kpi_counts")
    engine.run("CREATE TEMP TABLE kpi_bases AS SELECT kpi, basis, basis_rank, is_rate, is_sum, CAST(? AS INTEGER) AS horizon_days, is_known, known_until"
               " FROM playbook.kpi_bases WHERE kpi = ? AND basis = 'cohort'", [horizon, name])
    engine.run(f"CREATE TEMP TABLE kpi_values_at_horizon AS {kpi_values}")
    return rows(engine, name, "cohort", period, by, "kpi_values_at_horizon")
