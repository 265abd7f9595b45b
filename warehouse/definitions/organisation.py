"""Departments, motions and the glossary."""

from warehouse.definitions.model import Id, Model, Text, Words
from warehouse.definitions.upkeep import Upkeep


class Department(Model):
    """One department of the division of labour."""

    id: Id
    name: Text
    duty: Text


class Motion(Model):
    """A way of selling: SDR answers demand, BDR opens target companies."""

    id: Id
    name: Text
    meaning: Text


class DepartmentsFile(Model):
    departments: tuple[Department, ...]
    motions: tuple[Motion, ...] = ()


class Synonyms(Model):
    ja: tuple[Words, ...] = ()
    en: tuple[Words, ...] = ()


class Term(Model):
    """One word for one idea."""

    id: Id
    term: Text
    meaning: Text
    synonyms: Synonyms = Synonyms()


class GlossaryFile(Model):
    upkeep: Upkeep | None = None
    terms: tuple[Term, ...]


class LabelsFile(Model):
    """Every word that a macro or a template prints."""

    labels: dict[Id, Text]
