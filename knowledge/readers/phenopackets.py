"""GA4GH phenopackets, version 2 (https://phenopacket-schema.readthedocs.io): who, which findings, which diagnosis."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bedside.core.errors import SourceError

from .archive_members import Item
from .document import Document, Section
from .jsonvalue import values
from .read_session import Run
from .xml import squeezed

if TYPE_CHECKING:
    from bedside.core.types import Record

_UNITS = ("year", "month", "week", "day")
_DURATION = re.compile(r"P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T.*)?")
_SEX = {"FEMALE": "female", "MALE": "male", "OTHER_SEX": "other sex"}


def read_phenopackets(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document per phenopacket: a JSON value (a packet, a cohort's `members`, a family's `proband` and `relatives`, a
    list) or one a line. SourceError for what is none, or of version 1."""
    for place, value in values(stream, item.where):
        for packet in _packets(value, place):
            yield from run.passages(_document(packet, place), place, kind="case")


def _packets(value: Any, where: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _packets(one, where)
    elif not isinstance(value, dict):
        raise SourceError(f"{where} is not a phenopacket")
    elif "members" in value:
        yield from _packets(value["members"], where)
    elif "proband" in value:
        yield from _packets([value["proband"], *_list(value, "relatives")], where)
    elif "phenotypicFeatures" not in value and "interpretations" not in value and "diseases" not in value:
        raise SourceError(f"{where} is not a phenopacket: it has no phenotypicFeatures, interpretations or diseases")
    else:
        yield value


def _document(packet: dict[str, Any], where: str) -> Document:
    version = str(_dict(packet, "metaData").get("phenopacketSchemaVersion", "2"))
    if version.startswith("1"):
        raise SourceError(f"{where} is a phenopacket of version {version[:10]}", hint="convert it to version 2")
    ident = packet.get("id")
    if not isinstance(ident, str | int) or isinstance(ident, bool) or not str(ident).strip():
        raise SourceError(f'{where} is a phenopacket without "id"')
    diagnoses = list(dict.fromkeys(filter(None, (_name(one) for one in _diseases(packet)))))
    features = [_feature(one) for one in _list(packet, "phenotypicFeatures")]
    references = [str(one.get("id", "")) for one in _list(_dict(packet, "metaData"), "externalReferences")]
    pmid = next((match[1] for one in references if (match := re.fullmatch(r"PMID:\s?(\d{1,9})", one))), "")
    sections = (
        ("Subject", [_subject(_dict(packet, "subject"))]),
        ("Findings", [said for said, excluded in features if not excluded]),
        ("Findings that were looked for and excluded", [said for said, excluded in features if excluded]),
        ("Diagnosis", [*_diagnosis(packet), *_variants(packet)]),
    )
    name = str(ident).strip()
    return Document(
        id=name,
        title=f"Case {name}" + (f": {'; '.join(diagnoses)}" if diagnoses else ""),
        sections=tuple(Section(head, " ".join(filter(None, said))) for head, said in sections if any(said)),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        pmid=pmid,
        types=("Phenopacket",),
    )


def _subject(subject: dict[str, Any]) -> str:
    sex = _SEX.get(str(subject.get("sex", "")), "")
    age = when(subject.get("timeAtLastEncounter"))
    species = _name(_dict(subject, "taxonomy"))
    parts = [f"The individual is {sex}" if sex else "The sex of the individual is not stated"]
    if age:
        parts.append(f"and was last seen at {age}")
    said = " ".join(parts) + "."
    if _dict(subject, "vitalStatus").get("status") == "DECEASED":
        cause = _name(_dict(_dict(subject, "vitalStatus"), "causeOfDeath"))
        said += f" The individual died{f' of {cause}' if cause else ''}."
    if species and "9606" not in species:
        said += f" Species: {species}."
    return said


def _feature(feature: dict[str, Any]) -> tuple[str, bool]:
    """The sentence, and whether the finding was looked for and is not there."""
    name = _name(_dict(feature, "type"))
    excluded = feature.get("excluded") is True
    if not name:
        return "", excluded
    about = [_name(_dict(feature, "severity")), *(_name(one) for one in _list(feature, "modifiers"))]
    onset, resolved = when(feature.get("onset")), when(feature.get("resolution"))
    about += [f"onset: {onset}" if onset else "", f"resolved: {resolved}" if resolved else ""]
    note = squeezed(str(feature.get("description") or "")).rstrip(".")
    said = "The individual does not have" if excluded else "The individual has"
    return f"{said} {', '.join([name, *filter(None, about)])}{f' ({note})' if note else ''}.", excluded


def _diseases(packet: dict[str, Any]) -> list[dict[str, Any]]:
    """What was diagnosed; a disease that was excluded is none."""
    solved = [_dict(_dict(one, "diagnosis"), "disease") for one in _list(packet, "interpretations")]
    named = [_dict(one, "term") for one in _list(packet, "diseases") if one.get("excluded") is not True]
    return [*solved, *named]


def _diagnosis(packet: dict[str, Any]) -> Iterator[str]:
    for one in _list(packet, "interpretations"):
        if name := _name(_dict(_dict(one, "diagnosis"), "disease")):
            status = str(one.get("progressStatus", "")).replace("_", " ").lower()
            yield f"Diagnosis{f' ({status})' if status else ''}: {name}."
    for one in _list(packet, "diseases"):
        if name := _name(_dict(one, "term")):
            onset = when(one.get("onset"))
            said = "The individual does not have the disease" if one.get("excluded") is True else "Disease:"
            yield f"{said} {name}{f', onset: {onset}' if onset else ''}."


def _variants(packet: dict[str, Any]) -> Iterator[str]:
    for one in _list(packet, "interpretations"):
        for genomic in _list(_dict(one, "diagnosis"), "genomicInterpretations"):
            variant = _dict(genomic, "variantInterpretation")
            descriptor = _dict(variant, "variationDescriptor")
            gene = str(_dict(descriptor, "geneContext").get("symbol") or _dict(genomic, "gene").get("symbol") or "")
            forms = [str(form.get("value", "")) for form in _list(descriptor, "expressions")]
            what = [", ".join(filter(None, forms)) or str(descriptor.get("label") or ""), _label(descriptor, "allelicState")]
            what.append(str(variant.get("acmgPathogenicityClassification") or "").replace("_", " ").lower())
            status = str(genomic.get("interpretationStatus") or "").replace("_", " ").lower()
            if gene or any(what):
                about = ", ".join(part for part in what if part and part != "not provided")
                said = f"{status.capitalize() or 'Reported'} variant{f' in {gene}' if gene else ''}"
                yield f"{said}{f': {about}' if about else ''}."


def _label(value: dict[str, Any], key: str) -> str:
    return squeezed(str(_dict(value, key).get("label") or ""))


def _name(term: dict[str, Any]) -> str:
    """`Parakeratosis (HP:0001036)`."""
    ident, label = squeezed(str(term.get("id") or "")), squeezed(str(term.get("label") or ""))
    return f"{label} ({ident})" if label and ident else label or ident


def when(value: Any) -> str:
    """A TimeElement in words; empty where there is none."""
    if not isinstance(value, dict):
        return ""
    if term := _name(_dict(value, "ontologyClass")):
        return term
    if age := _duration(str(_dict(value, "age").get("iso8601duration") or "")):
        return f"the age of {age}"
    span = _dict(value, "ageRange")
    ends = [_duration(str(_dict(span, end).get("iso8601duration") or "")) for end in ("start", "end")]
    if all(ends):
        return f"the age of {ends[0]} to {ends[1]}"
    weeks = _dict(value, "gestationalAge")
    if weeks.get("weeks") is not None:
        days = f" and {weeks['days']} days" if weeks.get("days") else ""
        return f"{weeks['weeks']} weeks{days} of gestation"
    return squeezed(str(value.get("timestamp") or ""))


def _duration(written: str) -> str:
    match = _DURATION.fullmatch(written)
    parts = zip(match.groups(), _UNITS, strict=True) if match else ()
    said = [f"{number} {unit}{'' if number == '1' else 's'}" for number, unit in parts if number is not None]
    return " and ".join(said) or ("birth" if match and written.startswith("P0") else "")


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _list(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = value.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
