"""What is taken, ordered, dispensed or given, each with its own state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from ...types.context import Concept, Medication, MedicationStatus, Quantity
from .. import fhir
from ..fhir import Resource
from .elements import Nameless, at, concept, date_of, listed, quantity
from .references import References

_ONLY_THOUGHT_OF = frozenset({"proposal", "plan", "option"})
_STATUSES = frozenset(get_args(MedicationStatus))
# FHIR's other words for the same states; what was handed out or given is taken from then on, once that act is completed
_SAME = {
    "MedicationRequest": {"cancelled": "stopped", "ended": "stopped"},
    "MedicationStatement": {},
    "MedicationDispense": {
        "completed": "active",
        "in-progress": "intended",
        "preparation": "intended",
        "cancelled": "stopped",
        "declined": "not-taken",
    },
    "MedicationAdministration": {"completed": "active", "in-progress": "active", "not-done": "not-taken"},
}
_BETWEEN_NAMES = " / "


def medications(resource: Resource, reference: str, references: References) -> Iterator[Medication]:
    """The one medication of a request, statement, dispense or administration."""
    path, named, ingredients = _drug(resource, references)
    given = str(resource.get("status") or "unknown").lower()
    status = _SAME[fhir.kind_of(resource)].get(given, given)
    thought_of = status in ("draft", "intended") or str(resource.get("intent")).lower() in _ONLY_THOUGHT_OF
    over = status in ("stopped", "completed")
    yield Medication.model_validate(
        {
            "address": at(reference, path),
            "concept": named,
            "status": status if status in _STATUSES else "unknown",
            "negated": resource.get("doNotPerform") is True or status == "not-taken",
            "temporality": "hypothetical" if thought_of else "historical" if over else "current",
            "ingredients": ingredients,
            "dose": _dose(resource),
            "date": date_of(
                resource,
                "authoredOn",
                "effectiveDateTime",
                "effectivePeriod",
                "whenHandedOver",
                "whenPrepared",
                "dateAsserted",
            ),
        }
    )


def _drug(resource: Resource, references: References) -> tuple[str, Concept, tuple[Concept, ...]]:
    """Where the drug stands, what it is, and its substances where a Medication or its name lists them."""
    if coded := resource.get("medicationCodeableConcept"):
        named = concept(coded)
        return "medicationCodeableConcept", named, _of_name(named.name)
    path, held = "medicationReference", resource["medicationReference"]
    found = references.find(held.get("reference"), resource)
    if found is None or fhir.kind_of(found[1]) != "Medication":
        name = held.get("display")
        if not name:
            raise TypeError("a medication that is nowhere")
        return path, Concept(name=str(name)), _of_name(str(name))
    medication = found[1]
    active = [part for part in listed(medication, "ingredient") if part.get("isActive") is not False]
    parts = tuple(_substance(part, medication, references) for part in active)
    try:
        named = concept(medication["code"])
    except (KeyError, Nameless):
        if not parts:
            raise Nameless("a medication without a name") from None
        named = Concept(name=_BETWEEN_NAMES.join(part.name for part in parts))
    return path, named, parts or _of_name(named.name)


def _substance(part: Resource, medication: Resource, references: References) -> Concept:
    """What an ingredient is. Raises TypeError where that can't be read: a combination of which a part is missing would look
    like less than it is."""
    if coded := part.get("itemCodeableConcept"):
        return concept(coded)
    held = part["itemReference"]
    found = references.find(held.get("reference"), medication)
    if found is not None:
        return concept(found[1]["code"])
    if not held.get("display"):
        raise TypeError("an ingredient that is nowhere")
    return Concept(name=str(held["display"]))


def _of_name(name: str) -> tuple[Concept, ...]:
    """The parts of `Acetaminophen 325 MG / Oxycodone 5 MG Oral Tablet`, as RxNorm writes a combination; none of another."""
    parts = [part.strip() for part in name.split(_BETWEEN_NAMES)]
    return tuple(Concept(name=part) for part in parts) if len(parts) > 1 and all(parts) else ()


def _dose(resource: Resource) -> Quantity | None:
    """What is taken at a time, where exactly one dose is given."""
    doses: list[Any] = []
    dosages = resource.get("dosageInstruction") or resource.get("dosage") or []
    for dosage in dosages if isinstance(dosages, list) else [dosages]:
        given = [r.get("doseQuantity") for r in listed(dosage, "doseAndRate")]
        doses += [dose for dose in (*given, dosage.get("dose")) if isinstance(dose, dict) and dose.get("value") is not None]
    return quantity(doses[0]) if len(doses) == 1 else None
