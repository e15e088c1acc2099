"""Reading a VCF or BCF: the genotypes of each sample at the defining positions, and what could not be used, with its line.

FILTER and QUAL decide nothing, as in PharmCAT: at a defining position a filtered call says more than a missing one, and
which filters a laboratory trusts is its own decision. A genotype whose FILTER or FT is not PASS, or whose GQ is below 20, is
named in a warning of its gene.
A reference genotype needs reads where the file gives their number. Reference blocks of a gVCF count as reference where they
cover a position, are called 0/0, and have GQ 20 or more.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bedside.core.errors import CaseError

from ..vcf.alleles import Trouble, UndocumentedAllele
from ..vcf.block_substitution import joined_by
from ..vcf.contigs import HINT
from ..vcf.format_fields import Layout, layout_of, untrusted, value, weak_block, without_reads
from ..vcf.genotype import Genotype, allele_depths, depth_contradiction, parse_gt
from ..vcf.merge_records import join
from ..vcf.open import open_lines
from ..vcf.record_scan import Lines
from ..vcf.records import Record
from .definitions import Locus
from .position_alleles import PositionReading, read_alleles
from .targets import Targets

Key = tuple[str, int]
_END = re.compile(r"(?:^|;)END=(\d+)(?:;|$)")
# Fewer disagreeing reference alleles are single bad lines; more are another genome.
WRONG_REFS, WRONG_SHARE = 5, 0.2
MOST_WARNINGS = 50
MOST_READINGS = 20_000


@dataclass
class SampleGenotypes:
    """`at[(chrom, pos)]` is the genotype at a locus; loci without any record are absent."""

    sample: str
    at: dict[Key, Genotype] = field(default_factory=dict)


@dataclass
class VcfGenotypes:
    """All wanted samples of a file. `blocked` are loci whose records could not be used, and why.

    `chroms` are the chromosomes of which the file has a record; `incomplete` says why positions may be absent from it that
    its author had ("" = no sign of that).
    """

    file: str
    samples: list[SampleGenotypes]
    warnings: list[str]
    blocked: dict[Key, str]
    records: int  # that were about a defining position
    chroms: frozenset[str] = frozenset()
    incomplete: str = ""


def read_vcf(path: Path, targets: Targets, sample: str | None = None) -> VcfGenotypes:
    """Reads every sample, or the one named. Raises CaseError for a file that is not a usable GRCh38 VCF."""
    lines = open_lines(path, targets)
    return _GenotypeReader(lines, targets, sample).read()


class _GenotypeReader:
    def __init__(self, lines: Lines, targets: Targets, sample: str | None) -> None:
        self.lines, self.targets = lines, targets
        names = lines.header.samples
        if sample is not None and sample not in names:
            raise CaseError(f"{lines.name} has no sample of that name", hint=f"it has {len(names)}; see its #CHROM line")
        wanted = names if sample is None else (sample,)
        self.columns = [names.index(name) for name in wanted]
        self.samples = [SampleGenotypes(name) for name in wanted]
        self.warnings: list[str] = []
        self.blocked: dict[Key, str] = {}
        # sample and position → its records, where there are several
        self.several: dict[tuple[int, Key], list[Genotype]] = {}
        self.loci: dict[Key, Locus] = {}
        self.counts: Counter[str] = Counter()
        self.landmarks: list[bool] = []

    def read(self) -> VcfGenotypes:
        for record in self.lines.parsed(self.targets.names.get):
            self._record(record)
        self._check_genome()
        self._join()
        warnings = [*self.lines.warnings, *self.warnings[:MOST_WARNINGS]]
        if len(self.warnings) > MOST_WARNINGS:
            warnings.append(f"and {len(self.warnings) - MOST_WARNINGS} more")
        if not self.counts["seen"]:
            warnings.append("no record of the file is about a position that defines an allele")
        if self.counts["filtered"]:
            warnings.append(
                f"records at defining positions that did not pass FILTER, used all the same: {self.counts['filtered']}"
            )
        if self.counts["unpassed"]:
            warnings.append(
                f"genotypes at defining positions whose FT is not PASS, used all the same: {self.counts['unpassed']}"
            )
        if self.counts["seen"] and not self.counts["agreed"] and not self.lines.header.build_told:
            warnings.append(
                "the genome build can't be told: the header names none, and no record shows a reference allele at a "
                "defining position; the calls hold for GRCh38 only"
            )
        chroms = frozenset(self.targets.names[name] for name in self.lines.chroms if name in self.targets.names)
        return VcfGenotypes(
            self.lines.name, self.samples, warnings, self.blocked, self.counts["seen"], chroms, self.lines.incomplete
        )

    def _join(self) -> None:
        """Puts the records of a position together; one that can't be used is not made up for by a reference call."""
        for (number, key), records in self.several.items():
            self.samples[number].at[key] = join(self.loci[key], records)
        for key, why in self.blocked.items():
            for sample in self.samples:
                if key in sample.at:
                    unusable = Genotype(None, None, False, False, "", 0, problem=why)
                    sample.at[key] = join(self.loci[key], [sample.at[key], unusable])

    def _record(self, record: Record) -> None:
        self._landmark(record)
        block_end = self._block_end(record)
        readings = self._readings(record.chrom, record.pos, record.ref, record.alts, block_end)
        if not readings:
            return
        cells = self.lines.cells(record)
        self.counts["records"] += 1
        self.counts["filtered"] += not record.passed
        layout = layout_of(record.format)
        if layout.ft >= 0:
            unpassed = (value(cells[c].split(":"), layout.ft) not in ("PASS", ".", "") for c in self.columns)
            self.counts["unpassed"] += sum(unpassed)
        for locus, reading in readings:
            self._locus(record, locus, reading, cells, layout, block=block_end > 0)

    def _readings(
        self, chrom: str, pos: int, ref: str, alts: tuple[str, ...], block_end: int
    ) -> list[tuple[Locus, PositionReading]]:
        """What the record says of each locus. Files of one laboratory write the same records, so that it is kept."""
        key = (chrom, pos, ref, alts, block_end)
        found = self.targets.readings.get(key)
        if found is None:
            near = self.targets.near(chrom, pos, max(pos + len(ref) - 1, block_end))
            found = [(locus, r) for locus in near if (r := self._reading(locus, pos, ref, alts, block_end)) is not None]
            if not block_end and (at := next((locus for locus, r in found if r.problem.startswith("REF")), None)):
                others = PositionReading(problem=f"its record has another REF than the reference at {at.chrom}:{at.pos}")
                found = [(locus, r if r.problem else others) for locus, r in found]
            found = [(locus, r._replace(counted=True) if _counted(r, found) else r) for locus, r in found]
            if len(self.targets.readings) >= MOST_READINGS:
                self.targets.readings.clear()
            self.targets.readings[key] = found
        return found

    def _reading(self, locus: Locus, pos: int, ref: str, alts: tuple[str, ...], block_end: int) -> PositionReading | None:
        if block_end:
            covers = pos <= locus.pos and locus.end <= block_end
            if pos == locus.pos and not locus.is_indel and ref[:1] != locus.ref[:1]:
                return PositionReading(problem=f"REF {ref} is not the reference allele {locus.ref}")
            return PositionReading((locus.ref,), checked=pos == locus.pos) if covers else None
        return read_alleles(locus, pos, ref, alts)

    @staticmethod
    def _block_end(record: Record) -> int:
        """Last base of a reference block; 0 for any other record."""
        if not record.reference_only:
            return 0
        found = _END.search(record.info)
        if found:
            return int(found[1])
        return record.pos + len(record.ref) - 1 if record.alts else 0

    def _locus(
        self, record: Record, locus: Locus, reading: PositionReading, cells: list[str], layout: Layout, *, block: bool
    ) -> None:
        key, number = (locus.chrom, locus.pos), record.number
        self.counts["seen"] += 1
        self.loci[key] = locus
        if reading.problem:
            self.counts["wrong"] += reading.problem.startswith("REF")
            self.warnings.append(f"line {number} ({locus.chrom}:{locus.pos}): not used, {reading.problem}")
            self.blocked.setdefault(key, reading.problem)
            return
        self.counts["agreed"] += not block or reading.checked
        cache: dict[str, Genotype] = {}
        for number_of, (sample, column) in enumerate(zip(self.samples, self.columns, strict=True)):
            cell = cells[column]
            genotype = cache.get(cell)
            if genotype is None:
                genotype = cache[cell] = self._genotype(record, locus, reading, cell, layout, block)
            if reading.partial and not genotype.clash and all(c is None or c == locus.ref for c in genotype.copies):
                continue
            before = sample.at.setdefault(key, genotype)
            if before is not genotype:
                self.several.setdefault((number_of, key), [before]).append(genotype)
                if not number_of and not any(g.secondary or g.part for g in (before, genotype)):
                    self.warnings.append(f"line {number} ({locus.chrom}:{locus.pos}): a second record of this position")

    def _genotype(
        self, record: Record, locus: Locus, reading: PositionReading, cell: str, layout: Layout, block: bool
    ) -> Genotype:
        number = record.number
        values = cell.split(":")
        text = value(values, layout.gt)
        parsed = parse_gt(text or "./.")
        if parsed is None:
            raise CaseError(
                f"{self.lines.where(number)} ({locus.chrom}:{locus.pos}): a genotype can't be read", hint="correct the line"
            )
        indices, phased = parsed
        if len(indices) > 2:
            return Genotype(None, None, False, False, "", number, "more than two alleles are called", clash=True)
        if not block and any(i is not None and i >= len(reading.alleles) for i in indices):
            raise CaseError(
                f"{self.lines.where(number)} ({locus.chrom}:{locus.pos}): a genotype names an allele that ALT does not have",
                hint="correct the line",
            )
        problem, clash, by_depth = "", False, False
        depths = None if block else allele_depths(reading.alleles, value(values, layout.ad))
        if block:
            problem = weak_block(indices, values, layout)
        elif all(i == 0 for i in indices) and without_reads(values, layout):
            problem = "called reference without reads"
        elif depths:
            called = [None if i is None else reading.alleles[i] for i in indices]
            problem, clash = depth_contradiction(locus.ref, called, depths)
            by_depth = bool(problem)
        if problem and not by_depth:
            indices = tuple(None for _ in indices)
        elif block:
            indices = tuple(0 for _ in indices)
        alleles = [None if i is None else reading.alleles[i] for i in indices]
        phase_set = value(values, layout.ps)
        one, two = alleles[0], alleles[1] if len(alleles) > 1 else None
        variants = tuple(a for a in reading.alleles[1:] if a != locus.ref)
        varied = any(a not in (None, locus.ref) for a in alleles) and not (block or (problem and not by_depth))
        gone = any(isinstance(a, UndocumentedAllele) and a.trouble is Trouble.GONE for a in alleles)
        return Genotype(
            one=one,
            two=two,
            haploid=len(alleles) == 1,
            phased=phased,
            phase_set="" if phase_set == "." else phase_set,
            line=number,
            problem=problem,
            clash=clash,
            by_depth=by_depth,
            secondary=reading.partial and not locus.is_indel and gone,
            counted=reading.counted,
            about=variants if len(reading.alleles) > 1 else None,
            depths=depths,
            doubt=untrusted(record.filter, values, layout),
            joined=joined_by(record, self.counts["records"], indices, alleles) if varied else (),
        )

    def _landmark(self, record: Record) -> None:
        mark = self.targets.landmarks.get((record.chrom, record.pos))
        if mark and record.ref == mark.ref and mark.alt in record.alts:
            self.landmarks.append(mark.rsid in record.ids.split(";"))

    def _check_genome(self) -> None:
        if any(self.landmarks) or len(self.landmarks) > 1:
            raise CaseError(f"{self.lines.name} is of GRCh37 (hg19): well-known variants are at its coordinates", hint=HINT)
        wrong, seen = self.counts["wrong"], self.counts["seen"]
        if wrong >= WRONG_REFS and wrong > WRONG_SHARE * seen:
            raise CaseError(
                f"{self.lines.name} is not of GRCh38: {wrong} of {seen} reference alleles at defining positions differ "
                f"(first: {self.warnings[0].split(':', 1)[0].split(' (')[0]})",
                hint=HINT,
            )


def _counted(reading: PositionReading, readings: list[tuple[Locus, PositionReading]]) -> bool:
    """Whether every deletion over the position is an allele that another position defines."""
    gone = [i for i, a in enumerate(reading.alleles) if isinstance(a, UndocumentedAllele) and a.trouble is Trouble.GONE]
    named = {i for locus, r in readings for i, a in enumerate(r.alleles) if isinstance(a, str) and a != locus.ref}
    return bool(gone) and named.issuperset(gone)
