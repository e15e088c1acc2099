"""Sex, age, onset and classified variants of a phenopacket (GA4GH, version 2). The diagnosis it states is never read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bedside.core.errors import CaseError, UsageError

from ..variants.deduplicate import place
from ..variants.variant import Classification, Variant, Zygosity
from .onset import class_of, years

_CLASSES: dict[str, Classification] = {
    "PATHOGENIC": "pathogenic",
    "LIKELY_PATHOGENIC": "likely pathogenic",
    "UNCERTAIN_SIGNIFICANCE": "uncertain",
    "LIKELY_BENIGN": "likely benign",
    "BENIGN": "benign",
}
_ACMG_NUMBERS = ("NOT_PROVIDED", "BENIGN", "LIKELY_BENIGN", "UNCERTAIN_SIGNIFICANCE", "LIKELY_PATHOGENIC", "PATHOGENIC")
# homoplasmic and heteroplasmic (602, 603) stand with homozygous and heterozygous
_ZYGOSITIES: dict[str, Zygosity] = {
    "GENO:0000135": "heterozygous",
    "GENO:0000402": "heterozygous",
    "GENO:0000458": "heterozygous",
    "GENO:0000136": "homozygous",
    "GENO:0000134": "hemizygous",
    "GENO:0000602": "homozygous",
    "GENO:0000603": "heterozygous",
    "GENO:0000604": "hemizygous",
    "GENO:0000605": "hemizygous",
    "GENO:0000606": "hemizygous",
}
_OF_DNA = ("hgvs", "hgvs.c", "hgvs.g", "hgvs.n", "hgvs.m")
_GENOMES = {"hg38": "GRCh38", "grch38": "GRCh38", "hg19": "GRCh37", "grch37": "GRCh37"}
# where version 1 said what version 2 says elsewhere
_OLD = {
    "": ("genes", "variants"),
    "subject": ("ageAtCollection",),
    "phenotypicFeatures": ("classOfOnset", "ageOfOnset", "ageRangeOfOnset"),
    "diseases": ("classOfOnset", "ageOfOnset", "ageRangeOfOnset"),
}


@dataclass(frozen=True)
class Told:
    """For `Context`: `sex`, `onset` and `age` as it takes them (None where the packet does not say), and the variants."""

    sex: str | None
    onset: str | None
    age: str | None
    variants: tuple[Variant, ...]
    notes: tuple[str, ...]


def read(packet: Mapping[str, Any], name: str) -> Told:
    """`name` is the file's, for errors. Raises `CaseError` where a part that is read has another shape than the standard."""
    try:
        subject = _get(packet, "subject") or {}
        sex = str(_get(subject, "sex") or "").lower()
        last = _get(subject, "timeAtLastEncounter") or {}
        variants, notes = _variants(packet, name)
        notes += _of_version_1(packet)
        return Told(
            sex=sex if sex in ("male", "female") else None,
            onset=_onset(packet),
            age=_age(last),
            variants=tuple(variants),
            notes=tuple(notes),
        )
    except (AttributeError, TypeError, KeyError, IndexError):
        raise CaseError(
            f"{name}: subject, diseases or interpretations are not those of a phenopacket", hint="is it of version 2?"
        ) from None
    except UsageError as error:
        raise CaseError(f"{name}: {error.message}", hint=error.hint) from None


def _get(data: Mapping[str, Any], key: str) -> Any:
    """By the name in JSON, or as protobuf prints it for Python."""
    return data.get(key, data.get("".join(f"_{c.lower()}" if c.isupper() else c for c in key)))


def _age(time: Mapping[str, Any]) -> str | None:
    """ISO 8601; of a range its end, since the age only says what was not later."""
    span = _get(time, "ageRange") or {}
    age = _get(time, "age") or _get(span, "end") or {}
    text = _get(age, "iso8601duration")
    return str(text) if text else None


def _onset(packet: Mapping[str, Any]) -> str | None:
    """The earliest onset of the diseases listed; their names are not read."""
    found = []
    for disease in _get(packet, "diseases") or ():
        onset = _get(disease, "onset") or {}
        exact = _get(_get(onset, "age") or {}, "iso8601duration")
        term = _get(_get(onset, "ontologyClass") or {}, "id")
        if term or exact:
            found.append(str(term or exact))
    if len(found) > 1:
        ages = [text for text in found if not text.upper().startswith("HP:")]
        return min(ages, key=lambda text: class_of(years(text, "age at onset"))) if len(ages) == len(found) else None
    return found[0] if found else None


def _of_version_1(packet: Mapping[str, Any]) -> list[str]:
    found: dict[str, None] = {}
    for holder, keys in _OLD.items():
        held = _get(packet, holder) or () if holder else packet
        for one in held if isinstance(held, list) else [held] if held else ():
            found |= {f"{holder}.{key}".lstrip("."): None for key in keys if _get(one, key)}
    return [f"written as in version 1 of phenopackets, not read: {', '.join(found)}"] if found else []


def _variants(packet: Mapping[str, Any], name: str) -> tuple[list[Variant], list[str]]:
    out: list[Variant] = []
    rejected = nameless = 0
    for interpretation in _get(packet, "interpretations") or ():
        diagnosis = _get(interpretation, "diagnosis") or {}
        for genomic in _get(diagnosis, "genomicInterpretations") or ():
            read = _get(genomic, "variantInterpretation")
            if not read:
                continue
            if _get(genomic, "interpretationStatus") in ("REJECTED", 1):
                rejected += 1
                continue
            described = _get(read, "variationDescriptor") or {}
            gene = _get(_get(described, "geneContext") or {}, "symbol")
            if not gene:
                nameless += 1
                continue
            out.append(
                Variant(
                    gene=str(gene),
                    classification=_classification(_get(read, "acmgPathogenicityClassification")),
                    zygosity=_ZYGOSITIES.get(str(_get(_get(described, "allelicState") or {}, "id")), "unknown"),
                    name=_name(described),
                    source="classified in the phenopacket",
                    known_as=_known_as(described),
                    listed=name,
                )
            )
    notes = [f"rejected variants of the phenopacket, not used: {rejected}"] if rejected else []
    notes += [f"variants of the phenopacket without a gene, not used: {nameless}"] if nameless else []
    return out, notes


def _classification(given: Any) -> Classification:
    text = _ACMG_NUMBERS[given] if isinstance(given, int) else str(given)
    return _CLASSES.get(text, "not assessed")


def _name(described: Mapping[str, Any]) -> str:
    """HGVS of the transcript, else any HGVS, else chrom-pos-ref-alt."""
    told = {str(_get(e, "syntax")): str(_get(e, "value")) for e in _get(described, "expressions") or ()}
    for syntax in ("hgvs.c", "hgvs.g", "hgvs"):
        if syntax in told:
            return told[syntax]
    record = _get(described, "vcfRecord")
    return "-".join(str(_get(record, key)) for key in ("chrom", "pos", "ref", "alt")) if record else ""


def _known_as(described: Mapping[str, Any]) -> tuple[str, ...]:
    """Its HGVS texts of DNA (a change of protein has several causes) and its place in the genome."""
    told = ((str(_get(e, "syntax")), str(_get(e, "value"))) for e in _get(described, "expressions") or ())
    out = [value for syntax, value in told if syntax in _OF_DNA and ":p." not in value]
    record = _get(described, "vcfRecord") or {}
    chrom, pos, ref, alt = (str(_get(record, key) or "") for key in ("chrom", "pos", "ref", "alt"))
    genome = _GENOMES.get(str(_get(record, "genomeAssembly")).lower().partition(".")[0], "")
    if genome and pos.isdigit() and ref.isalpha() and alt.isalpha():
        out.append(place(genome, chrom, int(pos), ref, alt))
    return tuple(out)
