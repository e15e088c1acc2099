"""Sex, age, onset and classified variants of a phenopacket (GA4GH, version 2). The diagnosis it states is never read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bedside.core.errors import CaseError, UsageError
from bedside.core.toolkit.clinical_json import phenopacket

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
    if where := phenopacket.misshapen(packet):
        raise CaseError(f"{name}: the elements of {where} are not those of a phenopacket", hint="is it of version 2?")
    sex = phenopacket.sex_of(packet)
    old = phenopacket.version_1_elements(packet)
    try:
        variants, notes = _variants(packet, name)
        return Told(
            sex=sex if sex != "other" else None,
            onset=_onset(packet),
            age=phenopacket.age_of(packet) or None,
            variants=tuple(variants),
            notes=(*notes, *([f"written as in version 1 of phenopackets, not read: {', '.join(old)}"] if old else [])),
        )
    except UsageError as error:
        raise CaseError(f"{name}: {error.message}", hint=error.hint) from None


def _onset(packet: Mapping[str, Any]) -> str | None:
    """The earliest onset of the diseases listed; their names are not read."""
    times = (phenopacket.child(one, "onset") for one in phenopacket.children(packet, "diseases"))
    stated = (next(phenopacket.onsets(time), "") for time in times if not phenopacket.child(time, "gestationalAge"))
    found = [text for text in stated if text]
    if len(found) > 1:
        ages = [text for text in found if not text.upper().startswith("HP:")]
        return min(ages, key=lambda text: class_of(years(text, "age at onset"))) if len(ages) == len(found) else None
    return found[0] if found else None


def _variants(packet: Mapping[str, Any], name: str) -> tuple[list[Variant], list[str]]:
    described = [v for v in phenopacket.variants_of(packet) if v.described]
    kept = [v for v in described if v.status != "REJECTED"]
    out = [
        Variant(
            gene=v.gene,
            classification=_CLASSES.get(v.acmg, "not assessed"),
            zygosity=_ZYGOSITIES.get(v.zygosity, "unknown"),
            name=_name(v),
            source="classified in the phenopacket",
            known_as=_known_as(v),
            listed=name,
        )
        for v in kept
        if v.gene
    ]
    rejected, nameless = len(described) - len(kept), len(kept) - len(out)
    notes = [f"rejected variants of the phenopacket, not used: {rejected}"] if rejected else []
    notes += [f"variants of the phenopacket without a gene, not used: {nameless}"] if nameless else []
    return out, notes


def _name(v: phenopacket.ReportedVariant) -> str:
    """HGVS of the transcript, else any HGVS, else chrom-pos-ref-alt."""
    told = dict(v.expressions)
    for syntax in ("hgvs.c", "hgvs.g", "hgvs"):
        if syntax in told:
            return told[syntax]
    return f"{v.place.chrom}-{v.place.pos}-{v.place.ref}-{v.place.alt}" if v.place else ""


def _known_as(v: phenopacket.ReportedVariant) -> tuple[str, ...]:
    """Its HGVS texts of DNA (a change of protein has several causes) and its place in the genome."""
    out = [value for syntax, value in v.expressions if syntax in _OF_DNA and ":p." not in value]
    if v.place is None:
        return tuple(out)
    chrom, pos, ref, alt = v.place.chrom, v.place.pos, v.place.ref, v.place.alt
    genome = _GENOMES.get(v.place.assembly.lower().partition(".")[0], "")
    if genome and pos.isdigit() and ref.isalpha() and alt.isalpha():
        out.append(place(genome, chrom, int(pos), ref, alt))
    return tuple(out)
