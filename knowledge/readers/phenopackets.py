"""GA4GH phenopackets, version 2 (https://phenopacket-schema.readthedocs.io): who, which findings, which diagnosis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from bedside.core.errors import SourceError
from bedside.core.reading import phenopacket
from bedside.core.reading.durations import read_duration
from bedside.core.reading.phenopacket import child, children
from bedside.core.toolkit.references import pmid, pubmed_number, pubmed_url

from .archive_members import Item
from .document import Document, Section
from .jsonvalue import values
from .read_session import Run
from .xml import squeezed

if TYPE_CHECKING:
    from bedside.core.types import Record

_UNITS = ("year", "month", "week", "day")


def read_phenopackets(item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]:
    """One document per phenopacket: a JSON value (a packet, a cohort's `members`, a family's `proband` and `relatives`, a
    list) or one a line. SourceError for what is none, or of version 1."""
    for place, value in values(stream, item.where):
        for packet in _packets(value, place):
            yield from run.passages(_document(packet, place), place, kind="case")


def _packets(value: Any, where: str) -> Iterator[Mapping[str, Any]]:
    try:
        yield from phenopacket.packets_of(value)
    except ValueError:
        why = "it has no phenotypicFeatures, interpretations or diseases"
        raise SourceError(f"{where} is not a phenopacket: {why}") from None


def _document(packet: Mapping[str, Any], where: str) -> Document:
    version = phenopacket.version_of(packet)
    if version.startswith("1"):
        raise SourceError(f"{where} is a phenopacket of version {version[:10]}", hint="convert it to version 2")
    ident = packet.get("id")
    if not isinstance(ident, str | int) or isinstance(ident, bool) or not str(ident).strip():
        raise SourceError(f'{where} is a phenopacket without "id"')
    diagnoses = list(dict.fromkeys(filter(None, (_name(one) for one in _diseases(packet)))))
    features = [_feature(one) for one in children(packet, "phenotypicFeatures")]
    references = [str(one.get("id", "")) for one in children(child(packet, "metaData"), "externalReferences")]
    number = pubmed_number(next(filter(None, map(pmid, references)), None))
    sections = (
        ("Subject", [_subject(packet)]),
        ("Findings", [said for said, excluded in features if not excluded]),
        ("Findings that were looked for and excluded", [said for said, excluded in features if excluded]),
        ("Diagnosis", [*_diagnosis(packet), *_variants(packet)]),
    )
    name = str(ident).strip()
    return Document(
        id=name,
        title=f"Case {name}" + (f": {'; '.join(diagnoses)}" if diagnoses else ""),
        sections=tuple(Section(head, " ".join(filter(None, said))) for head, said in sections if any(said)),
        url=pubmed_url(number) if number else "",
        pmid=number,
        types=("Phenopacket",),
    )


def _subject(packet: Mapping[str, Any]) -> str:
    subject = child(packet, "subject")
    sex = phenopacket.sex_of(packet)
    age = when(phenopacket.value(subject, "timeAtLastEncounter"))
    species = _name(child(subject, "taxonomy"))
    parts = [
        f"The individual is {'other sex' if sex == 'other' else sex}" if sex else "The sex of the individual is not stated"
    ]
    if age:
        parts.append(f"and was last seen at {age}")
    said = " ".join(parts) + "."
    if child(subject, "vitalStatus").get("status") == "DECEASED":
        cause = _name(child(child(subject, "vitalStatus"), "causeOfDeath"))
        said += f" The individual died{f' of {cause}' if cause else ''}."
    if species and "9606" not in species:
        said += f" Species: {species}."
    return said


def _feature(feature: Mapping[str, Any]) -> tuple[str, bool]:
    """The sentence, and whether the finding was looked for and is not there."""
    name = _name(child(feature, "type"))
    excluded = phenopacket.is_excluded(feature)
    if not name or excluded is None:
        return "", False
    about = [_name(child(feature, "severity")), *(_name(one) for one in children(feature, "modifiers"))]
    onset, resolved = when(feature.get("onset")), when(feature.get("resolution"))
    about += [f"onset: {onset}" if onset else "", f"resolved: {resolved}" if resolved else ""]
    note = squeezed(str(feature.get("description") or "")).rstrip(".")
    said = "The individual does not have" if excluded else "The individual has"
    return f"{said} {', '.join([name, *filter(None, about)])}{f' ({note})' if note else ''}.", excluded


def _diseases(packet: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was diagnosed; a disease that was excluded is none."""
    solved = [child(child(one, "diagnosis"), "disease") for one in children(packet, "interpretations")]
    named = [child(one, "term") for one in children(packet, "diseases") if one.get("excluded") is not True]
    return [*solved, *named]


def _diagnosis(packet: Mapping[str, Any]) -> Iterator[str]:
    for one in children(packet, "interpretations"):
        if name := _name(child(child(one, "diagnosis"), "disease")):
            status = str(one.get("progressStatus", "")).replace("_", " ").lower()
            yield f"Diagnosis{f' ({status})' if status else ''}: {name}."
    for one in children(packet, "diseases"):
        if name := _name(child(one, "term")):
            onset = when(one.get("onset"))
            said = "The individual does not have the disease" if one.get("excluded") is True else "Disease:"
            yield f"{said} {name}{f', onset: {onset}' if onset else ''}."


def _variants(packet: Mapping[str, Any]) -> Iterator[str]:
    for variant in phenopacket.variants_of(packet):
        forms = ", ".join(form for _, form in variant.expressions if form) or variant.label
        what = [forms, squeezed(variant.zygosity_label), _words(variant.acmg)]
        if variant.gene or any(what):
            about = ", ".join(part for part in what if part and part != "not provided")
            of_gene = f" in {variant.gene}" if variant.gene else ""
            said = f"{_words(variant.status).capitalize() or 'Reported'} variant{of_gene}"
            yield f"{said}{f': {about}' if about else ''}."


def _words(enumerated: str) -> str:
    return enumerated.replace("_", " ").lower()


def _name(term: Mapping[str, Any]) -> str:
    """`Parakeratosis (HP:0001036)`."""
    ident, label = squeezed(str(term.get("id") or "")), squeezed(str(term.get("label") or ""))
    return f"{label} ({ident})" if label and ident else label or ident


def when(value: Any) -> str:
    """A TimeElement in words; empty where there is none."""
    if not isinstance(value, dict):
        return ""
    if term := _name(child(value, "ontologyClass")):
        return term
    if age := _duration(str(child(value, "age").get("iso8601duration") or "")):
        return f"the age of {age}"
    span = child(value, "ageRange")
    ends = [_duration(str(child(span, end).get("iso8601duration") or "")) for end in ("start", "end")]
    if all(ends):
        return f"the age of {ends[0]} to {ends[1]}"
    weeks = child(value, "gestationalAge")
    if weeks.get("weeks") is not None:
        days = f" and {weeks['days']} days" if weeks.get("days") else ""
        return f"{weeks['weeks']} weeks{days} of gestation"
    return squeezed(str(value.get("timestamp") or ""))


def _duration(written: str) -> str:
    found = read_duration(written)
    parts = zip(found, _UNITS, strict=True) if found else ()
    return " and ".join(f"{n:g} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n is not None)
