"""What htslib (pysam) reads: BCF, and bgzip files by their index. An indexed read knows no line numbers: they are 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from bedside.core.errors import CaseError

from .contigs import check_accession
from .header import read_header
from .record_scan import CUT_HINT, Lines
from .wanted import Wanted


def tabix(path: Path, index: Path | None = None) -> Any:
    """A bgzip file by its index, which lies beside it unless another is named. Raises OSError or ValueError."""
    import pysam

    pysam.set_verbosity(0)
    return pysam.TabixFile(str(path), index=str(index) if index else None)


def indexed_lines(path: Path, wanted: Wanted) -> Lines:
    """Fetches the stretches that are wanted only. Raises CaseError when file and index do not fit."""
    try:
        table = tabix(path)
        header = read_header(list(table.header), path.name)
    except (OSError, ValueError):
        raise CaseError(f"{path.name} or its index can't be read", hint="make the index again: tabix -p vcf FILE") from None

    def fetch(contig: str, first: int, last: int) -> Iterator[str]:
        return iter(table.fetch(contig, first - 1, last))

    # an index lists the chromosomes that have records
    return Lines(path.name, header, _fetched(path.name, table.contigs, wanted, fetch), chroms=set(table.contigs))


def bcf_lines(path: Path, wanted: Wanted | None, *, by_index: bool) -> Lines:
    """Lines as `bcftools view` prints them, all where `wanted` is None; line numbers count its header."""
    import pysam

    pysam.set_verbosity(0)
    try:
        variants = pysam.VariantFile(str(path))
        header = read_header(str(variants.header).rstrip("\n").split("\n"), path.name)
    except (OSError, ValueError):
        raise CaseError(f"{path.name} can't be read as BCF", hint=CUT_HINT) from None

    chroms: set[str] = set()

    def everything() -> Iterator[tuple[int, str]]:
        number = header.lines
        try:
            for record in variants:
                number += 1
                if record.chrom not in chroms:
                    check_accession(record.chrom, path.name)
                    chroms.add(record.chrom)
                chrom = wanted.names.get(record.chrom) if wanted else None
                if not wanted or (chrom and wanted.wants(chrom, record.pos, record.stop)):
                    yield number, str(record).rstrip("\n")
        except (OSError, ValueError):
            raise CaseError(f"{path.name} is cut off or damaged after line {number}", hint=CUT_HINT) from None

    def fetch(contig: str, first: int, last: int) -> Iterator[str]:
        return (str(record).rstrip("\n") for record in variants.fetch(contig, first - 1, last))

    if not wanted or not by_index:
        return Lines(path.name, header, everything(), chroms=chroms)
    contigs = [str(contig) for contig in variants.header.contigs]
    try:
        chroms.update(c for c in contigs if c in wanted.names and next(variants.fetch(c), None) is not None)
    except (OSError, ValueError):
        raise CaseError(f"{path.name} is cut off or does not fit its index", hint=CUT_HINT) from None
    return Lines(path.name, header, _fetched(path.name, contigs, wanted, fetch), chroms=chroms)


def _fetched(
    name: str, contigs: Iterable[str], wanted: Wanted, fetch: Callable[[str, int, int], Iterator[str]]
) -> Iterator[tuple[int, str]]:
    """Every wanted line once. `fetch`: contig, first and last base (1-based) → lines."""
    names: dict[str, list[str]] = {}
    for contig in contigs:
        check_accession(contig, name)
        if contig in wanted.names:
            names.setdefault(wanted.names[contig], []).append(contig)
    seen: set[str] = set()
    try:
        for chrom, first, last in wanted.regions():
            for contig in names.get(chrom, ()):
                for line in fetch(contig, first, last):
                    if line not in seen:
                        seen.add(line)
                        yield 0, line
    except (OSError, ValueError):
        raise CaseError(f"{name} is cut off or does not fit its index", hint=CUT_HINT) from None
