"""GA4GH phenopackets, version 2 (https://phenopacket-schema.readthedocs.io), as they come: who, which findings, since when,
which variants.

Names are those of JSON (`phenotypicFeatures`) or those that protobuf prints for Python (`phenotypic_features`); enumerations
are names or numbers; null is the same as not given. Reading passes over an element of another shape than the standard's;
`misshapen` names it for those who refuse such a packet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..toolkit.references import hpo_id
from ..types.context import Sex

Packet = Mapping[str, Any]
_SEXES: dict[str, Sex] = {"FEMALE": "female", "MALE": "male", "OTHER_SEX": "other"}
_SEX_NUMBERS = ("UNKNOWN_SEX", "FEMALE", "MALE", "OTHER_SEX")
_STATUS_NUMBERS = ("UNKNOWN_STATUS", "REJECTED", "CANDIDATE", "CONTRIBUTORY", "CAUSATIVE")
_ACMG_NUMBERS = ("NOT_PROVIDED", "BENIGN", "LIKELY_BENIGN", "UNCERTAIN_SIGNIFICANCE", "LIKELY_PATHOGENIC", "PATHOGENIC")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
BEFORE_BIRTH = "HP:0030674"
"""Antenatal onset."""

# what is read, by its shape: {} an object, [shape] a list of objects
_TIME: dict[str, Any] = {"age": {}, "ageRange": {"start": {}, "end": {}}, "ontologyClass": {}, "gestationalAge": {}}
_VARIATION: dict[str, Any] = {"geneContext": {}, "allelicState": {}, "expressions": [{}], "vcfRecord": {}}
_GENOMIC: dict[str, Any] = {"gene": {}, "variantInterpretation": {"variationDescriptor": _VARIATION}}
_SHAPE: dict[str, Any] = {
    "subject": {"timeAtLastEncounter": _TIME, "vitalStatus": {}},
    "phenotypicFeatures": [{"type": {}, "onset": _TIME, "resolution": _TIME, "severity": {}, "modifiers": [{}]}],
    "diseases": [{"term": {}, "onset": _TIME}],
    "interpretations": [{"diagnosis": {"disease": {}, "genomicInterpretations": [_GENOMIC]}}],
}
# where version 1 said what version 2 says elsewhere
_OLD = {
    "": ("genes", "variants"),
    "subject": ("ageAtCollection",),
    "phenotypicFeatures": ("classOfOnset", "ageOfOnset", "ageRangeOfOnset"),
    "diseases": ("classOfOnset", "ageOfOnset", "ageRangeOfOnset"),
}

# --- elements -------------------------------------------------------------------------------------------------------


def value(data: Packet, key: str) -> Any:
    """By its name in JSON, or as protobuf prints it for Python; None where it is not there."""
    found = data.get(key)
    return found if found is not None else data.get(_CAPITAL.sub("_", key).lower())


def child(data: Packet, *keys: str) -> Packet:
    """The object at the end of the path `keys`; empty where it is not there."""
    for key in keys:
        found = value(data, key)
        data = found if isinstance(found, Mapping) else {}
    return data


def children(data: Packet, key: str) -> list[Packet]:
    """The objects of a list; empty where it is not there."""
    found = value(data, key)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def text(data: Packet, key: str) -> str:
    """A text or number as text; empty where it is not there."""
    found = value(data, key)
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def misshapen(data: Any, shape: Mapping[str, Any] = _SHAPE) -> str:
    """The path of the first element that has another shape than the standard's (`diseases[1].onset`); empty for none."""
    for key, inside in shape.items():
        found = value(data, key)
        if found is None:
            continue
        listed = isinstance(inside, list)
        if listed and not isinstance(found, list):
            return key
        for number, each in enumerate(found if listed else [found], 1):
            at = f"{key}[{number}]" if listed else key
            if not isinstance(each, Mapping):
                return at
            if deeper := misshapen(each, inside[0] if listed else inside):
                return f"{at}.{deeper}"
    return ""


# --- what it is -----------------------------------------------------------------------------------------------------


def form_of(data: Packet) -> Literal["phenopacket", "family", "cohort", ""]:
    """What a JSON object is; empty for none of them."""
    if any(form_of(member) for member in children(data, "members")):
        return "cohort"
    if (proband := child(data, "proband")) and form_of(proband):
        return "family"
    keys = ("phenotypicFeatures", "interpretations", "diseases")
    known = any(value(data, key) is not None for key in keys)
    return "phenopacket" if known or None not in (value(data, "subject"), value(data, "metaData")) else ""


def packets_of(data: Any) -> Iterator[Packet]:
    """Each person's packet of a packet, a family (the proband first), a cohort or a list of them. Raises ValueError for what
    is none."""
    if isinstance(data, list):
        for each in data:
            yield from packets_of(each)
        return
    form = form_of(data) if isinstance(data, Mapping) else ""
    if form == "cohort":
        yield from packets_of(value(data, "members"))
    elif form == "family":
        yield from packets_of([value(data, "proband"), *(value(data, "relatives") or [])])
    elif form:
        yield data
    else:
        raise ValueError("not a phenopacket")


def version_of(packet: Packet) -> str:
    """Of the schema; `2` where the packet does not say."""
    return text(child(packet, "metaData"), "phenopacketSchemaVersion") or "2"


def version_1_elements(packet: Packet) -> list[str]:
    """Elements that only version 1 has, which are not read: `subject.ageAtCollection`."""
    found: dict[str, None] = {}
    for holder, keys in _OLD.items():
        held = [packet] if not holder else children(packet, holder) or [child(packet, holder)]
        found |= {f"{holder}.{key}".lstrip("."): None for each in held for key in keys if value(each, key)}
    return list(found)


# --- who ------------------------------------------------------------------------------------------------------------


def subject_id(packet: Packet) -> str:
    """Empty where it is not given."""
    return text(child(packet, "subject"), "id")


def sex_of(packet: Packet) -> Sex | None:
    return _SEXES.get(_named(value(child(packet, "subject"), "sex"), _SEX_NUMBERS).upper())


def age_of(packet: Packet) -> str:
    """At the last encounter, ISO 8601; of a range its end, since the age only says what was not later. Empty: not given."""
    time = child(packet, "subject", "timeAtLastEncounter")
    return text(child(time, "age"), "iso8601duration") or text(child(time, "ageRange", "end"), "iso8601duration")


# --- findings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Feature:
    """A phenotypic feature: its ontology id, whether it was looked for and is not there, and when it began."""

    id: str
    label: str
    excluded: bool
    onset: tuple[str, ...] = ()


def features_of(packet: Packet) -> list[Feature]:
    """In order. Raises ValueError where one does not say what it is, or whether it is there."""
    listed = value(packet, "phenotypicFeatures") or []
    if not isinstance(listed, list):
        raise ValueError("`phenotypicFeatures` is not a list")
    out = []
    for number, feature in enumerate(listed, 1):
        kind = child(feature, "type") if isinstance(feature, Mapping) else {}
        id_ = kind.get("id")
        if id_ is None:
            raise ValueError(f"phenotypic feature {number} has no type.id")
        absent = is_excluded(feature)
        if not isinstance(id_, str) or absent is None:
            raise ValueError(f"phenotypic feature {number}: type.id must be text and `excluded` true or false")
        out.append(Feature(hpo_id(id_) or id_, text(kind, "label"), absent, tuple(onsets(child(feature, "onset")))))
    return out


def is_excluded(feature: Packet) -> bool | None:
    """Was it looked for and is not there? None where that can't be read: then it is neither there nor absent.

    `negated` is what version 1 called it. Not given and null are protobuf's default, false.
    """
    said = [found for key in ("excluded", "negated") if (found := feature.get(key)) is not None]
    return any(said) if all(isinstance(found, bool) for found in said) else None


def onsets(time: Packet) -> Iterator[str]:
    """What a TimeElement says of an onset: an HPO id, an ISO 8601 age, or both. A calendar date says nothing of an age."""
    if child(time, "gestationalAge"):
        yield BEFORE_BIRTH
    for element, key in (("ontologyClass", "id"), ("age", "iso8601duration")):
        if found := text(child(time, element), key):
            yield found


# --- variants -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VcfPlace:
    """Where a variant is, as a VCF would write it; parts that are not given are empty."""

    assembly: str
    chrom: str
    pos: str
    ref: str
    alt: str


@dataclass(frozen=True)
class ReportedVariant:
    """A variant as the packet's author describes it. The disease it was found to cause is left out on purpose.

    `status` is REJECTED, CANDIDATE, CONTRIBUTORY, CAUSATIVE or empty; `acmg` the ACMG class (`LIKELY_PATHOGENIC`);
    `zygosity` a GENO id; `expressions` are (syntax, text): `("hgvs.c", "NM_000138.4:c.1A>G")`. `described` is False where
    the packet names a gene only.
    """

    gene: str
    described: bool
    status: str = ""
    acmg: str = ""
    zygosity: str = ""
    zygosity_label: str = ""
    label: str = ""
    expressions: tuple[tuple[str, str], ...] = ()
    place: VcfPlace | None = None


def variants_of(packet: Packet) -> Iterator[ReportedVariant]:
    """Of all interpretations, in order, rejected ones too."""
    for interpretation in children(packet, "interpretations"):
        for genomic in children(child(interpretation, "diagnosis"), "genomicInterpretations"):
            read = child(genomic, "variantInterpretation")
            described = child(read, "variationDescriptor")
            record = child(described, "vcfRecord")
            state = child(described, "allelicState")
            yield ReportedVariant(
                gene=text(child(described, "geneContext"), "symbol") or text(child(genomic, "gene"), "symbol"),
                described=bool(read),
                status=_named(value(genomic, "interpretationStatus"), _STATUS_NUMBERS),
                acmg=_named(value(read, "acmgPathogenicityClassification"), _ACMG_NUMBERS),
                zygosity=text(state, "id"),
                zygosity_label=text(state, "label"),
                label=text(described, "label"),
                expressions=tuple((text(e, "syntax"), text(e, "value")) for e in children(described, "expressions")),
                place=VcfPlace(*(text(record, k) for k in ("genomeAssembly", "chrom", "pos", "ref", "alt")))
                if record
                else None,
            )


def _named(given: Any, names: tuple[str, ...]) -> str:
    """An enumeration's value by its name; empty for what is none."""
    if isinstance(given, int) and not isinstance(given, bool):
        return names[given] if 0 <= given < len(names) else ""
    return given if isinstance(given, str) else ""
