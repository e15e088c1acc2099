"""What a genotype is made of at a defined position: alleles in the spelling of the definition, or why there is none."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Protocol


class Trouble(Enum):
    """Why a called allele has no spelling."""

    SPANNING = "*"  # an upstream deletion, written in another record
    GONE = "deleted"  # a deletion takes the position away
    PART = "part"  # one base of a defined substitution of several; the rest is in another record
    SYMBOLIC = "symbolic"  # `<DEL>`, `<NON_REF>`, a breakend: no sequence


class UndocumentedAllele(NamedTuple):
    """A called allele outside the definition: its sequence where it has one."""

    text: str
    trouble: Trouble | None = None


Allele = str | UndocumentedAllele


class Position(Protocol):
    """What merging the records of a position must know of it."""

    @property
    def ref(self) -> str: ...

    @property
    def alts(self) -> tuple[str, ...]: ...

    @property
    def is_indel(self) -> bool: ...
