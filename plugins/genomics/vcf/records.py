"""The records of a patient's VCF or BCF, one at a time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from bedside.core.errors import CaseError

from .header import Header, check_accession, read_header

_AGAIN = "copy or download the file again, and compare checksums"
_LONGEST_LINE = 16 << 20
_MITOCHONDRION = ("M", "MT", "NC_012920.1")


class Record(NamedTuple):
    """A line: its number, the columns to ALT, and the rest as text (QUAL to the samples)."""

    line: int
    chrom: str
    pos: int
    ref: str
    alts: tuple[str, ...]
    rest: str


class Records:
    """`header` is read when this is made; iterate once. Raises `CaseError` where the file can't be read on."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._lines = _lines(path)
        head = []
        self._first = ""
        for line in self._lines:
            if not line.startswith("#"):
                self._first = line
                break
            head.append(line)
        self.header: Header = read_header(head, self.name)
        self.clinvar_told = any(line.startswith("##INFO=<ID=CLNSIG,") for line in head)
        self._chroms: dict[str, str] = {}

    def __iter__(self) -> Iterator[Record]:
        """Without lines that hold no variant (reference blocks) or lie on no chromosome."""
        number, line = self.header.lines + 1, self._first
        while line:
            parts = line.split("\t", 5)
            if len(parts) < 6 or not parts[1].isdigit():
                raise CaseError(f"{self.name}, line {number}: malformed, no record of a VCF", hint="write the file again")
            name, pos, _, ref, alt, rest = parts
            chrom = self._chroms.get(name)
            if chrom is None:
                chrom = self._chroms[name] = self._plain(name)
            if alt not in (".", "<NON_REF>", "<*>") and chrom:
                yield Record(number, chrom, int(pos), ref.upper(), tuple(alt.upper().split(",")), rest)
            number, line = number + 1, next(self._lines, "")

    def _plain(self, name: str) -> str:
        """`1` to `22`, `X`, `Y`, `MT`; empty for other contigs."""
        check_accession(name, self.name)
        short = name.removeprefix("chr")
        if short in _MITOCHONDRION:
            return "MT"
        if name.startswith("NC_0000"):
            number = int(name[7:9])
            return {23: "X", 24: "Y"}.get(number, str(number))
        return short if short in ("X", "Y") or (short.isdigit() and 1 <= int(short) <= 22) else ""


def _lines(path: Path) -> Iterator[str]:
    """Lines without their ends, empty ones left out; of a BCF as `bcftools view` prints them."""
    try:
        with path.open("rb") as probe:
            start = probe.read(2)
        if not start:
            raise CaseError(f"{path.name} is empty", hint="give a VCF or BCF file")
        with gzip.open(path) if start == b"\x1f\x8b" else path.open("rb") as stream:
            head = stream.read(4)
        if head == b"BCF\x02":
            yield from _bcf(path)
            return
        with gzip.open(path) if start == b"\x1f\x8b" else path.open("rb") as stream:
            yield from _text(stream, path.name)  # type: ignore[arg-type]
    except FileNotFoundError:
        raise CaseError(f"{path.name} does not exist", hint="check the path") from None
    except IsADirectoryError:
        raise CaseError(f"{path.name} is a folder", hint="name the file in it") from None
    except EOFError:
        raise CaseError(f"{path.name} is cut off", hint=_AGAIN) from None
    except (OSError, zlib.error) as error:
        raise CaseError(f"{path.name} can't be read: {type(error).__name__}", hint=_AGAIN) from None


def _text(stream: IO[bytes], name: str) -> Iterator[str]:
    while line := stream.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise CaseError(f"{name} has a line of more than {_LONGEST_LINE >> 20} MB", hint="is it a VCF?")
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        if text:
            yield text


def _bcf(path: Path) -> Iterator[str]:
    import pysam

    pysam.set_verbosity(0)
    try:
        variants = pysam.VariantFile(str(path))
        yield from str(variants.header).rstrip("\n").split("\n")
        for record in variants:
            yield str(record).rstrip("\n")
    except ValueError:
        raise CaseError(f"{path.name} can't be read as BCF", hint=_AGAIN) from None
