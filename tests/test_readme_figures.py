"""Every figure of ../shared/data/README.md, three ways: as it stands there, counted in plain Python, given by the product."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from tests.shared_data import Product, needed, records
from tests.world import SHARED_DATA

README = SHARED_DATA / "README.md"
DATA_SETS = ("olist", "bpic2012")
ORIGINS = ("organic_search", "paid_search", "social", "unknown", "direct_traffic", "email", "referral", "")
REACHED = ("A_PREACCEPTED", "A_ACCEPTED", "A_FINALIZED", "O_SENT", "O_SENT_BACK")
CALLS = ("W_Nabellen offertes", "W_Nabellen incomplete dossiers")
HORIZONS = (30, 90, 180)
ENDS = ("A_CANCELLED", "A_APPROVED")
EVER = ("--period", "all", "--horizon", "all")

pytestmark = [needed("README.md", *DATA_SETS), pytest.mark.xdist_group("readme figures")]


class Figure(NamedTuple):
    """One passage of the README with {} for its figures, the same counted from the files, and asked of the product."""

    data: str
    text: str
    counted: Callable[[], tuple]
    given: Callable[[Product], tuple]


# Olist, in plain Python

@cache
def leads() -> list[dict[str, str]]:
    return records("olist", "olist_marketing_qualified_leads_dataset")


@cache
def won_on() -> dict[str, date]:
    """The day of each deal, by its lead."""
    return {row["mql_id"]: date.fromisoformat(row["won_date"][:10]) for row in records("olist", "olist_closed_deals_dataset")}


def days_to_won() -> dict[str, int]:
    return {row["mql_id"]: (won_on()[row["mql_id"]] - date.fromisoformat(row["first_contact_date"])).days for row in leads() if row["mql_id"] in won_on()}


def won_of(origin: str) -> tuple[int, int]:
    of_origin = [row for row in leads() if row["origin"] == origin]
    return sum(row["mql_id"] in won_on() for row in of_origin), len(of_origin)


def cohort(month: str, horizons: tuple[int, ...]) -> tuple[int, ...]:
    """The leads of a month, those ever won, and those won within each horizon."""
    entered = {row["mql_id"] for row in leads() if row["first_contact_date"].startswith(month)}
    days = [taken for lead, taken in days_to_won().items() if lead in entered]
    return len(entered), len(days), *(sum(0 <= taken <= horizon for taken in days) for horizon in horizons)


def quantile(values: list[int], share: float) -> float:
    """The quantile by straight lines between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def won_early() -> tuple[str, str]:
    (lead, days), = [(lead, days) for lead, days in days_to_won().items() if days < 0]
    return in_words(-days), lead[:8]


# BPI Challenge 2012, in plain Python

@cache
def histories() -> dict[str, list[str]]:
    """The stages of each application, in order."""
    stages = defaultdict(list)
    for row in sorted(records("bpic2012", "stage_history"), key=lambda row: int(row["event_seq"])):
        stages[row["opportunity_id"]].append(row["stage"])
    return stages


def decided() -> tuple[int, int, int]:
    stages = [set(one) for one in histories().values()]
    return len(stages), sum("A_ACTIVATED" in one for one in stages), sum(bool(one & {"A_DECLINED", "A_CANCELLED"}) for one in stages)


def reached(stage: str) -> int:
    return sum(stage in stages for stages in histories().values())


@cache
def direct_steps() -> Counter:
    """How often each stage of the application followed another, its offers' stages set aside."""
    return Counter(step for stages in histories().values() for step in pairwise(stage for stage in stages if stage.startswith("A_")))


def activities(column: str, value: str) -> int:
    return sum(row[column] == value for row in records("bpic2012", "activities"))


# The same, asked of the product

def counts(product: Product, *queries: str) -> tuple:
    """The one value of each query."""
    return tuple(value for sql in queries for row in product.query(sql) for value in row.values())


def ratio(rows: list[dict]) -> tuple[int, int]:
    row, = rows
    return row["numerator"], row["denominator"]


def kpi_ever(product: Product) -> tuple[int, int, float]:
    rows = product.kpi("mql_to_won", *EVER)
    return *ratio(rows), 100 * rows[0]["value"]


def kpi_of_origin(product: Product, origin: str) -> tuple[int, int]:
    return ratio([row for row in product.kpi("mql_to_won", "--by", "source", *EVER) if row["by"] == "source" and row["key"] == (origin or None)])


def kpi_of_cohort(product: Product, month: str, horizons: tuple[int, ...]) -> tuple[int, ...]:
    within = [ratio([row for row in product.kpi("mql_to_won", "--period", "month", "--horizon", str(horizon)) if row["period"] == month])
              for horizon in ("all", *horizons)]
    assert len({entered for _, entered in within}) == 1
    return within[0][1], *(won for won, _ in within)


def query_won_early(product: Product) -> tuple[str, str]:
    row, = product.query("SELECT lead_id, date_diff('day', CAST(won_at AS DATE), CAST(mql_at AS DATE)) AS days FROM lead_journeys WHERE won_at < mql_at")
    return in_words(row["days"]), row["lead_id"][:8]


def kpi_decided(product: Product) -> tuple[int, ...]:
    return tuple(row["n"] for name in ("opportunities", "wins", "losses") for row in product.kpi(name, "--period", "all"))


def query_reached(stage: str) -> str:
    return f"SELECT count(DISTINCT lead_id) FROM stage_changes WHERE to_stage = '{stage}'"


def query_step(end: str) -> str:
    return f"SELECT count(*) FROM stage_changes WHERE from_stage = 'A_FINALIZED' AND to_stage = '{end}'"


def query_calls(subject: str) -> str:
    return f"SELECT count(*) FROM touches JOIN activities USING (activity_id) WHERE is_dial AND subject = '{subject}'"


def in_words(number: int) -> str:
    return {1: "one", 2: "two", 3: "three"}[number]


def figures() -> Iterator[Figure]:
    yield Figure("olist", "{} leads, {} won deals", lambda: (len(leads()), len(won_on())),
                 lambda product: counts(product, "SELECT count(*) FROM leads", "SELECT count(*) FROM opportunities WHERE is_won"))
    yield Figure("olist", "the literal `unknown` ({}) and empty ({})", lambda: (won_of("unknown")[1], won_of("")[1]),
                 lambda product: counts(product, "SELECT count(*) FROM leads WHERE source = 'unknown'", "SELECT count(*) FROM leads WHERE source IS NULL"))
    yield Figure("olist", "Deals begin on {}", lambda: (str(min(won_on().values())),),
                 lambda product: counts(product, "SELECT CAST(min(closed_at) AS DATE) FROM opportunities"))
    yield Figure("olist", "One deal is won {} days before its first contact (`{}…`)", won_early, query_won_early)
    yield Figure("olist", "| leads → won, all | {} / {} = {} % |", lambda: (len(won_on()), len(leads()), 100 * len(won_on()) / len(leads())), kpi_ever)
    for origin in ORIGINS:
        label = "by origin: organic_search" if origin == "organic_search" else origin or "(empty)"
        yield Figure("olist", f"| {label} | {{}} / {{}} |", lambda origin=origin: won_of(origin), lambda product, origin=origin: kpi_of_origin(product, origin))
    yield Figure("olist", "| cohort 2018-03: leads; won at all; within 30, 90, 180 days (0 ≤ days ≤ N) | {}; {}; {}, {}, {} |", lambda: cohort("2018-03", HORIZONS),
                 lambda product: kpi_of_cohort(product, "2018-03", HORIZONS))
    yield Figure("olist", "| first contact → won, days: median, 90th percentile (continuous) | {}, {} |",
                 lambda: tuple(quantile(list(days_to_won().values()), part) for part in (0.5, 0.9)),
                 lambda product: counts(product, "SELECT quantile_cont(days, 0.5), quantile_cont(days, 0.9) FROM"
                                        " (SELECT date_diff('day', CAST(mql_at AS DATE), CAST(won_at AS DATE)) AS days FROM lead_journeys) AS taken"))
    yield Figure("bpic2012", "{} opportunities, {} stage changes, {} activities",
                 lambda: tuple(len(records("bpic2012", name)) for name in ("opportunities", "stage_history", "activities")),
                 lambda product: counts(product, *(f"SELECT count(*) FROM {table}" for table in ("opportunities", "stage_changes", "activities"))))
    yield Figure("bpic2012", "{} have no owner", lambda: (activities("owner", ""),),
                 lambda product: counts(product, "SELECT count(*) FROM activities WHERE member_id IS NULL"))
    yield Figure("bpic2012", "| opportunities; won; lost | {}; {}; {} |", decided, kpi_decided)
    yield Figure("bpic2012", f"| reached {'; '.join(REACHED)} | {{}}; {{}}; {{}}; {{}}; {{}} |", lambda: tuple(map(reached, REACHED)),
                 lambda product: counts(product, *map(query_reached, REACHED)))
    yield Figure("bpic2012", "| calls after an offer; calls for papers | {}; {} |", lambda: tuple(activities("subject", subject) for subject in CALLS),
                 lambda product: counts(product, *map(query_calls, CALLS)))
    yield Figure("bpic2012", "| direct steps A_FINALIZED → A_CANCELLED; A_FINALIZED → A_APPROVED | {}; {} |",
                 lambda: tuple(direct_steps()["A_FINALIZED", end] for end in ENDS), lambda product: counts(product, *map(query_step, ENDS)))


FIGURES = [pytest.param(figure, id=f"{figure.data}: {figure.text}") for figure in figures()]


@pytest.fixture(scope="module")
def products(tmp_path_factory, copy_project) -> dict[str, Product]:
    project = copy_project(tmp_path_factory.mktemp("figures") / "playbook")
    return {name: Product(project, name) for name in DATA_SETS}


def written(value: int | float | str) -> str:
    """A figure as the README writes it."""
    return f"{value:,}" if isinstance(value, int) else f"{round(value, 3):g}" if isinstance(value, float) else value


@cache
def readme() -> str:
    return re.sub(r"\s+", " ", README.read_text(encoding="utf-8"))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_the_readme_is_what_plain_python_counts_and_the_product_gives(figure: Figure, products) -> None:
    counted = [written(value) for value in figure.counted()]
    assert figure.text.format(*counted) in readme()
    assert [written(value) for value in figure.given(products[figure.data])] == counted


def test_every_row_of_the_readmes_tables_is_compared() -> None:
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if re.match(r"\|.*\|.*\d.*\|$", line) and line.count("|") == 3]
    compared = {figure.text.format(*map(written, figure.counted())) for figure in figures()}
    assert [row for row in rows if not any(text in row for text in compared)] == []
    assert len(rows) == 15
