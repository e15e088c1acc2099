"""The lines of the case's variant files that evidence quotes, read again in one pass over each file."""

from __future__ import annotations

from collections.abc import Sequence

from bedside.core import CaseFile, ResolveContext, Resolved, Source, Unresolved, VcfRecords
from bedside.core.errors import CaseError

from .open import lines_at


def resolve_vcf(locators: Sequence[VcfRecords], context: ResolveContext) -> list[Resolved | Unresolved]:
    wanted: dict[str, set[int]] = {}
    for where in locators:
        wanted.setdefault(where.file, set()).update(where.lines)
    read = {name: read_lines(name, numbers, context.question.case.files) for name, numbers in wanted.items()}
    return [_one(where, read[where.file]) for where in locators]


def read_lines(name: str, numbers: set[int], files: Sequence[CaseFile]) -> dict[int, str] | str:
    """Lines of the case's file `name` by number from 1, without their line ends; in words why they can't be read."""
    named = [f for f in files if f.name == name and f.kind in ("VCF", "BCF")]
    if len(named) != 1:
        return f"{'several files of the case have' if named else 'no variant file of the case has'} the name {name}"
    if named[0].kind == "BCF":
        return f"{name} is a BCF file, which has no lines to quote"
    if named[0].path is None:
        return f"{name} is not at hand any more"
    try:
        return lines_at(named[0].path, numbers)
    except CaseError as error:
        return f"{name} could not be read again: {error.message}"
    except OSError as error:
        return f"{name} could not be read again ({type(error).__name__})"


def _one(where: VcfRecords, lines: dict[int, str] | str) -> Resolved | Unresolved:
    if isinstance(lines, str):
        return Unresolved(lines)
    if not where.lines:
        return Unresolved(f"it does not quote one record of {where.file} for each line it names")
    for number in where.lines:
        if number not in lines:
            return Unresolved(f"line {number} is not in {where.file}")
        if lines[number].startswith("#"):
            return Unresolved(f"line {number} of {where.file} is no record")
    version = f"sample {where.sample}" if where.sample else ""
    return Resolved(
        quote="\n".join(lines[number] for number in where.lines),
        source=Source(id="case", title=where.file, version=version, licence="patient data"),
        loose=tuple(f"line {number} of {where.file}" for number in where.lines),
    )
