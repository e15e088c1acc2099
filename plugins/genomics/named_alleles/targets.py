"""The places of the genome that matter here, and quick tests whether a line of a VCF is about one of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from ..vcf.header import LANDMARKS_37
from .definitions import Locus
from .position_alleles import PositionReading

# A record may start before the position it is about (a deletion, a block substitution) or after it (an indel that is not
# left-aligned): so far away it is still looked at.
MARGIN = 100
# Bytes of a line's start that are compared first: "chr1\t9707", "1\t9707", "NC_000001.11\t9707".
HEADS = {"chr": 9, "plain": 6, "refseq": 17}


class Targets:
    """Loci by chromosome. Names of chromosomes may be `chr1`, `1` or RefSeq's."""

    def __init__(self, loci: Iterable[tuple[Locus, str]]) -> None:
        """`loci`: each with the RefSeq name of its chromosome."""
        self.names: dict[str, str] = {}
        self.accessions: dict[str, str] = {}
        self._loci: dict[str, list[Locus]] = defaultdict(list)
        for locus, accession in loci:
            self._loci[locus.chrom].append(locus)
            self.accessions[locus.chrom] = accession
            for name in (locus.chrom, locus.chrom.removeprefix("chr"), accession):
                self.names[name] = locus.chrom
        for found in self._loci.values():
            found.sort(key=lambda x: x.pos)
        self._starts = {chrom: [x.pos for x in found] for chrom, found in self._loci.items()}
        # no locus reaches further to the right of its position than this
        self._longest = max((max(x.end, x.reach) - x.pos for found in self._loci.values() for x in found), default=0)
        self.readings: dict[tuple[str, int, str, tuple[str, ...], int], list[tuple[Locus, PositionReading]]] = {}
        self._heads: dict[bool, list[tuple[int, frozenset[bytes]]]] = {}
        self.landmarks = {(x.chrom, x.pos): x for x in LANDMARKS_37}
        for mark in LANDMARKS_37:
            self.names.setdefault(mark.chrom, mark.chrom)
            self.names.setdefault(mark.chrom.removeprefix("chr"), mark.chrom)

    def near(self, chrom: str, first: int, last: int) -> list[Locus]:
        """The loci that a record over these bases may say something of."""
        starts = self._starts.get(chrom)
        if not starts:
            return []
        i = bisect_left(starts, first - self._longest - 1)
        found = []
        loci = self._loci[chrom]
        while i < len(loci) and loci[i].pos <= last:
            if max(loci[i].end, loci[i].reach) + 1 >= first:
                found.append(loci[i])
            i += 1
        return found

    def wants(self, chrom: str, first: int, last: int) -> bool:
        """Whether a record over these bases is worth reading."""
        return bool(self.near(chrom, first - MARGIN, last + MARGIN)) or (chrom, first) in self.landmarks

    def regions(self, gap: int = 5000) -> list[tuple[str, int, int]]:
        """Chromosome, first and last base (1-based) of the stretches to fetch, those closer than `gap` as one."""
        merged: list[tuple[str, int, int]] = []
        for chrom, loci in self._loci.items():
            for locus in loci:
                first, last = max(1, locus.pos - MARGIN), max(locus.end, locus.reach) + MARGIN
                if merged and merged[-1][0] == chrom and first - merged[-1][2] <= gap:
                    merged[-1] = (chrom, merged[-1][1], max(last, merged[-1][2]))
                else:
                    merged.append((chrom, first, last))
        return merged + [(chrom, pos, pos) for chrom, pos in self.landmarks]

    def heads(self, *, refseq: bool) -> list[tuple[int, frozenset[bytes]]]:
        """Lengths, and the starts of that length which a line about a target can have. `refseq`: names of RefSeq too."""
        if refseq in self._heads:
            return self._heads[refseq]
        found: dict[int, set[bytes]] = defaultdict(set)
        for chrom, first, last in self.regions(gap=2 * MARGIN):
            names = {"chr": chrom, "plain": chrom.removeprefix("chr")}
            if refseq and chrom in self.accessions:
                names["refseq"] = self.accessions[chrom]
            for style, name in names.items():
                digits = HEADS[style] - len(name) - 1
                if not 0 < digits < len(str(first)):
                    found[len(name) + 1].add(f"{name}\t".encode())
                    continue
                step = 10 ** (len(str(first)) - digits)
                for pos in range(first - first % step, last + 1, step):
                    found[HEADS[style]].add(f"{name}\t{pos}"[: HEADS[style]].encode())
        self._heads[refseq] = [(length, frozenset(starts)) for length, starts in found.items()]
        return self._heads[refseq]
