"""One variant that is given twice (two files, two lines, two ways to write it) is one variant, not two alleles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...vcf.contigs import short_name
from ...vcf.normalise import trim
from .variant import Variant, Zygosity

_NEAR = 100
"""Bases within which one insertion or deletion in a repeat may be written at another place; the genome would tell."""
_FEWEST: tuple[Zygosity, ...] = ("heterozygous", "hemizygous", "homozygous", "unknown")
_PLACE = re.compile(r"(.+):(\d+)-([A-Z]+)-([A-Z]+)")
_SEQUENCE = re.compile(r"([^:(]+?)(\.\d+)?(?:\([^)]*\))?:(.+)")


def place(genome: str, chrom: str, pos: int, ref: str, alt: str) -> str:
    """`GRCh38-21:43066854-G-A`, for `Variant.known_as`: one text for one change, however its record is padded."""
    short = short_name(chrom) or chrom.removeprefix("chr").upper()
    at, before, after = trim(pos, ref.upper(), alt.upper(), keep=1)
    return f"{genome}-{short}:{at}-{before}-{after}"


def distinct(variants: Iterable[Variant]) -> tuple[tuple[Variant, ...], tuple[str, ...]]:
    """Each variant of a gene once, and what a person should check.

    The same are those of one gene that have a place or an HGVS text in common. Pathogenic ones that two files give and that
    can't be compared (one by its place, one by its place in a transcript) may be the same: those of the file that gives more
    alleles stay. Insertions or deletions of the same bases close together may be the same too.
    """
    genes: dict[str, list[Variant]] = defaultdict(list)
    for v in variants:
        genes[v.gene.lower()].append(v)
    out: list[Variant] = []
    notes: list[str] = []
    twice = 0
    for of_gene in genes.values():
        once = _merged(of_gene, notes)
        twice += len(of_gene) - len(once)
        out += _sure(once, notes)
    if twice:
        notes.insert(0, f"{twice} variant{'' if twice == 1 else 's'} given more than once and counted once")
    return tuple(out), tuple(dict.fromkeys(notes))


def _merged(variants: Sequence[Variant], notes: list[str]) -> list[Variant]:
    out: list[Variant] = []
    for v in variants:
        at = next((i for i, w in enumerate(out) if _same(v, w)), None)
        if at is None:
            out.append(v)
        else:
            out[at] = _both(out[at], v, notes)
    return out


def _both(a: Variant, b: Variant, notes: list[str]) -> Variant:
    """One variant of two records: the stronger class, and of two zygosities that with fewer alleles."""
    first, other = (b, a) if b.odds > a.odds else (a, b)
    zygosity = min(a.zygosity, b.zygosity, key=_FEWEST.index)
    if len({a.zygosity, b.zygosity} - {"unknown"}) > 1:
        notes.append(f"a variant in {a.gene} is given with two zygosities; it counts as {zygosity}: check")
    if a.classification != b.classification:
        notes.append(f"a variant in {a.gene} is given with two classes; it counts as {first.classification}: check")
    return replace(
        first,
        zygosity=zygosity,
        origin=first.origin if first.origin != "unknown" else other.origin,
        phase=first.phase or other.phase,
        known_as=tuple(dict.fromkeys((*first.known_as, *other.known_as))),
    )


def _sure(variants: Sequence[Variant], notes: list[str]) -> list[Variant]:
    """Without those that may be one that is kept."""
    alleles: dict[str, int] = defaultdict(int)
    for v in variants:
        if v.odds > 1:
            alleles[v.listed] += 2 if v.zygosity == "homozygous" else 1
    kept: list[Variant] = []
    for v in sorted(variants, key=lambda v: -alleles[v.listed]):
        if v.odds > 1 and any(w.odds > 1 and _maybe_same(v, w) for w in kept):
            named = f" ({v.name})" if v.name else ""
            notes.append(f"a variant in {v.gene}{named} may be the same as another that is given; it was not counted: check")
        else:
            kept.append(v)
    return [v for v in variants if any(v is w for w in kept)]


def _same(v: Variant, w: Variant) -> bool:
    mine = {_without_version(k) for k in _keys(v)}
    return any(_without_version(k) in mine for k in _keys(w))


def _maybe_same(v: Variant, w: Variant) -> bool:
    mine, others = ({_sequence(k): k for k in _keys(one)} for one in (v, w))
    shared = mine.keys() & others.keys()
    if not shared:
        return v.listed != w.listed
    return any(_shifted(mine[s], others[s]) for s in shared)


def _shifted(a: str, b: str) -> bool:
    """Whether both delete, or both insert, the same bases (turned, as a repeat has them) close together."""
    one, other = _PLACE.fullmatch(a), _PLACE.fullmatch(b)
    if not one or not other or abs(int(one[2]) - int(other[2])) > _NEAR:
        return False
    for less, more in ((4, 3), (3, 4)):  # a deletion has one base of ALT left, an insertion one of REF
        if len(one[less]) == len(other[less]) == 1 and len(one[more]) == len(other[more]) > 1:
            return other[more][1:] in one[more][1:] * 2
    return False


def _keys(v: Variant) -> tuple[str, ...]:
    return v.known_as or ((v.name,) if ":" in v.name else ())


def _sequence(key: str) -> str:
    """What the position is counted in, with its version."""
    found = _SEQUENCE.fullmatch(key)
    return f"{found[1]}{found[2] or ''}" if found else key


def _without_version(key: str) -> str:
    found = _SEQUENCE.fullmatch("".join(key.split()))
    return f"{found[1]}:{found[3]}" if found else key
