"""DPYD's HapB3: the intronic variant decides, the exonic one is its usual companion.

HapB3 is c.1129-5923C>G (rs75017182, intronic, the cause) with c.1236G>A (rs56038477, exonic, in strong linkage). Where the
intronic position was read, it counts and the exonic one only tells whether the allele is named HapB3 or the intronic
variant alone; the exonic one without it is not called. Where only the exonic one was read, it stands for HapB3, with a
warning (PharmCAT's rules for DPYD, whose table of expected calls is in the tests).
"""

from __future__ import annotations

from dataclasses import dataclass

from .definitions import GeneDefinition

INTRONIC, EXONIC = "rs75017182", "rs56038477"
EXONIC_ONLY = (
    "HapB3 rests on the exonic c.1236G>A (rs56038477) alone: the intronic c.1129-5923C>G (rs75017182), its likely cause, "
    "was not read"
)
MISMATCH = (
    "c.1236G>A (rs56038477) was seen without c.1129-5923C>G (rs75017182) on the same gene copy: by the intronic variant, "
    "that copy is not HapB3"
)


@dataclass(frozen=True)
class HapB3:
    """The two loci (-1 = not defined) and the two names of a definition."""

    intron: int
    exon: int
    full: str
    alone: str

    @classmethod
    def of(cls, definition: GeneDefinition) -> HapB3 | None:
        """Found by what defines it: the allele of both positions, and that of the intronic one alone."""
        at = {locus.rsid: i for i, locus in enumerate(definition.loci)}
        if INTRONIC not in at or EXONIC not in at:
            return None
        both = 1 << at[INTRONIC] | 1 << at[EXONIC]
        names = {a.defined: a.name for a in definition.alleles if not a.reference}
        full, alone = names.get(both), names.get(1 << at[INTRONIC])
        return cls(at[INTRONIC], at[EXONIC], full, alone) if full and alone else None

    def on_strand(self, intron: bool | None, exon: bool | None) -> tuple[str, str]:
        """Name of the allele on one strand ("" = none) and a warning. None = not read."""
        if intron is None:
            return (self.full, EXONIC_ONLY) if exon else ("", "")
        if intron:
            return (self.full if exon else self.alone), ""
        return "", MISMATCH if exon else ""

    def unphased(self, introns: int | None, exons: int | None) -> tuple[list[str], str]:
        """The alleles of a sample whose two positions are not phased, from the number of variant alleles at each."""
        if introns is None:
            return [self.full] * (exons or 0), EXONIC_ONLY if exons else ""
        if exons is None:
            return [self.alone] * introns, ""
        shared = min(introns, exons)
        return [self.full] * shared + [self.alone] * (introns - shared), MISMATCH if exons > introns else ""
