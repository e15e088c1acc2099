"""From a patient's VCF to classified variants, by ClinVar: as annotated in the file, or looked up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bedside.core.errors import CaseError, UsageError

from ...vcf.contigs import HINT, short_name
from ...vcf.format_fields import layout_of, value
from ...vcf.genotype import AlleleIndices, parse_gt
from ...vcf.normalise import trim
from ...vcf.open import open_lines
from ...vcf.record_scan import Lines
from ...vcf.records import Record, info_fields
from .clinvar import URL, ClinVar, ClinvarLine
from .deduplicate import place
from .significance import Assertion, assertion
from .variant import Classification, Variant, Zygosity, symbol

if TYPE_CHECKING:
    from bedside.core import Services

_WRONG, _WRONG_SHARE = 5, 0.2
"""From so many reference bases that differ from ClinVar's, and this share of them, the file is not of GRCh38."""
_IDLE = ("uncertain", "likely benign", "benign", "not assessed")
_NAMED = 5


@dataclass(frozen=True)
class Called:
    """`variants` that can count; `notes` say what the file held, what was left out and what was not assessed."""

    variants: tuple[Variant, ...]
    notes: tuple[str, ...]


class _Allele(NamedTuple):
    """An alternative allele that the patient has; `place` is that in ALT, from 0."""

    place: int
    zygosity: Zygosity
    phase: str


def read_variants(path: Path, services: Services, sample: str | None = None) -> Called:
    """The variants of one `sample` that ClinVar calls pathogenic in some degree, one for each gene they touch.

    CLNSIG in the file's INFO is used where its header declares it, else each allele is looked up in the pulled ClinVar.
    Nothing is guessed: alleles that ClinVar does not hold are not assessed, and said to be so. Raises `CaseError` for a file
    that can't be read, is not of GRCh38 or has several samples and none is named; `SourceError` without ClinVar.
    """
    lines = open_lines(path)
    column = _column(lines, sample)
    clinvar = None if "CLNSIG" in lines.header.info else ClinVar.open(services)
    reader = _VariantReader(lines, clinvar)
    found = [v for record in lines.parsed(short_name) if not record.reference_only for v in reader.read(record, column)]
    return Called(tuple(found), reader.notes())


def _column(lines: Lines, sample: str | None) -> int:
    samples = lines.header.samples
    if sample is None and len(samples) > 1:
        raise CaseError(f"{lines.name} holds {len(samples)} samples; a case is one patient's", hint="name the sample")
    if sample is not None and sample not in samples:
        raise CaseError(f"{lines.name} has no such sample", hint="give the name as in the #CHROM line")
    return samples.index(sample) if sample is not None else 0


class _VariantReader:
    def __init__(self, lines: Lines, clinvar: ClinVar | None) -> None:
        self._lines, self._name, self._clinvar = lines, lines.name, clinvar
        self._classes: Counter[Classification] = Counter()
        self._counts: Counter[str] = Counter()
        self._missed: list[str] = []

    def read(self, record: Record, column: int) -> Iterator[Variant]:
        layout, values = layout_of(record.format), self._lines.cells(record)[column].split(":")
        gt = parse_gt(value(values, layout.gt))
        alleles = list(self._alleles(record, gt, value(values, layout.ps))) if gt else []
        if not alleles:
            self._uncalled(record, gt)
            return
        if not record.passed:
            self._counts["filtered"] += len(alleles)
            return
        for allele in alleles:
            self._counts["alleles"] += 1
            alt = record.alts[allele.place]
            if not alt.isalpha():
                self._counts["symbolic"] += 1
                continue
            told = self._annotated(record) if self._clinvar is None else self._looked_up(record, alt)
            if told is None:
                continue
            self._classes[told[0].classification] += 1
            yield from self._variants(record, alt, allele, *told)

    def _alleles(self, record: Record, gt: AlleleIndices, phase_set: str) -> Iterator[_Allele]:
        for n, zygosity, copy in _called(gt):
            if n > len(record.alts):
                where = f"{self._lines.where(record.number)} ({record.chrom}:{record.pos})"
                raise CaseError(f"{where}: a genotype names an allele that ALT lacks", hint="correct the line")
            if record.alts[n - 1] != "*":  # a deletion that another record tells
                yield _Allele(n - 1, zygosity, f"{record.chrom}:{phase_set}:{copy}" if copy >= 0 else "")

    def _uncalled(self, record: Record, gt: AlleleIndices | None) -> None:
        """Count a genotype that is not there or can't be read. It is not reference: a pathogenic variant there is named."""
        if gt and None not in gt.copies:
            return
        self._counts["missing" if gt else "unreadable"] += 1
        for alt in record.alts:
            if self._clinvar is None:
                alone = "CLNSIG=" in record.info and len(record.alts) == 1
                told = assertion(info_fields(record.info)) if alone else None
            else:
                told = next((entry.assertion() for entry in self._entries(record, alt)), None)
            if told and told.classification not in _IDLE:
                self._missed.append(f"{record.chrom}:{record.pos}{f' ({told.genes[0]})' if told.genes else ''}")

    def _entries(self, record: Record, alt: str) -> list[ClinvarLine]:
        """ClinVar's of just this allele."""
        assert self._clinvar is not None
        near = self._clinvar.near(record.chrom, record.pos, record.pos + len(record.ref))
        self._check_genome(record, {e.ref[0] for e in near if e.pos == record.pos})
        wanted = trim(record.pos, record.ref, alt, keep=1) if near else None
        return [entry for entry in near if trim(entry.pos, entry.ref, entry.alt, keep=1) == wanted]

    def _annotated(self, record: Record) -> tuple[Assertion, str] | None:
        if "CLNSIG=" not in record.info:
            self._counts["unknown"] += 1
            return None
        if len(record.alts) > 1:
            self._counts["several"] += 1
            return None
        return assertion(info_fields(record.info)), ""

    def _looked_up(self, record: Record, alt: str) -> tuple[Assertion, str] | None:
        for entry in self._entries(record, alt):
            return entry.assertion(), entry.accession
        self._counts["unknown"] += 1
        return None

    def _check_genome(self, record: Record, bases: set[str]) -> None:
        if bases:
            self._counts["compared"] += 1
            self._counts["wrong"] += record.ref[0] not in bases
        wrong = self._counts["wrong"]
        if wrong >= _WRONG and wrong > _WRONG_SHARE * self._counts["compared"]:
            raise CaseError(
                f"{self._name} is not of GRCh38: {wrong} of {self._counts['compared']} reference bases differ from "
                f"ClinVar's (the last at line {record.number})",
                hint=HINT,
            )

    def _variants(self, record: Record, alt: str, allele: _Allele, told: Assertion, accession: str) -> Iterator[Variant]:
        if told.classification in _IDLE:
            return
        genes = [gene for gene in told.genes if _is_symbol(gene)]
        if not genes:
            self._counts["no gene"] += 1
        stars = f"{told.stars} star{'' if told.stars == 1 else 's'}"
        for gene in genes:
            yield Variant(
                gene=gene,
                classification=told.classification,
                zygosity=allele.zygosity,
                name=f"{record.chrom}-{record.pos}-{record.ref}-{alt}",
                source=f"ClinVar {accession}, {stars}" if accession else f"ClinVar as annotated in the file, {stars}",
                url=f"{URL}{int(accession[3:])}/" if accession[3:].isdigit() else "",
                trust=told.trust,
                phase=allele.phase,
                diseases=told.diseases,
                known_as=(place("GRCh38", record.chrom, record.pos, record.ref, alt),),
                listed=self._name,
            )

    def notes(self) -> tuple[str, ...]:
        n = self._counts
        of = f"ClinVar {self._clinvar.version}".strip() if self._clinvar else "ClinVar as annotated in the file"
        told = ", ".join(f"{count:,} {name}" for name, count in sorted(self._classes.items()))
        out = [
            f"{self._name}: {n['alleles']:,} variant{'' if n['alleles'] == 1 else 's'} of the patient; "
            f"in {of}: {sum(self._classes.values()):,}"
            f"{f' ({told})' if told else ''}; not in it, so not assessed: {n['unknown']:,}"
        ]
        why = {
            "filtered": "filtered out by the caller, not used",
            "symbolic": "structural or symbolic, not assessed",
            "several": "on lines with several alternative alleles, whose annotation is not told apart (split the lines)",
            "no gene": "classified without a gene symbol, not used",
            "unreadable": "lines whose genotype is not there (no GT) or can't be read: not assessed, not taken as reference",
            "missing": "lines without a called genotype (./.), not assessed",
        }
        if self._missed:
            named = ", ".join(self._missed[:_NAMED]) + (", …" if len(self._missed) > _NAMED else "")
            out.append(f"{self._name}: pathogenic by ClinVar, genotype not known, so neither there nor ruled out: {named}")
        out += [f"{self._name}: {text}: {n[key]:,}" for key, text in why.items() if n[key]]
        return (*out, *(f"{self._name}: {text}" for text in self._lines.warnings))


def _is_symbol(text: str) -> bool:
    try:
        return bool(symbol(text))
    except UsageError:
        return False


@lru_cache(maxsize=1_000)
def _called(gt: AlleleIndices) -> tuple[tuple[int, Zygosity, int], ...]:
    """(number of the alternative allele, zygosity, place of its copy or -1 where that is not phased)"""
    copies = gt.copies
    out: list[tuple[int, Zygosity, int]] = []
    for n in sorted({c for c in copies if c}):
        if len(copies) == 1:
            out.append((n, "hemizygous", -1))
        elif copies.count(n) == len(copies):
            out.append((n, "homozygous", -1))
        elif None in copies:
            out.append((n, "unknown", -1))
        else:
            out.append((n, "heterozygous", copies.index(n) if gt.phased else -1))
    return tuple(out)
