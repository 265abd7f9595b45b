"""The committed sample: reproducible, consistent, with the faults and the patterns that data/README.md promises."""

import csv
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean, median

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
TABLES = ("members", "leads", "activities", "stage_changes", "opportunities", "appointments", "verdicts", "campaigns")
STAGES = {stage["id"]: stage for stage in yaml.safe_load((ROOT / "playbook/definitions/stages.yml").read_text(encoding="utf-8"))["stages"]}
EXPORTED_AT = datetime(2026, 11, 20, 18)
MONDAYS = [date(2025, 5, 19) + timedelta(weeks=n) for n in range(78)]
LAST_SIX_WEEKS = datetime(2026, 10, 5), datetime(2026, 11, 16)
THIRTEEN_WEEKS_BEFORE = datetime(2026, 7, 6), datetime(2026, 10, 5)
OUTBOUND = ("call", "email", "letter", "social")


def generate(folder: Path, *options: str) -> Path:
    """Runs the generator as a reader would, under another zone, locale and hash seed."""
    environment = {**os.environ, "TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "data.generator", "--out", str(folder), *options]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return folder


def read(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Every table of an export as rows of text."""
    tables = {}
    for table in TABLES:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            tables[table] = list(csv.DictReader(file))
    return tables


@pytest.fixture(scope="module")
def sample():
    return read(SAMPLE)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return read(generate(tmp_path_factory.mktemp("clean"), "--clean"))


def time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def share(items) -> float:
    items = list(items)
    return sum(items) / len(items)


def changes(tables, stage: str) -> list[tuple[str, datetime]]:
    return [(row["lead_id"], time(row["changed_at"])) for row in tables["stage_changes"] if row["to_stage"] == stage]


def reached(tables, first: str, then: str, days: int) -> list[tuple[str, datetime, bool]]:
    """Lead and time of each entry into `first` that is old enough, and whether `then` followed within the days."""
    later = defaultdict(list)
    for lead, moment in changes(tables, then):
        later[lead].append(moment)
    horizon = timedelta(days=days)
    return [(lead, start, any(start <= moment <= start + horizon for moment in later[lead]))
            for lead, start in changes(tables, first) if start + horizon <= EXPORTED_AT]


def calls(tables, start: datetime = datetime.min, end: datetime = datetime.max) -> list[tuple[datetime, bool]]:
    rows = ((time(row["occurred_at"]), row) for row in tables["activities"] if row["type"] == "call")
    return [(moment, row["is_connected"] == "true") for moment, row in rows if start <= moment < end]


def is_best_hour(moment: datetime) -> bool:
    return moment.hour in (10, 11)


def weekly(moments) -> list[int]:
    counts = Counter(moment.date() - timedelta(days=moment.weekday()) for moment in moments)
    return [counts[monday] for monday in MONDAYS]


def history(tables) -> dict[str, list[dict]]:
    steps = defaultdict(list)
    for row in tables["stage_changes"]:
        steps[row["lead_id"]].append(row)
    return steps


def faults(tables) -> Counter:
    """How many records of each planted kind an export holds."""
    leads = {lead["lead_id"]: lead for lead in tables["leads"]}
    last = {lead: steps[-1] for lead, steps in history(tables).items()}
    moves = [row for row in tables["stage_changes"] if row["from_stage"]]
    emails = Counter(lead["email"].strip().lower() for lead in tables["leads"])
    gone = {member["member_id"] for member in tables["members"] if member["left_on"]}
    return Counter({
        "stage against history": sum(lead["stage"] != last[key]["to_stage"] for key, lead in leads.items()),
        "illegal transition": sum(row["to_stage"] not in STAGES[row["from_stage"]]["next"] for row in moves),
        "missing required field": sum(not lead[field] for lead in leads.values() for field in STAGES[lead["stage"]]["required_fields"]),
        "dates out of order": out_of_order(tables),
        "duplicate person": sum(count - 1 for count in emails.values()),
        "called against do_not_contact": sum(
            leads[row["lead_id"]]["do_not_contact"] == "true" and row["occurred_at"] > last[row["lead_id"]]["changed_at"]
            for row in tables["activities"] if row["type"] in OUTBOUND),
        "owner has left": sum(lead["owner_id"] in gone for lead in leads.values()),
    })


def out_of_order(tables) -> int:
    """Pairs of dates that cannot have come in that order."""
    pairs = {"opportunities": [("created_at", "closed_at")], "appointments": [("set_at", "held_at")],
             "verdicts": [("handed_at", "decided_at")], "leads": [("created_at", "mql_at"), ("mql_at", "assigned_at")]}
    return sum(bool(row[second]) and row[second] < row[first]
               for table, columns in pairs.items() for first, second in columns for row in tables[table])


def test_the_same_seed_gives_the_committed_bytes(tmp_path):
    generate(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{table}.csv" for table in TABLES)
    for table in TABLES:
        assert (tmp_path / f"{table}.csv").read_bytes() == (SAMPLE / f"{table}.csv").read_bytes(), table


def test_another_seed_gives_another_history(tmp_path):
    generate(tmp_path, "--seed", "2")
    assert (tmp_path / "activities.csv").read_bytes() != (SAMPLE / "activities.csv").read_bytes()


def test_the_sample_stays_under_six_megabytes():
    assert sum((SAMPLE / f"{table}.csv").stat().st_size for table in TABLES) < 6_000_000


def test_the_sizes_are_near_those_stated(sample):
    assert len(sample["leads"]) == pytest.approx(6_000, rel=0.05)
    assert len(sample["activities"]) == pytest.approx(40_000, rel=0.05)
    assert len(sample["campaigns"]) == 24
    active = Counter((member["department"], member["motion"]) for member in sample["members"] if not member["left_on"])
    assert active == {("inside_sales", "sdr"): 3, ("inside_sales", "bdr"): 2, ("field_sales", ""): 5, ("marketing", ""): 2}


def test_an_inside_sales_member_has_about_twenty_touches_a_working_day(sample):
    days = Counter((row["member_id"], row["occurred_at"][:10]) for row in sample["activities"] if row["type"] in OUTBOUND)
    assert mean(days.values()) == pytest.approx(20, abs=2)


def test_the_export_ends_after_78_whole_weeks_and_a_running_one(sample):
    newest = max(time(row["occurred_at"]) for row in sample["activities"])
    assert newest.date() == EXPORTED_AT.date() and newest <= EXPORTED_AT
    assert min(weekly(moment for _, moment in changes(sample, "mql"))) > 0


def test_the_sample_holds_the_planted_faults_and_no_other(sample):
    assert faults(sample) == {"stage against history": 6, "illegal transition": 9, "missing required field": 25, "dates out of order": 7,
                              "duplicate person": 2, "called against do_not_contact": 2, "owner has left": 1}


def test_the_clean_export_holds_no_fault(clean):
    assert faults(clean).total() == 0


def test_nothing_in_the_sample_would_hold_a_build(sample):
    keys = {"leads": "lead_id", "members": "member_id", "campaigns": "campaign"}
    known = {key: {row[key] for row in sample[table]} for table, key in keys.items()} | {"stage": set(STAGES)}
    assert all(len(known[key]) == len(sample[table]) for table, key in keys.items())
    aliases = dict.fromkeys(("owner_id", "changed_by", "set_by", "decided_by"), "member_id") | {"from_stage": "stage", "to_stage": "stage"}
    for table, rows in sample.items():
        for row in rows:
            for column, value in row.items():
                pool = known.get(aliases.get(column, column))
                assert not value or pool is None or value in pool, (table, column, value)


def test_people_work_only_in_working_hours(sample):
    off_days = {date(2025, 12, 31), date(2026, 1, 2), date(2026, 8, 13), date(2026, 9, 22), date(2026, 10, 12)}
    for row in sample["activities"]:
        moment = time(row["occurred_at"])
        assert not row["member_id"] or (9 <= moment.hour < 18 and moment.weekday() < 5 and moment.date() not in off_days), row


def test_the_rates_are_those_of_a_real_team(sample):
    closed = [row for row in sample["opportunities"] if row["closed_at"]]
    assert 0.28 < share(connected for _, connected in calls(sample)) < 0.34
    assert 0.20 < share(hit for *_, hit in reached(sample, "mql", "sql", 30)) < 0.25
    assert 0.62 < share(hit for *_, hit in reached(sample, "sql", "opportunity", 14)) < 0.68
    assert 0.22 < share(row["is_won"] == "true" for row in closed) < 0.26
    assert 38 < median((time(row["closed_at"]) - time(row["created_at"])).days for row in closed) < 50
    assert 55 < mean(weekly(moment for _, moment in changes(sample, "mql"))) < 70


def test_the_connect_rate_fell_because_calls_moved_to_the_afternoon(sample):
    before, after = calls(sample, *THIRTEEN_WEEKS_BEFORE), calls(sample, *LAST_SIX_WEEKS)
    rate = share(hit for _, hit in before)
    assert rate - share(hit for _, hit in after) > 0.035
    assert share(map(is_best_hour, (moment for moment, _ in before))) > 3 * share(map(is_best_hour, (moment for moment, _ in after)))
    weight = share(is_best_hour(moment) for moment, _ in before)
    best, rest = ([hit for moment, hit in after if is_best_hour(moment) == wanted] for wanted in (True, False))
    assert weight * share(best) + (1 - weight) * share(rest) == pytest.approx(rate, abs=0.02)


def test_script_v3_makes_fewer_appointments_of_its_connects(sample):
    rates = {version: share(row["outcome"] == "appointment" for row in sample["activities"]
                            if row["is_connected"] == "true" and row["script_version"] == version) for version in ("v2", "v3")}
    assert rates["v3"] < 0.75 * rates["v2"]
    assert min(row["occurred_at"] for row in sample["activities"] if row["script_version"] == "v3") >= "2026-09-28"


def test_late_morning_and_midweek_connect_best(sample):
    rows = calls(sample)
    late_morning, other = (share(hit for moment, hit in rows if is_best_hour(moment) == wanted) for wanted in (True, False))
    midweek, edges = (share(hit for moment, hit in rows if (moment.weekday() in (1, 2, 3)) == wanted) for wanted in (True, False))
    assert late_morning > 1.5 * other and midweek > 1.15 * edges


def test_exhibitions_bring_many_leads_that_convert_badly(sample):
    sources = {lead["lead_id"]: lead["source"] for lead in sample["leads"]}
    rates = defaultdict(list)
    for lead, _, hit in reached(sample, "mql", "sql", 30):
        rates[sources[lead]].append(hit)
    assert len(rates["exhibition"]) > 600
    assert 3 * share(rates["exhibition"]) < min(share(rates["web_inquiry"]), share(rates["referral"]))


def test_the_october_drop_is_mostly_mix(sample):
    sources = {lead["lead_id"]: lead["source"] == "exhibition" for lead in sample["leads"]}
    rows = [(sources[lead], start, hit) for lead, start, hit in reached(sample, "mql", "sql", 30)]
    before = [(fair, hit) for fair, start, hit in rows if datetime(2026, 7, 1) <= start < datetime(2026, 10, 1)]
    after = [(fair, hit) for fair, start, hit in rows if start >= datetime(2026, 10, 1)]
    drop = share(hit for _, hit in before) - share(hit for _, hit in after)
    mix = sum((share(fair == group for fair, _ in before) - share(fair == group for fair, _ in after))
              * mean(share(hit for fair, hit in part if fair == group) for part in (before, after)) for group in (True, False))
    assert drop > 0.1 and mix > drop / 2


def test_one_person_carries_almost_half_of_the_sqls(sample):
    counts = Counter(row["changed_by"] for row in sample["stage_changes"] if row["to_stage"] == "sql")
    assert counts.most_common(1)[0][1] / counts.total() == pytest.approx(0.45, abs=0.04)


def test_field_sales_decides_more_slowly_since_september(sample):
    waits = defaultdict(list)
    for row in sample["verdicts"]:
        if row["kind"] == "sql" and row["decided_at"]:
            waits[row["handed_at"] >= "2026-09-01"].append(time(row["decided_at"]) - time(row["handed_at"]))
    assert median(waits[True]) > 2 * median(waits[False])
    assert any(row["kind"] == "sql" and not row["decided_at"] for row in sample["verdicts"])


def test_the_newest_member_ramps_up_over_twelve_weeks(sample):
    newest = max(sample["members"], key=lambda member: member["joined_on"])
    joined = datetime.fromisoformat(newest["joined_on"])
    touches = [time(row["occurred_at"]) for row in sample["activities"] if row["member_id"] == newest["member_id"] and row["type"] in OUTBOUND]
    weeks = Counter((moment - joined).days // 7 for moment in touches)
    assert sum(weeks[week] for week in range(8, 12)) > 2.5 * sum(weeks[week] for week in range(4))
    sqls = [row["changed_at"] for row in sample["stage_changes"] if row["to_stage"] == "sql" and row["changed_by"] == newest["member_id"]]
    assert sqls and sqls[len(sqls) // 2] > "2026-10-05"


def test_obon_and_the_turn_of_the_year_are_quiet(sample):
    quiet = [MONDAYS.index(monday) for monday in (date(2025, 8, 11), date(2025, 12, 29), date(2026, 8, 10))]
    for counts in (weekly(moment for _, moment in changes(sample, "mql")), weekly(moment for moment, _ in calls(sample))):
        assert all(counts[week] < 0.65 * median(counts) for week in quiet)
