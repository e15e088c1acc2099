"""Variants written in different ways, made the same: trimmed and shifted left as far as the sequence is known.

There is no reference genome here. What is known of it comes from the definition: its REF alleles, and its HGVS names.
HGVS writes an indel at its rightmost place and VCF at its leftmost one, so that the stretch between the two repeats the
unit and is known. Every way to write a defined indel lies within that stretch, so it is recognised; an indel that leaves
the known stretch is left where it is, and is then no defined one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_PLACE = re.compile(r"g\.(\d+)(?:_(\d+))?(del|dup|ins|[ACGT]+\[)")
_REPEAT = re.compile(r"g\.(\d+)([ACGT]+)\[(\d+)\]")


class Edit(NamedTuple):
    """`gone` is replaced by `new` from position `pos` on (1-based); an insertion goes before `pos`."""

    pos: int
    gone: str
    new: str


def trim(pos: int, ref: str, alt: str, keep: int = 0) -> Edit:
    """Without what both alleles share at the end, then at the start, down to `keep` bases of each.

    With `keep=1`, VCF's own way to write one change. Not shifted left in repeats: that needs the sequence around it.
    """
    most = min(len(ref), len(alt)) - keep
    end = 0
    while end < most and ref[-1 - end] == alt[-1 - end]:
        end += 1
    start = 0
    while start < most - end and ref[start] == alt[start]:
        start += 1
    return Edit(pos + start, ref[start : len(ref) - end], alt[start : len(alt) - end])


def minimal(pos: int, ref: str, alt: str, known: Mapping[int, str]) -> Edit:
    """The shortest, leftmost way to write REF → ALT at `pos`. `known` are bases of the reference around it."""
    pos, ref, alt = trim(pos, ref, alt)
    unit = ref or alt
    if not (ref and alt) and unit:
        # an indel: the base before it moves behind it as long as it equals the last one
        while known.get(pos - 1) == unit[-1]:
            unit = unit[-1] + unit[:-1]
            pos -= 1
        ref, alt = (unit, "") if ref else ("", unit)
    return Edit(pos, ref, alt)


def known_bases(pos: int, ref: str, alts: tuple[str, ...], hgvs: str) -> dict[int, str]:
    """Position → base, for what a definition tells of the reference around itself."""
    known = {pos + i: base for i, base in enumerate(ref)}
    for alt in alts:
        edit = minimal(pos, ref, alt, {})
        unit = edit.gone or edit.new
        if (edit.gone and edit.new) or not unit:
            continue
        for name in hgvs.split(";"):
            last = _last_base(name.strip(), len(unit))
            # the unit repeats from where VCF writes the indel to where HGVS does
            for at in range(edit.pos, last + 1):
                known.setdefault(at, unit[(at - edit.pos) % len(unit)])
    _repeats(hgvs, known, ref, alts)
    return known


def _last_base(name: str, length: int) -> int:
    """Last reference base of the rightmost place that an HGVS name gives a deletion or duplication of `length` bases."""
    found = _PLACE.match(name)
    if not found or found[3] not in ("del", "dup"):
        return 0
    first, last = int(found[1]), int(found[2] or found[1])
    return last if last - first + 1 == length else 0


def _repeats(hgvs: str, known: dict[int, str], ref: str, alts: tuple[str, ...]) -> None:
    """`g.233760235TA[6]; …TA[8]`: the reference's own count is that of the alternative, less what this one adds."""
    for name, alt in zip(hgvs.split(";"), sorted(alts, key=len), strict=False):
        found = _REPEAT.match(name.strip())
        if not found:
            return
        first, unit = int(found[1]), found[2]
        count = int(found[3]) - (len(alt) - len(ref)) // len(unit)
        for i in range(count * len(unit)):
            known.setdefault(first + i, unit[i % len(unit)])
        return
