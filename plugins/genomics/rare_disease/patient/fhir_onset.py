"""When the findings of FHIR Conditions began. What is stated and can't be used is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bedside.core.errors import UsageError
from bedside.core.toolkit.references import hpo_id

from . import onset

_UNITS = {"a": "Y", "y": "Y", "yr": "Y", "year": "Y", "years": "Y", "mo": "M", "month": "M", "months": "M"}
_UNITS |= {"wk": "W", "week": "W", "weeks": "W", "d": "D", "day": "D", "days": "D"}
_DAYS = {"Y": 365.25, "M": 365.25 / 12, "W": 7.0, "D": 1.0}


def of_conditions(resources: Sequence[dict[str, Any]], notes: list[str]) -> Iterator[str]:
    """Onsets, as `onset.read` takes them, of the patient's Conditions that are coded as findings and there. What else a
    record holds (a fracture) began for other reasons."""
    from bedside.core.toolkit.fhir import is_there, patient_ids

    ids = patient_ids(resources)
    patients = [r for r in resources if r.get("resourceType") == "Patient"]
    born = next((_day(r.get("birthDate")) for r in patients), None)
    for resource in resources:
        codings = resource["code"].get("coding") if isinstance(resource.get("code"), dict) else None
        if resource.get("resourceType") != "Condition" or not isinstance(codings, list):
            continue
        if not any(isinstance(c, dict) and hpo_id(str(c.get("code"))) for c in codings):
            continue
        if not is_there(resource, ids):
            continue
        given = [key for key in resource if key.startswith("onset")]
        read = next((text for key in given if (text := _read(key, resource[key], born))), None)
        if read:
            yield read
        elif given:
            notes.append(f"an onset in the record ({', '.join(given)}) can't be read as an age and was not used")


def _read(key: str, value: Any, born: date | None) -> str | None:
    if key == "onsetAge":
        return _age(value)
    if key == "onsetDateTime":
        day = _day(value)
        return f"P{(day - born).days}D" if born and day and day >= born else None
    if key == "onsetString" and isinstance(value, str):
        try:
            onset.read(value)
        except UsageError:
            return None
        return value
    return None


def _age(quantity: Any) -> str | None:
    """ISO 8601 of a FHIR Age; parts of a unit are told in days, so that half a year is no birth."""
    value = quantity.get("value") if isinstance(quantity, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= onset.OLDEST_YEARS * 366:
        return None
    unit = _UNITS.get(str(quantity.get("code") or quantity.get("unit")).lower())
    if unit is None:
        return None
    if value == int(value):
        return f"P{int(value)}{unit}"
    return f"P{max(1, round(value * _DAYS[unit]))}D"


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None  # a year or a month alone is not enough to count days from
