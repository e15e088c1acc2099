"""Looks alleles up in the pulled ClinVar file, allele-exact, with flat memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bedside.core.errors import CaseError, SourceError

from ...vcf.header import check_build
from ...vcf.records import info_fields
from .significance import Assertion, assertion

if TYPE_CHECKING:
    from bedside.core import Services

SOURCE = "clinvar"
_FILE = "clinvar.vcf.gz"
_REACH = 100_000
"""Bases. Farther on, the index is asked again instead of reading what lies between."""
URL = "https://www.ncbi.nlm.nih.gov/clinvar/variation/"


class ClinvarLine(NamedTuple):
    """One line of ClinVar: 1-based position, alleles, the variation's number and its INFO."""

    pos: int
    ref: str
    alt: str
    number: str
    info: str

    @property
    def accession(self) -> str:
        return f"VCV{self.number:0>9}"

    def assertion(self) -> Assertion:
        return assertion(info_fields(self.info))


class ClinVar:
    """Asked in the order of the genome it reads ClinVar once; any other order works too, more slowly."""

    def __init__(self, table: Any, version: str) -> None:
        self._table, self.version = table, version
        self._chrom = ""
        self._lines: Iterator[str] = iter(())
        self._window: deque[ClinvarLine] = deque()
        self._from = 0

    @classmethod
    def open(cls, services: Services) -> ClinVar:
        """Raises `SourceError` when ClinVar is not pulled, can't be read or is not of GRCh38."""
        from ...vcf.htslib import tabix

        pulled = services.files(SOURCE)
        path, index = pulled.paths.get(_FILE), pulled.paths.get(f"{_FILE}.tbi")
        again = "bedside knowledge pull clinvar"
        if path is None or index is None:
            raise SourceError("the pulled ClinVar files lack the VCF or its index", hint=again)
        try:
            table = tabix(path, index)
            header = list(table.header)
        except (OSError, ValueError):
            raise SourceError("the pulled ClinVar file or its index can't be read", hint=again) from None
        if not _is_grch38(header):
            raise SourceError("the pulled ClinVar file does not say that it is of GRCh38", hint=again)
        return cls(table, pulled.version)

    def near(self, chrom: str, first: int, last: int) -> list[ClinvarLine]:
        """Every entry whose position is from `first` to `last`; `chrom` is `1` to `22`, `X`, `Y` or `MT`."""
        window = self._window
        ahead = window[-1].pos if window else self._from
        if chrom != self._chrom or first < self._from or first > ahead + _REACH:
            self._seek(chrom, first)
        self._from = first
        while window and window[0].pos < first:
            window.popleft()
        while (not window or window[-1].pos <= last) and (line := next(self._lines, "")):
            _, pos, number, ref, alt, _, _, info = line.split("\t", 7)
            at = int(pos)
            if at >= first:
                window.append(ClinvarLine(at, ref, alt, number, info))
        if not window or window[0].pos > last:
            return []
        return [entry for entry in window if entry.pos <= last]

    def _seek(self, chrom: str, first: int) -> None:
        self._chrom = chrom
        self._window.clear()
        known = chrom in self._table.contigs
        self._lines = self._table.fetch(chrom, first - 1) if known else iter(())


def _is_grch38(header: Sequence[str]) -> bool:
    try:
        return check_build(header, _FILE)
    except CaseError:
        return False
