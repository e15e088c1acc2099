"""Reading a VCF or BCF: the genotypes of each sample at the defining positions, and what could not be used, with its line.

FILTER and QUAL are not looked at, as in PharmCAT: at a defining position a filtered call says more than a missing one, and
which filters a laboratory trusts is its own decision; records with a FILTER other than PASS are counted in a warning.
Reference blocks of a gVCF count as reference where they cover a position, are called 0/0, and have GQ 20 or more (and depth,
where that is given).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bedside.core.errors import CaseError

from .definitions import Locus
from .genotypes import MIN_REFERENCE_QUALITY, Genotype, depth_contradicts, is_polyploid, merge, parse_gt
from .header import HINT
from .lines import Lines
from .opening import open_lines
from .sites import Reading, read_alleles
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
    """All wanted samples of a file. `blocked` are loci whose records could not be used, and why."""

    file: str
    samples: list[SampleGenotypes]
    warnings: list[str]
    blocked: dict[Key, str]
    records: int  # that were about a defining position


@dataclass(frozen=True)
class _Format:
    """Where in a sample's cell the fields are (-1 = not there)."""

    gt: int
    ps: int
    ad: int
    gq: int
    dp: int

    @classmethod
    def of(cls, text: str) -> _Format:
        names = text.split(":")
        at = {name: i for i, name in enumerate(names)}
        depth = at.get("MIN_DP", at.get("DP", -1))
        return cls(at.get("GT", -1), at.get("PS", -1), at.get("AD", -1), at.get("GQ", at.get("RGQ", -1)), depth)


def read_vcf(path: Path, targets: Targets, sample: str | None = None) -> VcfGenotypes:
    """Reads every sample, or the one named. Raises CaseError for a file that is not a usable GRCh38 VCF."""
    lines = open_lines(path, targets)
    return _Reader(lines, targets, sample).read()


class _Reader:
    def __init__(self, lines: Lines, targets: Targets, sample: str | None) -> None:
        self.lines, self.targets = lines, targets
        names = lines.header.samples
        if sample is not None and sample not in names:
            raise CaseError(f"{lines.name} has no sample of that name", hint=f"it has {len(names)}; see its #CHROM line")
        wanted = names if sample is None else (sample,)
        self.columns = [9 + names.index(name) for name in wanted]
        self.samples = [SampleGenotypes(name) for name in wanted]
        self.warnings: list[str] = []
        self.blocked: dict[Key, str] = {}
        self.formats: dict[str, _Format] = {}
        self.counts: Counter[str] = Counter()
        self.landmarks: list[bool] = []

    def read(self) -> VcfGenotypes:
        for number, line in self.lines.records:
            if line and not line.startswith("#"):
                self._record(number, line)
        self._check_genome()
        warnings = [*self.lines.warnings, *self.warnings[:MOST_WARNINGS]]
        if len(self.warnings) > MOST_WARNINGS:
            warnings.append(f"and {len(self.warnings) - MOST_WARNINGS} more")
        if not self.counts["seen"]:
            warnings.append("no record of the file is about a position that defines an allele")
        if self.counts["filtered"]:
            warnings.append(
                f"records at defining positions that did not pass FILTER, used all the same: {self.counts['filtered']}"
            )
        return VcfGenotypes(self.lines.name, self.samples, warnings, self.blocked, self.counts["seen"])

    def _where(self, number: int) -> str:
        return f"{self.lines.name}, line {number}" if number else self.lines.name

    def _record(self, number: int, line: str) -> None:
        start = line.split("\t", 8)
        chrom = self.targets.names.get(start[0])
        if chrom is None:
            return
        if len(start) < 9 or not start[1].isdigit():
            self._malformed(number, line, start)
        pos, ref, alts = int(start[1]), start[3].upper(), tuple(a for a in start[4].upper().split(",") if a not in (".", ""))
        self._landmark(chrom, pos, start[2], ref, alts)
        block_end = self._block_end(start[7], alts, pos, ref)
        readings = self._readings(chrom, pos, ref, alts, block_end)
        if not readings:
            return
        fields = line.split("\t")
        if len(fields) != self.lines.header.columns:
            self._malformed(number, line, fields)
        if start[6] not in ("PASS", ".", ""):
            self.counts["filtered"] += 1
        layout = self.formats.get(fields[8])
        if layout is None:
            layout = self.formats[fields[8]] = _Format.of(fields[8])
        for locus, reading in readings:
            self._locus(number, locus, reading, fields, layout, block=block_end > 0)

    def _readings(
        self, chrom: str, pos: int, ref: str, alts: tuple[str, ...], block_end: int
    ) -> list[tuple[Locus, Reading]]:
        """What the record says of each locus. Files of one laboratory write the same records, so that it is kept."""
        key = (chrom, pos, ref, alts, block_end)
        found = self.targets.readings.get(key)
        if found is None:
            near = self.targets.near(chrom, pos, max(pos + len(ref) - 1, block_end))
            found = [(locus, r) for locus in near if (r := self._reading(locus, pos, ref, alts, block_end)) is not None]
            if len(self.targets.readings) >= MOST_READINGS:
                self.targets.readings.clear()
            self.targets.readings[key] = found
        return found

    def _reading(self, locus: Locus, pos: int, ref: str, alts: tuple[str, ...], block_end: int) -> Reading | None:
        if block_end:
            covers = pos <= locus.pos and locus.end <= block_end
            if pos == locus.pos and not locus.is_indel and ref[:1] != locus.ref[:1]:
                return Reading(problem=f"REF {ref} is not the reference allele {locus.ref}")
            return Reading((locus.ref,)) if covers else None
        return read_alleles(locus, pos, ref, alts)

    @staticmethod
    def _block_end(info: str, alts: tuple[str, ...], pos: int, ref: str) -> int:
        """Last base of a reference block; 0 for any other record."""
        if any(alt not in ("<NON_REF>", "<*>") for alt in alts):
            return 0
        found = _END.search(info)
        if found:
            return int(found[1])
        return pos + len(ref) - 1 if alts else 0

    def _locus(
        self, number: int, locus: Locus, reading: Reading, fields: list[str], layout: _Format, *, block: bool
    ) -> None:
        key = (locus.chrom, locus.pos)
        self.counts["seen"] += 1
        if reading.problem:
            self.counts["wrong"] += reading.problem.startswith("REF")
            self.warnings.append(f"line {number} ({locus.chrom}:{locus.pos}): not used, {reading.problem}")
            self.blocked.setdefault(key, reading.problem)
            return
        cache: dict[str, Genotype] = {}
        for sample, column in zip(self.samples, self.columns, strict=True):
            cell = fields[column]
            genotype = cache.get(cell)
            if genotype is None:
                genotype = cache[cell] = self._genotype(number, locus, reading, cell, layout, block)
            if reading.partial and all(c is None or c == locus.ref for c in genotype.copies):
                continue
            before = sample.at.get(key)
            if before is None:
                sample.at[key] = genotype
            else:
                merged = merge(locus, before, genotype)
                if column == self.columns[0] and not (before.secondary or genotype.secondary):
                    self.warnings.append(f"line {number} ({locus.chrom}:{locus.pos}): a second record of this position")
                sample.at[key] = merged

    def _genotype(self, number: int, locus: Locus, reading: Reading, cell: str, layout: _Format, block: bool) -> Genotype:
        values = cell.split(":")
        text = _value(values, layout.gt)
        parsed = parse_gt(text) if text else ((None, None), False)
        if parsed is None:
            if is_polyploid(text):
                return Genotype(None, None, False, False, "", number, "more than two alleles are called", clash=True)
            raise CaseError(
                f"{self._where(number)} ({locus.chrom}:{locus.pos}): a genotype can't be read", hint="correct the line"
            )
        indices, phased = parsed
        problem = ""
        if not block and any(i is not None and i >= len(reading.alleles) for i in indices):
            raise CaseError(
                f"{self._where(number)} ({locus.chrom}:{locus.pos}): a genotype names an allele that ALT does not have",
                hint="correct the line",
            )
        if block:
            problem = _weak_block(indices, values, layout)
            indices = tuple(None if problem else 0 for _ in indices)
        elif layout.ad >= 0 and depth_contradicts(indices, _value(values, layout.ad)):
            problem = "GT is heterozygous but AD shows reads of one allele only"
        alleles = [None if i is None else reading.alleles[i] for i in indices]
        phase_set = _value(values, layout.ps)
        return Genotype(
            one=alleles[0],
            two=alleles[1] if len(alleles) > 1 else None,
            haploid=len(alleles) == 1,
            phased=phased,
            phase_set="" if phase_set == "." else phase_set,
            line=number,
            problem=problem,
            secondary=reading.partial and not locus.is_indel,
        )

    def _landmark(self, chrom: str, pos: int, ids: str, ref: str, alts: tuple[str, ...]) -> None:
        mark = self.targets.landmarks.get((chrom, pos))
        if mark and ref == mark.ref and mark.alt in alts:
            self.landmarks.append(mark.rsid in ids.split(";"))

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

    def _malformed(self, number: int, line: str, fields: list[str]) -> None:
        columns = line.count("\t") + 1
        wanted = self.lines.header.columns
        what = f"{columns} columns instead of {wanted}" if columns != wanted else "POS is not a number"
        raise CaseError(f"{self._where(number)}: malformed, {what}", hint="correct the line, or write the file again")


def _weak_block(indices: tuple[int | None, ...], values: list[str], layout: _Format) -> str:
    """Why a reference block is no evidence of reference; "" when it is."""
    if any(i != 0 for i in indices):
        return "no call"
    quality, depth = _value(values, layout.gq), _value(values, layout.dp)
    if quality.isdigit() and int(quality) < MIN_REFERENCE_QUALITY:
        return f"reference block of quality {quality}, below {MIN_REFERENCE_QUALITY}"
    return "reference block without reads" if depth == "0" else ""


def _value(values: list[str], at: int) -> str:
    return values[at] if 0 <= at < len(values) else ""
