"""A sample's genotype at a defining position, from one record or from those that a multi-allelic site is split into."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from .definitions import Locus
from .sites import Allele, Odd, Trouble

_GT = re.compile(r"(\.|\d+)(?:([/|])(\.|\d+))?\Z")
_MORE = re.compile(r"(?:\.|\d+)(?:[/|](?:\.|\d+)){2,}\Z")
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
    problem: str = ""  # set: the genotype must not be used
    clash: bool = False  # set: because it contradicts itself, so that a variant might be lost with it
    secondary: bool = False  # from a deletion that reaches over the position: its own record says more
    note: str = ""

    @property
    def copies(self) -> tuple[Allele | None, ...]:
        return (self.one,) if self.haploid else (self.one, self.two)

    @property
    def called(self) -> bool:
        return not self.problem and all(c is not None for c in self.copies)


@lru_cache(maxsize=1_000)
def parse_gt(text: str) -> tuple[tuple[int | None, ...], bool] | None:
    """Allele indices (None for `.`) and whether phased; None when it is no genotype of one or two copies."""
    found = _GT.match(_LEADING.sub("", text, count=1) if text[:1] in "/|" else text)
    if not found:
        return None
    indices = tuple(None if part == "." else int(part) for part in (found[1], found[3]) if part is not None)
    return indices, found[2] == "|"


def is_polyploid(text: str) -> bool:
    """Whether the genotype names more than two alleles: more copies than a diplotype has."""
    return bool(_MORE.match(text))


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
    if first.clash:
        return first
    usable = [g for g in (first, second) if not g.problem and any(c is not None for c in g.copies)]
    if len(usable) < 2:
        return usable[0] if usable else first
    if first.secondary != second.secondary:
        own, over = (second, first) if first.secondary else (first, second)
        return replace(own, note=f"a deletion (line {over.line}) reaches over this position; its own record was used")
    if _is_part(first) and _is_part(second):
        return _join_parts(locus, first, second)
    both_phased = first.phased and second.phased and first.phase_set == second.phase_set
    if first.copies == second.copies or (not both_phased and _counted(first) == _counted(second)):
        return first
    merged: list[Allele | None] | None = None
    if first.haploid == second.haploid:
        by_slot = both_phased or None in first.copies or None in second.copies
        merged = _by_slot(locus, first, second) if by_slot else _by_count(locus, first, second)
    if merged is None:
        problem = f"lines {first.line} and {second.line} give different genotypes"
        return replace(first, problem=problem, clash=True)
    return replace(first, one=merged[0], two=merged[1] if len(merged) > 1 else None)


def _counted(genotype: Genotype) -> list[str]:
    return sorted(map(str, genotype.copies))


def _by_slot(locus: Locus, first: Genotype, second: Genotype) -> list[Allele | None] | None:
    """Copy by copy: of two alleles one must be reference, not called, or the `*` of a deletion that the other is."""
    merged: list[Allele | None] = []
    for a, b in zip(first.copies, second.copies, strict=True):
        seen = [x for x in (a, b) if x is not None]
        rest = _without_echoes([x for x in seen if x != locus.ref])
        if len(set(rest)) > 1:
            return None
        merged.append(rest[0] if rest else (seen[0] if seen else None))
    return merged


def _by_count(locus: Locus, first: Genotype, second: Genotype) -> list[Allele | None] | None:
    """Unphased: together no more non-reference alleles than copies."""
    rest = _without_echoes([x for g in (first, second) for x in g.copies if x is not None and x != locus.ref])
    missing = len(first.copies) - len(rest)
    return None if missing < 0 else [*[locus.ref] * missing, *rest]


def _without_echoes(alleles: list[Allele]) -> list[Allele]:
    """A `*` is dropped for each deletion that another record writes out; without one it stays, and stays unread."""
    gone = sum(isinstance(a, Odd) and a.trouble is Trouble.GONE for a in alleles)
    kept: list[Allele] = []
    for allele in alleles:
        if gone and isinstance(allele, Odd) and allele.trouble is Trouble.SPANNING:
            gone -= 1
        else:
            kept.append(allele)
    return kept


def _is_part(genotype: Genotype) -> bool:
    return any(isinstance(a, Odd) and a.trouble is Trouble.PART for a in genotype.copies)


def _join_parts(locus: Locus, first: Genotype, second: Genotype) -> Genotype:
    """A defined substitution of several bases, written base by base: joined where it is known which lie together."""
    phased = first.phased and second.phased and first.phase_set == second.phase_set
    same = all(len(set(g.copies)) == 1 for g in (first, second))
    if first.haploid != second.haploid or not (phased or same):
        return replace(first, problem="the bases of a defined substitution are in two records that are not phased")
    joined: list[Allele] = []
    for a, b in zip(first.copies, second.copies, strict=True):
        texts = [x.text if isinstance(x, Odd) else str(x) for x in (a, b)]
        bases = "".join(y if x == ref else x for x, y, ref in zip(*texts, locus.ref, strict=True))
        joined.append(bases if bases in (locus.ref, *locus.alts) else Odd(bases))
    return replace(first, one=joined[0], two=joined[1] if len(joined) > 1 else None)
