"""The file of signatures as text: new ones go under the last, and what stands there stays as it was written."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from warehouse import seals
from warehouse.build import Inputs
from warehouse.definitions import read_model
from warehouse.definitions.signatures import Signature, SignaturesFile
from warehouse.problems import PlaybookError, Problem, WrongInput
from warehouse.project import Project

NAME = "signatures.yml"
EMPTY = re.compile(r"^signatures:[ \t]*\[[ \t]*\]", re.MULTILINE)
HEAD = re.compile(r"^(seal:[ \t]*['\"]?)[0-9a-f]{64}", re.MULTILINE)
ITEM = re.compile(r"^( *)- ", re.MULTILINE)
MEND = "keep 'seal' on a line of its own and 'signatures', a list with a dash for each, as the last key"


class _Written(yaml.SafeDumper):
    """Each value where it belongs: two signatures of one day are no anchor and alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@contextmanager
def alone(project: Project) -> Iterator[None]:
    """One at a time: who signs second reads what the first has written."""
    handle = os.open(project.definitions, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def append(inputs: Inputs, added: list[dict[str, Any]]) -> SignaturesFile:
    """Write signatures of these fields at the end of the file, all else as it stood, in one rename; what the file holds now.

    Raises WrongInput where it would not read back as meant.
    """
    path = _file(inputs)
    expected = seals.signed(inputs.definitions.signatures, *added)
    text = path.read_bytes().decode("utf-8")
    scratch = path.with_name(f".{NAME}.{os.getpid()}")
    try:
        scratch.write_bytes(_appended(text, expected, len(added)).encode("utf-8"))
        shutil.copymode(path, scratch)
        if not _reads_as(scratch, expected):
            raise WrongInput([Problem(inputs.definitions.sources[NAME].name, None, "is laid out in a way that nothing can be added to", MEND)])
        os.replace(scratch, path)
        return expected
    finally:
        scratch.unlink(missing_ok=True)


def _file(inputs: Inputs) -> Path:
    """The file that was read: the adapter's own where it has one. A link is followed, so that it stays one."""
    overlay = inputs.adapter.overlay
    return (overlay / NAME if overlay and (overlay / NAME).is_file() else inputs.project.definitions / NAME).resolve()


def _appended(text: str, expected: SignaturesFile, number: int) -> str:
    """The text with the last `number` signatures under it and the new seal at its head."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    text = HEAD.sub(lambda found: found[1] + expected.seal, EMPTY.sub("signatures:", text), count=1)
    indent = (ITEM.search(text) or ["", "  "])[1]
    entries = yaml.dump([_plain(one) for one in expected.signatures[-number:]], Dumper=_Written, sort_keys=False, allow_unicode=True, default_flow_style=None, width=1 << 30)
    lines = "".join(f"{indent}{line}{line_end}" for line in entries.splitlines())
    return text + ("" if text.endswith("\n") else line_end) + lines


def _plain(signature: Signature) -> dict[str, Any]:
    fields = signature.model_dump(exclude_none=True)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def _reads_as(path: Path, expected: SignaturesFile) -> bool:
    try:
        return read_model(SignaturesFile, path, path.name)[0] == expected
    except PlaybookError:
        return False
