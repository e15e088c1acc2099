"""One variant of an Observation of LOINC 69548-6: whether it is there, and by what name."""

from __future__ import annotations

import re

from ...fhir import Resource
from ..elements import LOINC, codes, listed
from . import codes as known
from .gene import Unsettled, value_words

_RS = re.compile(r"rs\d{3,12}")
_SEQUENCE = re.compile(r"N[CGMRTW]_\d+(?:\.\d+)?")
_HGVS = re.compile(r"[A-Za-z0-9_.()-]+:[cgmn]\.\S+")


def variant(resource: Resource) -> tuple[str, str, bool]:
    """(path of its name, name, is it said to be absent?). Raises Unsettled where it is not called, has no name, or is no
    variant since the reference was found."""
    said = set(value_words(resource.get("valueCodeableConcept") or {}))
    present, absent = bool(said & known.PRESENT), bool(said & known.ABSENT)
    if present == absent:
        raise Unsettled("variant-not-called")
    parts: dict[str, tuple[int, Resource]] = {}
    for number, part in enumerate(listed(resource, "component")):
        for code in codes(part.get("code"), LOINC):
            parts.setdefault(code, (number, part))
    reference, alternate = (_text(parts, code) for code in (known.REFERENCE_ALLELE, known.ALTERNATE_ALLELE))
    if (reference and reference == alternate) or known.SO_REFERENCE in _words(parts, known.DNA_CHANGE_TYPE):
        raise Unsettled("reference-call")
    for code, form in ((known.VARIANT_ID, _RS), (known.CODING_CHANGE, _HGVS), (known.GENOMIC_CHANGE, _HGVS)):
        names = dict.fromkeys(word for word in _words(parts, code) if form.fullmatch(word))
        if names:
            number, part = parts[code]
            value = "valueCodeableConcept" if part.get("valueCodeableConcept") else "valueString"
            return f"component[{number}].{value}", next(iter(names)), absent
    sequence = next((word for word in _words(parts, known.SEQUENCE) if _SEQUENCE.fullmatch(word)), "")
    low = _start(parts)
    if not (sequence and low and reference and alternate):
        raise Unsettled("variant-without-name")
    return "valueCodeableConcept", f"{sequence} {low} {reference}>{alternate}", absent


def _words(parts: dict[str, tuple[int, Resource]], code: str) -> list[str]:
    if code not in parts:
        return []
    part = parts[code][1]
    value = part.get("valueCodeableConcept")
    return value_words(value) if value else [text] if (text := part.get("valueString")) else []


def _text(parts: dict[str, tuple[int, Resource]], code: str) -> str:
    return str(parts[code][1].get("valueString") or "") if code in parts else ""


def _start(parts: dict[str, tuple[int, Resource]]) -> str:
    """The first position of the variant."""
    if known.POSITION not in parts:
        return ""
    low = (parts[known.POSITION][1].get("valueRange") or {}).get("low") or {}
    return str(low.get("value") or "")
