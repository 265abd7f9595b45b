"""A folder of exports for a test, and what becomes of it."""

from pathlib import Path

import yaml

from tests.world import PROJECT
from warehouse import adapter, exports
from warehouse.definitions import Text
from warehouse.definitions.tables import Column, Table
from warehouse.engine import Engine


def table(types: dict[str, str], required: tuple[str, ...] = ("id",)) -> Table:
    """A canonical table of a test's own."""
    words = Text(ja="意味", en="Meaning")
    return Table(grain=words, key=("id",), columns={name: Column(type=kind, meaning=words, required=name in required) for name, kind in types.items()})


class Export:
    """A folder of exports, and what becomes of it. `mapping` are an adapter's `files` and `tables`."""

    def __init__(self, folder: Path):
        self.folder, self.engine = folder / "exports", Engine.create()
        self.folder.mkdir()

    def write(self, **files: str | bytes) -> "Export":
        for name, content in files.items():
            (self.folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def load(self, canonical: dict[str, Table], zone: str = "Asia/Tokyo", local_zone: str = "Asia/Tokyo", **mapping) -> "Export":
        mapping.setdefault("files", {name: f"{name}.csv" for name in canonical})
        mapping.setdefault("tables", {name: {"from": name} for name in canonical})
        path = self.folder.parent / "adapter.yml"
        path.write_text(yaml.safe_dump({"schema": 1, "name": {"ja": "試験", "en": "Trial"}, "timezone": zone, **mapping}, allow_unicode=True), encoding="utf-8")
        loaded = adapter.load(PROJECT, str(path))
        adapter.check(loaded, canonical)
        exports.load(self.engine, loaded, canonical, self.folder, local_zone)
        return self

    def column(self, name: str, table: str = "records") -> list:
        return [row[name] for row in self.engine.rows(f"SELECT {name} FROM crm.{table} ORDER BY rowid")]

    def rejects(self) -> list[tuple]:
        return [tuple(row.values()) for row in self.engine.rows("SELECT file, line, column_name, value, reason FROM playbook.export_rejects ORDER BY line, column_name")]

    def provided(self) -> set[str]:
        return {row["column_name"] for row in self.engine.rows("SELECT column_name FROM playbook.canonical_columns WHERE is_provided")}


def records(**types: str) -> dict[str, Table]:
    return {"records": table({"id": "text", **types})}
