"""When the findings of FHIR Conditions began. What is stated and can't be used is reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bedside.core.errors import UsageError
from bedside.core.toolkit.clinical_json import fhir

from . import onset


def of_conditions(resources: Sequence[dict[str, Any]], notes: list[str]) -> Iterator[str]:
    """Onsets, as `onset.read` takes them, of the patient's Conditions that are coded as findings and there. What else a
    record holds (a fracture) began for other reasons."""
    ids = fhir.patient_ids(resources)
    born = next((fhir.day(p.get("birthDate")) for p in fhir.readable_patients(resources)), None)
    for resource in fhir.of_kind(resources, "Condition"):
        try:
            if not fhir.hpo_codes(resource.get("code")) or not fhir.holds(resource, ids):
                continue
        except TypeError:  # reading the findings reports it
            continue
        given = [key for key in resource if key.startswith("onset")]
        read = next((text for key in given if (text := _read(key, resource[key], born))), None)
        if read:
            yield read
        elif given:
            notes.append(f"an onset in the record ({', '.join(given)}) can't be read as an age and was not used")


def _read(key: str, value: Any, born: date | None) -> str | None:
    if key == "onsetAge":
        return fhir.age(value)
    if key == "onsetDateTime":
        day = fhir.day(value)  # a year or a month alone is not enough to count days from
        return f"P{(day - born).days}D" if born and day and day >= born else None
    if key == "onsetString" and isinstance(value, str):
        try:
            onset.read(value)
        except UsageError:
            return None
        return value
    return None
