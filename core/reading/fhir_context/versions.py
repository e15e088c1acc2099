"""Which release of FHIR a resource is written in, by elements and shapes that only that release has.

Nothing that a valid R4 resource can hold is in these tables: R4 must never be refused. A resource without any of them
is taken as R4, as are those of R4B."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import fhir
from ..fhir import Resource

DSTU2, STU3, R5 = "DSTU2", "STU3", "R5"
BEFORE_R4 = "DSTU2 or STU3"

# resource types that R4 does not have
_TYPES = {
    **dict.fromkeys(("MedicationOrder", "DiagnosticOrder", "DeviceUseRequest", "OrderResponse"), DSTU2),
    **dict.fromkeys(("ProcedureRequest", "ReferralRequest", "BodySite", "DataElement", "DeviceComponent"), BEFORE_R4),
    **dict.fromkeys(("Sequence", "EligibilityRequest", "EligibilityResponse", "ProcessRequest", "ProcessResponse"), STU3),
    **dict.fromkeys(
        ("GenomicStudy", "NutritionIntake", "Transport", "DeviceAssociation", "InventoryItem", "FormularyItem"), R5
    ),
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_there(value: Any) -> bool:
    return value is not None


def _refers_by_concept(value: Any) -> bool:
    """A CodeableReference of R5: in R4 `reference` is text, and no element is named `concept`."""
    held = value[0] if isinstance(value, list) and value else value
    return isinstance(held, dict) and ("concept" in held or isinstance(held.get("reference"), dict))


_Rule = tuple[str, Callable[[Any], bool], str]
# by kind of resource: (element, what only the other release has of it, that release)
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "Patient": (("animal", _is_object, BEFORE_R4),),
    "Observation": (
        ("context", _is_there, STU3),
        ("comment", _is_text, STU3),
        ("comments", _is_text, DSTU2),
        ("category", _is_object, BEFORE_R4),
        ("related", _is_list, BEFORE_R4),
        ("interpretation", _is_object, BEFORE_R4),
        ("triggeredBy", _is_list, R5),
        ("bodyStructure", _is_object, R5),
        ("instantiatesCanonical", _is_text, R5),
    ),
    "Condition": (
        ("context", _is_there, STU3),
        ("clinicalStatus", _is_text, BEFORE_R4),
        ("verificationStatus", _is_text, BEFORE_R4),
        ("category", _is_object, DSTU2),
        ("dateRecorded", _is_text, DSTU2),
        ("assertedDate", _is_text, STU3),
        ("participant", _is_list, R5),
    ),
    "AllergyIntolerance": (
        ("clinicalStatus", _is_text, STU3),
        ("verificationStatus", _is_text, STU3),
        ("substance", _is_object, DSTU2),
        ("category", _is_text, DSTU2),
        ("assertedDate", _is_text, STU3),
        ("type", _is_object, R5),
        ("participant", _is_list, R5),
    ),
    "MedicationRequest": (
        ("context", _is_there, STU3),
        ("medication", _refers_by_concept, R5),
        ("requester", lambda given: isinstance(given, dict) and "agent" in given, STU3),
    ),
    "MedicationStatement": (
        ("taken", _is_text, STU3),
        ("wasNotTaken", _is_there, DSTU2),
        ("dosage", lambda given: isinstance(given, list) and any(_quantity_in(d) for d in given), BEFORE_R4),
        ("medication", _refers_by_concept, R5),
        ("adherence", _is_object, R5),
    ),
    "MedicationDispense": (("notDone", _is_there, STU3), ("medication", _refers_by_concept, R5)),
    "MedicationAdministration": (
        ("notGiven", _is_there, STU3),
        ("wasNotGiven", _is_there, DSTU2),
        ("medication", _refers_by_concept, R5),
        ("occurenceDateTime", _is_text, R5),
        ("occurencePeriod", _is_object, R5),
    ),
    "Immunization": (
        ("notGiven", _is_there, STU3),
        ("wasNotGiven", _is_there, DSTU2),
        ("reported", _is_there, DSTU2),
        ("date", _is_text, BEFORE_R4),
        ("manufacturer", _refers_by_concept, R5),
        ("informationSource", _is_object, R5),
    ),
    "Procedure": (
        ("context", _is_there, STU3),
        ("notDone", _is_there, STU3),
        ("notPerformed", _is_there, DSTU2),
        ("occurrenceDateTime", _is_text, R5),
        ("occurrencePeriod", _is_object, R5),
        ("category", _is_list, R5),
        ("recorded", _is_text, R5),
    ),
    "DiagnosticReport": (
        ("context", _is_there, STU3),
        ("category", _is_object, BEFORE_R4),
        ("codedDiagnosis", _is_list, BEFORE_R4),
        ("image", _is_list, BEFORE_R4),
        ("composition", _is_object, R5),
        ("supportingInfo", _is_list, R5),
        ("note", _is_list, R5),
    ),
    "DocumentReference": (
        ("indexed", _is_text, BEFORE_R4),
        ("created", _is_text, BEFORE_R4),
        ("class", _is_object, BEFORE_R4),
        ("docStatus", _is_object, DSTU2),
        ("context", _is_list, R5),
        ("attester", _is_list, R5),
        ("modality", _is_list, R5),
        ("version", _is_text, R5),
    ),
    "FamilyMemberHistory": (("notDone", _is_there, STU3), ("gender", _is_text, BEFORE_R4), ("participant", _is_list, R5)),
    "Medication": (("isBrand", _is_there, BEFORE_R4), ("package", _is_object, BEFORE_R4), ("product", _is_object, DSTU2)),
    "Encounter": (("class", _is_text, DSTU2), ("class", _is_list, R5), ("actualPeriod", _is_object, R5)),
}


def _quantity_in(dosage: Any) -> bool:
    """A dose at a place where R4 has it in `doseAndRate`."""
    return isinstance(dosage, dict) and any(name in dosage for name in ("doseQuantity", "quantityQuantity", "doseRange"))


def other_release(resource: Resource) -> str:
    """`STU3`, `DSTU2`, `DSTU2 or STU3` or `R5`, where the resource can't be R4; else empty."""
    kind = fhir.kind_of(resource)
    if kind in _TYPES:
        return _TYPES[kind]
    if said := _said(resource):
        return said
    return next((release for name, odd, release in _RULES.get(kind, ()) if name in resource and odd(resource[name])), "")


def _said(resource: Resource) -> str:
    """The release that the resource itself names, in `fhirVersion` or in a profile of FHIR's own for one release."""
    given = resource.get("fhirVersion")
    if isinstance(given, str):
        for start, release in (("1.0", DSTU2), ("3.0", STU3), ("5.", R5)):
            if given.startswith(start):
                return release
    profiles = resource["meta"].get("profile") if isinstance(resource.get("meta"), dict) else None
    for profile in profiles if isinstance(profiles, list) else ():
        for version, release in (("1.0", DSTU2), ("3.0", STU3), ("5.0", R5)):
            if str(profile).startswith(f"http://hl7.org/fhir/{version}/StructureDefinition/"):
                return release
    return ""
