"""What one VCF record says of one defining position: its alleles, in the spelling of the definition.

A record counts for a position when its REF spans it, or when one of its ALT alleles is one the definition knows. Where a
record says nothing of a position (an indel is defined there and the record holds a substitution of its anchor base), the
position stays without evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..vcf.alleles import Allele, Trouble, UndocumentedAllele
from ..vcf.normalise import Edit, minimal
from .definitions import Locus

_BASES = re.compile(r"[ACGT]+\Z")


class PositionReading(NamedTuple):
    """`alleles[i]` is what allele index i of the record (0 = REF) is at the locus; `problem` says why it can't be used.

    `partial`: the record tells of the locus only when one of its ALT alleles is called; 0/0 in it is no evidence.
    `counted`: what it takes away here is a defined allele at another position.
    `checked`: of a reference block, that its REF is the locus's reference allele.
    """

    alleles: tuple[Allele, ...] = ()
    problem: str = ""
    partial: bool = False
    counted: bool = False
    checked: bool = False


def read_alleles(locus: Locus, pos: int, ref: str, alts: Sequence[str]) -> PositionReading | None:
    """The record's alleles at the locus, or None where the record says nothing of it."""
    if not _BASES.match(ref):
        return PositionReading(problem="REF is not made of A, C, G and T") if pos == locus.pos else None
    if not _ref_agrees(locus, pos, ref):
        return PositionReading(problem=f"REF {_short(ref)} is not the reference allele {_short(locus.ref)}")
    spans = pos <= locus.pos and pos + len(ref) - 1 >= locus.end
    at: list[Allele | None] = []
    substitution = False
    for alt in alts:
        if _BASES.match(alt):
            edit = minimal(pos, ref, alt, locus.known)
            substitution |= len(edit.gone) == len(edit.new)
            allele = _at(locus, edit)
            if (
                isinstance(allele, UndocumentedAllele)
                and not spans
                and not locus.is_indel
                and len(edit.gone) == len(edit.new)
            ):
                allele = UndocumentedAllele(allele.text, Trouble.PART)
            at.append(allele)
        else:
            at.append(UndocumentedAllele(alt, Trouble.SPANNING if alt == "*" else Trouble.SYMBOLIC) if spans else None)
    if not spans and not any(at):
        return None
    alleles = (locus.ref, *(locus.ref if allele is None else allele for allele in at))
    named = any(isinstance(allele, str) for allele in at)
    if locus.is_indel:
        # a substitution of the anchor base says nothing of an insertion behind it
        whole = named or (spans and not (substitution and len(locus.ref) == 1))
    else:
        whole = named or (spans and (substitution or not alts or ref == locus.ref))
    return PositionReading(alleles, partial=not whole)


def _at(locus: Locus, edit: Edit) -> Allele | None:
    """What the edit makes of the locus; None when it leaves it alone."""
    if edit in locus.edits:
        return locus.edits[edit]
    last = edit.pos + len(edit.gone) - 1
    same_length = len(edit.gone) == len(edit.new)
    if locus.is_indel:
        changed = locus.pos + 1  # the anchor base is only a place to write from
        if same_length:
            # in the bases that a defined deletion would take: another sequence than the definition's
            return None if last < changed or edit.pos > locus.end else UndocumentedAllele(_spell(locus, edit))
        return None if last < locus.pos or edit.pos > locus.reach + 1 else UndocumentedAllele(_spell(locus, edit))
    if same_length:
        if last < locus.pos or edit.pos > locus.end:
            return None
        bases = list(locus.ref)
        for i, base in enumerate(edit.new):
            if locus.pos <= edit.pos + i <= locus.end:
                bases[edit.pos + i - locus.pos] = base
        spelled = "".join(bases)
        if spelled == locus.ref:
            return None
        return spelled if spelled in locus.alts else UndocumentedAllele(spelled)
    if not edit.gone:
        # an insertion inside a several-base substitution; before or behind the position it leaves it alone
        return UndocumentedAllele(_spell(locus, edit)) if locus.pos < edit.pos <= locus.end else None
    return None if last < locus.pos or edit.pos > locus.end else UndocumentedAllele(_spell(locus, edit), Trouble.GONE)


def _ref_agrees(locus: Locus, pos: int, ref: str) -> bool:
    """REF equals what is known of the reference, base by base."""
    known = locus.known
    return all(known.get(pos + i, base) == base for i, base in enumerate(ref))


def _spell(locus: Locus, edit: Edit) -> str:
    return f"{locus.chrom}:{edit.pos} {_short(edit.gone) or '-'}>{_short(edit.new) or '-'}"


def _short(bases: str) -> str:
    return bases if len(bases) <= 20 else f"{bases[:17]}..."
