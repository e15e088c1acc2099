"""How numbers and citations are written, on a terminal and on a page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby


def number_words(value: float) -> str:
    """A score so that it can be compared with its neighbours: `0.744`, `0.000098`, `12.5`, `1,204`."""
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    if size >= 0.001 or not value:
        return f"{value:.3f}"
    if size >= 1e-7:
        return f"{value:.{1 - math.floor(math.log10(size))}f}"  # two digits that are no leading zeros
    return f"{value:.1e}"


def runs(evidence: Sequence[str], number: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """Citation numbers as runs (first, last), each number once."""
    numbers = sorted({number[id_] for id_ in evidence})
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [n for _, n in run]
        yield members[0], members[-1]


def marks(evidence: Sequence[str], number: Mapping[str, int]) -> str:
    """`[1][2]`, and three or more in a row as `[1]–[4]`."""
    out = []
    for first, last in runs(evidence, number):
        if last - first < 2:
            out += [f"[{n}]" for n in range(first, last + 1)]
        else:
            out.append(f"[{first}]–[{last}]")
    return "".join(out)


def plain(value: float) -> str:
    """A measured value as it was given, to six digits: `36`, `7.25`, `13.6765`."""
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.10g}"
