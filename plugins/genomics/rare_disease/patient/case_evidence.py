"""What is known of a patient besides findings, gathered from phenopackets, FHIR resources, variant files and options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedside.core import PatientContext, TextAddress
from bedside.core.errors import CaseError, UsageError
from bedside.core.toolkit.clinical_json import fhir, phenopacket

from ..variants.deduplicate import distinct
from . import fhir_onset, onset, sex
from . import inheritance as modes
from .context import Context
from .phenopacket import read as read_packet

if TYPE_CHECKING:
    from bedside.core import Case, Services

    from ..variants.variant import Variant

_NAMED = 6
_MONTHS_BELOW = 2
_LATER = "the onset is later than the patient's age in the record; the onset counts, the age does not: check"


@dataclass(frozen=True)
class KnownOfPatient:
    """As `Context` takes it."""

    sex: str | None = None
    onset: str | None = None
    age: str | None = None
    inheritance: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    genes_complete: bool = False
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class Subject(KnownOfPatient):
    """With `notes`: what was there and was not used, and what a reader should check."""

    notes: tuple[str, ...] = ()

    def checked(self) -> Subject:
        """Raises `UsageError` for values that make no sense. Cheap: nothing is looked up."""
        for given, read in ((self.sex, sex.read), (self.onset, onset.read)):
            if given is not None:
                read(given)
        modes.read(self.inheritance)
        self.context()
        later = self.onset and self.age and onset.read(self.onset)[0] > onset.class_of(onset.years(self.age, "age"))
        return replace(self, notes=(*self.notes, _LATER)) if later and _LATER not in self.notes else self

    def context(self) -> Context:
        # an onset says all that an age says, and the two may be inconsistent in a record
        return Context(
            sex=self.sex,
            onset=self.onset,
            age=None if self.onset else self.age,
            inheritance=self.inheritance,
            genes=self.genes,
            genes_complete=self.genes_complete,
            variants=self.variants,
        )

    def data(self) -> KnownOfPatient:
        """For machines: each variant once, without the notes."""
        known = {one.name: getattr(self, one.name) for one in fields(KnownOfPatient)}
        return replace(KnownOfPatient(**known), variants=tuple(distinct(self.variants)[0]))

    def words(self) -> tuple[str, ...]:
        """For people, one each."""
        out = [f"sex {self.sex}"] if self.sex else []
        out += [f"onset {_class_name(self.onset)}"] if self.onset else [f"age {self.age}"] if self.age else []
        out += [f"inheritance {', '.join(self.inheritance)}"] if self.inheritance else []
        if self.genes:
            more = f" and {len(self.genes) - _NAMED} more" if len(self.genes) > _NAMED else ""
            out.append(f"{'only ' if self.genes_complete else ''}genes {', '.join(self.genes[:_NAMED])}{more}")
        return (*out, *(f"{v.gene} {v.told()}" for v in distinct(self.variants)[0]))


def subject_of(case: Case) -> Subject:
    """Of phenopackets and FHIR resources. Raises `CaseError` when these are of several patients or of no known shape."""
    people = {phenopacket.subject_id(p) for p in case.phenopackets} - {""}
    if len(people) > 1:
        raise CaseError(
            f"the phenopackets are of {len(people)} patients; a case is one patient's", hint="give one file per patient"
        )
    several = len(case.phenopackets) > 1
    told = [read_packet(p, f"phenopacket {n}" if several else "the phenopacket") for n, p in enumerate(case.phenopackets, 1)]
    notes = [note for one in told for note in one.notes]
    sexes = {s for s in (*(one.sex for one in told), *(_gender(r, notes) for r in fhir.readable_patients(case.fhir))) if s}
    if len(sexes) > 1:
        notes.append("the case gives both sexes, so that the sex was not used")
    of_fhir = list(fhir_onset.of_conditions(case.fhir, notes))
    began = [one.onset for one in told if one.onset] or [*_of_features(case.phenopackets), *of_fhir]
    ages = [one.age for one in told if one.age and _readable(one.age, notes)]
    return Subject(
        sex=sexes.pop() if len(sexes) == 1 else None,
        onset=_earliest(began, notes),
        age=ages[0] if ages else None,
        variants=tuple(v for one in told for v in one.variants),
        notes=tuple(notes),
    )


def with_person(subject: Subject, person: PatientContext) -> Subject:
    """And with the age and sex that a text says, where no record gives them ("a 6-year-old boy"). Whole years of age; months
    below two years."""

    def said(field: str) -> bool:
        return isinstance(person.addresses.get(field), TextAddress)

    sex = person.sex if person.sex in ("male", "female") and said("sex") else None
    years = person.age_years if said("age_years") else None
    age = None if years is None else f"P{int(years)}Y" if years >= _MONTHS_BELOW else f"P{int(12 * years)}M"
    return replace(subject, sex=subject.sex or sex, age=subject.age or (None if subject.onset else age))


def with_vcf(subject: Subject, path: Path, services: Services, sample: str | None = None) -> Subject:
    """And with what ClinVar says of a variant file. Raises `CaseError`, and `SourceError` where ClinVar is not there."""
    from ..variants.variant_files import read_variants

    called = read_variants(path, services, sample)
    return replace(subject, variants=(*subject.variants, *called.variants), notes=(*subject.notes, *called.notes))


def _class_name(text: str) -> str:
    """`HP:0011463 (childhood)`; an age speaks for itself."""
    names = ", ".join(onset.CLASSES[c] for c in onset.read(text))
    return f"{text} ({names})" if text.upper().startswith("HP:") else text


def _gender(patient: Mapping[str, Any], notes: list[str]) -> str | None:
    given = patient.get("gender")
    if given is not None and str(given).lower() not in ("male", "female", "other", "unknown"):
        notes.append("the patient's gender in the record can't be read and was not used")
    return str(given).lower() if str(given).lower() in ("male", "female") else None


def _of_features(phenopackets: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Onset of the findings that are there: where no disease is named, the first of them is the disease's."""
    for packet in phenopackets:
        for feature in phenopacket.children(packet, "phenotypicFeatures"):
            if phenopacket.is_excluded(feature) is False:
                yield from phenopacket.onsets(phenopacket.child(feature, "onset"))


def _readable(age: str, notes: list[str]) -> bool:
    try:
        onset.years(age, "age")
    except UsageError:
        notes.append("the age can't be read and was not used")
        return False
    return True


def _earliest(stated: Sequence[str], notes: list[str]) -> str | None:
    readable = {}
    for text in stated:
        try:
            # by class; in a class an age before the class's name, since it says more
            readable[text] = (onset.read(text)[0], onset.years(text, "onset") if text[:1] in "Pp" else float("inf"))
        except UsageError:
            notes.append("a stated age at onset can't be read and was not used")
    return min(readable, key=readable.__getitem__, default=None)
