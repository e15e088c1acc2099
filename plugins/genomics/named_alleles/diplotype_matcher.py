"""Star-allele matching: every pair of named alleles that explains the genotypes, and those of them that score highest.

A pair explains a sample when the two alleles can be laid on its two strands: at a homozygous position both must accept the
allele, and within each phase block one must accept the first strand and the other the second, one way round or the other.
That is decided block by block with bit masks, so nothing is enumerated over the 2^n ways to phase n blocks.

Scoring is PharmCAT's (docs, "Named Allele Matcher 101"): an allele scores the number of its defining positions that the
sample has; an ambiguity code (IUPAC) scores only where a strand of this allele is not reference; a pair scores the sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .definitions import GeneDefinition, NamedAllele
from .match_data import MatchData
from .nomenclature import diplotype_name, sort_diplotypes


@dataclass(frozen=True)
class Matched:
    """`names` are the top diplotypes, `others` the further ones that fit, best first; `note`: the rule that chose."""

    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    note: str = ""


class Matcher:
    """Matches one gene of one sample. With `every`, alleles that no position of the sample shows are matched too."""

    def __init__(self, data: MatchData, *, every: bool = False) -> None:
        self.data = data
        self.definition: GeneDefinition = data.definition
        self.present = data.present
        whole = (1 << len(self.definition.alleles)) - 1
        self.callable = whole if every else callable_mask(self.definition, self.present)
        self._block_of = {i: b for b, block in enumerate(data.blocks) for i in block}
        self._first: list[int] = []
        self._second: list[int] = []
        self.candidates = self._prepare()

    def _prepare(self) -> int:
        """Masks of the alleles that accept each block's first and second strand; returns those that fit anywhere."""
        accepts = self.definition.accepts
        fits = self.callable
        for i, (one, two) in self.data.pairs.items():
            if one == two:
                fits &= accepts[i][one]
        for block in self.data.blocks:
            first = second = fits
            for i in block:
                one, two = self.data.pairs[i]
                first &= accepts[i][one]
                second &= accepts[i][two]
            self._first.append(first)
            self._second.append(second)
        for first, second in zip(self._first, self._second, strict=True):
            fits &= first | second
        return fits

    def match(self) -> Matched:
        """The highest-scoring diplotypes (one name each where the sample is haploid), and the others that fit."""
        scores = self.scored()
        if not scores:
            return Matched()
        if self.definition.exemption.priorities and not self.data.settled:
            return self._by_priority(scores)
        best = max(scores.values())
        return Matched(sort_diplotypes(n for n, s in scores.items() if s == best), _ranked(scores, best - 1))

    def scored(self) -> dict[str, int]:
        """Every diplotype that explains the genotypes, and its score."""
        scores: dict[str, int] = {}
        alleles = self.definition.alleles
        if self.data.haploid:
            return {self._renamed(alleles[a]): self._score(a, a) for a in bits(self.candidates)}
        for a, b in self._pairs():
            name = diplotype_name(self._renamed(alleles[a]), self._renamed(alleles[b]))
            scores[name] = max(scores.get(name, 0), self._score(a, b))
        return scores

    def _pairs(self) -> Iterator[tuple[int, int]]:
        for a in bits(self.candidates):
            for b in bits(self.partners(a) >> a << a):
                yield a, b

    def partners(self, a: int) -> int:
        """Mask of the alleles that can lie on the other copy."""
        partners = self.candidates
        for first, second in zip(self._first, self._second, strict=True):
            partners &= (second if first >> a & 1 else 0) | (first if second >> a & 1 else 0)
        return partners

    def name(self, a: int) -> str:
        """The allele as it is reported."""
        return self._renamed(self.definition.alleles[a])

    def _score(self, a: int, b: int) -> int:
        alleles = self.definition.alleles
        points = sum((alleles[x].defined & self.present).bit_count() for x in (a, b))
        if alleles[a].wobbles or alleles[b].wobbles:
            points -= self._unscored(a, b)
        return points

    def _unscored(self, a: int, b: int) -> int:
        """Ambiguity codes that fit only by the reference base, when the pair is laid on the strands as well as can be.

        An allele that would fit both strands is taken to have seen both of them, unless it is the pair's other allele too.
        """
        total = 0
        by_block: dict[int, list[tuple[int, int]]] = {}
        for side, allele in enumerate((a, b)):
            for i in self.definition.alleles[allele].wobbles:
                one, two = self.data.pairs.get(i, ("", ""))
                if one != two and (a == b or not self._fits_both(allele)):
                    by_block.setdefault(self._block_of[i], []).append((side, i))
                elif one == two:
                    total += one == self.definition.loci[i].ref
        for block, wobbles in by_block.items():
            first, second = self._first[block], self._second[block]
            ways = []
            for turn, (mine, other) in enumerate(((first, second), (second, first))):
                if mine >> a & 1 and other >> b & 1:
                    ways.append(sum(self.data.pairs[i][side ^ turn] == self.definition.loci[i].ref for side, i in wobbles))
            total += min(ways)
        return total

    def _fits_both(self, a: int) -> bool:
        return all(first & second & 1 << a for first, second in zip(self._first, self._second, strict=True))

    def _renamed(self, allele: NamedAllele) -> str:
        """A sub-allele is reported as its core allele (SLCO1B1 *45.001 as *45)."""
        return self.definition.renames.get(allele.name, allele.name)

    def _by_priority(self, scores: dict[str, int]) -> Matched:
        """Unphased data of a gene whose definition says which of several diplotypes is by far the more frequent one."""
        for members, pick in self.definition.exemption.priorities:
            if members <= scores.keys():
                others = _ranked({n: s for n, s in scores.items() if n != pick})
                return Matched((pick,), others, f"unphased: {pick} was chosen by frequency; {', '.join(others)} also fit")
        return Matched(sort_diplotypes(scores))


def _ranked(scores: dict[str, int], most: int | None = None) -> tuple[str, ...]:
    """Names by falling score, those of a score above `most` left out."""
    kept = [n for n in sort_diplotypes(scores) if most is None or scores[n] <= most]
    return tuple(sorted(kept, key=lambda n: -scores[n]))


def callable_mask(definition: GeneDefinition, present: int) -> int:
    """The alleles that at least one position of the sample could show."""
    return sum(1 << a for a, allele in enumerate(definition.alleles) if allele.defined & present)


def uncallable(definition: GeneDefinition, present: int) -> tuple[str, ...]:
    """Names of the alleles that no position of the sample could show, in the order of the definition."""
    return tuple(a.name for a in definition.alleles if not a.defined & present)


def bits(mask: int) -> Iterator[int]:
    """The indices of the set bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
