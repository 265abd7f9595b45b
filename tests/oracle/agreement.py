"""What was agreed, read from the definitions' words alone: stages, limits, the calendar, and what a KPI needs. Conditions in SQL are not looked at."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Agreement:
    """The definitions of a project, with those of an adapter's folder laid over."""

    folder: Path
    overlay: Path | None = None

    @cached_property
    def stages(self) -> list[dict[str, Any]]:
        """The stages as they are written, in order."""
        return self._read("stages.yml")["stages"]

    @cached_property
    def milestones(self) -> dict[str, str]:
        """The milestone that each stage stands for."""
        return {stage["id"]: stage["milestone"] for stage in self.stages}

    @cached_property
    def calendar(self) -> dict[str, Any]:
        """Zone, start of the fiscal year, holidays, working days, hours and closed days."""
        return self._read("calendar.yml")

    @cached_property
    def limits(self) -> dict[str, dict[str, Any]]:
        """Each wait: the department whose hours count, and its lines, version by version; a version that follows ends all lines of the one before."""
        waits: dict[str, dict[str, Any]] = {}
        for file in sorted((self.folder / "agreements").glob("*.yml")):
            versions = sorted(self._read(f"agreements/{file.name}")["versions"], key=lambda version: version["effective_from"])
            for version, newer in zip(versions, [*versions[1:], None], strict=True):
                for limit in (term["limit"] for term in version["terms"] if "limit" in term):
                    wait = waits.setdefault(limit["wait"], {"department": limit["department"], "terms": []})
                    wait["terms"].append({**limit, "effective_from": version["effective_from"], "effective_until": newer and newer["effective_from"]})
        return waits

    @cached_property
    def priority(self) -> list[dict[str, Any]]:
        """The versions of the tiers."""
        return self._read("priority.yml")["versions"]

    def stage(self, name: str | None) -> dict[str, Any] | None:
        """A stage by its id."""
        return next((stage for stage in self.stages if stage["id"] == name), None)

    @cached_property
    def kpis(self) -> dict[str, dict[str, Any]]:
        """What each KPI says of itself, without the conditions by which the product counts it."""
        files = sorted((self.folder / "kpis").glob("*.yml"))
        return {file.stem: _words(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files}

    def _read(self, name: str) -> Any:
        laid_over = self.overlay and self.overlay / name
        return yaml.safe_load((laid_over if laid_over and laid_over.exists() else self.folder / name).read_text(encoding="utf-8"))


def _words(kpi: dict[str, Any]) -> dict[str, Any]:
    """Its unit, its bases with their horizons, and the columns and milestones without which it is unknown; `a or b` takes either."""
    horizons = {basis: spec.get("horizon_days") for basis, spec in kpi["bases"].items()}
    return {"unit": kpi["unit"], "horizons": horizons, "needs": {"columns": [], "milestones": [], **kpi.get("needs", {})}}
