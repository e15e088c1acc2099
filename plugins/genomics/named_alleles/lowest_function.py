"""Genes whose phenotype follows the alleles of lowest function (DPYD, RYR1): which alleles are there, and on which copy.

Their alleles are single variants that may lie together on one gene copy. Where the two strands are known, the call is a
diplotype with every allele of each strand, `c.61C>T/[c.85T>C (*9A) + c.2846A>T]`. Where they are not, it is the list of
alleles found, a homozygous one twice; the phenotype then takes the two of lowest function, as if on different copies (CPIC
guideline of DPYD). With phase sets, the few ways to combine them are all reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .definitions import NamedAllele
from .diplotype_matcher import bits
from .hapb3 import HapB3
from .match_data import MatchData
from .nomenclature import name_key, strand_key, strand_name

# Ways to combine phase sets that are still reported one by one.
MOST_WAYS = 32

Strand = tuple[str, ...]


@dataclass(frozen=True)
class LowestFunction:
    """Either `diplotypes` (each: the alleles of both strands) or `haplotypes`; `warnings` of the HapB3 rule."""

    diplotypes: tuple[tuple[Strand, Strand], ...] = ()
    haplotypes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unmatched: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{strand_name(one)}/{strand_name(two)}" for one, two in self.diplotypes)


class LowestFunctionCaller:
    """Calls one such gene of one sample."""

    def __init__(self, data: MatchData) -> None:
        self.data = data
        self.present = data.present
        self.hapb3 = HapB3.of(data.definition)
        self._apart = {self.hapb3.intron, self.hapb3.exon} if self.hapb3 else set()
        self.warnings: dict[str, None] = {}
        # allele → the loci that define it, of those the sample has
        self._variants: list[tuple[NamedAllele, dict[int, str | None]]] = []
        for allele in data.definition.alleles:
            here = (i for i in bits(allele.defined & self.present) if i not in self._apart)
            cells = {i: allele.cells[i] for i in here}
            if cells and not allele.reference:
                self._variants.append((allele, cells))

    def call(self) -> LowestFunction:
        if self.data.settled or self._constrained():
            found = {self._ordered(one, two) for one, two in self._strands()}
            diplotypes = [pair for pair in found if pair is not None]
            if len(diplotypes) < len(found):
                return LowestFunction(unmatched=True)
            diplotypes.sort(key=lambda pair: [strand_key(s) for s in pair])
            return LowestFunction(diplotypes=tuple(diplotypes), warnings=tuple(self.warnings))
        return self._list()

    def _constrained(self) -> bool:
        """Some heterozygous loci are phased to each other, and the ways to combine the rest are few."""
        return any(len(block) > 1 for block in self.data.blocks) and 2 ** (len(self.data.blocks) - 1) <= MOST_WAYS

    def _strands(self) -> Iterator[tuple[dict[int, str], dict[int, str]]]:
        """Non-reference alleles of both strands, for every way to turn the blocks against the first one."""
        loci, blocks = self.data.definition.loci, self.data.blocks
        for turns in range(2 ** max(0, len(blocks) - 1)):
            turned = {i for b, block in enumerate(blocks) if b and turns >> (b - 1) & 1 for i in block}
            one: dict[int, str] = {}
            two: dict[int, str] = {}
            for i, (a, b) in self.data.pairs.items():
                a, b = (b, a) if i in turned else (a, b)
                if a != loci[i].ref:
                    one[i] = a
                if b != loci[i].ref:
                    two[i] = b
            yield one, two

    def _ordered(self, one: Mapping[int, str], two: Mapping[int, str]) -> tuple[Strand, Strand] | None:
        strands = [self._components(one), self._components(two)]
        if None in strands:
            return None
        first, second = sorted((s for s in strands if s is not None), key=strand_key)
        return first, second

    def _components(self, strand: Mapping[int, str]) -> Strand | None:
        """The alleles on one strand; None when a variant there belongs to none of them."""
        names = []
        explained: set[int] = set()
        for allele, cells in self._variants:
            if all(strand.get(i) == base for i, base in cells.items()):
                names.append(allele.name)
                explained |= cells.keys()
        if self.hapb3:
            name, warning = self.hapb3.on_strand(self._seen(strand, self.hapb3.intron), self._seen(strand, self.hapb3.exon))
            if name:
                names.append(name)
            if warning:
                self.warnings[warning] = None
        if set(strand) - explained - self._apart:
            return None
        return tuple(sorted(set(names), key=name_key)) or (self.data.definition.reference.name,)

    def _seen(self, strand: Mapping[int, str], i: int) -> bool | None:
        return i in strand if i in self.data.pairs else None

    def _list(self) -> LowestFunction:
        names: list[str] = []
        explained: set[tuple[int, str | None]] = set()
        for allele, cells in self._variants:
            copies = min([a == base for a in self.data.pairs[i]].count(True) for i, base in cells.items())
            names += [allele.name] * copies
            if copies:
                explained |= cells.items()
        loci = self.data.definition.loci
        carried = {(i, a) for i, pair in self.data.pairs.items() if i not in self._apart for a in pair if a != loci[i].ref}
        if carried - explained:
            return LowestFunction(unmatched=True)
        if self.hapb3:
            found, warning = self.hapb3.unphased(self._count(self.hapb3.intron), self._count(self.hapb3.exon))
            names += found
            if warning:
                self.warnings[warning] = None
        names += [self.data.definition.reference.name] * (2 - len(names))
        names.sort(key=lambda n: (n != self.data.definition.reference.name, name_key(n)))
        return LowestFunction(haplotypes=tuple(names), warnings=tuple(self.warnings))

    def _count(self, i: int) -> int | None:
        pair = self.data.pairs.get(i)
        return None if pair is None else sum(allele != self.data.definition.loci[i].ref for allele in pair)
