"""An agreement on the bank's log, first work by phone in time: its compliance against plain Python, weekends and a Dutch holiday included."""

from bisect import bisect_left
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import holidays
import pytest

from tests.shared_data import Product, needed, records

FOLDER = "bpic2012"
PHONE = ("W_Completeren aanvraag", "W_Nabellen offertes", "W_Nabellen incomplete dossiers")
OPENS, CLOSES = time(8), time(21)
LIMITS = ((date(2011, 12, 1), 8 * 3600), (date(2011, 10, 1), 4 * 3600))
PUBLIC = holidays.country_holidays("NL", years=(2011, 2012))
BOXING_DAY = date(2011, 12, 26)

pytestmark = [needed(FOLDER), pytest.mark.xdist_group(FOLDER)]


@pytest.fixture(scope="module")
def product(tmp_path_factory, copy_project) -> Product:
    project: Path = copy_project(tmp_path_factory.mktemp(FOLDER) / "playbook")
    return Product(project, FOLDER)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


@cache
def work_seconds(start: datetime, end: datetime, worked: date | None = None) -> int:
    """Seconds from eight to nine in the evening, Mondays to Saturdays but for holidays, day by day; `worked` is one day more."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if day == worked or (day.weekday() < 6 and day not in PUBLIC):
            total += max(timedelta(), min(end, datetime.combine(day, CLOSES)) - max(start, datetime.combine(day, OPENS)))
        day += timedelta(days=1)
    return int(total.total_seconds())


def waits() -> list[tuple[datetime, datetime | None]]:
    """When each application was pre-accepted, and when a clerk first worked on it by phone after that."""
    calls = defaultdict(list)
    for row in records(FOLDER, "activities"):
        if row["subject"] in PHONE:
            calls[row["opportunity_id"]].append(moment(row["started_at"]))
    found = {}
    for row in records(FOLDER, "stage_history"):
        if row["stage"] == "A_PREACCEPTED":
            at = moment(row["entered_at"])
            found[row["opportunity_id"]] = min(at, found.get(row["opportunity_id"], at))
    answered = []
    for application, start in found.items():
        ordered = sorted(calls[application])
        place = bisect_left(ordered, start)
        answered.append((start, ordered[place] if place < len(ordered) else None))
    return answered


def newest() -> datetime:
    return max(moment(row[column]) for name, column in (("stage_history", "entered_at"), ("activities", "started_at")) for row in records(FOLDER, name))


def expected() -> dict[str, tuple[int, int]]:
    """For each week, how many were kept of how many that were due."""
    end, counts = newest(), defaultdict(lambda: [0, 0])
    for start, answer in waits():
        limit = next(seconds for since, seconds in LIMITS if start.date() >= since)
        is_within = work_seconds(start, answer or end) <= limit
        if answer or not is_within:
            year, week, _ = start.isocalendar()
            counts[f"{year}-W{week:02}"][0] += bool(answer) and is_within
            counts[f"{year}-W{week:02}"][1] += 1
    return {week: tuple(pair) for week, pair in counts.items()}


def stored(product: Product) -> dict[str, tuple[int, int]]:
    rows = product.query("SELECT period, numerator, denominator FROM kpi_values WHERE kpi = 'agreement_first_touch' AND statistic = 'inquiry'"
                         " AND period_kind = 'week' AND dimension IS NULL AND denominator > 0 ORDER BY period")
    return {row["period"]: (row["numerator"], row["denominator"]) for row in rows}


def test_the_compliance_of_every_week_is_what_plain_python_counts(product) -> None:
    found = stored(product)
    assert found == expected() and len(found) >= 13
    kept, due = (sum(pair[side] for pair in found.values()) for side in (0, 1))
    assert 0.2 * due < kept < 0.95 * due and due > 4000


def test_the_response_time_in_time_is_the_agreements(product) -> None:
    rows = product.kpi("response_minutes", "--period", "week")
    in_time = {row["period"]: (row["numerator"], row["denominator"]) for row in rows if row["statistic"] == "in_time" and row["denominator"]}
    assert in_time == stored(product)


def test_waits_over_sundays_and_boxing_day_are_among_them(product) -> None:
    over = [(start, answer) for start, answer in waits() if answer and start.date() <= BOXING_DAY <= answer.date()]
    assert BOXING_DAY in PUBLIC and BOXING_DAY.weekday() == 0
    assert sum(work_seconds(start, answer) != work_seconds(start, answer, worked=BOXING_DAY) for start, answer in over) > 10
    sundays = [start for start, answer in waits() if answer and any((start.date() + timedelta(days=n)).weekday() == 6 for n in range(1, (answer.date() - start.date()).days))]
    assert len(sundays) > 100


def test_the_longer_limit_of_december_holds_from_its_day_on(product) -> None:
    terms = product.query("SELECT effective_from, effective_until, minutes_allowed FROM limit_terms WHERE agreement = 'first_touch' ORDER BY effective_from")
    assert [row["minutes_allowed"] for row in terms] == [240, 480] and terms[0]["effective_until"] == terms[1]["effective_from"] == "2011-12-01"
    judged = product.query("SELECT minutes_allowed, count(*) AS waits, min(CAST(started_at AS DATE)) AS first, max(CAST(started_at AS DATE)) AS last"
                           " FROM waits WHERE wait = 'first_touch' AND clock = 'lead' GROUP BY ALL ORDER BY ALL")
    assert [row["minutes_allowed"] for row in judged] == [240, 480] and judged[0]["last"] < "2011-12-01" <= judged[1]["first"]
