"""The lines of the case's variant files that evidence quotes, read again in one pass over each file.

A quote is its records' whole lines, one below the other. With a `sample`, each is cut to the fixed columns and that sample's
own: what a file of several people says of the others is no evidence of this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bedside.core import CaseError, CaseFile, ResolveContext, Resolved, Source, Unresolved, VcfRecords

from .open import lines_at

FIXED_COLUMNS = 9
"""CHROM to FORMAT; the samples follow."""


@dataclass(frozen=True)
class VcfLines:
    """Lines of one file by number from 1, without their line ends, and the names of its samples; `problem` says in words
    why it can't be read."""

    lines: dict[int, str] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    problem: str = ""

    def quote(self, where: VcfRecords) -> str:
        """What a quote of these records says. Raises `ValueError` that says in words why there is none."""
        if self.problem:
            raise ValueError(self.problem)
        if not where.lines:
            raise ValueError(f"it does not quote one record of {where.file} for each line it names")
        column = self._column(where)
        out = []
        for number in where.lines:
            if number not in self.lines:
                raise ValueError(f"line {number} is not in {where.file}")
            line = self.lines[number]
            if line.startswith("#") or not line.strip():
                raise ValueError(f"line {number} of {where.file} is no record")
            cells = line.split("\t")
            if column is None:
                out.append(line)
            elif len(cells) <= column:
                raise ValueError(f"line {number} of {where.file} has no column of the sample it names")
            else:
                out.append("\t".join((*cells[:FIXED_COLUMNS], cells[column])))
        return "\n".join(out)

    def _column(self, where: VcfRecords) -> int | None:
        if not where.sample:
            return None
        if self.samples.count(where.sample) != 1:
            raise ValueError(f"{where.file} has no sample of that name")
        return FIXED_COLUMNS + self.samples.index(where.sample)


def resolve_vcf(locators: Sequence[VcfRecords], context: ResolveContext) -> list[Resolved | Unresolved]:
    """What stands in the named lines now. The version of the source is the sample, as the file's own header names it."""
    wanted: dict[str, set[int]] = {}
    for where in locators:
        wanted.setdefault(where.file, set()).update(where.lines)
    read = {name: read_lines(name, numbers, context.question.case.files) for name, numbers in wanted.items()}
    return [_one(where, read[where.file]) for where in locators]


def _one(where: VcfRecords, read: VcfLines) -> Resolved | Unresolved:
    try:
        quote = read.quote(where)
    except ValueError as error:
        return Unresolved(str(error))
    only = read.samples[0] if len(read.samples) == 1 else ""
    sample = where.sample or only
    version = f"sample {sample}" if sample else ""
    source = Source(id="case", title=where.file, version=version, licence="patient data")
    names = tuple(f"line {number} of {where.file}" for number in where.lines)
    return Resolved(quote, source, strength=_phase(quote), kind="variant", lines=names)


def _phase(quote: str) -> str:
    """Whether the genotypes of the quoted records are phased, as the file itself writes them; empty for several samples."""
    genotypes = []
    for line in quote.split("\n"):
        cells = line.split("\t")
        if len(cells) != FIXED_COLUMNS + 1 or not cells[8].startswith("GT"):
            return ""
        genotypes.append(cells[9].partition(":")[0])
    return "phased" if all("|" in genotype for genotype in genotypes) else "not phased"


def read_lines(name: str, numbers: Iterable[int], files: Sequence[CaseFile]) -> VcfLines:
    """The lines `numbers` of the case's file `name`, and its header's samples. Never raises: see `VcfLines.problem`."""
    named = [f for f in files if f.name == name and f.kind in ("VCF", "BCF")]
    if len(named) != 1:
        many = "several files of the case have" if named else "no variant file of the case has"
        return VcfLines(problem=f"{many} the name {name}")
    if named[0].kind == "BCF":
        return VcfLines(problem=f"{name} is a BCF file, which has no lines to quote")
    if named[0].path is None:
        return VcfLines(problem=f"{name} is not at hand any more")
    try:
        lines = lines_at(named[0].path, set(numbers))
    except CaseError as error:
        return VcfLines(problem=f"{name} could not be read again: {error.message}")
    except OSError as error:
        return VcfLines(problem=f"{name} could not be read again ({type(error).__name__})")
    return VcfLines(lines, tuple(lines.pop(0, "").split("\t")[FIXED_COLUMNS:]))
