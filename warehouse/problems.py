"""What is wrong with an input, said in its author's words, and the two ways a command ends early."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to put right: where it is, what is wrong, and what would mend it."""

    file: str
    line: int | None
    what: str
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}" + (f"; {self.mend}" if self.mend else "")


class PlaybookError(Exception):
    """A command cannot go on. `problems` are all that was found; `exit_code` is the contract's."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem] | str):
        self.problems = [problems] if isinstance(problems, str) else sorted(set(problems), key=_place)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class WrongInput(PlaybookError):
    """The playbook or the data is wrong (exit code 1)."""


class CannotRun(PlaybookError):
    """A file is missing, the usage is off, a page does not render (exit code 2)."""

    exit_code = 2


def _place(problem: Problem) -> tuple:
    return problem.file, problem.line or 0, problem.what


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` for the closest of the known names, else the list of them all."""
    known = sorted(known)
    folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{folded[close[0]]}'?"
    return f"known: {', '.join(known)}" if known else "none is defined"
