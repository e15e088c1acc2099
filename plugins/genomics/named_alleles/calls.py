"""What calling says of a sample: one `GeneCall` per gene, with what it rests on and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Status = Literal["called", "ambiguous", "not_assessed"]


class MissingPosition(NamedTuple):
    """A defining position without a usable genotype: absent from the file, `./.`, or set aside (see `why`)."""

    chrom: str
    pos: int
    rsid: str
    why: str = "absent"


class HiddenAllele(NamedTuple):
    """An allele that positions without a genotype may hide, everything that was read being as it is.

    `positions` are those that would tell (rs number, or `chr1:100`), `diplotypes` what the call would be with it, and
    `phenotypes` and `activity_scores` are aligned to them, None = the table has none.
    """

    name: str
    positions: tuple[str, ...]
    diplotypes: tuple[str, ...]
    phenotypes: tuple[str | None, ...]
    activity_scores: tuple[str | None, ...]


class Undocumented(NamedTuple):
    """Alleles seen at a defining position that no allele definition knows. `line` is the VCF line, 0 when unknown."""

    chrom: str
    pos: int
    rsid: str
    alleles: tuple[str, ...]
    line: int


class VariantSite(NamedTuple):
    """A defining position where the sample is not homozygous reference: alleles as the definition spells them."""

    chrom: str
    pos: int
    rsid: str
    alleles: tuple[str, ...]
    phased: bool
    line: int


@dataclass(frozen=True)
class GeneCall:
    """The call of one gene.

    `diplotypes` holds every top-ranked one (`ambiguous` = several), one name alone where the sample is haploid.
    `haplotypes` holds the component alleles of a lowest-function gene (DPYD, RYR1) whose phase is not known; then
    `diplotypes` is empty. `phenotypes` and `activity_scores` are aligned to `diplotypes`, or hold one entry where only
    `haplotypes`, a single variant (`phenotype_from`) or an outside phenotype is there; None = the table has none.
    `records` are 1-based line numbers of the VCF; empty when the file was read by its index, which knows no line numbers.
    `alternatives` are further diplotypes that explain the genotypes, but rank lower; best first.
    `uncallable` are the alleles that no position in the file could have shown.
    `assumed_positions` are absent from the file and were read as reference because that was asked. `hidden` are the alleles
    that those and `missing_positions` may hide, of a gene that was called. `positions` is how many define its alleles.
    """

    gene: str
    status: Status
    diplotypes: tuple[str, ...] = ()
    haplotypes: tuple[str, ...] = ()
    phenotypes: tuple[str | None, ...] = ()
    activity_scores: tuple[str | None, ...] = ()
    missing_positions: tuple[MissingPosition, ...] = ()
    assumed_positions: tuple[MissingPosition, ...] = ()
    positions: int = 0
    hidden: tuple[HiddenAllele, ...] = ()
    undocumented: tuple[Undocumented, ...] = ()
    variants: tuple[VariantSite, ...] = ()
    extra_positions: tuple[VariantSite, ...] = ()
    alternatives: tuple[str, ...] = ()
    uncallable: tuple[str, ...] = ()
    records: tuple[int, ...] = ()
    reason: str = ""
    source: Literal["vcf", "outside"] = "vcf"
    phased: bool = False
    phenotype_from: str = ""
    version: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def phenotype(self) -> str | None:
        """The phenotype that all diplotypes share, else None."""
        return _shared(self.phenotypes)

    @property
    def activity_score(self) -> str | None:
        """The activity score that all diplotypes share, else None."""
        return _shared(self.activity_scores)


@dataclass(frozen=True)
class SampleCalls:
    """All genes of one sample of one file, sorted by gene. `sample` is "" where the file names none."""

    file: str
    sample: str
    genes: tuple[GeneCall, ...]
    warnings: tuple[str, ...] = ()

    def gene(self, name: str) -> GeneCall | None:
        return next((g for g in self.genes if g.gene == name), None)


def _shared(values: tuple[str | None, ...]) -> str | None:
    return values[0] if values and len(set(values)) == 1 else None
