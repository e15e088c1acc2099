"""The patient context out of FHIR R4: conditions, medications, allergies and observations, each with the path it stands at.

What is refuted, stopped, preliminary or entered in error is kept, and says so: `Fact.holds` tells what counts. Nothing is
filled in: a value without a unit has none, an observation without a value has the reason that was given for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from ..types.context import (
    AbsentReason,
    Allergy,
    Certainty,
    Coding,
    Concept,
    Condition,
    Fact,
    FhirAddress,
    Medication,
    MedicationStatus,
    Observation,
    Quantity,
)
from . import fhir
from .fhir import Resource

UCUM = "http://unitsofmeasure.org"
_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_OVER = frozenset({"inactive", "remission", "resolved"})
_DOUBTED = frozenset({"unconfirmed", "provisional", "differential"})
_ONLY_THOUGHT_OF = frozenset({"proposal", "plan", "option"})
# SNOMED CT situations that say that there is none
_NO_ALLERGY = frozenset({"716186003", "409137002", "428607008", "429625007", "716184000", "716185004", "716220001"})
_SEVERITIES = ("severe", "moderate", "mild")
_COMPARATORS = frozenset({"<", "<=", ">", ">="})


class Nameless(TypeError):
    """A coded element without text, display or code."""


def read_facts(resources: Sequence[Resource], unread: list[str]) -> dict[str, tuple[Fact, ...]]:
    """{field of `PatientContext`: facts}. What can't be read is added to `unread`.

    Resources of another subject than the case's Patient are left out (and reported where findings are read). So is
    everything where the case is of several people and no Patient says whose it is."""
    patients = fhir.patient_ids(resources)
    people = {fhir.subject_id(r) for r in resources if fhir.kind_of(r) in _READERS} - {""}
    out: dict[str, list[Fact]] = {"conditions": [], "medications": [], "allergies": [], "observations": []}
    for number, resource in enumerate(resources, 1):
        reader = _READERS.get(fhir.kind_of(resource))
        if reader is None or (not patients and len(people) > 1):
            continue
        field, read = reader
        reference = fhir.reference_of(resource, number)
        try:
            if fhir.of_another(resource, patients):
                unread.append(f"{reference} is of another subject than the case's patient and was not read")
                continue
            out[field] += read(resource, reference, resources)
        except Nameless:
            if field != "medications":  # a medication whose drug can't be read is reported where mentions are read
                unread.append(f"{reference} names nothing and was not read")
        except (AttributeError, TypeError, KeyError, ValidationError):
            unread.append(f"{reference} is not shaped as FHIR says and was not read")
    return {field: tuple(facts) for field, facts in out.items()}


def _conditions(resource: Resource, reference: str, _: Sequence[Resource]) -> Iterator[Condition]:
    verified = fhir.states(resource, "verificationStatus")
    clinical = fhir.states(resource, "clinicalStatus")
    status = "unknown"
    for name, meant in (("entered-in-error", verified), ("refuted", verified)):
        if name in meant and status == "unknown":
            status = name
    if status == "unknown":
        status = "active" if clinical & _ACTIVE else "resolved" if clinical & _OVER else "unknown"
    yield Condition.model_validate(
        {
            "address": FhirAddress(reference=reference, path="code"),
            "concept": concept(resource["code"]),
            "status": status,
            "negated": status == "refuted",
            "certainty": _certainty(verified),
            "temporality": "historical" if status == "resolved" else "current",
            "date": _date(resource, "onsetDateTime", "recordedDate"),
        }
    )


def _medications(resource: Resource, reference: str, resources: Sequence[Resource]) -> Iterator[Medication]:
    path, named, ingredients = _drug(resource, resources)
    given = str(resource.get("status") or "unknown").lower()
    status = "stopped" if given in ("cancelled", "ended") else given
    thought_of = status in ("draft", "intended") or str(resource.get("intent")).lower() in _ONLY_THOUGHT_OF
    yield Medication.model_validate(
        {
            "address": FhirAddress(reference=reference, path=path),
            "concept": named,
            "status": status if status in get_args(MedicationStatus) else "unknown",
            "negated": resource.get("doNotPerform") is True or status == "not-taken",
            "temporality": "hypothetical"
            if thought_of
            else "historical"
            if status in ("stopped", "completed")
            else "current",
            "ingredients": ingredients,
            "date": _date(resource, "authoredOn", "effectiveDateTime", "dateAsserted"),
        }
    )


def _drug(resource: Resource, resources: Sequence[Resource]) -> tuple[str, Concept, tuple[Concept, ...]]:
    """Where the drug stands, what it is, and its substances where a Medication lists them."""
    if coded := resource.get("medicationCodeableConcept"):
        return "medicationCodeableConcept", concept(coded), ()
    held = resource["medicationReference"]
    id_ = fhir.id_of(str(held.get("reference") or ""))
    for one in (*(resource.get("contained") or ()), *resources):
        if fhir.kind_of(one) == "Medication" and str(one.get("id")) == id_ and id_:
            parts = tuple(
                concept(part["itemCodeableConcept"])
                for part in one.get("ingredient") or ()
                if part.get("itemCodeableConcept")
            )
            return "medicationReference", concept(one["code"]), parts
    return "medicationReference", Concept(name=str(held["display"])), ()


def _allergies(resource: Resource, reference: str, _: Sequence[Resource]) -> Iterator[Allergy]:
    verified = fhir.states(resource, "verificationStatus")
    clinical = fhir.states(resource, "clinicalStatus")
    named = concept(resource["code"])
    wrong = next((name for name in ("entered-in-error", "refuted") if name in verified), "")
    status = wrong or next((name for name in ("active", "inactive", "resolved") if name in clinical), "unknown")
    reactions = [r for r in resource.get("reaction") or ()]
    said = {str(r.get("severity")) for r in reactions}
    yield Allergy.model_validate(
        {
            "address": FhirAddress(reference=reference, path="code"),
            "concept": named,
            "status": status,
            "negated": status == "refuted" or bool({c.code for c in named.codings} & _NO_ALLERGY),
            "certainty": _certainty(verified),
            "reactions": tuple(concept(m) for r in reactions for m in r.get("manifestation") or ()),
            "severity": next((name for name in _SEVERITIES if name in said), "unknown"),
            "date": _date(resource, "onsetDateTime", "recordedDate"),
        }
    )


def _observations(resource: Resource, reference: str, _: Sequence[Resource]) -> Iterator[Observation]:
    """The observation itself where it has a value or a reason for having none, and each of its components."""
    status = str(resource.get("status") or "unknown").lower()
    known = status in get_args(Observation.model_fields["status"].annotation)
    common = {"status": status if known else "unknown", "date": _date(resource, "effectiveDateTime", "issued")}
    places = [("", resource), *((f"component[{i}]", part) for i, part in enumerate(resource.get("component") or ()))]
    for place, element in places:
        found = _value(element)
        if found is None:
            continue
        path, value, absent = found
        low, high = _range(element)
        yield Observation.model_validate(
            {
                **common,
                "address": FhirAddress(reference=reference, path=".".join(filter(None, (place, path)))),
                "concept": concept(element["code"]),
                "value": value,
                "absent": absent,
                "low": low,
                "high": high,
            }
        )


def _value(element: Resource) -> tuple[str, Quantity | Concept | str | None, str | None] | None:
    """(path, value, reason of its absence); None for one that says nothing of a value."""
    if (given := element.get("valueQuantity")) is not None and given.get("value") is not None:
        return "valueQuantity", quantity(given), None
    if given := element.get("valueCodeableConcept"):
        return "valueCodeableConcept", concept(given), None
    if isinstance(given := element.get("valueString"), str) and given.strip():
        return "valueString", given, None
    if isinstance(given := element.get("valueBoolean"), bool):
        return "valueBoolean", "true" if given else "false", None
    if isinstance(given := element.get("valueInteger"), int):
        return "valueInteger", Quantity(value=given), None
    if (reason := element.get("dataAbsentReason")) is not None:
        code = next((str(c.get("code")) for c in fhir.codings(reason)), "unknown")
        return "dataAbsentReason", None, code if code in get_args(AbsentReason) else "unknown"
    return None


def quantity(given: Resource) -> Quantity:
    """A FHIR Quantity. Its unit is the UCUM code, or the unit as it was written where it is not coded in UCUM."""
    value = given["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a quantity's value is no number")
    unit = given.get("code") if given.get("system") == UCUM else None
    comparator = given.get("comparator") or ""
    if comparator and comparator not in _COMPARATORS:
        raise TypeError("an unknown comparator")
    return Quantity.model_validate({"value": value, "unit": str(unit or given.get("unit") or ""), "comparator": comparator})


def concept(given: Any) -> Concept:
    """A CodeableConcept. Raises Nameless for one that names nothing."""
    name = fhir.name_of(given)
    codes = tuple(
        Coding(system=str(c.get("system") or ""), code=str(c.get("code") or ""), display=str(c.get("display") or ""))
        for c in fhir.codings(given)
    )
    name = name or next((c.code for c in codes if c.code), "")
    if not name:
        raise Nameless("a concept that names nothing")
    return Concept(name=name, codings=codes)


def _range(element: Resource) -> tuple[float | None, float | None]:
    """The one reference range; none where there are several, which hold for different people."""
    ranges = list(element.get("referenceRange") or ())
    if len(ranges) != 1:
        return None, None
    low, high = (((ranges[0].get(end) or {}).get("value")) for end in ("low", "high"))
    return low, high


def _certainty(verified: set[str]) -> Certainty:
    return "uncertain" if verified & _DOUBTED else "certain"


def _date(resource: Resource, *names: str) -> str | None:
    return next((resource[name] for name in names if fhir.is_date(resource.get(name))), None)


_Read = Callable[[Resource, str, Sequence[Resource]], Iterator[Fact]]
_READERS: Mapping[str, tuple[str, _Read]] = {
    "Condition": ("conditions", _conditions),
    "MedicationRequest": ("medications", _medications),
    "MedicationStatement": ("medications", _medications),
    "AllergyIntolerance": ("allergies", _allergies),
    "Observation": ("observations", _observations),
}
