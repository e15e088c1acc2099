"""Which heterozygous positions are phased to each other: by a phase set, or because one record changes several of them.

A record of several changes (MNV, `CG` to `TA`) is one haplotype: its changes lie on one copy, phased or not. Where such a
record and a phase set, or two of them, share a position, all their positions make one block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..vcf.alleles import Allele
from ..vcf.genotype import Genotype, Joined

_Anchor = tuple[str, str | int]


@dataclass(frozen=True)
class PhaseBlocks:
    """`blocks`: the positions by their indices, unphased ones alone. `turned`: those whose two alleles must change places,
    so that the first ones of a block lie on one copy."""

    blocks: list[list[int]]
    turned: frozenset[int]


def phase_blocks(different: Mapping[int, Genotype]) -> PhaseBlocks | None:
    """Of the heterozygous genotypes; None where they contradict each other in which alleles lie together."""
    # position → what ties it to others, and whether its copies are the other way round there
    ties: dict[int, list[tuple[_Anchor, bool]]] = {i: [] for i in different}
    members: dict[_Anchor, list[tuple[int, bool]]] = defaultdict(list)
    for i, genotype in different.items():
        if genotype.phased:
            # no PS value: phased with all others that have none (VCF specification, section 1.6.2)
            ties[i].append((("set", genotype.phase_set), False))
        for joined in genotype.joined:
            ways = _ways(joined, genotype.copies)
            if not ways:
                return None
            if len(ways) == 1:
                ties[i].append((("record", joined.record), ways[0]))
        for anchor, turn in ties[i]:
            members[anchor].append((i, turn))
    turns: dict[int, bool] = {}
    seen: dict[_Anchor, bool] = {}
    blocks = []
    for first in different:
        if first in turns:
            continue
        turns[first] = False
        block, waiting = [], [first]
        while waiting:
            i = waiting.pop()
            block.append(i)
            for anchor, turn in ties[i]:
                if anchor in seen:
                    if seen[anchor] != turns[i] ^ turn:
                        return None
                    continue
                seen[anchor] = turns[i] ^ turn
                for other, its in members[anchor]:
                    if other not in turns:
                        turns[other] = seen[anchor] ^ its
                        waiting.append(other)
        blocks.append(sorted(block))
    blocks.sort(key=len)  # the order of positions within those of equal length
    return PhaseBlocks(blocks, frozenset(i for i, turn in turns.items() if turn))


def unclear_repeat(different: Mapping[int, Genotype]) -> list[int]:
    """Positions where a record of several changes shows a variant that another record shows too, and it is not known whether
    they mean one copy or two. Where single records repeat the whole of it, they mean the same; where they repeat a part,
    they may as well be the rest of a split site (`1/2`), whose copies share that part."""
    at: dict[int | str, list[int]] = defaultdict(list)
    bases: dict[int | str, int] = {}
    for i, genotype in different.items():
        for joined in genotype.joined:
            bases[joined.record] = joined.bases
            if joined.repeated:
                at[joined.record].append(i)
    return sorted({i for record, found in at.items() if len(found) < bases[record] for i in found})


def _ways(joined: Joined, copies: Sequence[Allele | None]) -> list[bool]:
    """How the record's copies can be laid on those of the position: as they are (False), the other way round (True)."""
    return [turn for turn in (False, True) if _fits(joined.copies[::-1] if turn else joined.copies, copies)]


def _fits(record: Sequence[Allele | None], copies: Sequence[Allele | None]) -> bool:
    """A copy of which the record says nothing may carry a variant of another record."""
    return all(a == b or (a not in copies and b not in record) for a, b in zip(record, copies, strict=True))
