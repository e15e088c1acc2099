"""The lines of a text VCF that may matter, in one pass with flat memory.

The standard library reads plain, gzip and bgzip files, because line numbers and the exact place where a file breaks off are
wanted.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from bedside.core.errors import CaseError

from .header import Header, check_accession, read_header
from .targets import Targets

CHUNK = 1 << 20
LONGEST_LINE = 1 << 28
LONGEST_HEADER = 200_000
CUT_HINT = "copy or download the file again, and compare checksums"


@dataclass
class Lines:
    """`header`, and `records`: line number (0 = not known) and text of each line near a target."""

    name: str
    header: Header
    records: Iterator[tuple[int, str]]
    warnings: list[str] = field(default_factory=list)


def text_lines(name: str, opener: Callable[[], IO[bytes] | gzip.GzipFile], targets: Targets) -> Lines:
    """Reads the header at once and the records as they are asked for. Raises CaseError where the file breaks off."""
    blocks = _blocks(name, opener)
    head: list[str] = []
    pending: list[bytes] = []
    for _, block in blocks:
        for i, line in enumerate(block):
            if not line.startswith(b"#"):
                pending = block[i:]
                break
            head.append(line.decode("utf-8", errors="replace"))
        else:
            if len(head) > LONGEST_HEADER:
                raise CaseError(f"{name} has a header of more than {LONGEST_HEADER} lines", hint="is it a VCF?")
            continue
        break
    header = read_header(head, name)
    return Lines(name, header, _scan(name, header, pending, blocks, targets))


def _blocks(name: str, opener: Callable[[], IO[bytes] | gzip.GzipFile]) -> Iterator[tuple[int, list[bytes]]]:
    """Number of the first line, and complete lines without their ends."""
    number, rest = 1, b""
    with opener() as stream:
        while True:
            try:
                chunk = stream.read(CHUNK)
            except EOFError:
                raise CaseError(f"{name} is cut off after line {number - 1}", hint=CUT_HINT) from None
            except (zlib.error, gzip.BadGzipFile, OSError):
                raise CaseError(f"{name} is damaged after line {number - 1}", hint=CUT_HINT) from None
            if not chunk:
                break
            if len(rest) + len(chunk) > LONGEST_LINE:
                raise CaseError(f"{name}, line {number}: longer than {LONGEST_LINE >> 20} MB", hint="is it a VCF?")
            block = (rest + chunk).split(b"\n")
            rest = block.pop()
            if block:
                yield number, block
                number += len(block)
        if rest:
            yield number, [rest]


def _scan(
    name: str, header: Header, pending: list[bytes], blocks: Iterator[tuple[int, list[bytes]]], targets: Targets
) -> Iterator[tuple[int, str]]:
    """Most lines are passed over by their first bytes; the last one is checked, because that is where a cut shows."""
    number = header.lines + 1
    last: tuple[int, bytes] | None = None
    # a gVCF's blocks start anywhere before the position they cover
    first = pending[0].split(b"\t", 1)[0].decode("utf-8", errors="replace") if pending else ""
    check_accession(first, name)
    refseq = header.refseq_names or first.startswith("NC_")
    picks = _starts_of_names(targets) if header.gvcf else targets.heads(refseq=refseq)
    block: list[bytes] | None = pending
    while block is not None:
        for i in _picked(block, picks):
            yield number + i, block[i].decode("utf-8", errors="replace").rstrip("\r")
        end = next((i for i in reversed(range(len(block))) if block[i].strip()), -1)
        if end >= 0:
            last = (number + end, block[end])
        number, block = next(blocks, (0, None))
    columns = last[1].count(b"\t") + 1 if last else header.columns
    if last and columns != header.columns:
        raise CaseError(
            f"{name} is cut off: line {last[0]}, the last one, has {columns} columns instead of {header.columns}",
            hint=CUT_HINT,
        )


def _picked(block: list[bytes], picks: list[tuple[int, frozenset[bytes]]]) -> list[int]:
    if len(picks) == 2:
        (n, starts), (m, others) = picks
        return [i for i, line in enumerate(block) if line[:n] in starts or line[:m] in others]
    return [i for i, line in enumerate(block) if any(line[:n] in starts for n, starts in picks)]


def _starts_of_names(targets: Targets) -> list[tuple[int, frozenset[bytes]]]:
    starts = [f"{name}\t".encode() for name in targets.names]
    return [(n, frozenset(s for s in starts if len(s) == n)) for n in sorted({len(s) for s in starts})]
