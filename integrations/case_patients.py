"""Whether all case files belong to one patient; otherwise they are refused. Ids are compared, names never."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bedside.core.reading.fhir import patient_ids, subject_id
from bedside.core.types import Case


def patients_of(case: Case) -> list[frozenset[str]]:
    """The patients of one file, each with the ids that the file gives them: a phenopacket's subject, FHIR's Patient with its
    identifiers. FHIR without a Patient belongs to whom its resources refer to; empty where they refer to nobody."""
    out = [frozenset({str(s["id"])}) for p in case.phenopackets if isinstance(s := p.get("subject"), dict) and s.get("id")]
    if any(r.get("resourceType") == "Patient" for r in case.fhir):
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


def by_id(entries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The resources of a Bundle, with references to the Patient's `fullUrl` written by its id, since the `fullUrl` stays
    behind."""
    entries = [e for e in entries if isinstance(e.get("resource"), dict)]
    urls = {
        str(e["fullUrl"]): str(e["resource"].get("id") or subject_id({"subject": {"reference": str(e["fullUrl"])}}))
        for e in entries
        if e.get("fullUrl") and e["resource"].get("resourceType") == "Patient"
    }
    for entry in entries:
        resource = entry["resource"]
        if resource.get("resourceType") == "Patient" and not resource.get("id") and str(entry.get("fullUrl")) in urls:
            resource = {**resource, "id": urls[str(entry["fullUrl"])]}
        for key in ("subject", "patient"):
            held = resource.get(key)
            if isinstance(held, dict) and (id_ := urls.get(str(held.get("reference")))):
                resource = {**resource, key: {**held, "reference": f"Patient/{id_}"}}
        yield resource
