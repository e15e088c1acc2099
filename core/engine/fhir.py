"""What FHIR resources of a case name: findings, diseases and drugs, and whether they are there.

A finding counts as present or as absent only where the resource says so. HPO codes are taken from any code system: the code
itself is unmistakable, and its system is written in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..protocols import TermIndex
from ..types import Case, Mention

_CONCEPTS = {
    # resource type -> paths of coded elements whose display names something the term index knows
    "Condition": ("code",),
    "Observation": ("code",),
    "MedicationRequest": ("medicationCodeableConcept", "medicationReference"),
    "MedicationStatement": ("medicationCodeableConcept", "medicationReference"),
}
_MEDICATIONS = frozenset({"MedicationRequest", "MedicationStatement"})
_HPO = re.compile(r"HP[:_]\d{7}")
_INACTIVE = frozenset("resolved inactive remission stopped completed cancelled entered-in-error not-taken".split())
# LOINC answers, SNOMED CT qualifiers, HL7 v2-0136 and v3 ObservationInterpretation
_PRESENT = frozenset({"la9633-4", "52101004", "10828004", "y", "pos", "present", "positive", "yes", "detected"})
_ABSENT = frozenset({"la9634-2", "2667000", "260385009", "n", "neg", "absent", "negative", "no", "not detected"})


def from_fhir(case: Case, terms: TermIndex, unread: list[str]) -> list[Mention]:
    """The mentions of all resources; what can't be read is added to `unread`."""
    out: list[Mention] = []
    for number, resource in enumerate(case.fhir, 1):
        kind = str(resource.get("resourceType", "resource"))
        reference = f"{kind}/{resource.get('id', number)}"
        try:
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
    there = _there(resource, kind)
    for path in _CONCEPTS.get(kind, ()):
        concept = resource.get(path) or {}
        codings = concept.get("coding") or []
        codes = [str(c.get("code", "")).replace("_", ":") for c in codings if _HPO.fullmatch(str(c.get("code", "")))]
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
        for mention in terms.find(words, origin=reference).mentions if words else ():
            if there:
                yield mention
            elif mention.kind == "phenotype":
                yield mention.model_copy(update={"negated": not mention.negated})


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
    states = [str(resource.get("status")).lower()]
    for name in ("clinicalStatus", "verificationStatus"):
        states += _states(resource, name)
    return resource.get("doNotPerform") is True or not _INACTIVE.isdisjoint(states)


def _states(resource: dict[str, Any], name: str) -> list[str]:
    return list(_words(resource.get(name)))


def _words(concept: Any) -> Iterator[str]:
    """The text, codes and names of a CodeableConcept, in lower case."""
    if isinstance(concept, dict):
        for word in (concept.get("text"), *(c.get(key) for c in concept.get("coding") or () for key in ("code", "display"))):
            if word:
                yield str(word).strip().lower()
