"""What one side found and the other did not, scored by that other side too.

A passage beyond a side's first hundred has a score there as well: with it instead of the last one of the list, recall@10 of
questions with several right documents rises by 2 points (docs/benchmarks.md). See Bruch, Gai, Ingber: An Analysis of Fusion
Functions for Hybrid Retrieval, ACM TOIS 2023, who fuse whole lists of scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bedside.core.types import Hit

from ..importing import IMPORTS
from .lexical import LexicalHit

Key = tuple[str, str]
"""(source id, passage id)"""


@dataclass(frozen=True, slots=True)
class Filled:
    """The scores that were missing, and the vectors they were made of. A passage without words of the question has none."""

    by_words: Mapping[Key, float] = field(default_factory=dict)
    by_meaning: Mapping[Key, float] = field(default_factory=dict)
    vectors: Mapping[Key, Any] = field(default_factory=dict)


def missing(dense: Sequence[Hit], words: Sequence[LexicalHit], depth: int) -> tuple[list[Key], list[Key]]:
    """What only the meaning found, and what only the words. A list of words that ended before `depth` lacks nothing."""
    meant = {(hit.passage.source_id, hit.passage.id) for hit in dense}
    worded = {(hit.source_id, hit.passage_id) for hit in words}
    return sorted(meant - worded) if len(words) >= depth else [], sorted(worded - meant)


def cosines(vector: Any, vectors: Mapping[Key, Any]) -> dict[Key, float]:
    """Each one's cosine to `vector`; neither need be of length 1."""
    if not vectors:
        return {}
    with IMPORTS:
        import numpy as np

    rows = np.asarray(list(vectors.values()), dtype=np.float32)
    flat = np.asarray(vector, dtype=np.float32).reshape(-1)
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(flat)
    return dict(zip(vectors, (rows @ flat / np.maximum(lengths, 1e-12)).tolist(), strict=True))


def supported(scores: Sequence[float], vectors: Sequence[Any], *, share: float, neighbours: int) -> list[float]:
    """Each score mixed with a `share` of its nearest `neighbours`' mean, weighted by cosine; the first stays the highest.

    Right answers to one question are like each other: what resembles the best hits rises. Which hit is first stays a matter
    of the question alone. `vectors` are in the order of `scores`, None where there is none: such a score stays as it is. See
    Diaz: Regularizing ad hoc retrieval scores, CIKM 2005.
    """
    known = [i for i, vector in enumerate(vectors) if vector is not None]
    if len(known) < 3:
        return list(scores)
    with IMPORTS:
        import numpy as np

    rows = np.asarray([vectors[i] for i in known], dtype=np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    near = np.maximum(rows @ rows.T, 0.0)
    np.fill_diagonal(near, 0.0)
    if neighbours < len(known):
        near[near < np.partition(near, -neighbours, axis=1)[:, -neighbours, None]] = 0.0
    total = near.sum(axis=1)
    own = np.asarray([scores[i] for i in known])
    around = np.where(total > 0, near @ own / np.maximum(total, 1e-12), own)
    mixed = list(scores)
    for i, value in zip(known, ((1 - share) * own + share * around).tolist(), strict=True):
        mixed[i] = value
    mixed[0] = max(mixed)
    return mixed


Embeddings = Callable[[Sequence[Key]], Mapping[Key, Any]]
