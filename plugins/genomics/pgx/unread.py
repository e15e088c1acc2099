"""Positions that were not read, and what they leave open: whether a hidden allele would change what is said of a gene.

The alleles that the unread positions may hide come with the call. One that changes neither phenotype nor activity score
leaves no doubt: TPMT *3A on both copies stays a poor metabolizer whatever else was not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from ..named_alleles.outside_calls import same_score

if TYPE_CHECKING:
    from ..named_alleles import GeneCall

MOST_POSITIONS, MOST_ALLELES, MOST_RESULTS = 6, 6, 4
"""So many are named; the rest are counted."""

Result = tuple["str | None", "str | None"]
"""Phenotype in CPIC's words, and activity score; None = not known."""


@dataclass(frozen=True)
class Unread:
    """`words`: which positions were not read, what they may hide and what to test; "" where that would change nothing.
    `results`: what the gene might have with it, that the call does not have."""

    words: str = ""
    results: tuple[Result, ...] = ()


def unread_of(call: GeneCall, results: Callable[[GeneCall], Iterable[Result]], hidden: GeneCall | None) -> Unread:
    """Of a gene that has a result. `results` gives the results of a call, one for each diplotype; `hidden` is the call with
    the diplotypes of its hidden alleles in their order, None where there are none."""
    if hidden is None:
        return Unread()
    known = list(dict.fromkeys(results(call)))
    alleles: dict[str, None] = {}
    positions: dict[str, None] = {}
    found: dict[Result, None] = {}
    made = iter(results(hidden))
    for one in call.hidden:
        changed = [r for r in islice(made, len(one.diplotypes)) if not any(_same(r, k) for k in known)]
        if changed:
            alleles[one.name] = None
            positions |= dict.fromkeys(one.positions)
            found |= dict.fromkeys(changed)
    if not found:
        return Unread()
    return Unread(_words(call, list(alleles), list(positions), list(found)), tuple(found))


def _same(one: Result, other: Result) -> bool:
    return one[0] is not None and one[0] == other[0] and (one[1] == other[1] or same_score(one[1], other[1]))


def _words(call: GeneCall, alleles: Sequence[str], positions: Sequence[str], found: Sequence[Result]) -> str:
    counts = []
    if n := len(call.missing_positions):
        counts.append(f"{n} of its {call.positions} positions {'was' if n == 1 else 'were'} not read")
    if n := len(call.assumed_positions):
        counts.append(
            f"{n} of its {call.positions} positions {'is' if n == 1 else 'are'} absent from the file and "
            f"{'was' if n == 1 else 'were'} assumed to be reference"
        )
    names = _some(positions, MOST_POSITIONS)
    return (
        f"{' and '.join(counts)}: {_some(alleles, MOST_ALLELES)} can't be excluded, with which the result would be "
        f"{_either(_shown(found))}; genotype {names}, or sequence {call.gene}"
    )


def _either(texts: Sequence[str]) -> str:
    return f"{', '.join(texts[:-1])} or {texts[-1]}" if len(texts) > 1 else texts[0]


def _shown(found: Sequence[Result]) -> list[str]:
    """The results in words, each once."""
    texts = dict.fromkeys(
        "one without a known phenotype" if not p else f"{p} (activity score {score})" if score else p for p, score in found
    )
    shown = list(texts)
    return [*shown[:MOST_RESULTS], "another"] if len(shown) > MOST_RESULTS else shown


def _some(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
