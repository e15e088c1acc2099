"""The order and the writing of allele names: `*4/*17`, `Reference/c.61C>T`, `c.61C>T/[c.85T>C (*9A) + c.1218G>A]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_NUMBER = re.compile(r"(\d+)")
JOINER = " + "


@lru_cache(maxsize=16384)
def name_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers as numbers: `*4` before `*17`, `c.46C>G` before `c.1905+1G>A`."""
    parts = [p for p in _NUMBER.split(name) if p]
    return tuple((0, int(p), "") if p.isdigit() and p.isascii() else (1, 0, p) for p in parts)


def strand_name(components: Sequence[str]) -> str:
    """One name, or several on one gene copy in square brackets."""
    return components[0] if len(components) == 1 else f"[{JOINER.join(components)}]"


def strand_key(components: Sequence[str]) -> tuple[int, tuple[tuple[tuple[int, int, str], ...], ...]]:
    """Fewer components first, then by name."""
    return len(components), tuple(name_key(c) for c in components)


def diplotype_name(one: str, other: str) -> str:
    """Both names, in order."""
    return "/".join(sorted((one, other), key=name_key))


def sort_diplotypes(names: Iterable[str]) -> tuple[str, ...]:
    """Distinct names, in order of their two alleles."""
    return tuple(sorted(set(names), key=lambda n: [name_key(part) for part in n.split("/")]))
