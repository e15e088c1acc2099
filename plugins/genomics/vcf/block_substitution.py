"""Records of several changes, which say what lies together without any phasing: `CG` to `TA` has both on one copy (MNV), and
`CG` to `TG` and `CA` has them on two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from .alleles import Allele
from .genotype import Joined
from .records import Record, info_fields

_BASES = frozenset("ACGT")
CLUMPED = "OLD_CLUMPED"
"""INFO field in which vt writes, in each record that it made of a block substitution, what the whole one was."""
_WHOLE = 1 << 20  # of a decomposed record, which leaves no part for others to repeat


@lru_cache(maxsize=1_000)
def _changes(ref: str, alts: tuple[str, ...]) -> Mapping[int, frozenset[int]]:
    """Number of an ALT allele (from 1) → the places in REF where it has another base; those without a length change."""
    return {
        number: frozenset(i for i, (a, b) in enumerate(zip(ref, alt, strict=True)) if a != b)
        for number, alt in enumerate(alts, 1)
        if len(alt) == len(ref) and _BASES.issuperset(alt)
    }


def joined_by(
    record: Record, number: int, indices: Sequence[int | None], copies: Sequence[Allele | None]
) -> tuple[Joined, ...]:
    """What `Genotype.joined` is for a genotype of this record, whose alleles at the position are `copies`.

    Empty where the called alleles change one base only, or a length. `number` tells the record from the others of its file.
    """
    if len(record.ref) < 2:
        return _decomposed(record, copies)
    changes = _changes(record.ref, record.alts)
    called = {i for i in indices if i}
    bases = len(frozenset[int]().union(*(changes.get(i, frozenset()) for i in called)))
    if bases < 2:
        return ()
    what = (record.pos, record.ref, tuple(sorted(record.alts[i - 1] for i in called)))
    return (Joined(number, what, bases, tuple(copies)),)


def _decomposed(record: Record, copies: Sequence[Allele | None]) -> tuple[Joined, ...]:
    """The same for one of the records into which a tool took a block substitution apart."""
    whole = info_fields(record.info).get(CLUMPED) if CLUMPED in record.info else None
    return (Joined(whole, (record.pos, whole, ()), _WHOLE, tuple(copies)),) if whole else ()
