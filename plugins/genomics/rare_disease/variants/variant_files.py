"""From a patient's VCF to classified variants, by ClinVar: as annotated in the file, or looked up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bedside.core.errors import CaseError, UsageError

from ...vcf.header import HINT
from ...vcf.records import Record, Records
from .clinvar import URL, ClinVar, ClinvarLine, fields, trimmed
from .deduplicate import place
from .significance import Assertion, assertion
from .variant import Classification, Variant, Zygosity, symbol

if TYPE_CHECKING:
    from bedside.core import Services

_WRONG, _WRONG_SHARE = 5, 0.2
"""From so many reference bases that differ from ClinVar's, and this share of them, the file is not of GRCh38."""
_PASSED = ("PASS", ".", "")
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
    records = Records(path)
    column = _column(records, sample)
    clinvar = None if records.clinvar_told else ClinVar.open(services)
    reader = _VariantReader(records.name, clinvar)
    found = [v for record in records for v in reader.read(record, column)]
    return Called(tuple(found), reader.notes())


def _column(records: Records, sample: str | None) -> int:
    samples = records.header.samples
    if sample is None and len(samples) > 1:
        raise CaseError(f"{records.name} holds {len(samples)} samples; a case is one patient's", hint="name the sample")
    if sample is not None and sample not in samples:
        raise CaseError(f"{records.name} has no such sample", hint="give the name as in the #CHROM line")
    return 4 + (samples.index(sample) if sample is not None else 0)


class _VariantReader:
    def __init__(self, name: str, clinvar: ClinVar | None) -> None:
        self._name, self._clinvar = name, clinvar
        self._classes: Counter[Classification] = Counter()
        self._counts: Counter[str] = Counter()
        self._missed: list[str] = []
        # few different ones in millions of lines
        self._layouts: dict[str, tuple[int, ...]] = {}
        self._genotypes: dict[str, tuple[tuple[int, Zygosity, int], ...]] = {}

    def read(self, record: Record, column: int) -> Iterator[Variant]:
        cells = record.rest.split("\t")
        if len(cells) <= column:
            raise CaseError(f"{self._name}, line {record.line}: malformed, columns are missing", hint="write the file again")
        alleles = list(self._alleles(record, cells[3], cells[column]))
        if not alleles:
            self._uncalled(record, cells, column)
            return
        if cells[1] not in _PASSED:
            self._counts["filtered"] += len(alleles)
            return
        for allele in alleles:
            self._counts["alleles"] += 1
            alt = record.alts[allele.place]
            if not alt.isalpha():
                self._counts["symbolic"] += 1
                continue
            told = self._annotated(record, cells[2]) if self._clinvar is None else self._looked_up(record, alt)
            if told is None:
                continue
            self._classes[told[0].classification] += 1
            yield from self._variants(record, alt, allele, *told)

    def _alleles(self, record: Record, layout: str, cell: str) -> Iterator[_Allele]:
        at = self._layouts.get(layout)
        if at is None:
            keys = layout.split(":")
            at = self._layouts[layout] = tuple(keys.index(key) if key in keys else -1 for key in ("GT", "PS"))
        values = cell.split(":")
        gt, ps = (values[i] if 0 <= i < len(values) else "" for i in at)
        called = self._genotypes.get(gt)
        if called is None:
            called = self._genotypes[gt] = tuple(_called(gt))
        for n, zygosity, copy in called:
            if n > len(record.alts):
                where = f"{self._name}, line {record.line} ({record.chrom}:{record.pos})"
                raise CaseError(f"{where}: a genotype names an allele that ALT lacks", hint="correct the line")
            if record.alts[n - 1] != "*":  # a deletion that another record tells
                yield _Allele(n - 1, zygosity, f"{record.chrom}:{ps}:{copy}" if copy >= 0 else "")

    def _uncalled(self, record: Record, cells: list[str], column: int) -> None:
        """Count a genotype that is not there or can't be read. It is not reference: a pathogenic variant there is told."""
        at = self._layouts[cells[3]][0]
        values = cells[column].split(":")
        gt = values[at] if 0 <= at < len(values) else ""
        copies = gt.replace("|", "/").split("/")
        if all(c.isdigit() for c in copies):
            return
        self._counts["missing" if all(c == "." or c.isdigit() for c in copies) else "unreadable"] += 1
        for alt in record.alts:
            if self._clinvar is None:
                told = assertion(fields(cells[2])) if "CLNSIG=" in cells[2] and len(record.alts) == 1 else None
            else:
                told = next((entry.assertion() for entry in self._entries(record, alt)), None)
            if told and told.classification not in _IDLE:
                self._missed.append(f"{record.chrom}:{record.pos}{f' ({told.genes[0]})' if told.genes else ''}")

    def _entries(self, record: Record, alt: str) -> list[ClinvarLine]:
        """ClinVar's of just this allele."""
        assert self._clinvar is not None
        near = self._clinvar.near(record.chrom, record.pos, record.pos + len(record.ref))
        self._check_genome(record, {e.ref[0] for e in near if e.pos == record.pos})
        wanted = trimmed(record.pos, record.ref, alt) if near else None
        return [entry for entry in near if trimmed(entry.pos, entry.ref, entry.alt) == wanted]

    def _annotated(self, record: Record, info: str) -> tuple[Assertion, str] | None:
        if "CLNSIG=" not in info:
            self._counts["unknown"] += 1
            return None
        if len(record.alts) > 1:
            self._counts["several"] += 1
            return None
        return assertion(fields(info)), ""

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
                f"ClinVar's (the last at line {record.line})",
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
        return (*out, *(f"{self._name}: {text}: {n[key]:,}" for key, text in why.items() if n[key]))


def _is_symbol(text: str) -> bool:
    try:
        return bool(symbol(text))
    except UsageError:
        return False


def _called(gt: str) -> Iterator[tuple[int, Zygosity, int]]:
    """(number of the alternative allele, zygosity, place of its copy or -1 where that is not phased)"""
    copies = gt.replace("|", "/").split("/")
    for n in sorted({int(c) for c in copies if c.isdigit()} - {0}):
        at = [i for i, c in enumerate(copies) if c == str(n)]
        if len(copies) == 1:
            yield n, "hemizygous", -1
        elif len(at) == len(copies):
            yield n, "homozygous", -1
        elif not all(c.isdigit() for c in copies):
            yield n, "unknown", -1
        else:
            yield n, "heterozygous", at[0] if "|" in gt else -1
