"""Signing agreements: by a department's answer on the command line, or by many from a CSV; each one is written under the last."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from publish import signature_file
from publish.session import Session
from warehouse import seals, signature_tables, signatures
from warehouse.definitions import Definitions, Text
from warehouse.definitions.signatures import fault
from warehouse.problems import Problem, WrongInput, nearest
from warehouse.seals import Terms


@dataclass(frozen=True)
class Answer:
    """What one department said to one agreement, as it was given. `terms` are those it saw: a version's day or a digest; None: the newest."""

    place: str
    line: int | None
    agreement: str
    department: str
    by: str
    on: date | None
    evidence: str | None
    terms: str | None

    def problem(self, what: str, mend: str = "") -> Problem:
        return Problem(self.place, self.line, what, mend)


@dataclass(frozen=True)
class Recorded:
    """A signature as it now stands in the file, and whether it was there before."""

    terms: Terms
    department: str
    by: str
    on: date
    is_new: bool


def sign(session: Session, agreement: str, department: str, by: str, evidence: str | None = None, on: date | None = None) -> str:
    """Record one department's signature under the newest terms; the sentence that says so. Raises WrongInput where it cannot stand."""
    answer = Answer("playbook sign", None, agreement, department, by, on, evidence, None)
    recorded, definitions = record(session, [answer])
    if not recorded[0].is_new:
        raise WrongInput([answer.problem(f"{recorded[0].department} has signed these terms of {recorded[0].terms.agreement} since {recorded[0].on}", "there is nothing to sign")])
    return _said(recorded[0], definitions)


def sign_all(session: Session, answers: list[Answer]) -> str:
    """Record every answer, or none when one of them cannot stand (WrongInput, with all that is wrong). Those that stand in the file already are passed over."""
    recorded, definitions = record(session, answers)
    lines = [_said(one, definitions) for one in recorded if one.is_new]
    return "\n".join([*lines, f"{len(lines)} recorded, {len(recorded) - len(lines)} were there already"])


def _said(one: Recorded, definitions: Definitions) -> str:
    """What was signed, and who has still to sign the newest terms."""
    newest = definitions.agreements[one.terms.agreement].present.effective_from
    head = f"{one.terms.agreement}: {one.department} signed the terms of {one.terms.effective_from} ({one.terms.digest[:seals.SHORT]}), {one.by} on {one.on}; "
    if one.terms.effective_from != newest:
        return head + f"the terms of {newest} are not signed by it"
    awaiting = next(standing for standing in signatures.standings(definitions, newest) if standing.agreement == one.terms.agreement).judging.awaiting
    return head + (f"still to sign: {', '.join(awaiting)}" if awaiting else f"all parties have signed, in force from {newest}")


def record(session: Session, answers: list[Answer]) -> tuple[list[Recorded], Definitions]:
    """Write the answers that are not in the file yet, all or none; what was recorded, and the definitions with it."""
    with signature_file.alone(session.project):
        inputs = session.load()
        definitions = inputs.definitions
        _refuse_broken(definitions)
        known = _Known(definitions)
        entries, problems = [], []
        for answer in answers:
            found = list(known.faults(answer))
            problems += found
            entries += [] if found else [known.entry(answer)]
        if problems:
            raise WrongInput(problems)
        recorded, added = _new(entries, definitions)
        return recorded, replace(definitions, signatures=signature_file.append(inputs, added)) if added else definitions


def _new(entries: list[tuple[Terms, dict]], definitions: Definitions) -> tuple[list[Recorded], list[dict]]:
    """What comes of every entry, and the fields of those to add: a department signs the same terms once."""
    there = {(one.department, one.digest): (one.signed_by, one.signed_on) for one in definitions.signatures.signatures}
    recorded, added = [], []
    for terms, fields in entries:
        key = fields["department"], fields["digest"]
        is_new = key not in there
        if is_new:
            there[key] = fields["signed_by"], fields["signed_on"]
            added.append(fields)
        recorded.append(Recorded(terms, key[0], *there[key], is_new))
    return recorded, added


def _refuse_broken(definitions: Definitions) -> None:
    """Nothing is written under a chain that does not hold."""
    name = definitions.sources[signature_file.NAME].name
    problems = [Problem(name, line, "the seal does not hold", "restore the file as it was; no signature is added to one that was touched")
                for line, *_ in signature_tables.faults(definitions)]
    if problems:
        raise WrongInput(problems)


class _Known:
    """The names and terms that an answer may speak of."""

    def __init__(self, definitions: Definitions):
        self.definitions = definitions
        self.agreements = _names({name: one.name for name, one in definitions.agreements.items()})
        self.departments = _names({one.id: one.name for one in definitions.departments})
        self.today = today(definitions)

    def faults(self, answer: Answer) -> Iterator[Problem]:
        """Everything for which the answer cannot stand."""
        agreement, department = self.agreements.get(answer.agreement.strip()), self.departments.get(answer.department.strip())
        if agreement is None:
            yield answer.problem(f"no agreement is called '{answer.agreement}'", nearest(answer.agreement, self.definitions.agreements))
        if department is None:
            yield answer.problem(f"no department is called '{answer.department}'", nearest(answer.department, [one.id for one in self.definitions.departments]))
        if agreement and department and department not in self.definitions.agreements[agreement].parties:
            yield answer.problem(f"{department} is no party of {agreement}", f"its parties: {', '.join(self.definitions.agreements[agreement].parties)}")
        if agreement and answer.terms is not None and self.terms(answer) is None:
            yield answer.problem(f"'{answer.terms}' is no version of {agreement} and the digest of none as it stands", f"ask {answer.department} to sign the terms of {self.newest(agreement)}")
        if said := fault(answer.by):
            yield answer.problem(f"the name of who signs {said}", "give the name of a person")
        if answer.evidence and (said := fault(answer.evidence)):
            yield answer.problem(f"the evidence {said}", "name a pull request or the minutes")
        if answer.on and answer.on > self.today:
            yield answer.problem(f"{answer.on} lies ahead", "write the day on which it was signed")

    def newest(self, agreement: str) -> date:
        return self.definitions.agreements[agreement].present.effective_from

    def terms(self, answer: Answer) -> Terms | None:
        """The version that the answer saw; the newest when it does not say. None when there is no such version."""
        agreement = self.agreements[answer.agreement.strip()]
        known = signatures.versions(agreement, self.definitions.agreements[agreement])
        if answer.terms is None:
            return known[-1]
        said = answer.terms.strip().lower()
        return next((one for one in known if said == str(one.effective_from) or len(said) >= seals.SHORT and one.digest.startswith(said)), None)

    def entry(self, answer: Answer) -> tuple[Terms, dict]:
        """The terms and the fields of a signature, still without its seal."""
        terms = self.terms(answer)
        evidence = (answer.evidence or "").strip() or None
        return terms, {"agreement": terms.agreement, "department": self.departments[answer.department.strip()], "signed_by": answer.by.strip(),
                       "signed_on": answer.on or self.today, **({"evidence": evidence} if evidence else {}), "effective_from": terms.effective_from,
                       "digest": terms.digest, "parties": terms.parties, "escalation": terms.escalation, "terms": terms.shorts}


def _names(texts: dict[str, Text]) -> dict[str, str]:
    """An id by itself, and by its name in either language, as a form shows it, where no other has the same."""
    named = [(name, one) for one, text in texts.items() for name in {text.ja, text.en}]
    alone = Counter(name for name, _ in named)
    return {**{name: one for name, one in named if alone[name] == 1}, **{one: one for one in texts}}


def today(definitions: Definitions) -> date:
    """The present day where the team works: a signature without a day is given now."""
    return datetime.now(ZoneInfo(definitions.calendar.timezone)).date()
