"""What a warehouse was built from, as one digest: same inputs, same digest, nothing to compute again."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from warehouse.build import Inputs
from warehouse.project import LANGUAGES

PACKAGES = ("warehouse", "checks")
SOURCES = {".py", ".sql", ".yml"}


def digest(inputs: Inputs) -> str:
    """The digest of every file a warehouse depends on and of the options. Files of known size and time are not read again."""
    memory = _Memory(inputs.project.build / "fingerprints.json")
    parts = [f"{name} {memory.hash(path)}" for name, path in _files(inputs)]
    memory.save()
    return hashlib.sha256("\n".join([str(inputs.as_of), *parts]).encode()).hexdigest()[:24]


def _files(inputs: Inputs) -> list[tuple[str, Path]]:
    """Every input with a name that does not depend on where the project lies."""
    project, adapter = inputs.project, inputs.adapter
    code = Path(__file__).parent.parent
    named = [("code", path, code) for package in PACKAGES for path in _below(code / package)]
    named += [("project", path, project.root) for folder in (project.definitions, project.marts, project.rules) for path in _below(folder)]
    named += [("page", path, project.pages) for folder in (*LANGUAGES, "templates") for path in sorted((project.pages / folder).rglob("*.md"))]
    named += [("project", path, path.parent) for path in (project.tables, project.waivers, project.translations) if path.is_file()]
    named += [("adapter", adapter.path, adapter.path.parent)]
    named += [("overlay", path, adapter.overlay) for path in (_below(adapter.overlay) if adapter.overlay else ())]
    patterns = {pattern for file in adapter.spec.files.values() for pattern in file.path}
    named += [("export", path, inputs.exports) for pattern in sorted(patterns) for path in sorted(inputs.exports.glob(pattern)) if path.is_file()]
    return [(f"{kind}:{path.relative_to(base).as_posix()}", path) for kind, path, base in named]


def _below(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix in SOURCES and path.is_file())


class _Memory:
    """Hashes by path, size and time of change, kept beside the warehouse."""

    def __init__(self, path: Path):
        self.path = path
        try:
            self.known = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.known = {}
        self.seen: dict[str, list] = {}

    def hash(self, path: Path) -> str:
        status = path.stat()
        key = [status.st_size, status.st_mtime_ns]
        known = self.known.get(str(path))
        if not (isinstance(known, list) and known[:2] == key):
            with path.open("rb") as file:
                known = [*key, hashlib.file_digest(file, "sha256").hexdigest()]
        self.seen[str(path)] = known
        return known[2]

    def save(self) -> None:
        if self.seen.items() <= self.known.items():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.path.with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps({**self.known, **self.seen}), encoding="utf-8")
        scratch.replace(self.path)
