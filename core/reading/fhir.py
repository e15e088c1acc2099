"""FHIR resources as they come: whose they are, what they name, whether it is so, and when.

Small functions without knowledge of terms. Release 4, with the names of release 5 where they differ. Where an element has
another shape than the standard gives it, they raise TypeError: nobody guesses what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ..toolkit.references import hpo_id
from .durations import DAYS_A_YEAR

Resource = Mapping[str, Any]
MEDICATIONS = frozenset({"MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"})
# what was handed out or given is taken from then on: `completed` ends the act, not the medication
_ACTS = frozenset({"MedicationDispense", "MedicationAdministration"})
_NOT_ORDERED = frozenset({"proposal", "option"})
_INACTIVE = frozenset(
    "resolved inactive remission stopped completed cancelled entered-in-error not-taken declined not-done".split()
)
# verification states that leave open whether something is there
DOUBTED = frozenset({"unconfirmed", "provisional", "differential"})
# states of a result or report that is not to be used
WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
# LOINC answers, SNOMED CT qualifiers, HL7 v2-0136 and v3 ObservationInterpretation
_PRESENT = frozenset({"la9633-4", "52101004", "10828004", "y", "pos", "present", "positive", "yes", "detected"})
_ABSENT = frozenset({"la9634-2", "2667000", "260385009", "n", "neg", "absent", "negative", "no", "not detected"})
_REFERRING = ("derivedFrom", "hasMember", "result", "medicationReference")
_MARKS = ("modifierExtension", "implicitRules", "_implicitRules")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T.*)?", re.ASCII)
_AGE_UNITS = {"a": "Y", "y": "Y", "yr": "Y", "year": "Y", "years": "Y", "mo": "M", "month": "M", "months": "M"}
_AGE_UNITS |= {"wk": "W", "week": "W", "weeks": "W", "d": "D", "day": "D", "days": "D"}
_DAYS = {"Y": DAYS_A_YEAR, "M": DAYS_A_YEAR / 12, "W": 7.0, "D": 1.0}
OLDEST_YEARS = 130

# --- resources ------------------------------------------------------------------------------------------------------


def kind_of(resource: Resource) -> str:
    """`Patient`, `Observation`; empty for what is no resource."""
    kind = resource.get("resourceType")
    return kind if isinstance(kind, str) else ""


def of_kind(resources: Sequence[Resource], *kinds: str) -> Iterator[Resource]:
    return (r for r in resources if kind_of(r) in kinds)


def reference_of(resource: Resource, number: int) -> str:
    """`Observation/f001`, by which a reader finds it; its `number` in the case where it has no id."""
    return f"{kind_of(resource) or 'resource'}/{resource.get('id', number)}"


def of_bundle(bundle: Resource) -> list[dict[str, Any]]:
    """The resources of a Bundle, with references to the Patient's `fullUrl` written by its id, and with the marks
    (`is_modified`) of the Bundle and the entry, since these and the `fullUrl` stay behind. Raises TypeError where `entry` is
    no list of entries."""
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise TypeError("the Bundle's `entry` is not a list of entries")
    held = [e for e in entries if isinstance(e.get("resource"), dict)]
    urls = {
        str(e["fullUrl"]): str(e["resource"].get("id") or id_of(str(e["fullUrl"])))
        for e in held
        if e.get("fullUrl") and kind_of(e["resource"]) == "Patient"
    }
    renamed = {
        str(e["fullUrl"]): f"{kind_of(e['resource'])}/{e['resource']['id']}"
        for e in held
        if e.get("fullUrl") and e["resource"].get("id") and id_of(str(e["fullUrl"])) != str(e["resource"]["id"])
    }
    resources = [
        _by_id(_marked(_marked(entry["resource"], entry), bundle), str(entry.get("fullUrl")), urls) for entry in held
    ]
    return [_renamed(resource, renamed) for resource in resources] if renamed else resources


def _marked(resource: dict[str, Any], holder: Resource) -> dict[str, Any]:
    """With the marks of what holds it where it has none of its own."""
    return (
        {**{name: holder[name] for name in _MARKS if holder.get(name)}, **resource} if not _has_mark(resource) else resource
    )


def _renamed(resource: dict[str, Any], urls: Mapping[str, str]) -> dict[str, Any]:
    """With its references to other resources of the Bundle written by their ids where their `fullUrl` has another."""
    out = resource
    for key in _REFERRING:
        held = resource.get(key)
        if isinstance(held, list):
            changed: Any = [_referring(one, urls) for one in held]
        elif isinstance(held, dict):
            changed = _referring(held, urls)
        else:
            continue
        if changed != held:
            out = {**out, key: changed}
    return out


def _referring(held: Any, urls: Mapping[str, str]) -> Any:
    url = urls.get(str(held.get("reference"))) if isinstance(held, dict) else None
    return {**held, "reference": url} if url else held


def _by_id(resource: dict[str, Any], url: str, urls: Mapping[str, str]) -> dict[str, Any]:
    if kind_of(resource) == "Patient" and not resource.get("id") and url in urls:
        resource = {**resource, "id": urls[url]}
    for key in ("subject", "patient"):
        held = resource.get(key)
        if isinstance(held, dict) and (id_ := urls.get(str(held.get("reference")))):
            resource = {**resource, key: {**held, "reference": f"Patient/{id_}"}}
    return resource


# --- whose it is ----------------------------------------------------------------------------------------------------


def id_of(reference: str) -> str:
    """Without what stands before the id: `1` of `Patient/1`, `urn:uuid:1`, `#1` and `Patient?identifier=system|1`."""
    found = reference.partition("/_history/")[0]
    for mark in "|=" if "?" in reference else "/:#":
        found = found.rpartition(mark)[2]
    return found


def subject_id(resource: Resource) -> str:
    """Whom the resource refers to as its patient. Empty where it does not refer."""
    for key in ("subject", "patient"):
        reference = resource[key].get("reference") if isinstance(resource.get(key), dict) else None
        if isinstance(reference, str):
            return id_of(reference)
    return ""


def patient_ids(resources: Sequence[Resource]) -> frozenset[str]:
    """Ids and identifiers of the Patient resources; empty where one has no id: then nobody can tell who a subject is."""
    patients = list(of_kind(resources, "Patient"))
    if not all(p.get("id") for p in patients):
        return frozenset()
    named = [i for p in patients if isinstance(p.get("identifier"), list) for i in p["identifier"] if isinstance(i, dict)]
    return frozenset(map(str, [*(p["id"] for p in patients), *(i["value"] for i in named if i.get("value"))]))


def of_another(resource: Resource, patients: frozenset[str]) -> bool:
    """Whether it is of a subject who is not the patient, or observes something else than its subject (`focus`: a fetus, a
    donor, a relative). `patients` as by `patient_ids`."""
    subject, focus = subject_id(resource), resource.get("focus") or ()
    if bool(subject and patients) and subject not in patients:
        return True
    seen = [id_of(str(one.get("reference") or "")) if isinstance(one, dict) else "" for one in focus]
    return any(id_ not in (patients or {subject}) for id_ in seen)


def is_modified(resource: Resource) -> bool:
    """Whether it or any part of it has a mark that may turn its meaning around and that is not known here: FHIR forbids to
    process it then (`modifierExtension`, `implicitRules`). What it contains are resources of their own.

    `fhir_context.modified` says which resources of a case can't be read for such marks, their own or those of others."""
    own = {name: value for name, value in resource.items() if name != "contained"}
    return any(_has_mark(element) for element in _within(own))


def _has_mark(element: Resource) -> bool:
    return any(element.get(name) for name in _MARKS)


def _within(element: Any) -> Iterator[Mapping[str, Any]]:
    """`element` and every object in it. Without recursion: a hostile file may be nested as deep as JSON can be read."""
    ahead = [element]
    while ahead:
        one = ahead.pop()
        if isinstance(one, Mapping):
            yield one
            ahead.extend(one.values())
        elif isinstance(one, list | tuple):
            ahead.extend(one)


def readable_patients(resources: Sequence[Resource]) -> list[Resource]:
    """The Patient resources, of whom sex and birth date are taken; none where one of them is modified."""
    patients = list(of_kind(resources, "Patient"))
    return [] if any(map(is_modified, patients)) else patients


# --- what it names --------------------------------------------------------------------------------------------------


def codings(concept: Any) -> list[dict[str, Any]]:
    """Of a CodeableConcept; none where there is no concept."""
    if not concept:
        return []
    listed = concept.get("coding") or [] if isinstance(concept, dict) else None
    if not isinstance(listed, list):
        raise TypeError("not a CodeableConcept")
    for one in listed:
        if not isinstance(one, dict):
            raise TypeError("not a CodeableConcept")
    return listed


def hpo_codes(concept: Any) -> list[str]:
    """`HP:0001250`, from any code system: the code itself is unmistakable, and its system is written in several ways."""
    return [id_ for c in codings(concept) if (id_ := hpo_id(str(c.get("code", ""))))]


def name_of(concept: Any) -> str:
    """Of a CodeableConcept or a Reference, in words; empty where it gives none."""
    shown = next((c["display"] for c in codings(concept) if c.get("display")), "")
    return str(concept.get("text") or concept.get("display") or shown) if concept else ""


def words_of(concept: Any) -> Iterator[str]:
    """The text, codes and names of a CodeableConcept, in lower case; none for anything else."""
    if isinstance(concept, dict):
        for word in (concept.get("text"), *(c.get(key) for c in codings(concept) for key in ("code", "display"))):
            if word:
                yield str(word).strip().lower()


def texts_of(element: Any) -> Iterator[str]:
    """The words that people read of any element: `text` and `display`, however deep, in their order."""
    ahead: list[tuple[str, Any]] = [("", element)]
    while ahead:
        name, one = ahead.pop()
        if isinstance(one, str):
            if name in ("text", "display"):
                yield one
        elif isinstance(one, Mapping):
            ahead.extend(reversed(list(one.items())))
        elif isinstance(one, list | tuple):
            ahead.extend(("", part) for part in reversed(one))


def medications_of(resource: Resource) -> list[Any]:
    """What a medication resource names: a CodeableConcept, a Reference, or wrongly both."""
    held = resource.get("medication") or {}  # release 5: a concept or a reference
    if not isinstance(held, dict):
        raise TypeError("not a CodeableReference")
    concept = resource.get("medicationCodeableConcept") or held.get("concept")
    return [one for one in (concept, resource.get("medicationReference") or held.get("reference")) if one]


# --- whether it is so -----------------------------------------------------------------------------------------------


def states(resource: Resource, name: str) -> set[str]:
    """Of `clinicalStatus` or `verificationStatus`, in lower case."""
    return set(words_of(resource.get(name)))


def is_inactive(resource: Resource) -> bool:
    """Is it over, was it never so, or an error?"""
    found = {str(resource.get("status")).lower(), *states(resource, "clinicalStatus")}
    found |= states(resource, "verificationStatus")
    over = _INACTIVE - {"completed"} if kind_of(resource) in _ACTS else _INACTIVE
    return resource.get("doNotPerform") is True or not over.isdisjoint(found)


def is_unordered(resource: Resource) -> bool:
    """Is a medication only thought of?"""
    return str(resource.get("status")).lower() == "draft" or str(resource.get("intent")).lower() in _NOT_ORDERED


def doubt(resource: Resource) -> str:
    """The verification status that leaves open whether it is there; empty where there is none."""
    return min(DOUBTED & states(resource, "verificationStatus"), default="")


def says(resource: Resource) -> bool | None:
    """Whether what a resource names is there. None when it does not say; an observation says so by its value only."""
    if kind_of(resource) == "Condition":
        return "refuted" not in states(resource, "verificationStatus")
    if kind_of(resource) != "Observation":
        return True
    if isinstance(resource.get("valueBoolean"), bool):
        return bool(resource["valueBoolean"])
    said = set(words_of(resource.get("valueCodeableConcept")))
    if not said:
        said = {word for concept in resource.get("interpretation") or () for word in words_of(concept)}
    present, absent = bool(said & _PRESENT), bool(said & _ABSENT)
    return present if present != absent else None


def holds(resource: Resource, patients: frozenset[str]) -> bool:
    """Whether a Condition is the patient's, current, and neither modified, refuted nor in doubt. `patients` as by
    `patient_ids`."""
    return (
        not is_modified(resource)
        and not of_another(resource, patients)
        and not is_inactive(resource)
        and not doubt(resource)
        and "refuted" not in states(resource, "verificationStatus")
    )


# --- when -----------------------------------------------------------------------------------------------------------


def is_date(text: Any) -> bool:
    """Whether it is written as a FHIR date or dateTime, of any precision."""
    return isinstance(text, str) and bool(_DATE.fullmatch(text))


def day(text: Any, *, month_is_enough: bool = False) -> date | None:
    """The day of a date or dateTime, or with `month_is_enough` the middle of a month that is given alone. None where that is
    not given, and for what is no date."""
    found = _DATE.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[2] is None or (found[3] is None and not month_is_enough):
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 15))
    except ValueError:
        return None


def age(quantity: Any) -> str | None:
    """An Age as ISO 8601 duration; parts of a unit in days, so that half a year is no birth. None where it is no age."""
    value = quantity.get("value") if isinstance(quantity, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= OLDEST_YEARS * 366:
        return None
    unit = _AGE_UNITS.get(str(quantity.get("code") or quantity.get("unit")).lower())
    if unit is None:
        return None
    if value == int(value):
        return f"P{int(value)}{unit}"
    return f"P{max(1, round(value * _DAYS[unit]))}D"
