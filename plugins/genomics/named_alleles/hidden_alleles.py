"""Alleles that positions without a genotype may hide: what else the sample could be, for all that was seen of it.

An allele is hidden when a position that it is told by was not read (or was taken as reference because that was asked) and
everything that was read fits it. It is put in the place of one called allele at a time, and on both copies where that
fits; that two different hidden alleles matter where neither of them matters alone is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .calls import HiddenAllele
from .definitions import GeneDefinition, Locus
from .diplotype_matcher import Matcher, bits
from .match_data import MatchData, Pair
from .nomenclature import diplotype_name, name_key, sort_diplotypes, strand_key, strand_name
from .phenotyper import PhenotypeTable

MOST_PARTNERS = 4
"""So many alleles are tried beside a hidden one that fits beside none of the called ones."""


def hidden_alleles(data: MatchData, diplotypes: Iterable[str], table: PhenotypeTable) -> tuple[HiddenAllele, ...]:
    """Of a gene that is called by diplotypes."""
    seen = _seen(data)
    matcher = Matcher(replace(data, pairs=seen), every=True)
    names = list(dict.fromkeys(matcher.name(a) for a in range(len(data.definition.alleles))))
    called = {name for diplotype in diplotypes for name in ([diplotype] if data.haploid else diplotype.split("/"))}
    mask = sum(1 << a for a in range(len(data.definition.alleles)) if matcher.name(a) in called)
    found: dict[str, tuple[set[int], set[str]]] = {}
    for a, loci in _untold(data.definition, matcher.candidates, seen):
        name = matcher.name(a)
        positions, made = found.setdefault(name, (set(), set()))
        positions.update(loci)
        if data.haploid:
            made.add(name)
            continue
        partners = matcher.partners(a)
        beside = list(bits(partners & mask)) or list(bits(partners))[:MOST_PARTNERS]
        made |= {diplotype_name(name, matcher.name(b)) for b in (*beside, *([a] if partners >> a & 1 else []))}
    out = []
    for name in (n for n in names if n in found):
        positions, made = found[name]
        made -= set(diplotypes)
        if made:
            ordered = sort_diplotypes(made)
            results = [table.look_up([n] if data.haploid else n.split("/")) for n in ordered]
            out.append(_hidden(data, name, positions, ordered, results))
    return tuple(out)


def hidden_lowest(
    data: MatchData,
    strands: Iterable[tuple[tuple[str, ...], tuple[str, ...]]],
    listed: tuple[str, ...],
    table: PhenotypeTable,
) -> tuple[HiddenAllele, ...]:
    """Of a gene whose phenotype follows the alleles of lowest function: `strands` are the pairs that were called, `listed`
    the alleles of unphased data. A hidden allele comes to what lies on one copy."""
    seen = _seen(data)
    matcher = Matcher(replace(data, pairs=seen), every=True)
    definition = data.definition
    reference = definition.reference.name
    pairs = list(strands)
    out = []
    for a, loci in _untold(definition, matcher.candidates, seen):
        name = definition.alleles[a].name
        if listed:
            # as its two alleles of lowest function would be taken, one of them new
            made = {strand_name(_with(listed, name, reference)): table.lowest_two([*listed, name])}
        else:
            made = {}
            for one, two in pairs:
                for first, second in ((_with(one, name, reference), two), (one, _with(two, name, reference))):
                    both = sorted((first, second), key=strand_key)
                    made["/".join(map(strand_name, both))] = table.lowest(both)
        out.append(_hidden(data, name, loci, tuple(made), list(made.values())))
    return tuple(out)


def _with(strand: tuple[str, ...], name: str, reference: str) -> tuple[str, ...]:
    return tuple(sorted({*(n for n in strand if n != reference), name}, key=name_key))


def _seen(data: MatchData) -> dict[int, Pair]:
    return {i: pair for i, pair in data.pairs.items() if i not in data.assumed}


def _untold(definition: GeneDefinition, candidates: int, seen: Mapping[int, object]) -> Iterator[tuple[int, set[int]]]:
    """Each allele that fits what was seen and is not as reference at some position that was not, and these positions."""
    unseen = sum(1 << i for i in range(len(definition.loci)) if i not in seen)
    for a in bits(candidates):
        allele = definition.alleles[a]
        loci = {i for i in bits(allele.defined & unseen) if not definition.accepts[i][definition.loci[i].ref] >> a & 1}
        if loci:
            yield a, loci


def _hidden(
    data: MatchData,
    name: str,
    positions: Iterable[int],
    diplotypes: tuple[str, ...],
    results: list[tuple[str | None, str | None]],
) -> HiddenAllele:
    loci = data.definition.loci
    return HiddenAllele(
        name,
        tuple(place(loci[i]) for i in sorted(positions)),
        diplotypes,
        tuple(phenotype for phenotype, _ in results),
        tuple(score for _, score in results),
    )


def place(locus: Locus) -> str:
    """A position as it is named to people: rs number, or where it is."""
    return locus.rsid or f"{locus.chrom}:{locus.pos}"
