"""Bytes of an export to UTF-8 text: BOM, then strict UTF-8, then strict CP932. Nothing is guessed."""

import codecs
import csv
import itertools
import mmap
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse.problems import Problem, WrongInput

CHUNK = 1 << 20
LONGEST_CELL = 1 << 30
LINE_END = re.compile(rb"\r\n|\n|\r")
QUOTED_OR_LINE_END = re.compile(r'"[^"]*"|\r\n|\r')
csv.field_size_limit(LONGEST_CELL)


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
    fault = _fault(path, "utf-8")
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


def refuse_open_quote(path: Path, shown: str, delimiter: str) -> None:
    """Raise WrongInput when a quote is opened and never closed: all that follows it would be lost."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b'"') < 0:
            return
    end = ["end of the file"]
    with path.open(encoding="utf-8", newline="") as file:
        last = deque(csv.reader(itertools.chain(file, end), delimiter=delimiter), maxlen=1).pop()
    if last != end:
        line = max((line for line, _ in _records(path, delimiter)), default=1)
        raise WrongInput([Problem(shown, line, "opens a quote that is never closed: the file was cut, or a quote within a value is not doubled", "export it again")])


def _fault(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that the encoding cannot read; None when it reads them all."""
    decoder, offset = codecs.getincrementaldecoder(encoding)("strict"), 0
    with path.open("rb") as file:
        while True:
            chunk, pending = file.read(CHUNK), len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return offset - pending + error.start
            if not chunk:
                return None
            offset += len(chunk)


def header(path: Path, delimiter: str) -> list[str]:
    """The names in the first record. A name that stands twice gets its number; an empty one its position."""
    with path.open(encoding="utf-8", newline="") as file:
        names = [name.strip() for name in next(csv.reader(file, delimiter=delimiter), [])]
    seen: set[str] = set()
    unique = []
    for position, name in enumerate(names, start=1):
        name = plain = name or f"column {position}"
        numbers = itertools.count(2)
        while name.lower() in seen:
            name = f"{plain} ({next(numbers)})"
        seen.add(name.lower())
        unique.append(name)
    return unique


def with_one_line_end(path: Path, folder: Path) -> Path:
    """A copy in `folder` in which every line outside quotes ends in LF; lines keep their numbers."""
    copy = folder / f"{path.stem}.lf.csv"
    with path.open(encoding="utf-8", newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
        target.write(QUOTED_OR_LINE_END.sub(lambda found: found[0] if found[0].startswith('"') else "\n", source.read()))
    return copy


def line_of(path: Path, offsets: Iterable[int]) -> dict[int, int]:
    """Byte offset → the line of the file that it lies on."""
    lines, line, passed = {}, 1, 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for offset in sorted(set(offsets)):
            line += sum(1 for _ in LINE_END.finditer(content, passed, offset))
            lines[offset], passed = line, offset
    return lines


def record_lines(path: Path, delimiter: str, rejected: Iterable[int], wanted: Iterable[int]) -> dict[int, int]:
    """Row number (from 0, header and rejected lines not counted) → the line of the file where that record starts."""
    rejected, wanted = set(rejected), set(wanted)
    kept = (line for line, _ in _records(path, delimiter) if line not in rejected)
    return {row: line for row, line in enumerate(kept) if row in wanted}


def _records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record after the header with the line it starts on. A blank line is a record only where there is one column."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        width, start = len(next(reader)), reader.line_num + 1
        for record in reader:
            if record or width == 1:
                yield start, record
            start = reader.line_num + 1
