"""The lines of the case's variant files that evidence quotes, read again."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..types import CaseFile, VcfRecords

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Of a line without its end. A longer one is no record of a patient; it is not held in memory. The same as
`plugins/genomics/vcf/limits.py` has, so that what is called there can be verified here."""


@dataclass
class VcfLines:
    """`lines` by file name and 1-based number, without their line ends; `problems` of files that could not be read."""

    lines: dict[str, dict[int, str]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, locators: Iterable[VcfRecords], files: Sequence[CaseFile]) -> VcfLines:
        """One pass over each file that a locator names, up to its last line wanted. Never raises: see `problem`."""
        wanted: dict[str, set[int]] = {}
        for locator in locators:
            wanted.setdefault(locator.file, set()).update(locator.lines)
        out = cls()
        for name, numbers in wanted.items():
            named = [f for f in files if f.name == name and f.kind in ("VCF", "BCF")]
            if len(named) != 1:
                many = "several files of the case have" if named else "no variant file of the case has"
                out.problems[name] = f"{many} the name {name}"
            elif named[0].kind == "BCF":
                out.problems[name] = f"{name} is a BCF file, which has no lines to quote"
            elif named[0].path is None:
                out.problems[name] = f"{name} is not at hand any more"
            else:
                try:
                    out.lines[name] = _lines(named[0].path, numbers)
                except (OSError, EOFError, zlib.error) as error:
                    out.problems[name] = f"{name} could not be read again ({type(error).__name__})"
        return out

    def problem(self, where: VcfRecords, quote: str) -> str:
        """Why `quote` is not what the named lines say, or the empty string. A quote of several lines has one on each."""
        if where.file in self.problems:
            return self.problems[where.file]
        have = self.lines.get(where.file, {})
        quoted = quote.split("\n")
        if not where.lines or len(quoted) != len(where.lines):
            return f"it does not quote one record of {where.file} for each line it names"
        for number, text in zip(where.lines, quoted, strict=True):
            if number not in have:
                return f"line {number} is not in {where.file}"
            if have[number].startswith("#"):
                return f"line {number} of {where.file} is no record"
            if not text.strip() or text not in have[number]:
                return f"its quote is not verbatim in line {number} of {where.file}"
        return ""


def _lines(path: Path, numbers: set[int]) -> dict[int, str]:
    out: dict[int, str] = {}
    last = max(numbers, default=0)
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        number = 0
        while number < last and (line := stream.readline(MAX_LINE_BYTES + 1)):
            number += 1
            whole = line.endswith(b"\n") or len(line) <= MAX_LINE_BYTES
            if number in numbers and whole:
                out[number] = line.rstrip(b"\r\n").decode("utf-8", errors="replace")
            while not whole and (line := stream.readline(MAX_LINE_BYTES)):
                whole = line.endswith(b"\n")
    return out
