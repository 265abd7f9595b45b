"""What macros look up: definitions, stored figures and findings, for one language and one edition."""

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from mkdocs.utils import get_relative_url

from checks.run import Finding
from macros.mistakes import Mistake
from macros.numbers import MISSING, Format, format_delta, format_value
from macros.text import escape
from warehouse.definition_tables import MILESTONES, missing
from warehouse.definitions import Definitions, Text
from warehouse.definitions.kpis import Kpi
from warehouse.definitions.stages import Stage
from warehouse.engine import SCHEMAS, TEAM, Engine, quote
from warehouse.kpis import DIMENSIONS
from warehouse.problems import nearest

VALUES = """SELECT kpi, basis, statistic, period, starts_on, ends_on, is_complete, key, numerator, denominator, value, low, high, n, mature, age_days
FROM marts.kpi_values WHERE kpi = ? AND basis = ? AND statistic = ? AND period_kind = ? AND dimension IS NOT DISTINCT FROM ? ORDER BY starts_on, n DESC, key"""
MANAGERS = "managers/"


@dataclass(eq=False, repr=False)
class Book:
    """One language of the playbook while its pages are rendered. `page` is the page at hand: its path and its address."""

    definitions: Definitions
    warehouse: Path
    findings: list[Finding]
    language: str
    edition: str
    titles: dict[str, str]
    stage_values: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    page_path: str = ""
    page_url: str = ""

    def __repr__(self) -> str:
        """Short: mkdocs-macros writes every variable into its log, and the definitions would be most of a build."""
        return f"Book({self.language})"

    @cached_property
    def engine(self) -> Engine:
        return Engine.read(self.warehouse)

    @property
    def page_engine(self) -> Engine:
        """For a page's own queries: the team's views, or all of it for managers."""
        return self.engine if self.may_show_persons else self._team_engine

    @cached_property
    def _team_engine(self) -> Engine:
        return Engine.read(self.warehouse, (TEAM,))

    @property
    def query_schemas(self) -> tuple[str, ...]:
        return SCHEMAS if self.may_show_persons else (TEAM,)

    @property
    def may_show_persons(self) -> bool:
        return self.edition == "manager" and self.page_path.startswith(MANAGERS)

    def text(self, words: Text) -> str:
        """Words of a definition in this language, escaped."""
        return escape(words[self.language])

    def label(self, key: str, **values: object) -> str:
        """A label in this language, escaped; `{name}` in it is replaced by a value that is escaped too."""
        return escape(self.plain_label(key, **values))

    def plain_label(self, key: str, **values: object) -> str:
        labels = self.definitions.labels
        if key not in labels:
            raise Mistake(f"unknown label '{key}'", nearest(key, labels))
        words = labels[key][self.language]
        for name, value in values.items():
            words = words.replace(f"{{{name}}}", str(value))
        return words

    def join(self, parts: Iterable[str]) -> str:
        """Escaped parts as a list in a sentence: 、 between Japanese ones, commas between English ones."""
        return self.plain_label("separator").join(parts)

    def address(self, path: str, anchor: str = "") -> str:
        """The relative address of a page or file of this language, from the page at hand, as plain text."""
        address = get_relative_url(path.removesuffix(".md") + ".html" if path.endswith(".md") else path, self.page_url)
        return address + (f"#{anchor}" if anchor else "")

    def href(self, path: str, anchor: str = "") -> str:
        """The same for an attribute. Paths are made of identifiers and file names: HTML's own escapes are enough."""
        return html.escape(self.address(path, anchor))

    def link(self, path: str, words: str, anchor: str = "") -> str:
        """A link with escaped words; the words alone where there is no such page."""
        return f'<a href="{self.href(path, anchor)}">{words}</a>' if path in self.titles else words

    # Definitions, by the name an author writes

    def kpi(self, name: str) -> Kpi:
        if name not in self.definitions.kpis:
            raise Mistake(f"unknown KPI '{name}'", nearest(str(name), self.definitions.kpis))
        return self.definitions.kpis[name]

    def stage(self, name: str) -> Stage | None:
        """The stage of an id, or of a milestone; None for a milestone that this CRM has no stage for."""
        for stage in self.definitions.stages:
            if name in (stage.id, stage.milestone):
                return stage
        if name not in MILESTONES:
            raise Mistake(f"unknown stage '{name}'", nearest(str(name), {*MILESTONES, *(stage.id for stage in self.definitions.stages)}))
        return None

    def department(self, name: str) -> str:
        """The name of a department, escaped."""
        names = {one.id: one.name for one in self.definitions.departments}
        if name not in names:
            raise Mistake(f"unknown department '{name}'", nearest(str(name), names))
        return self.text(names[name])

    def key_name(self, dimension: str, key: str | None) -> str:
        """A value of a dimension as readers call it, escaped."""
        return escape(self.plain_key_name(dimension, key))

    def plain_key_name(self, dimension: str, key: str | None) -> str:
        """The same as plain text; a value that no definition names stays as it is."""
        if key is None:
            return self.plain_label("no_value")
        if dimension == "hour" and key.isdecimal():
            return self.plain_label("hour", hour=int(key))
        return self._key_names(dimension).get(key, key)

    @cache  # noqa: B019 - a book lives as long as its build
    def _key_names(self, dimension: str) -> dict[str, str]:
        if dimension == "department":
            return {one.id: one.name[self.language] for one in self.definitions.departments}
        if dimension == "motion":
            return {one.id: one.name[self.language] for one in self.definitions.motions}
        if dimension == "tier":
            return {tier.id: tier.name[self.language] for version in self.definitions.priorities for tier in version.tiers}
        if dimension == "member":
            return {row["member_id"]: row["name"] for row in self.engine.rows("SELECT member_id, name FROM crm.members ORDER BY member_id") if row["name"]}
        if dimension == "weekday":
            return {str(day): self.plain_label(f"weekday_{day}") for day in range(1, 8)}
        if dimension == "reason":
            return {reason.id: reason.name[self.language] for stage in self.definitions.stages for reason in stage.reasons}
        table = "activities" if dimension == "outcome" else "leads"
        return {value.id: value.name[self.language] for field in self.definitions.fields if (field.table, field.id) == (table, dimension)
                for value in field.values}

    # Stored figures

    @cache  # noqa: B019
    def values(self, kpi: str, basis: str, period: str, by: str | None = None, statistic: str | None = None) -> list[dict[str, Any]]:
        """The stored rows of a KPI for one kind of period, the totals or one dimension's, of its main statistic or another."""
        self.refuse_person(by)
        return self.engine.rows(VALUES, [kpi, basis, statistic or self.kpi(kpi).main_statistic, period, by])

    def last_weeks(self, kpi: str, basis: str, weeks: int, statistic: str | None = None) -> list[dict[str, Any]]:
        """The weeks up to the last one that has a value: past it a cohort is too young, or the export silent."""
        rows = self.values(kpi, basis, "week", None, statistic)
        told = [position for position, row in enumerate(rows, 1) if row["value"] is not None]
        return rows[:told[-1]][-weeks:] if told else rows[-weeks:]

    @cached_property
    def headlines(self) -> dict[str, dict[str, Any]]:
        """Of each KPI the figure that a card leads with."""
        return {name: found[0] for name, found in self.headline_figures.items()}

    @cached_property
    def headline_figures(self) -> dict[str, list[dict[str, Any]]]:
        """The same with the KPI's other statistics after it."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.engine.rows("SELECT * FROM marts.kpi_headlines ORDER BY kpi, statistic_rank"):
            found.setdefault(row["kpi"], []).append(row)
        return found

    @cached_property
    def last_week(self) -> dict[str, Any] | None:
        """The newest complete week of the export."""
        rows = self.engine.rows("SELECT * FROM marts.periods WHERE period_kind = 'week' AND is_complete ORDER BY starts_on DESC LIMIT 1")
        return rows[0] if rows else None

    @cached_property
    def week(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every figure's row of the last complete week, by KPI and statistic."""
        rows = self.engine.rows("SELECT * FROM marts.weekly_kpis WHERE week = ? ORDER BY kpi", [self.last_week["period"]]) if self.last_week else []
        return {(row["kpi"], row["statistic"]): row for row in rows}

    @cached_property
    def paces(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """How every figure with a target stands in the running week, month or quarter, by KPI, statistic and kind of period."""
        rows = self.engine.rows("SELECT * FROM marts.kpi_paces ORDER BY kpi, statistic, period_kind")
        return {(row["kpi"], row["statistic"], row["period_kind"]): row for row in rows}

    @cached_property
    def stage_counts(self) -> dict[str, int]:
        """How many leads stand in each stage at the export."""
        return {row["stage"]: row["leads"] for row in self.engine.rows("SELECT stage, leads FROM marts.stage_counts ORDER BY stage")}

    @cached_property
    def missing(self) -> dict[str, list[str]]:
        """For each KPI what the export lacks to know it."""
        return missing(self.engine, self.definitions)

    @cached_property
    def as_of(self) -> dict[str, Any]:
        return self.engine.rows("SELECT * FROM playbook.export_clock")[0]

    def refuse_person(self, by: str | None) -> None:
        """Raise Mistake where a figure would show one person outside the managers' pages."""
        if by is not None and by not in DIMENSIONS:
            raise Mistake(f"unknown dimension '{by}'", nearest(str(by), DIMENSIONS))
        if by == "member" and not self.may_show_persons:
            raise Mistake("a figure by member shows single persons", "put it on a page under managers/ and build --edition manager")

    def format(self, kpi: Kpi) -> Format:
        return Format(kpi.unit, self.language)

    def number(self, value: Any, unit: str) -> str:
        """A figure as plain text."""
        return format_value(value, unit, self.language)

    def delta(self, value: Any, unit: str) -> str:
        return format_delta(value, unit, self.language) if value is not None else MISSING

    def change(self, value: Any, unit: str) -> str:
        """A difference with its direction as an arrow, escaped: ▲ +1.2pt."""
        arrow = "→" if not value else "▲" if value > 0 else "▼"
        return f"{arrow} {escape(self.delta(value, unit))}"

    def interval(self, low: float | None, high: float | None) -> str:
        """The ends of a rate's interval as plain text; a dash where there is none."""
        return f"{self.number(low, 'rate')}–{self.number(high, 'rate')}" if low is not None else MISSING

    def sentence(self, finding: Finding) -> str:
        """What a finding says, escaped; personal values among its examples are withheld."""
        return self.told(finding, finding.sentence)

    def told(self, finding: Finding, text: Text) -> str:
        """Words about a finding, escaped and without the personal values of its rows."""
        words = text[self.language]
        for value in sorted(self.withheld(finding), key=len, reverse=True):
            words = words.replace(value, self.plain_label("withheld"))
        return escape(words)

    @cache  # noqa: B019
    def withheld(self, finding: Finding) -> frozenset[str]:
        """The values in a finding's rows that some personal column holds: the team's edition prints none of them."""
        values = sorted({str(value) for row in finding.listed for value in row.values() if value is not None})
        if self.edition == "manager" or not values:
            return frozenset()
        found = " UNION ".join(f"SELECT CAST({quote(column)} AS VARCHAR) AS value FROM crm.{quote(name)}"
                               for name, table in self.definitions.tables.items() for column, spec in table.columns.items() if spec.is_private)
        rows = self.engine.rows(f"SELECT DISTINCT value FROM ({found}) WHERE value IN (SELECT unnest(CAST(? AS VARCHAR[])))", [values])
        return frozenset(row["value"] for row in rows)

    def touching(self, kpi: str) -> list[Finding]:
        """The findings that cast doubt on a KPI's figures."""
        return [finding for finding in self.findings if kpi in finding.kpis and finding.outcome in ("warned", "failed")]

    def badge(self, kpi: str) -> str:
        """A mark beside a figure that findings touch; empty when none does."""
        touching = self.touching(kpi)
        if not touching:
            return ""
        worst = "failed" if any(finding.outcome == "failed" for finding in touching) else "warning"
        titles = " / ".join(self.sentence(finding) for finding in touching)
        words = self.label("findings_touch", count=len(touching))
        return f' <a class="badge badge--{worst}" href="{self.href("findings.md")}" title="{titles}">{words}</a>'
