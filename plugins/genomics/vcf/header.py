"""The header of a VCF: its samples, whether it is a gVCF, and whether its coordinates are GRCh38."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bedside.core.errors import CaseError

from .contigs import ACCESSIONS_38, HINT, LENGTHS_37, LENGTHS_38, check_accession, is_accession, short_name

_OTHER_BUILD = re.compile(r"GRCh37|hg19|\bb37\b|hs37|g1k_v37|hg18|NCBI36|NCBI37|CHM13|\bhs1\b|T2T", re.IGNORECASE)
_BUILD_38 = re.compile(r"GRCh38|hg38|\bb38\b|hs38|GCA_000001405\.15|GCF_000001405\.(?:2[6-9]|3\d|40)", re.IGNORECASE)
_CONTIG = re.compile(r"##contig=<(.*)>\s*\Z", re.IGNORECASE)
_GVCF = re.compile(r"##GVCFBlock|##ALT=<ID=NON_REF\b|##ALT=<ID=\*,")
_INFO = re.compile(r"##INFO=<ID=([^,>]+)")
BOM = "\ufeff"


@dataclass(frozen=True)
class Header:
    """`columns` is the number of tab-separated columns that every record must have; `build_told`: it says GRCh38; `info` are
    the names of the INFO fields that it declares."""

    samples: tuple[str, ...]
    columns: int
    gvcf: bool
    lines: int
    refseq_names: bool
    build_told: bool = False
    info: frozenset[str] = frozenset()


def read_header(lines: Sequence[str], file: str) -> Header:
    """Reads the lines from `##fileformat` (a byte order mark may stand before it) to `#CHROM`, without their ends.

    Raises CaseError for another build or no sample columns.
    """
    if not lines or not lines[0].removeprefix(BOM).startswith("##fileformat=VCF"):
        raise CaseError(f"{file} is not a VCF: its first line is not ##fileformat=VCF…", hint="give a VCF or BCF file")
    names = lines[-1].rstrip("\r").split("\t")
    if names[:5] != ["#CHROM", "POS", "ID", "REF", "ALT"]:
        raise CaseError(f"{file} has no #CHROM line (line {len(lines)} is where the records start)", hint="is it cut off?")
    if len(names) < 10:
        raise CaseError(f"{file} has no genotypes: no sample columns after FORMAT", hint="give a VCF with sample columns")
    if len(set(names[9:])) != len(names) - 9:
        raise CaseError(f"{file}, line {len(lines)}: two sample columns have the same name", hint="rename one of them")
    contigs = [name for name, _ in _contigs(lines)]
    told = check_build(lines, file)
    return Header(
        samples=tuple(names[9:]),
        columns=len(names),
        gvcf=any(_GVCF.match(line) for line in lines),
        lines=len(lines),
        refseq_names=any(map(is_accession, contigs)),
        build_told=told,
        info=frozenset(found[1] for line in lines if (found := _INFO.match(line))),
    )


def _contigs(lines: Iterable[str]) -> Iterable[tuple[str, int]]:
    """Name and length (0 = not given) of each ##contig."""
    for line in lines:
        found = _CONTIG.match(line)
        if not found:
            continue
        fields = dict(part.split("=", 1) for part in found[1].split(",") if "=" in part)
        length = fields.get("length", "")
        yield fields.get("ID", ""), int(length) if length.isdigit() else 0


def check_build(lines: Sequence[str], file: str) -> bool:
    """Whether the header says GRCh38. Raises CaseError where it says another build."""
    contigs = list(_contigs(lines))
    lengths = {short_name(name): length for name, length in contigs if length}
    known = {name: length for name, length in lengths.items() if name in LENGTHS_38}
    for name, length in known.items():
        if length == LENGTHS_37[name]:
            raise CaseError(f"{file} is of GRCh37 (hg19): chromosome {name} has {length} bases", hint=HINT)
    if any(length == LENGTHS_38[name] for name, length in known.items()):
        return True  # lengths are facts; a ##reference line may be left over from anything
    if known:
        raise CaseError(f"{file} is not of GRCh38: the chromosome lengths in its header are of another genome", hint=HINT)
    for number, line in enumerate(lines, 1):
        if line.startswith(("##reference", "##assembly", "##contig")) and _OTHER_BUILD.search(line):
            raise CaseError(f"{file} is not of GRCh38 (line {number}: {_OTHER_BUILD.search(line)[0]})", hint=HINT)  # type: ignore[index]
    for name, _ in contigs:
        check_accession(name, file)
    told = any(line.startswith(("##reference", "##assembly", "##contig")) and _BUILD_38.search(line) for line in lines)
    return told or any(name in ACCESSIONS_38 for name, _ in contigs)


@dataclass(frozen=True)
class Landmark:
    """A common variant and where GRCh37 has it: seen there with its alleles, the file is of GRCh37."""

    rsid: str
    chrom: str
    pos: int
    ref: str
    alt: str


LANDMARKS_37 = tuple(
    Landmark(*row)
    for row in (
        ("rs3918290", "chr1", 97915614, "C", "T"),
        ("rs67376798", "chr1", 97547947, "T", "A"),
        ("rs2231142", "chr4", 89052323, "G", "T"),
        ("rs1142345", "chr6", 18130918, "T", "C"),
        ("rs1800460", "chr6", 18139228, "C", "T"),
        ("rs776746", "chr7", 99270539, "C", "T"),
        ("rs12248560", "chr10", 96521657, "C", "T"),
        ("rs4244285", "chr10", 96541616, "G", "A"),
        ("rs1799853", "chr10", 96702047, "C", "T"),
        ("rs1057910", "chr10", 96741053, "A", "C"),
        ("rs4149056", "chr12", 21331549, "T", "C"),
        ("rs116855232", "chr13", 48619855, "C", "T"),
        ("rs9923231", "chr16", 31107689, "C", "T"),
    )
)
