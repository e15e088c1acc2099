"""A sample's genotype at a defining position, from one record or from the several that multi-allelic sites are split into."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .definitions import Locus
from .sites import Allele, Odd, Trouble

_GT = re.compile(r"(\.|\d+)(?:([/|])(\.|\d+))?\Z")
# VCF 4.4 may write the phasing of the first allele too: `/0/1`, `|1`
_LEADING = re.compile(r"[/|](?=[.\d])")
MIN_REFERENCE_QUALITY = 20


@dataclass(frozen=True, slots=True)
class Genotype:
    """`one` and `two` in the order of the file; None = not called (`.`). `two` is None and `haploid` set for one copy."""

    one: Allele | None
    two: Allele | None
    haploid: bool
    phased: bool
    phase_set: str
    line: int
    gt: str = ""
    problem: str = ""  # set: the genotype must not be used

    @property
    def copies(self) -> tuple[Allele | None, ...]:
        return (self.one,) if self.haploid else (self.one, self.two)

    @property
    def called(self) -> bool:
        return not self.problem and all(c is not None for c in self.copies)


def parse_gt(text: str) -> tuple[tuple[int | None, ...], bool] | None:
    """Allele indices (None for `.`) and whether phased; None when it is no genotype of one or two copies."""
    found = _GT.match(_LEADING.sub("", text, count=1) if text[:1] in "/|" else text)
    if not found:
        return None
    indices = tuple(None if part == "." else int(part) for part in (found[1], found[3]) if part is not None)
    return indices, found[2] == "|"


def depth_contradicts(indices: tuple[int | None, ...], depths: str) -> bool:
    """GT is heterozygous, but FORMAT/AD shows reads of one allele only (some callers write every site as 0/1)."""
    if len(indices) < 2 or None in indices or indices[0] == indices[1]:
        return False
    parts = depths.split(",")
    if len(parts) < 2 or not all(p.isdigit() or p == "." for p in parts):
        return False
    return sum(p.isdigit() and int(p) > 0 for p in parts) == 1


def merge(locus: Locus, first: Genotype, second: Genotype) -> Genotype:
    """Two records of one position.

    The same genotype twice is kept once. A split multi-allelic site (`1/2` as `1/0` + `0/1`, or as `1/.` + `./1`) is put
    together. Anything else contradicts itself: the position is not used.
    """
    usable = [g for g in (first, second) if not g.problem and any(c is not None for c in g.copies)]
    if len(usable) < 2:
        # a record that can't be used says nothing against the other, unless it was set aside after a merge
        return next(iter(usable), first) if not (first.problem.startswith("lines") or second.problem) else first
    if set(first.copies) == set(second.copies) and sorted(map(str, first.copies)) == sorted(map(str, second.copies)):
        return first
    clash = replace(first, problem=f"lines {first.line} and {second.line} give different genotypes")
    if first.haploid != second.haploid:
        return clash
    in_order = first.phased and second.phased and first.phase_set == second.phase_set
    merged = _by_slot(locus, first, second) if in_order or _half(first) or _half(second) else _by_count(locus, first, second)
    return clash if merged is None else replace(first, one=merged[0], two=merged[1] if len(merged) > 1 else None)


def _half(genotype: Genotype) -> bool:
    return any(c is None for c in genotype.copies)


def _by_slot(locus: Locus, first: Genotype, second: Genotype) -> list[Allele | None] | None:
    """Copy by copy: of two alleles one must be reference or not called."""
    merged: list[Allele | None] = []
    for a, b in zip(first.copies, second.copies, strict=True):
        rest = [x for x in (a, b) if x is not None and x != locus.ref and not _spanning(x)]
        if len(set(rest)) > 1:
            return None
        fallback = next((x for x in (a, b) if x is not None), None)
        merged.append(rest[0] if rest else fallback)
    return merged


def _by_count(locus: Locus, first: Genotype, second: Genotype) -> list[Allele | None] | None:
    """Unphased: together no more non-reference alleles than copies."""
    copies = len(first.copies)
    rest: list[Allele | None] = [
        x for g in (first, second) for x in g.copies if x is not None and x != locus.ref and not _spanning(x)
    ]
    if len(rest) > copies:
        return None
    return [*[locus.ref] * (copies - len(rest)), *rest]


def _spanning(allele: Allele) -> bool:
    return isinstance(allele, Odd) and allele.trouble is Trouble.SPANNING
