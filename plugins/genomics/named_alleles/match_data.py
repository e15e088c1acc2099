"""A gene's usable genotypes, made ready for matching: which positions are there, and how far they are phased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..vcf.alleles import Allele, UndocumentedAllele
from ..vcf.genotype import Genotype
from .calls import MissingPosition, Undocumented, VariantSite
from .definitions import UNDOCUMENTED_AS_REFERENCE, GeneDefinition, Locus
from .phase_blocks import phase_blocks, unclear_repeat

Pair = tuple[str, str]
MOST_DOUBTED = 4
"""So many are named in a warning; the rest are counted."""


@dataclass
class MatchData:
    """`pairs[i]` are the two alleles at locus i (of the two strands where phased). Loci that are missing have none.

    `blocks` are the heterozygous loci whose phase to each other is known, by a phase set or by a record that changes several
    of them; an unphased heterozygous locus is a block of its own. Between blocks, phase is not known.
    """

    definition: GeneDefinition
    pairs: dict[int, Pair] = field(default_factory=dict)
    blocks: list[list[int]] = field(default_factory=list)
    haploid: bool = False
    missing: list[MissingPosition] = field(default_factory=list)
    assumed: set[int] = field(default_factory=set)  # loci that are absent, read as reference because that was asked
    undocumented: list[Undocumented] = field(default_factory=list)
    variants: list[VariantSite] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    phased: bool = False  # the data say which variants lie together; `settled` may hold without
    together: str = ""  # the heterozygous loci that one record changes, so that they lie on known copies
    refusal: str = ""  # set: the gene can't be called, whatever matches

    @property
    def present(self) -> int:
        """Bit i: locus i has a genotype."""
        return sum(1 << i for i in self.pairs)

    @property
    def unread(self) -> bool:
        """Some locus has no genotype of its own."""
        return bool(self.missing or self.assumed)

    @property
    def settled(self) -> bool:
        """Both strands are known: phased throughout, or not more than one free heterozygous block."""
        return len(self.blocks) <= 1


def gather(
    definition: GeneDefinition,
    genotypes: dict[tuple[str, int], Genotype],
    blocked: dict[tuple[str, int], str],
    *,
    missing_is_reference: bool = False,
) -> MatchData:
    """Sorts a sample's genotypes into usable, missing and undocumented ones.

    A half call (`./1`) that shows a variant, and records that contradict each other, stop the gene: with the position left
    out, a variant would be lost.
    """
    data = MatchData(definition)
    usable: dict[int, Genotype] = {}
    for i, locus in enumerate(definition.loci):
        key = (locus.chrom, locus.pos)
        genotype = genotypes.get(key)
        if genotype is None:
            why = blocked.get(key, "absent")
            if why == "absent" and missing_is_reference:
                data.pairs[i] = (locus.ref, locus.ref)
                data.assumed.add(i)
            else:
                data.missing.append(missing(locus, why))
        elif genotype.called:
            usable[i] = genotype
        else:
            data.missing.append(missing(locus, genotype.problem or "no call"))
            if genotype.clash:
                _refuse(data, f"{genotype.problem} at {_name(locus)}")
            elif genotype.problem:
                data.warnings.append(f"{_name(locus)} was not used: {genotype.problem}")
            elif any(c is not None and c != locus.ref for c in genotype.copies):
                _refuse(data, f"only one of two alleles is called at {_name(locus)}, and it is not reference")
    if data.assumed:
        data.warnings.append(f"positions absent from the file, read as reference as asked: {len(data.assumed)}")
    _ploidy(data, usable)
    for i, genotype in usable.items():
        _use(data, i, genotype)
    if doubted := [f"{_name(definition.loci[i])} ({g.doubt})" for i, g in usable.items() if g.doubt]:
        more = f" and {len(doubted) - MOST_DOUBTED} more" if len(doubted) > MOST_DOUBTED else ""
        shown = ", ".join(doubted[:MOST_DOUBTED])
        data.warnings.append(f"genotypes that the file itself doubts were used all the same: {shown}{more}")
    _find_blocks(data, usable)
    tied = {i for block in data.blocks if len(block) > 1 for i in block}
    different = [i for block in data.blocks for i in block]
    told = (i in tied or usable[i].phased or usable[i].haploid for i in different or usable)
    data.phased = data.settled and all(told) and bool(usable)
    return data


def _ploidy(data: MatchData, usable: dict[int, Genotype]) -> None:
    """One copy counts on the X chromosome only; elsewhere `0` or `1` alone is half a call."""
    loci = data.definition.loci
    single = [i for i, g in usable.items() if g.haploid]
    if not single:
        return
    if data.definition.chrom == "chrX":
        different = [i for i, g in usable.items() if not g.haploid and g.one != g.two]
        if different:
            _refuse(data, f"one allele at {_name(loci[single[0]])} but two different ones at {_name(loci[different[0]])}")
        elif len(single) < len(usable):
            data.warnings.append("one allele at some positions and two equal ones at others: read as one gene copy")
        data.haploid = True
        return
    for i in single:
        genotype = usable.pop(i)
        data.missing.append(missing(loci[i], "only one allele is given"))
        if genotype.one != loci[i].ref:
            _refuse(data, f"only one allele is given at {_name(loci[i])}, and it is not reference")
    data.missing.sort(key=lambda m: m.pos)


def _use(data: MatchData, i: int, genotype: Genotype) -> None:
    locus = data.definition.loci[i]
    if genotype.note:
        data.warnings.append(f"{_name(locus)}: {genotype.note}")
    if genotype.line:
        data.lines.add(genotype.line)
    one = genotype.one
    two = one if genotype.haploid else genotype.two
    odd = [a for a in (one, two) if isinstance(a, UndocumentedAllele)]
    if any(a != locus.ref for a in (one, two)):
        copies = (one,) if genotype.haploid else (one, two)
        shown = tuple(_text(a) for a in copies if a is not None)
        place = (locus.chrom, locus.pos, locus.rsid, shown)
        data.variants.append(VariantSite(*place, genotype.phased, genotype.line))
        if odd:
            data.undocumented.append(Undocumented(*place, genotype.line))
    if not odd:
        data.pairs[i] = (str(one), str(two))
    elif data.definition.gene not in UNDOCUMENTED_AS_REFERENCE:
        _refuse(data, f"an allele that no definition knows at {_name(locus)}")
    elif any(a.trouble for a in odd):
        data.missing.append(missing(locus, "the allele has no readable sequence here"))
        data.missing.sort(key=lambda m: m.pos)
    else:
        pair = [locus.ref if isinstance(a, UndocumentedAllele) else str(a) for a in (one, two)]
        data.pairs[i] = (pair[0], pair[1])
        data.warnings.append(f"an allele that no definition knows at {_name(locus)} was read as reference")


def _find_blocks(data: MatchData, usable: dict[int, Genotype]) -> None:
    loci = data.definition.loci
    different = {i: usable[i] for i, (one, two) in sorted(data.pairs.items()) if one != two}
    if unclear := unclear_repeat(different):
        _refuse(
            data,
            "a record of several changes and one of a part of them show the same variant, on one copy or on two: "
            + _names(loci, unclear),
        )
    found = phase_blocks(different)
    together = _names(loci, [i for i, g in different.items() if g.joined])
    if found is None:
        _refuse(data, f"the records of {together} contradict each other in which variants lie on one copy")
        return
    data.together = together
    data.blocks.extend(found.blocks)
    for i in found.turned:
        one, two = data.pairs[i]
        data.pairs[i] = (two, one)


def _refuse(data: MatchData, reason: str) -> None:
    """The first reason is kept."""
    data.refusal = data.refusal or reason


def missing(locus: Locus, why: str) -> MissingPosition:
    """A position that has no usable genotype."""
    return MissingPosition(locus.chrom, locus.pos, locus.rsid, why)


def _names(loci: Sequence[Locus], indices: Iterable[int]) -> str:
    return ", ".join(_name(loci[i]) for i in indices)


def _name(locus: Locus) -> str:
    return f"{locus.rsid} ({locus.chrom}:{locus.pos})" if locus.rsid else f"{locus.chrom}:{locus.pos}"


def _text(allele: Allele) -> str:
    return allele.text if isinstance(allele, UndocumentedAllele) else allele
