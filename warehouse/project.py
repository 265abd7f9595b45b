"""Where a team's repository keeps its things."""

from dataclasses import dataclass
from pathlib import Path

from warehouse.problems import CannotRun, Problem

LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Project:
    """A playbook repository on disk; every path the product reads or writes starts at `root`."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """The project that holds `start` (the present folder): the nearest one above with `playbook/definitions`."""
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "playbook" / "definitions").is_dir():
                return cls(folder)
        raise CannotRun([Problem(str(start), None, "no playbook here or above: there is no folder playbook/definitions",
                                 "change into the repository or name it with --project DIR")])

    @property
    def definitions(self) -> Path:
        return self.root / "playbook" / "definitions"

    @property
    def pages(self) -> Path:
        return self.root / "playbook"

    @property
    def templates(self) -> Path:
        return self.root / "playbook" / "templates"

    @property
    def adapters(self) -> Path:
        return self.root / "warehouse" / "adapters"

    @property
    def marts(self) -> Path:
        return self.root / "warehouse" / "marts"

    @property
    def tables(self) -> Path:
        return self.root / "warehouse" / "tables.yml"

    @property
    def rules(self) -> Path:
        return self.root / "checks" / "rules"

    @property
    def waivers(self) -> Path:
        return self.root / "checks" / "waivers.yml"

    @property
    def translations(self) -> Path:
        return self.root / "playbook" / "translations.yml"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def exports(self) -> Path:
        """The team's own exports when there are any, else the committed sample."""
        own = self.root / "data" / "exports"
        has_own = own.is_dir() and any(file.suffix in (".csv", ".parquet") for file in own.iterdir())
        return own if has_own else self.root / "data" / "sample"

    def shown(self, path: Path) -> str:
        """A path as messages print it: relative to the project where it lies inside."""
        path = Path(path)
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
