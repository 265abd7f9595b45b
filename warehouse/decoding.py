"""Bytes of an export to UTF-8 text: BOM, then strict UTF-8, then strict CP932. Nothing is guessed."""

import codecs
import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from warehouse.problems import Problem, WrongInput

CHUNK = 1 << 20


@dataclass(frozen=True)
class Decoded:
    """A file as plain UTF-8: the path to read, and the encoding it arrived in."""

    path: Path
    encoding: str


def decode(path: Path, shown: str, folder: Path) -> Decoded:
    """The file as UTF-8 without BOM; a copy in `folder` where the original is something else.

    Raises WrongInput for an empty file, a NUL byte, or bytes that are neither UTF-8 nor CP932.
    """
    with path.open("rb") as file:
        head = file.read(len(codecs.BOM_UTF8))
    if not head:
        raise WrongInput([Problem(shown, None, "is empty", "export it again: even an export without records has a header line")])
    encoding = "utf-8-sig" if head == codecs.BOM_UTF8 else "utf-8"
    fault = _fault(path, encoding)
    if fault is None and encoding == "utf-8":
        return Decoded(path, "utf-8")
    if fault is not None and encoding == "utf-8":
        encoding, utf8_fault = "cp932", fault
        if _fault(path, encoding) is not None:
            raise WrongInput([Problem(shown, None, f"is neither UTF-8 (byte {utf8_fault}) nor CP932 (byte {_fault(path, encoding)})",
                                      "export it again as UTF-8")])
    elif fault is not None:
        raise WrongInput([Problem(shown, None, f"starts as UTF-8 and breaks at byte {fault}", "export it again as UTF-8")])
    copy = folder / f"{path.stem}.utf8.csv"
    with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
    return Decoded(copy, encoding)


def refuse_nul(path: Path, shown: str) -> None:
    """Raise WrongInput when the file holds a NUL byte: it was cut or is no text."""
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            position = chunk.find(b"\0")
            if position >= 0:
                raise WrongInput([Problem(shown, line + chunk.count(b"\n", 0, position), "holds a NUL byte, which no text has", "export it again")])
            line += chunk.count(b"\n")


def _fault(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that the encoding cannot read; None when it reads them all."""
    decoder, offset = codecs.getincrementaldecoder(encoding)("strict"), 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return max(0, offset + error.start)
            if not chunk:
                return None
            offset += len(chunk)


def header(path: Path, delimiter: str) -> list[str]:
    """The names in the first record. A name that stands twice gets its number; an empty one its position."""
    with path.open(encoding="utf-8", newline="") as file:
        names = [name.strip() for name in next(csv.reader(file, delimiter=delimiter), [])]
    seen: dict[str, int] = {}
    unique = []
    for position, name in enumerate(names, start=1):
        name = name or f"column {position}"
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
        unique.append(name if seen[name.lower()] == 1 else f"{name} ({seen[name.lower()]})")
    return unique


def record_lines(path: Path, delimiter: str, rejected: Iterable[int], wanted: Iterable[int]) -> dict[int, int]:
    """Row number (from 0, header and rejected lines not counted) → the line of the file where that record starts."""
    rejected, wanted = set(rejected), set(wanted)
    lines, row, start = {}, -1, 1
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        for record in reader:
            if start > 1 and record and start not in rejected:
                row += 1
                if row in wanted:
                    lines[row] = start
            start = reader.line_num + 1
    return lines
