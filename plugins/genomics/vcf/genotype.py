"""A sample's genotype at a defining position, as one record gives it, and whether its read depths bear it out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .alleles import Allele, Trouble, UndocumentedAllele

# VCF 4.4 may write the phasing of the first allele too: `/0/1`, `|1`
_GT = re.compile(r"[/|]?((?:\.|[0-9]+)(?:[/|](?:\.|[0-9]+))*)\Z")


class Joined(NamedTuple):
    """That a record changes more than this position: a block substitution (MNV), `CG` to `TA`.

    Its alleles are haplotypes, so that which copy of one position goes with which of another is known without any phasing.
    """

    record: int | str  # the same for each position that the record changes
    what: tuple[int, str, tuple[str, ...]]  # POS, REF and the ALT alleles that are called
    bases: int  # how many bases the called alleles change, defining ones or not
    copies: tuple[Allele | None, ...]  # what the record says of the copies here, in its own order
    repeated: bool = False  # another record shows one of these variants too, on the same copy or on the other one


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
    by_depth: bool = False  # set: `problem` is that the depths of this record alone speak against it
    secondary: bool = False  # from a deletion that reaches over the position: its own record says more
    counted: bool = False  # that deletion is an allele of a position of its own, and is not lost if it is left out here
    note: str = ""
    about: tuple[Allele, ...] | None = None  # the variant alleles of which `0` is said; None = all of them
    depths: Mapping[Allele, int] | None = None  # reads of each allele, where FORMAT/AD gives all of them
    doubt: str = ""  # why the caller of the file does not trust it; it is used all the same
    joined: tuple[Joined, ...] = ()  # the records that say which other variants lie on the same copy

    @property
    def copies(self) -> tuple[Allele | None, ...]:
        return (self.one,) if self.haploid else (self.one, self.two)

    @property
    def called(self) -> bool:
        return not self.problem and all(c is not None for c in self.copies)

    @property
    def part(self) -> bool:
        """One base of a defined substitution of several."""
        return any(isinstance(a, UndocumentedAllele) and a.trouble is Trouble.PART for a in self.copies)


class AlleleIndices(NamedTuple):
    """FORMAT/GT: for each copy the number of its allele (0 = REF, None = not called), and whether the copies are phased."""

    copies: tuple[int | None, ...]
    phased: bool


@lru_cache(maxsize=1_000)
def parse_gt(text: str) -> AlleleIndices | None:
    """A genotype of any number of copies; None when the text is none."""
    found = _GT.match(text)
    if not found:
        return None
    indices = tuple(None if part == "." else int(part) for part in found[1].replace("|", "/").split("/"))
    return AlleleIndices(indices, "|" in found[1] and "/" not in found[1])


def allele_depths(alleles: Sequence[Allele], text: str) -> dict[Allele, int] | None:
    """Reads of each allele by FORMAT/AD (`text`); None unless every allele has a number."""
    parts = text.split(",")
    if len(parts) != len(alleles) or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    depths: dict[Allele, int] = {}
    for allele, part in zip(alleles, parts, strict=True):
        depths[allele] = depths.get(allele, 0) + int(part)
    return depths


def depth_contradiction(ref: str, copies: Sequence[Allele | None], depths: Mapping[Allele, int]) -> tuple[str, bool]:
    """Why the reads speak against the genotype ("" = they do not), and whether a variant would be lost with it.

    An allele that is called has no read although others have some: callers that write every site as 0/1, or a 0/0 where
    all reads show a variant.
    """
    if None in copies or not any(depths.get(c, 1) == 0 for c in copies if c is not None):
        return "", False
    seen = [allele for allele, reads in depths.items() if reads]
    if not seen:
        return "", False
    if len(seen) > 1:
        return "AD shows no read of an allele that GT calls", True
    if len(set(copies)) == 1:
        return "GT is homozygous but AD shows reads of another allele only", True
    return "GT is heterozygous but AD shows reads of one allele only", any(a != ref for a in seen)
