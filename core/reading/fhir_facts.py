"""The patient context out of FHIR R4: every fact with the path it stands at.

What is refuted, stopped, preliminary or entered in error is kept, and says so: `Fact.holds` tells what counts. Nothing is
filled in: a value without a unit has none, an observation without a value has the reason that was given for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from ..types.context import Fact, Observation, PatientContext
from ..wording import say
from . import fhir
from .fhir import Resource
from .fhir_context.body import read_body
from .fhir_context.clinical import allergies, conditions, family
from .fhir_context.contained import read_contained
from .fhir_context.elements import Nameless
from .fhir_context.genomics.contradictions import settled
from .fhir_context.genomics.genotypes import genotypes
from .fhir_context.medications import medications
from .fhir_context.modified import Modified
from .fhir_context.observations import observations
from .fhir_context.records import documents, immunizations, procedures, reports
from .fhir_context.references import References
from .fhir_context.reports import Reports
from .fhir_context.series import series
from .fhir_context.unread import report_unread
from .fhir_context.versions import other_release
from .person import read_person

_MISSHAPEN = (AttributeError, TypeError, KeyError, ValueError, ValidationError)


def read_patient(resources: Sequence[Resource], today: date, unread: list[str]) -> PatientContext:
    """Everything of the patient in the resources of a case; ages are those of `today`. What can't be read is added to
    `unread`."""
    told = Reports()
    patients = fhir.readable_patients(resources)
    person = read_person(patients, today, unread)
    if not resources:
        return person
    if not patients:
        for number, resource in enumerate(resources, 1):
            if fhir.kind_of(resource) == "Patient":
                told.add(fhir.reference_of(resource, number), "modified-patient")
    facts = read_facts(resources, unread)
    body, addresses = read_body(facts["observations"], facts["conditions"], today, told)  # type: ignore[arg-type]
    unread += told.lines()
    return person.model_copy(update={**facts, **body, "addresses": {**person.addresses, **addresses}})


def read_facts(resources: Sequence[Resource], unread: list[str]) -> dict[str, tuple[Fact, ...]]:
    """{field of `PatientContext`: facts}. What can't be read is added to `unread`.

    Resources of another subject than the case's Patient are left out (and reported where findings are read). So is
    everything where the case is of several people and no Patient says whose it is. A resource that is given twice is read
    once; two of one id that differ are not read."""
    patients = fhir.patient_ids(resources)
    people = {fhir.subject_id(r) for r in resources if fhir.kind_of(r) in _READERS} - {""}
    references, told = References(resources), Reports()
    modified = Modified(resources, references)
    out: dict[str, list[Fact]] = {field: [] for field in FIELDS}
    if not patients and len(people) > 1:
        unread += [
            say("reading.of-several-people", who=fhir.reference_of(r, n), number=len(people))
            for n, r in enumerate(resources, 1)
            if fhir.kind_of(r) in _READERS
        ]
        return {field: () for field in FIELDS}
    again = _repeated(resources)
    for number, resource in enumerate(resources, 1):
        reader = _READERS.get(fhir.kind_of(resource))
        reference = fhir.reference_of(resource, number)
        if reader is None:
            if fhir.kind_of(resource) == "Bundle":
                told.add(reference, "bundle-in-bundle")
            continue
        field, read = reader
        if (first := again.get(number)) is not None:
            if not first:
                told.add(reference, "given-twice")
            continue
        if fhir.of_another(resource, patients):
            unread.append(say("reading.of-another", who=reference))
            continue
        if reason := modified.reason(resource):
            told.add(reference, reason)
            continue
        if release := other_release(resource):
            unread.append(say("reading.other-release", who=reference, release=release))
            continue
        try:
            facts: list[Fact] = list(read(resource, reference, references))  # whole, or not at all
            results = list(genotypes(resource, reference, references, told)) if field == "observations" else []
            inside = read_contained(resource, reference, references, told, modified) if field == "reports" else ([], [])
            report_unread(resource, reference, references, told)
        except Nameless:
            if field != "medications":  # a medication whose drug can't be read is reported where mentions are read
                unread.append(say("reading.nameless", who=reference))
        except _MISSHAPEN:
            unread.append(say("reading.misshapen", who=reference))
        else:
            out[field] += facts
            out["observations"] += inside[0]
            out["genotypes"] += [*results, *inside[1]]
    measured = [one for one in out["observations"] if isinstance(one, Observation)]
    out["series"] += series(measured, told)
    out["genotypes"] = list(settled(out["genotypes"], told))  # type: ignore[arg-type]
    unread += told.lines()
    return {field: tuple(facts) for field, facts in out.items()}


def _repeated(resources: Sequence[Resource]) -> dict[int, bool]:
    """{number of a resource that is not read: is it the same as the first of its id?} The first is read where all are the
    same."""
    numbers: dict[str, list[int]] = {}
    for number, resource in enumerate(resources, 1):
        numbers.setdefault(fhir.reference_of(resource, number), []).append(number)
    out: dict[int, bool] = {}
    for several in numbers.values():
        if len(several) > 1:
            same = len(Counter(json.dumps(resources[n - 1], sort_keys=True, default=str) for n in several)) == 1
            out |= dict.fromkeys(several[1:] if same else several, same)
    return out


_Read = Callable[[Resource, str, References], Iterator[Any]]
_READERS: Mapping[str, tuple[str, _Read]] = {
    "Condition": ("conditions", conditions),
    "FamilyMemberHistory": ("conditions", family),
    "MedicationRequest": ("medications", medications),
    "MedicationStatement": ("medications", medications),
    "MedicationDispense": ("medications", medications),
    "MedicationAdministration": ("medications", medications),
    "AllergyIntolerance": ("allergies", allergies),
    "Observation": ("observations", observations),
    "Immunization": ("immunizations", immunizations),
    "Procedure": ("procedures", procedures),
    "DocumentReference": ("documents", documents),
    "DiagnosticReport": ("reports", reports),
}
FIELDS = (*dict.fromkeys(field for field, _ in _READERS.values()), "genotypes", "series")
