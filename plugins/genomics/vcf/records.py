"""One record of a VCF: its columns, read once for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, NoReturn

from bedside.core.errors import CaseError

_NO_SEQUENCE = ((), ("<NON_REF>",), ("<*>",))


class Record(NamedTuple):
    """A line. `number` is 1-based, 0 where it is not known; alleles are in capitals; `alts` is empty where ALT is `.`.

    `info` and `format` are as written; `samples` holds the samples' columns in one piece, since most are never looked at.
    """

    number: int
    chrom: str
    pos: int
    ids: str
    ref: str
    alts: tuple[str, ...]
    filter: str
    info: str
    format: str
    samples: str

    @property
    def reference_only(self) -> bool:
        """It names no other sequence: a reference block, or a site called reference."""
        return self.alts in _NO_SEQUENCE

    @property
    def passed(self) -> bool:
        """No filter of the caller's has caught it."""
        return self.filter in ("PASS", ".", "")


def info_fields(info: str) -> Mapping[str, str]:
    """The INFO column as {name: value}; "" for a flag."""
    return {key: value for key, _, value in (part.partition("=") for part in info.split(";"))}


def parse_record(number: int, line: str, name_of: Callable[[str], str | None] = str) -> Record | None:
    """A line without its end; None where it lacks a position, or a column to the first sample's.

    `chrom` is what `name_of` calls the chromosome, empty where it has no name for it.
    """
    fields = line.split("\t", 9)
    if len(fields) < 10 or not (fields[1].isascii() and fields[1].isdigit()):
        return None
    chrom, pos, ids, ref, alt, _, filters, info, layout, samples = fields
    alts = () if alt in (".", "") else tuple(alt.upper().split(","))
    return Record(number, name_of(chrom) or "", int(pos), ids, ref.upper(), alts, filters, info, layout, samples)


def malformed(where: str, fields: Sequence[object], columns: int) -> NoReturn:
    """Raises CaseError with what is wrong with the fields of a line; `columns` is how many there should be."""
    what = "it does not start with a chromosome and a position"
    if len(fields) != columns:
        what = f"{len(fields)} columns instead of {columns}"
    elif not str(fields[1]).isdigit():
        what = "POS is not a number"
    raise CaseError(f"{where}: malformed, {what}", hint="correct the line, or write the file again")
