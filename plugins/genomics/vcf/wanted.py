"""What a reader wants of a variant file, so that most of it can be passed over unread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Wanted(Protocol):
    """Stretches of the genome. Positions are 1-based, both ends included."""

    @property
    def names(self) -> Mapping[str, str]:
        """Every way in which a file may name a chromosome that is wanted → the name used here."""
        ...

    def wants(self, chrom: str, first: int, last: int) -> bool:
        """Whether a record over these bases is worth reading."""
        ...

    def regions(self) -> list[tuple[str, int, int]]:
        """Chromosome, first and last base of the stretches to fetch by an index."""
        ...

    def heads(self, *, refseq: bool) -> list[tuple[int, frozenset[bytes]]]:
        """Lengths, and the starts of that length which a line worth reading can have. `refseq`: names of RefSeq too."""
        ...
