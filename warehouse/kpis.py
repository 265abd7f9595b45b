"""KPIs as aggregates over marts: one scan for each mart and date, for every KPI, period and dimension at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from warehouse.definitions.kpis import Basis, Kpi, Population
from warehouse.engine import Engine, literal, quote

PERIODS = ("week", "month", "quarter", "all")
DIMENSIONS = {"source": "source", "campaign": "campaign", "segment": "segment", "motion": "motion", "department": "department", "member": "member_id"}
FOUR_WEEKS = """INSERT INTO {table}
SELECT counted.kpi, counted.basis, counted.side, four.period_kind, four.period, counted.dimension, counted.key, sum(counted.records)
FROM {table} AS counted
JOIN periods AS week ON week.period_kind = counted.period_kind AND week.period = counted.period AND counted.period_kind = 'week'
JOIN periods AS four ON four.period_kind = 'four_weeks' AND week.starts_on BETWEEN four.starts_on AND four.ends_on
GROUP BY ALL"""
COUNTS = {"kpi": "VARCHAR", "basis": "VARCHAR", "side": "VARCHAR", "period_kind": "VARCHAR", "period": "VARCHAR",
          "dimension": "VARCHAR", "key": "VARCHAR", "records": "BIGINT"}


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


@dataclass(frozen=True)
class Measure:
    """One count: the rows of a mart, by a date column of it, that meet a condition."""

    kpi: str
    basis: str
    side: str
    scope: str
    mart: str
    date: str
    condition: str


def measures(name: str, kpi: Kpi) -> Iterator[Measure]:
    """What must be counted for one KPI. `scope` says for which periods: a cohort's `all` has no horizon."""
    for basis_name, basis in kpi.bases.items():
        if basis_name == "flow":
            for side, population in (("numerator", basis.numerator), ("denominator", basis.denominator)):
                if population:
                    yield Measure(name, "flow", side, "every", kpi.mart, population.date, _rows(population))
            continue
        for scope, horizon in (("dated", basis.horizon_days), ("all", None)):
            yield Measure(name, "cohort", "denominator", scope, kpi.mart, _entry(basis).date, _entered(basis, horizon))
            yield Measure(name, "cohort", "numerator", scope, kpi.mart, _entry(basis).date, _reached(basis, horizon))


def with_horizon(kpi: Kpi, horizon: int | None) -> Iterator[Measure]:
    """The cohort's counts for another horizon in days (None: no horizon), in every period."""
    basis = kpi.bases["cohort"]
    for side, condition in (("denominator", _entered(basis, horizon)), ("numerator", _reached(basis, horizon))):
        yield Measure("", "cohort", side, "every", kpi.mart, _entry(basis).date, condition)


def _entry(basis: Basis) -> Population:
    return basis.denominator or basis.numerator


def _rows(population: Population) -> str:
    return f"({population.where})" if population.where else "TRUE"


def _entered(basis: Basis, horizon: int | None) -> str:
    """In the cohort: entered, and old enough to have had the whole horizon."""
    old_enough = f"date_diff('day', CAST({_entry(basis).date} AS DATE), as_of_date) >= {horizon}" if horizon is not None else "TRUE"
    return _all(_rows(_entry(basis)), old_enough)


def _reached(basis: Basis, horizon: int | None) -> str:
    reached, entered = basis.numerator.date, _entry(basis).date
    within = f"date_diff('day', CAST({entered} AS DATE), CAST({reached} AS DATE)) BETWEEN 0 AND {horizon}" if horizon is not None else f"{reached} IS NOT NULL"
    return _all(_entered(basis, horizon), _rows(basis.numerator), within)


def _all(*conditions: str) -> str:
    """All of several conditions; the ones that always hold are not written."""
    return " AND ".join(condition for condition in conditions if condition != "TRUE") or "TRUE"


def query(kpi: Kpi, basis_name: str, period: str = "week") -> str:
    """The KPI as one plain SELECT that anybody can run: the period, the populations' counts and their ratio."""
    basis = kpi.bases[basis_name]
    if basis_name == "cohort":
        horizon = basis.horizon_days
        return (f"SELECT days.{period},\n  count_if({_reached(basis, horizon)}) AS numerator,\n  count_if({_entered(basis, horizon)}) AS denominator\n"
                f"FROM {kpi.mart}\nJOIN days ON days.day = CAST({kpi.mart}.{_entry(basis).date} AS DATE)\nCROSS JOIN export_clock\n"
                f"GROUP BY days.{period}\nORDER BY days.{period}")
    counts = [(side, population) for side, population in (("numerator", basis.numerator), ("denominator", basis.denominator)) if population]
    if len(counts) == 1 or counts[0][1].date == counts[1][1].date:
        columns = ",\n".join(f"  count_if({_rows(population)}) AS {side}" for side, population in counts)
        return (f"SELECT days.{period},\n{columns}\nFROM {kpi.mart}\nJOIN days ON days.day = CAST({kpi.mart}.{counts[0][1].date} AS DATE)\n"
                f"GROUP BY days.{period}\nORDER BY days.{period}")
    branches = "\n  UNION ALL\n".join(
        f"  SELECT CAST({population.date} AS DATE) AS day, {int(side == 'numerator')} AS is_numerator FROM {kpi.mart} WHERE {_rows(population)}"
        for side, population in counts)
    return (f"SELECT days.{period},\n  count_if(counted.is_numerator = 1) AS numerator,\n  count_if(counted.is_numerator = 0) AS denominator\n"
            f"FROM (\n{branches}\n) AS counted\nJOIN days ON days.day = counted.day\nGROUP BY days.{period}\nORDER BY days.{period}")


def count(engine: Engine, wanted: Iterable[Measure], table: str = "marts.kpi_counts") -> None:
    """Create `table` (in the form of COUNTS) with all counts: one scan for each mart and date column."""
    temporary = "TEMP " if "." not in table else ""
    columns = ", ".join(f"{quote(column)} {kind}" for column, kind in COUNTS.items())
    engine.run(f"CREATE {temporary}TABLE {table} ({columns})")
    ordered = sorted(wanted, key=lambda measure: (measure.mart, measure.date))
    for (mart, date), group in groupby(ordered, key=lambda measure: (measure.mart, measure.date)):
        scanned = list(group)
        engine.run(_scan(engine, mart, date, scanned))
        for number, measure in enumerate(scanned):
            engine.run(f"INSERT INTO {table} SELECT ?, ?, ?, period_kind, period, dimension, key, measure_{number} FROM scanned WHERE {_scope(measure)}",
                       [measure.kpi, measure.basis, measure.side])
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
    counts = ", ".join(f"count_if({measure.condition}) AS measure_{number}" for number, measure in enumerate(scanned))
    sums = ", ".join(f"CAST(sum(measure_{number}) AS BIGINT) AS measure_{number}" for number in range(len(scanned)))
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
  coalesce(week, month, quarter, 'all') AS period,
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


def _row(row: dict[str, Any]) -> KpiRow:
    return KpiRow(row["kpi"], row["basis"], row["period"], row["dimension"], row["key"], None, row["numerator"], row["denominator"],
                  row["value"], row["low"], row["high"], row["n"], row["mature"])


def rows_at_horizon(engine: Engine, kpi_values: str, name: str, kpi: Kpi, horizon: int | None, period: str, by: str | None) -> list[KpiRow]:
    """A cohort's rows for another horizon, by the same scan and the same SQL (`kpi_values`, the mart's text), in temporary tables."""
    count(engine, (replace(measure, kpi=name) for measure in with_horizon(kpi, horizon)), "kpi_counts")
    engine.run("CREATE TEMP TABLE kpi_bases AS SELECT kpi, basis, basis_rank, is_rate, CAST(? AS INTEGER) AS horizon_days, is_known, known_until"
               " FROM playbook.kpi_bases WHERE kpi = ? AND basis = 'cohort'", [horizon, name])
    engine.run(f"CREATE TEMP TABLE kpi_values_at_horizon AS {kpi_values}")
    return rows(engine, name, "cohort", period, by, "kpi_values_at_horizon")
