"""What a KPI counts, as conditions over a mart; and the same as a query that anybody can run."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from warehouse.definitions import Definitions
from warehouse.definitions.kpis import PLAIN, Basis, Kpi, Population, Statistic
from warehouse.engine import literal

RECORD_IDS = ("activity_id", "opportunity_id", "appointment_id", "lead_id")


@dataclass(frozen=True)
class Measure:
    """One figure to compute over a mart, by a date column of it: a count of the rows that meet a condition, a sum, or a quantile."""

    kpi: str
    basis: str
    statistic: str
    side: str
    scope: str
    mart: str
    date: str
    condition: str
    amount: str | None = None
    quantile: float | None = None

    @property
    def expression(self) -> str:
        return _aggregate(self.condition, self.amount, self.quantile)


def measures(name: str, kpi: Kpi) -> Iterator[Measure]:
    """What must be computed for one KPI. `scope` says for which periods: a cohort's `all` has no horizon.

    A quantile stands on the numerator's side, the number of its rows on the denominator's.
    """
    if "flow" in kpi.bases:
        for statistic, figure in kpi.figures("flow").items():
            for side, population in _sides(figure):
                yield Measure(name, "flow", statistic, side, "every", kpi.mart, population.date, _rows(population), population.sum or population.of, population.quantile)
    if "cohort" in kpi.bases:
        basis = kpi.bases["cohort"]
        for scope, horizon in (("dated", basis.horizon_days), ("all", None)):
            yield from _cohort(name, kpi, horizon, scope)


def compliance(definitions: Definitions) -> Iterator[Measure]:
    """How far each agreement and each of its terms was kept: of the records due in a period, those that kept it. A stock is no part of the whole."""
    for name, agreement in definitions.agreements.items():
        terms = dict.fromkeys(term.id for version in agreement.versions for term in version.terms)
        for statistic, condition in {PLAIN: "NOT is_stock", **{term: f"term = {literal(term)}" for term in terms}}.items():
            asked = _all(f"agreement = {literal(name)}", condition)
            for side, counted in (("numerator", _all(asked, "is_kept")), ("denominator", asked)):
                yield Measure(agreement_figure(name), "flow", statistic, side, "every", "agreement_records", "counted_at", counted)


def agreement_figure(name: str) -> str:
    """What the compliance of an agreement is called among the figures."""
    return f"agreement_{name}"


def with_horizon(name: str, kpi: Kpi, horizon: int | None) -> Iterator[Measure]:
    """The cohort's counts for another horizon in days (None: no horizon), in every period."""
    return _cohort(name, kpi, horizon, "every")


def of_figure(name: str, kpi: Kpi, basis: str, statistic: str) -> dict[str, Measure]:
    """The measures of one figure of a week, a month or any other period that ends, by side."""
    return {one.side: one for one in measures(name, kpi) if (one.basis, one.statistic) == (basis, statistic) and one.scope != "all"}


def records(measure: Measure, columns: Collection[str], without: Measure | None = None) -> str:
    """The SELECT of the rows that a figure counts: `record` (the mart's own id), `lead_id`, `counted_at` and `amount`, in the order of time.

    `columns` are those of the mart; what it lacks is NULL. Two values are bound: the first and the last day of the period. A quantile's
    rows are those it ranks. `without` leaves out what another measure of the same date counts.
    """
    record = next((column for column in RECORD_IDS if column in columns), "NULL")
    conditions = [measure.condition]
    if measure.quantile is not None:
        conditions.append(f"{measure.amount} IS NOT NULL")
    if without is not None:
        conditions.append(f"NOT coalesce({without.condition}, FALSE)")
    return (f"SELECT CAST({record} AS VARCHAR) AS record, {'lead_id' if 'lead_id' in columns else 'NULL'} AS lead_id,"
            f" {measure.date} AS counted_at, {measure.amount or 'NULL'} AS amount\n"
            f"FROM {measure.mart}\nCROSS JOIN export_clock\nWHERE CAST({measure.date} AS DATE) BETWEEN ? AND ?\n  AND {_all(*conditions)}\n"
            "ORDER BY counted_at, record")


def _cohort(name: str, kpi: Kpi, horizon: int | None, scope: str) -> Iterator[Measure]:
    basis = kpi.bases["cohort"]
    for side, condition in (("denominator", _entered(basis, horizon)), ("numerator", _reached(basis, horizon))):
        yield Measure(name, "cohort", PLAIN, side, scope, kpi.mart, _entry(basis).date, condition)


def _sides(figure: Statistic) -> Iterator[tuple[str, Population]]:
    yield "numerator", figure.numerator
    if figure.denominator:
        yield "denominator", figure.denominator
    elif figure.numerator.quantile is not None:
        yield "denominator", figure.numerator.model_copy(update={"quantile": None, "of": None, "where": _all(_rows(figure.numerator), f"{figure.numerator.of} IS NOT NULL")})


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


def _aggregate(condition: str, amount: str | None = None, quantile: float | None = None) -> str:
    """An aggregate in SQL. Money is summed as decimals, so that the order of rows does not matter."""
    if quantile is not None:
        return f"quantile_cont(CAST({amount} AS DOUBLE), {quantile}) FILTER (WHERE {condition})"
    if amount is None:
        return f"count(*) FILTER (WHERE {condition})"
    return f"coalesce(sum(CAST({amount} AS DECIMAL(18, 2))) FILTER (WHERE {condition}), 0)"


def query(kpi: Kpi, basis_name: str, period: str = "week", statistic: str | None = None) -> str:
    """One figure of a KPI (the main one, unless named) as a plain SELECT that anybody can run: the period, then what it counts."""
    basis, figure = kpi.bases[basis_name], kpi.figures(basis_name)[statistic or kpi.main_statistic]
    if basis_name == "cohort":
        counts = [("numerator", _aggregate(_reached(basis, basis.horizon_days))), ("denominator", _aggregate(_entered(basis, basis.horizon_days)))]
        return _select(kpi.mart, _entry(basis).date, period, counts, "CROSS JOIN export_clock\n")
    sides = list(_sides(figure))
    if figure.numerator.quantile is not None:
        names = ("value", "n")
        return _select(kpi.mart, figure.numerator.date, period,
                       [(name, _aggregate(_rows(population), population.of, population.quantile)) for name, (_, population) in zip(names, sides, strict=True)])
    if len({population.date for _, population in sides}) == 1:
        return _select(kpi.mart, figure.numerator.date, period, [(side, _aggregate(_rows(population), population.sum)) for side, population in sides])
    branches = "\n  UNION ALL\n".join(
        f"  SELECT CAST({population.date} AS DATE) AS counted_on, {int(side == 'numerator')} AS is_numerator FROM {kpi.mart} WHERE {_rows(population)}"
        for side, population in sides)
    return _select(f"(\n{branches}\n) AS counted", "counted_on", period,
                   [("numerator", _aggregate("is_numerator = 1")), ("denominator", _aggregate("is_numerator = 0"))])


def _select(source: str, date: str, period: str, counts: list[tuple[str, str]], more: str = "") -> str:
    columns = ",\n".join(f"  {expression} AS {side}" for side, expression in counts)
    return (f"SELECT days.{period},\n{columns}\nFROM {source}\nJOIN days ON days.day = CAST({date} AS DATE)\n{more}"
            f"GROUP BY days.{period}\nORDER BY days.{period}")
