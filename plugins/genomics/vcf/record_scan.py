"""The lines of a text VCF that may matter, in one pass with flat memory.

The standard library reads plain, gzip and bgzip files, because line numbers and the exact place where a file breaks off are
wanted.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from bedside.core.errors import CaseError

from ..named_alleles.targets import Targets
from .header import Header, check_accession, read_header

CHUNK = 1 << 20
# three million samples of 20 characters; also the most that a header may have
LONGEST_LINE = 1 << 26
LONGEST_HEADER = 200_000
# A line that does not start with a name, a tab and a position: where it belongs can't be told.
_UNPLACED = re.compile(rb"\n(?![^\s#]\S*\t(?:[1-9]\d*|0)\t|#|[^\S\n]*(?:\n|\Z))")
CUT_HINT = "copy or download the file again, and compare checksums"


@dataclass
class Lines:
    """`header`, and `records`: line number (0 = not known) and text of each line near a target.

    `chroms` are the names of chromosomes that have records, complete when `records` is used up; `incomplete` says why the
    end of the file may be missing ("" = no sign of that).
    """

    name: str
    header: Header
    records: Iterator[tuple[int, str]]
    warnings: list[str] = field(default_factory=list)
    chroms: set[str] = field(default_factory=set)
    incomplete: str = ""


class _Block(NamedTuple):
    """Complete lines without their ends, and the number of the first one; `data` is the same in one piece."""

    number: int
    lines: list[bytes]
    data: bytes


def text_lines(name: str, opener: Callable[[], io.BufferedReader | gzip.GzipFile], targets: Targets) -> Lines:
    """Reads the header at once and the records as they are asked for. Raises CaseError where the file breaks off."""
    blocks = _blocks(name, opener)
    head: list[str] = []
    pending: list[bytes] = []
    size = 0
    for block in blocks:
        for i, line in enumerate(block.lines):
            if not line.startswith(b"#"):
                pending = block.lines[i:]
                break
            head.append(line.decode("utf-8", errors="replace"))
        else:
            size += len(block.data)
            if len(head) > LONGEST_HEADER or size > LONGEST_LINE:
                raise CaseError(
                    f"{name} has a header of more than {LONGEST_HEADER} lines or {LONGEST_LINE >> 20} MB",
                    hint="is it a VCF?",
                )
            continue
        break
    header = read_header(head, name)
    first = _Block(header.lines + 1, pending, b"\n".join(pending))
    lines = Lines(name, header, iter(()))
    lines.records = _scan(lines, first, blocks, targets)
    return lines


def _blocks(name: str, opener: Callable[[], io.BufferedReader | gzip.GzipFile]) -> Iterator[_Block]:
    number, rest, length = 1, list[bytes](), 0
    with opener() as stream:
        while True:
            try:
                # what is there, and not up to CHUNK: the lines before a break are known, and can be counted
                chunk = stream.read1(CHUNK)
            except EOFError:
                raise CaseError(f"{name} is cut off after line {number - 1}", hint=CUT_HINT) from None
            except (zlib.error, gzip.BadGzipFile, OSError):
                raise CaseError(f"{name} is damaged after line {number - 1}", hint=CUT_HINT) from None
            if not chunk:
                break
            end = chunk.rfind(b"\n")
            length += len(chunk) if end < 0 else end
            if length > LONGEST_LINE:
                raise CaseError(f"{name}, line {number}: longer than {LONGEST_LINE >> 20} MB", hint="is it a VCF?")
            if end < 0:
                rest.append(chunk)
                continue
            data = b"".join((*rest, chunk[:end]))
            rest = [chunk[end + 1 :]]
            length = len(rest[0])
            found = data.split(b"\n")
            yield _Block(number, found, data)
            number += len(found)
    data = b"".join(rest)
    if data:
        yield _Block(number, [data], data)


def _scan(lines: Lines, block: _Block | None, blocks: Iterator[_Block], targets: Targets) -> Iterator[tuple[int, str]]:
    """Most lines are passed over by their first bytes; the last one is checked, because that is where a cut shows."""
    name, header = lines.name, lines.header
    last: tuple[int, bytes] | None = None
    every = _starts_of_names(targets)
    while block is not None:
        number = block.number
        following = next(blocks, None)
        _check_places(lines, block, end=following is None)
        refseq = header.refseq_names or block.data.startswith(b"NC_") or b"\nNC_" in block.data
        _note_names(lines, block.lines, refseq=refseq)
        picks = every if header.gvcf else targets.heads(refseq=refseq)
        chosen = _picked(block.lines, picks)
        if not header.gvcf and b"END=" in block.data:
            # a reference block starts anywhere before the position it covers, also where the header says nothing of a gVCF
            chosen = sorted({*chosen, *(i for i in _picked(block.lines, every) if b"END=" in block.lines[i])})
        for i in chosen:
            yield number + i, block.lines[i].decode("utf-8", errors="replace").rstrip("\r")
        end = next((i for i in reversed(range(len(block.lines))) if block.lines[i].strip()), -1)
        if end >= 0:
            last = (number + end, block.lines[end])
        block = following
    columns = last[1].count(b"\t") + 1 if last else header.columns
    if last and columns != header.columns:
        raise CaseError(
            f"{name} is cut off: line {last[0]}, the last one, has {columns} columns instead of {header.columns}",
            hint=CUT_HINT,
        )


def _check_places(lines: Lines, block: _Block, *, end: bool) -> None:
    """Raises CaseError for a line of which it can't be told where it belongs: it may be about any position."""
    at = _UNPLACED.search(b"\n" + block.data)
    if not at:
        return
    i = block.data.count(b"\n", 0, at.start())
    if end and i == len(block.lines) - 1 and block.lines[i].count(b"\t") + 1 < lines.header.columns:
        return  # the last line: that it is cut off says more
    malformed(f"{lines.name}, line {block.number + i}", block.lines[i].decode("utf-8", errors="replace"), lines.header)


def malformed(where: str, line: str, header: Header) -> NoReturn:
    """Raises CaseError with what is wrong with the line."""
    fields = line.split("\t")
    what = "it does not start with a chromosome and a position"
    if len(fields) != header.columns:
        what = f"{len(fields)} columns instead of {header.columns}"
    elif not fields[1].isdigit():
        what = "POS is not a number"
    raise CaseError(f"{where}: malformed, {what}", hint="correct the line, or write the file again")


def _note_names(lines: Lines, block: list[bytes], *, refseq: bool) -> None:
    """Names of chromosomes. Files are sorted, so that a stretch that starts and ends with one has no other; RefSeq names
    tell the build and are all looked at."""
    first, last = (line.split(b"\t", 1)[0] for line in (block[0], block[-1])) if block else (b"", b"")
    names = {first} if first == last and not refseq else {line.split(b"\t", 1)[0] for line in block}
    for name in names:
        text = name.decode("utf-8", errors="replace")
        if text and not text.startswith("#") and text not in lines.chroms:
            check_accession(text, lines.name)
            lines.chroms.add(text)


def _picked(block: list[bytes], picks: list[tuple[int, frozenset[bytes]]]) -> list[int]:
    if len(picks) == 2:
        (n, starts), (m, others) = picks
        return [i for i, line in enumerate(block) if line[:n] in starts or line[:m] in others]
    return [i for i, line in enumerate(block) if any(line[:n] in starts for n, starts in picks)]


def _starts_of_names(targets: Targets) -> list[tuple[int, frozenset[bytes]]]:
    starts = [f"{name}\t".encode() for name in targets.names]
    return [(n, frozenset(s for s in starts if len(s) == n)) for n in sorted({len(s) for s in starts})]
