"""What FHIR resources of a case name: findings, diseases and drugs, and whether they are there.

A finding counts as present or as absent only where the resource says so. HPO codes are taken from any code system: the code
itself is unmistakable, and its system is written in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..protocols import TermIndex
from ..toolkit.references import hpo_id
from ..types import Case, Facts, Mention
from .assertion.attribution import of_the_patient

_DRUG = ("medicationCodeableConcept", "medicationReference")
_MEDICATIONS = frozenset({"MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"})
_CONCEPTS = {
    # resource type -> paths of coded elements whose display names something the term index knows
    "Condition": ("code",),
    "Observation": ("code",),
    **dict.fromkeys(_MEDICATIONS, _DRUG),
}
# what was handed out or given is taken from then on: `completed` ends the act, not the medication
_ACTS = frozenset({"MedicationDispense", "MedicationAdministration"})
_NOT_ORDERED = frozenset({"proposal", "option"})
_PART_OF_A_WORD = re.compile(r"[^\W\d]-\Z")
_INACTIVE = frozenset(
    "resolved inactive remission stopped completed cancelled entered-in-error not-taken declined not-done".split()
)
_DOUBTED = frozenset({"unconfirmed", "provisional", "differential"})
# in the name of an entry a word of doubt is about the entry, wherever it stands ("Seizure, suspected")
_SUSPECTED = re.compile(r"\b(?:suspect\w*|possibl[ey]|probabl[ey]|presum\w+|unconfirmed)\b|\?", re.IGNORECASE)
# LOINC answers, SNOMED CT qualifiers, HL7 v2-0136 and v3 ObservationInterpretation
_PRESENT = frozenset({"la9633-4", "52101004", "10828004", "y", "pos", "present", "positive", "yes", "detected"})
_ABSENT = frozenset({"la9634-2", "2667000", "260385009", "n", "neg", "absent", "negative", "no", "not detected"})


def from_fhir(case: Case, terms: TermIndex, unread: list[str]) -> list[Mention]:
    """The mentions of all resources; what can't be read is added to `unread`."""
    out: list[Mention] = []
    patients = patient_ids(case.fhir)
    people = {subject_id(r) for r in case.fhir if r.get("resourceType") in _CONCEPTS} - {""}
    for number, resource in enumerate(case.fhir, 1):
        kind = str(resource.get("resourceType", "resource"))
        reference = f"{kind}/{resource.get('id', number)}"
        if kind in _CONCEPTS and _of_another(resource, patients):
            unread.append(f"{reference} is of another subject than the case's patient and was not read")
            continue
        try:
            if kind in _CONCEPTS and not patients and len(people) > 1 and subject_id(resource):
                unread.append(
                    f"{reference} was not read: the case is of {len(people)} people, and no Patient says whose it is"
                )
                continue
            if kind in _MEDICATIONS and _unordered(resource) and not _inactive(resource):
                unread.append(f"{reference} is a draft or a proposal, no order, and was not taken as a medication")
                continue
            found = list(_from_resource(resource, kind, reference, terms, unread))
        except (AttributeError, TypeError, KeyError):
            unread.append(f"{reference} is not shaped as FHIR says and was not read")
            continue
        if kind in _MEDICATIONS and not _inactive(resource) and not any(m.kind == "drug" for m in found):
            unread.append(f"{reference} is a medication whose drug could not be read")
        out += found
    return out


def _from_resource(
    resource: dict[str, Any], kind: str, reference: str, terms: TermIndex, unread: list[str]
) -> Iterator[Mention]:
    if _inactive(resource):
        return
    doubt = _DOUBTED.intersection(_states(resource, "verificationStatus")) if kind == "Condition" else None
    if doubt:
        unread.append(f"{reference} is {min(doubt)} by its verification status: neither present nor absent")
        return
    there = _there(resource, kind)
    for path in _CONCEPTS.get(kind, ()):
        concept = resource.get(path) or _of_release_5(resource, path) or {}
        codings = concept.get("coding") or []
        codes = [id_ for c in codings if (id_ := hpo_id(str(c.get("code", ""))))]
        if there is None:
            # other observations (a laboratory value) name nothing that anybody has or has not
            unread += [f"{reference} names {code} without saying whether it is there" for code in codes]
            continue
        if codes:
            yield from _coded(codes, reference, there, terms, unread)
            continue
        words = (
            concept.get("text") or concept.get("display") or next((c["display"] for c in codings if c.get("display")), "")
        )
        found = terms.find(words, origin=reference) if words else Facts()
        own = of_the_patient(words, found) if words else found
        unread += [f"{reference}: {told}" for told in own.unread if told not in found.unread]
        if kind == "Condition" and own.mentions and (suspected := _SUSPECTED.search(words)):
            unread.append(f"{reference} is worded as not sure (“{suspected.group()}”): neither present nor absent")
            continue
        for mention in own.mentions:
            if there:
                if mention.kind == "drug" and _PART_OF_A_WORD.search(words[: mention.start]):
                    unread.append(
                        f"{reference}: a part of a name was read as {mention.name}: check that this is the drug meant"
                    )
                yield mention
            elif mention.kind == "phenotype":
                yield mention.model_copy(update={"negated": not mention.negated})


def patient_ids(resources: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Ids and identifiers of the Patient resources; empty where one has no id: then nobody can tell who a subject is."""
    patients = [r for r in resources if r.get("resourceType") == "Patient"]
    if not all(p.get("id") for p in patients):
        return frozenset()
    named = [i for p in patients if isinstance(p.get("identifier"), list) for i in p["identifier"] if isinstance(i, dict)]
    return frozenset(map(str, [*(p["id"] for p in patients), *(i["value"] for i in named if i.get("value"))]))


def subject_id(resource: dict[str, Any]) -> str:
    """Whom the resource refers to as its patient, without what stands before the id: `1` of `Patient/1`, `urn:uuid:1`, `#1`
    and `Patient?identifier=system|1`. Empty where it does not refer."""
    for key in ("subject", "patient"):
        reference = resource[key].get("reference") if isinstance(resource.get(key), dict) else None
        if isinstance(reference, str):
            return re.split(r"[|=]" if "?" in reference else r"[/:#]", reference.partition("/_history/")[0])[-1]
    return ""


def is_there(resource: dict[str, Any], patients: frozenset[str]) -> bool:
    """Whether a Condition is the patient's, current, and neither refuted nor in doubt. `patients` as by `patient_ids`."""
    states = _states(resource, "verificationStatus")
    return not _of_another(resource, patients) and not _inactive(resource) and not {"refuted", *_DOUBTED} & set(states)


def _of_another(resource: dict[str, Any], patients: frozenset[str]) -> bool:
    subject = subject_id(resource)
    return bool(subject and patients) and subject not in patients


def _coded(codes: list[str], reference: str, there: bool, terms: TermIndex, unread: list[str]) -> Iterator[Mention]:
    known = {id_: term for term in terms.lookup(codes) for id_ in (term.id, *term.related)}
    for code in dict.fromkeys(codes):
        if code not in known:
            unread.append(f"{reference}: {code} is not a term of the loaded phenotype ontology")
            continue
        yield Mention(
            kind="phenotype",
            id=known[code].id,
            name=known[code].name,
            text=code,
            start=0,
            end=len(code),
            origin=reference,
            negated=not there,
            how="given",
        )


def _there(resource: dict[str, Any], kind: str) -> bool | None:
    """Is what the resource names there? None when it does not say. An observation says so by its value only."""
    if kind == "Condition":
        return "refuted" not in _states(resource, "verificationStatus")
    if kind != "Observation":
        return True
    if isinstance(resource.get("valueBoolean"), bool):
        return bool(resource["valueBoolean"])
    said = set(_words(resource.get("valueCodeableConcept")))
    if not said:
        said = {word for concept in resource.get("interpretation") or () for word in _words(concept)}
    present, absent = bool(said & _PRESENT), bool(said & _ABSENT)
    return present if present != absent else None


def _inactive(resource: dict[str, Any]) -> bool:
    states = {str(resource.get("status")).lower()}
    for name in ("clinicalStatus", "verificationStatus"):
        states |= set(_states(resource, name))
    over = _INACTIVE - {"completed"} if resource.get("resourceType") in _ACTS else _INACTIVE
    return resource.get("doNotPerform") is True or not over.isdisjoint(states)


def _unordered(resource: dict[str, Any]) -> bool:
    """Is a medication only thought of?"""
    return str(resource.get("status")).lower() == "draft" or str(resource.get("intent")).lower() in _NOT_ORDERED


def _of_release_5(resource: dict[str, Any], path: str) -> Any:
    """`medication`, which holds a concept or a reference since release 5."""
    medication = resource.get("medication") if path in _DRUG else None
    return (medication or {}).get("concept" if path == "medicationCodeableConcept" else "reference")


def _states(resource: dict[str, Any], name: str) -> list[str]:
    return list(_words(resource.get(name)))


def _words(concept: Any) -> Iterator[str]:
    """The text, codes and names of a CodeableConcept, in lower case."""
    if isinstance(concept, dict):
        for word in (concept.get("text"), *(c.get(key) for c in concept.get("coding") or () for key in ("code", "display"))):
            if word:
                yield str(word).strip().lower()
