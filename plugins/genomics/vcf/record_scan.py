"""The lines of a text VCF that may matter, in one pass with flat memory.

The standard library reads plain, gzip and bgzip files, because line numbers and the exact place where a file breaks off are
wanted.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bedside.core.errors import CaseError

from .contigs import check_accession
from .header import BOM, Header, read_header
from .limits import CHUNK, LONGEST_HEADER, LONGEST_LINE
from .records import Record, malformed, parse_record
from .wanted import Wanted

_BOM = BOM.encode()
# A line that does not start with a name, a tab and a position: a record without CHROM or POS.
_UNPLACED = re.compile(rb"\n(?![^\s#]\S*\t(?:[1-9]\d*|0)\t|#|[^\S\n]*(?:\n|\Z))")
CUT_HINT = "copy or download the file again, and compare checksums"


@dataclass
class Lines:
    """`header`, and `records`: line number (0 = not known) and text of each line that is wanted.

    `chroms` are the names of chromosomes that have records, complete when `records` is used up; `incomplete` says why the
    end of the file may be missing ("" = no sign of that).
    """

    name: str
    header: Header
    records: Iterator[tuple[int, str]]
    warnings: list[str] = field(default_factory=list)
    chroms: set[str] = field(default_factory=set)
    incomplete: str = ""

    def parsed(self, name_of: Callable[[str], str | None]) -> Iterator[Record]:
        """`records` in columns, with `chrom` as `name_of` calls it; those of a chromosome that it has no name for are left
        out. Iterate once. Raises CaseError for a malformed line, or where the file can't be read on."""
        for number, text in self.records:
            if not text or text.startswith("#"):
                continue
            record = parse_record(number, text, name_of)
            if record is None:
                if text.isspace():
                    continue
                malformed(self.where(number), text.split("\t"), self.header.columns)
            if record.chrom:
                yield record

    def cells(self, record: Record) -> list[str]:
        """Of each sample of the header. Raises CaseError where the record has more or fewer columns than the header."""
        cells = record.samples.split("\t")
        if len(cells) != len(self.header.samples):
            malformed(self.where(record.number), [*record[:9], *cells], self.header.columns)
        return cells

    def where(self, number: int) -> str:
        """For errors."""
        return f"{self.name}, line {number}" if number else self.name


class _Block(NamedTuple):
    """Complete lines without their ends, and the number of the first one; `data` is the same in one piece."""

    number: int
    lines: list[bytes]
    data: bytes


def text_lines(name: str, opener: Callable[[], io.BufferedReader | gzip.GzipFile], wanted: Wanted | None) -> Lines:
    """Reads the header at once and the records as they are asked for; all of them where `wanted` is None.

    Raises CaseError where the file breaks off.
    """
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
    lines.records = _scan(lines, first, blocks, wanted)
    return lines


def numbered_lines(
    name: str, opener: Callable[[], io.BufferedReader | gzip.GzipFile], numbers: Collection[int]
) -> dict[int, str]:
    """Lines by number from 1, without their ends; under 0 the line of column heads (`#CHROM…`), where one stands before the
    last of them. Raises CaseError where the file breaks off before the last of them."""
    out: dict[int, str] = {}
    last = max(numbers, default=0)
    for block in _blocks(name, opener):
        if 0 not in out and (heads := next((x for x in block.lines if x.startswith(b"#CHROM")), None)):
            out[0] = heads.decode("utf-8", errors="replace").rstrip("\r")
        here = (n for n in numbers if block.number <= n < block.number + len(block.lines))
        out |= {n: block.lines[n - block.number].decode("utf-8", errors="replace").rstrip("\r") for n in here}
        if block.number + len(block.lines) > last:
            break
    return out


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
            # of this chunk, what the line that is under way has of it
            length += len(chunk) if end < 0 else chunk.find(b"\n")
            if length > LONGEST_LINE:
                raise CaseError(f"{name}, line {number}: longer than {LONGEST_LINE >> 20} MB", hint="is it a VCF?")
            if end < 0:
                rest.append(chunk)
                continue
            data = b"".join((*rest, chunk[:end]))
            if number == 1:
                data = data.removeprefix(_BOM)
            rest = [chunk[end + 1 :]]
            length = len(rest[0])
            found = data.split(b"\n")
            yield _Block(number, found, data)
            number += len(found)
    data = b"".join(rest)
    if data:
        yield _Block(number, [data], data)


def _scan(lines: Lines, block: _Block | None, blocks: Iterator[_Block], wanted: Wanted | None) -> Iterator[tuple[int, str]]:
    """Most lines are passed over by their first bytes; the last one is checked, because that is where a cut shows."""
    name, header = lines.name, lines.header
    last: tuple[int, int] | None = None  # the number of the last line that is not empty, and its columns
    every = _starts_of_names(wanted) if wanted else []
    while block is not None:
        number = block.number
        following = next(blocks, None)
        if wanted:  # else every record is parsed, which shows it
            _check_places(lines, block, end=following is None)
        refseq = header.refseq_names or block.data.startswith(b"NC_") or b"\nNC_" in block.data
        _note_names(lines, block.lines, refseq=refseq)
        end = next((i for i in reversed(range(len(block.lines))) if block.lines[i].strip()), -1)
        if end >= 0:
            last = (number + end, block.lines[end].count(b"\t") + 1)
        if following is None and last and last[1] != header.columns:
            raise CaseError(
                f"{name} is cut off: line {last[0]}, the last one, has {last[1]} columns instead of {header.columns}",
                hint=CUT_HINT,
            )
        if wanted:
            for i in _chosen(block, every, every if header.gvcf else wanted.heads(refseq=refseq)):
                yield number + i, block.lines[i].decode("utf-8", errors="replace").rstrip("\r")
        else:
            for i, text in enumerate(block.data.decode("utf-8", errors="replace").split("\n")):
                yield number + i, text.rstrip("\r")
        block = following


def _chosen(
    block: _Block, every: list[tuple[int, frozenset[bytes]]], picks: list[tuple[int, frozenset[bytes]]]
) -> list[int]:
    """Places of the lines that start like `picks`, or hold a reference block on a chromosome of `every`: one starts anywhere
    before the position it covers, also where the header says nothing of a gVCF."""
    chosen = _picked(block.lines, picks)
    if picks is not every and b"END=" in block.data:
        chosen = sorted({*chosen, *(i for i in _picked(block.lines, every) if b"END=" in block.lines[i])})
    return chosen


def _check_places(lines: Lines, block: _Block, *, end: bool) -> None:
    """Raises CaseError for a record without CHROM or POS: it may be about any position."""
    at = _UNPLACED.search(b"\n" + block.data)
    if not at:
        return
    i = block.data.count(b"\n", 0, at.start())
    if end and i == len(block.lines) - 1 and block.lines[i].count(b"\t") + 1 < lines.header.columns:
        return  # the last line: that it is cut off says more
    fields = block.lines[i].decode("utf-8", errors="replace").split("\t")
    malformed(lines.where(block.number + i), fields, lines.header.columns)


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


def _starts_of_names(wanted: Wanted) -> list[tuple[int, frozenset[bytes]]]:
    starts = [f"{name}\t".encode() for name in wanted.names]
    return [(n, frozenset(s for s in starts if len(s) == n)) for n in sorted({len(s) for s in starts})]
