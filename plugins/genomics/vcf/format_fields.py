"""A sample's cell of a record: where its fields are, and whether a reference call in it rests on reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

MIN_REFERENCE_QUALITY = 20
LONGEST_SHOWN = 40
"""Characters of a filter's names that are shown."""


@dataclass(frozen=True)
class Layout:
    """Where in a cell the fields of FORMAT are (-1 = not there); `depth` are those that may hold the number of reads."""

    gt: int
    ps: int
    ad: int
    gq: int
    ft: int
    depth: tuple[int, ...]


@lru_cache(maxsize=1_000)
def layout_of(text: str) -> Layout:
    """From the FORMAT column. A file has few different ones in millions of lines."""
    at = {name: i for i, name in enumerate(text.split(":"))}
    return Layout(
        gt=at.get("GT", -1),
        ps=at.get("PS", -1),
        ad=at.get("AD", -1),
        gq=at.get("GQ", at.get("RGQ", -1)),
        ft=at.get("FT", -1),
        depth=tuple(at[name] for name in ("MIN_DP", "DP") if name in at),
    )


def value(values: Sequence[str], at: int) -> str:
    """A field of a cell; "" where it is not there (fields at the end may be left out)."""
    return values[at] if 0 <= at < len(values) else ""


def weak_block(indices: Sequence[int | None], values: Sequence[str], layout: Layout) -> str:
    """Why a reference block is no evidence of reference; "" when it is."""
    if any(i != 0 for i in indices):
        return "no call"
    quality = value(values, layout.gq)
    if quality not in ("", "."):
        number = _number(quality)
        if number is None:
            return "reference block of a quality that can't be read"
        if number < MIN_REFERENCE_QUALITY:
            return f"reference block of quality {quality}, below {MIN_REFERENCE_QUALITY}"
    return "reference block without reads" if _no_depth(values, layout) else ""


def untrusted(filters: str, values: Sequence[str], layout: Layout) -> str:
    """Why the file itself doubts a genotype ("" = it does not): FILTER, FT, or a quality below that of a reference block."""
    for name, text in (("FILTER", filters), ("FT", value(values, layout.ft))):
        if text not in ("PASS", ".", ""):
            return f"{name} {text[:LONGEST_SHOWN]}"
    number = _number(value(values, layout.gq))
    return f"GQ {number:g}" if number is not None and number < MIN_REFERENCE_QUALITY else ""


def without_reads(values: Sequence[str], layout: Layout) -> bool:
    """Depth is given, and is 0: joint callers write 0/0 so where a sample has no data."""
    if _no_depth(values, layout):
        return True
    depths = value(values, layout.ad).split(",")
    return all(p.isascii() and p.isdigit() and int(p) == 0 for p in depths)


def _no_depth(values: Sequence[str], layout: Layout) -> bool:
    return any(_number(value(values, at)) == 0 for at in layout.depth)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
