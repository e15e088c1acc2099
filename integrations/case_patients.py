"""Whether all case files belong to one patient; otherwise they are refused. Ids are compared, names never."""

from __future__ import annotations

from collections.abc import Iterable

from bedside.core.reading.fhir import of_kind, patient_ids, subject_id
from bedside.core.reading.phenopacket import subject_id as subject_of_packet
from bedside.core.types import Case


def patients_of(case: Case) -> list[frozenset[str]]:
    """The people that one file is of, each with the ids under which it knows them: a phenopacket's subject, FHIR's Patient
    with its identifiers. FHIR without a Patient is of whom its resources refer to; nothing is said where they don't."""
    out = [frozenset({id_}) for p in case.phenopackets if (id_ := subject_of_packet(p))]
    if any(of_kind(case.fhir, "Patient")):
        return [*out, patient_ids(case.fhir)]
    return [*out, *(frozenset({id_}) for r in case.fhir if (id_ := subject_id(r)))]


def count_patients(people: Iterable[frozenset[str]]) -> int:
    """How many patients these are: those that share an id are one."""
    groups: list[set[str]] = []
    for ids in people:
        if ids:
            touching = [g for g in groups if g & ids]
            groups = [g for g in groups if not g & ids] + [set(ids).union(*touching)]
    return len(groups)
