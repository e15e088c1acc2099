"""Elements that all resources have: coded elements, quantities, states and dates, as the types of the context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from ...types.context import Certainty, Coding, Concept, FhirAddress, Quantity, ResultStatus
from .. import fhir
from ..fhir import Resource

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
_RESULT_STATUSES = frozenset(get_args(ResultStatus))
_COMPARATORS = frozenset({"<", "<=", ">", ">="})


class Nameless(TypeError):
    """A coded element without text, display or code."""


def at(reference: str, path: str) -> FhirAddress:
    return FhirAddress(reference=reference, path=path)


def concept(given: Any) -> Concept:
    """A CodeableConcept. Raises Nameless for one that names nothing, TypeError for what is none."""
    codes = tuple(
        Coding(system=str(c.get("system") or ""), code=str(c.get("code") or ""), display=str(c.get("display") or ""))
        for c in fhir.codings(given)
    )
    name = str(given.get("text") or given.get("display") or "") if given else ""
    name = name or next((c.display for c in codes if c.display), "") or next((c.code for c in codes if c.code), "")
    if not name:
        raise Nameless("a concept that names nothing")
    return Concept(name=name, codings=codes)


def quantity(given: Resource) -> Quantity:
    """A FHIR Quantity. Its unit is the UCUM code, or the unit as it was written where it is not coded in UCUM."""
    value = given["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a quantity's value is no number")
    unit = given.get("code") if given.get("system") == UCUM else None
    comparator = given.get("comparator") or ""
    if comparator and comparator not in _COMPARATORS:
        raise TypeError("an unknown comparator")
    return Quantity(value=value, unit=str(unit or given.get("unit") or ""), comparator=comparator)


def codes(element: Any, system: str) -> Iterator[str]:
    """The codes of one system in a CodeableConcept, or in a list of them."""
    for one in element if isinstance(element, list) else (element,):
        for coding in fhir.codings(one):
            if coding.get("system") == system and coding.get("code"):
                yield str(coding["code"])


def listed(resource: Resource, name: str) -> list[Any]:
    """An element that repeats; empty where there is none. Raises TypeError where it is no list of objects."""
    found = resource.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise TypeError(f"{name} is not a list of elements")
    return found


def certainty(verified: set[str]) -> Certainty:
    return "uncertain" if verified & fhir.DOUBTED else "certain"


def result_status(resource: Resource) -> tuple[str, Certainty]:
    """The status of an Observation or DiagnosticReport, and whether a result of that status is certain."""
    given = str(resource.get("status") or "unknown").lower()
    status = given if given in _RESULT_STATUSES else "preliminary" if given == "partial" else "unknown"
    if given == "appended":  # a final report with something added
        status = "amended"
    return status, "uncertain" if status in ("registered", "preliminary", "unknown") else "certain"


def date_of(resource: Resource, *names: str) -> str | None:
    """The first of these elements that is a date; of a Period (`performedPeriod`) its start."""
    for name in names:
        found = resource.get(name)
        if isinstance(found, dict):
            found = found.get("start")
        if fhir.is_date(found):
            return str(found)
    return None
