"""What speaks against using a genetic result although its own value can be read. Whatever speaks against it is enough."""

from __future__ import annotations

import re
from typing import Any

from ...fhir import Resource, texts_of, words_of
from ..elements import listed
from ..references import References

_WRONG = re.compile(
    r"\b(?:wrong|other|another|different|previous)\s+(?:patient|person|sample|specimen|tube)|\bmix(?:ed)?[\s-]?up|"
    r"mis-?label|\bswapp?ed|\bretract|\bwithdrawn|\b(?:do|should) not (?:be )?use|\bnot valid|\binvalid|\bdisregard|"
    r"\bcontaminat|\bvoid\b|\bsuperseded|\bin error\b|\berroneous|\bnot (?:this|the|his|her) patient",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\b(?:donors?|grafts?|transplant\w*|tumou?rs?|neoplas\w+|metasta\w+|somatic|f(?:o?e)tus|f(?:o?e)tal|cord blood|"
    r"chorionic|amniotic|chimer\w+|mother|father|maternal|paternal|parents?|siblings?|brother|sister|son|daughter|"
    r"partner|spouse|husband|wife|relatives?)\b",
    re.IGNORECASE,
)
_INDETERMINATE = frozenset({"ind", "e", "indeterminate", "inconclusive", "equivocal"})  # HL7 v3 ObservationInterpretation


def doubt(resource: Resource, reference: str, references: References) -> str:
    """The reason (core/wording/en/unread.toml) why a genetic Observation is not used; empty where there is none."""
    if resource.get("dataAbsentReason"):
        return "value-and-absent"
    if reference in references.withdrawn:
        return "report-withdrawn"
    said = {word for concept in listed(resource, "interpretation") for word in words_of(concept)}
    if said & _INDETERMINATE:
        return "indeterminate"
    notes = " ".join(texts_of(resource.get("note")))
    if _WRONG.search(notes):
        return "note-doubts"
    about = " ".join([notes, *texts_of(_origin(resource, references))])
    return "of-another-origin" if _OF_ANOTHER.search(about) else ""


def _origin(resource: Resource, references: References) -> list[Any]:
    """What it was measured on, and how."""
    held = resource.get("specimen")
    found = references.find(held.get("reference"), resource) if isinstance(held, dict) else None
    specimen = [found[1].get(name) for name in ("type", "note", "condition")] if found else []
    return [held, resource.get("bodySite"), resource.get("method"), *specimen]
