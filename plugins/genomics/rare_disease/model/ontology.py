"""The phenotype ontology as arrays: terms by number, and above each term all that it implies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT = "HP:0000118"
"""Phenotypic abnormality. Modes of inheritance, onset, frequency and modifiers stand beside it and are no findings."""


@dataclass(frozen=True)
class Ontology:
    """`above[above_at[t]:above_at[t + 1]]` are the numbers of term `t` and of every term it implies.

    `other` maps an id that was merged into another term to that term's number; `number` maps all ids.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    above_at: NDArray[np.int64]
    above: NDArray[np.int32]
    other: Mapping[str, int]
    number: dict[str, int] = field(default_factory=dict, init=False)
    _below: list[Any] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.number.update({**self.other, **{id_: i for i, id_ in enumerate(self.ids)}})

    def __len__(self) -> int:
        return len(self.ids)

    def ancestors(self, term: int) -> NDArray[np.int32]:
        """The term itself and all above it."""
        return self.above[self.above_at[term] : self.above_at[term + 1]]

    def descendants(self, term: int) -> NDArray[np.int32]:
        """The term itself and all below it."""
        import numpy as np

        if not self._below:
            owners = np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.above_at))
            order = np.argsort(self.above, kind="stable")
            starts = np.searchsorted(self.above[order], np.arange(len(self.ids) + 1))
            self._below.extend((owners[order], starts))
        owners, starts = self._below
        return owners[starts[term] : starts[term + 1]]

    def known(self, ids: Iterable[str]) -> tuple[list[int], list[str]]:
        """The numbers of those that are findings, each once, and the ids that are none."""
        found: dict[int, None] = {}
        unknown = []
        for id_ in ids:
            number = self.number.get(id_)
            if number is None:
                unknown.append(id_)
            else:
                found[number] = None
        return list(found), unknown

    def most_specific(self, terms: Sequence[int]) -> list[int]:
        """Without those that another of them implies."""
        implied = {int(a) for t in terms for a in self.ancestors(t) if a != t}
        return [t for t in terms if t not in implied]


def build(parents: Mapping[str, Sequence[str]], names: Mapping[str, str], other: Mapping[str, str]) -> Ontology:
    """From `is_a` parents. Only terms below `ROOT` and the root itself are kept."""
    import numpy as np

    closed: dict[str, frozenset[str]] = {}

    def close(term: str) -> frozenset[str]:
        # without recursion: the ontology is shallow, but nobody's file should end the process
        stack = [term]
        while stack:
            top = stack[-1]
            waiting = [p for p in parents.get(top, ()) if p not in closed and p not in stack]
            if waiting:
                stack += waiting
                continue
            closed[top] = frozenset({top}).union(*(closed.get(p, frozenset()) for p in parents.get(top, ())))
            stack.pop()
        return closed[term]

    kept = sorted(t for t in parents if ROOT in close(t))
    number = {t: i for i, t in enumerate(kept)}
    above = [sorted(number[a] for a in closed[t] if a in number) for t in kept]
    return Ontology(
        ids=tuple(kept),
        names=tuple(names.get(t, t) for t in kept),
        above_at=np.concatenate([[0], np.cumsum([len(a) for a in above])]).astype(np.int64),
        above=np.array([a for group in above for a in group], dtype=np.int32),
        other={old: number[new] for old, new in other.items() if new in number},
    )
