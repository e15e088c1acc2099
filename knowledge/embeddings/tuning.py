"""How this machine embeds many texts fastest: which precision, how many workers, how many tokens at once.

Precision and workers are timed at the first bulk call, on a few fixed sentences, for about `BUDGET` seconds. Precision is
compared by the processor time of one thread, which a busy neighbour hardly changes; of several rounds the quickest counts,
because noise only ever makes a run slower. The batch size is timed on the first batches of the real work, at no cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

BUDGET = 0.05
"""Seconds of timing, warm-up not counted."""
ROUNDS = 2
"""Rounds at least, also where one takes longer than the budget, unless the difference is plain."""
CLEAR = 0.9
"""What is not the default must need less than this share of its time: differences below are taken for noise."""
PLAIN = 2.0
"""A ratio from which on one round decides."""
COSINE = 0.999
"""What bfloat16 must keep to single precision, for each sentence. Vectors within it carry the same fingerprint."""
BATCH_ROUNDS = 3
"""Twice as many batches are timed of each size."""
BATCHES = (2048, 1024, 4096)
"""Padded tokens of a batch that are tried; the first is the default."""
SENTENCES = (
    "Dislocation of the lens of the eye",
    "Poor metabolizers should avoid clopidogrel",
    "Serum ammonia of 412 umol/L",
    "Fever with seizures in childhood",
)


class Choice(BaseModel):
    """How many texts at once are embedded. `half`: in bfloat16; `cosine`: its lowest to single precision, 1 if untried."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    half: bool = False
    workers: int = Field(ge=1, le=1024)
    batch_tokens: int = Field(default=BATCHES[0], ge=64, le=1 << 20)
    batch_timed: bool = False
    cosine: float = Field(default=1.0, ge=-1.0, le=1.001)


def quickest(
    runs: Mapping[Any, Callable[[], object]], clock: Callable[[], float], *, budget: float = BUDGET
) -> dict[Any, float]:
    """The shortest time of each run, in turns, by `clock` (seconds). Ends with the budget, after `ROUNDS` rounds at least,
    or after one where the slowest took `PLAIN` times the quickest."""
    best = dict.fromkeys(runs, float("inf"))
    spent, rounds = 0.0, 0
    while rounds == 0 or (max(best.values()) < PLAIN * min(best.values()) and (rounds < ROUNDS or spent < budget)):
        for name, run in runs.items():
            began = clock()
            run()
            seconds = max(clock() - began, 1e-9)
            best[name] = min(best[name], seconds)
            spent += seconds
        rounds += 1
    return best


def half_is_better(
    single: Callable[[], Any], half: Callable[[], Any], clock: Callable[[], float], *, budget: float = BUDGET
) -> tuple[bool, float]:
    """Whether bfloat16 is both faithful and clearly quicker, and its lowest cosine to single precision.

    Both give float32 rows of the same texts, not normalised, shape (n_texts, dimensions).
    """
    cosine = lowest_cosine(single(), half())  # also the warm-up of both
    if not cosine >= COSINE:  # also where it is no number
        return False, cosine if cosine == cosine else -1.0
    best = quickest({"single": single, "half": half}, clock, budget=budget)
    return best["half"] < CLEAR * best["single"], cosine


def lowest_cosine(one: Any, other: Any) -> float:
    """Over the rows of two arrays of shape (n_texts, dimensions)."""
    import numpy

    lengths = numpy.linalg.norm(one, axis=1) * numpy.linalg.norm(other, axis=1)
    return float(((one * other).sum(axis=1) / numpy.maximum(lengths, 1e-12)).min())


def best_workers(seconds: Mapping[int, float]) -> int:
    """How many side by side, from the time that each number of workers needs for one batch *each*.

    More is better unless fewer do clearly more a second: what a neighbour takes while this is timed it may not take later.
    """
    chosen = max(seconds)
    for count in sorted(seconds, reverse=True):
        if count / seconds[count] * CLEAR > chosen / seconds[chosen]:
            chosen = count
    return chosen


class BatchTrial:
    """The batch size, timed on the real work: each size has twice `BATCH_ROUNDS` batches, there and back through
    `BATCHES`, because later batches of a call hold shorter texts."""

    def __init__(self, sizes: Sequence[int] = BATCHES) -> None:
        self._sizes = tuple(sizes)
        self._best = dict.fromkeys(self._sizes, float("inf"))
        there_and_back = [*self._sizes, *reversed(self._sizes)]
        self._plan = [size for turn in range(BATCH_ROUNDS) for size in there_and_back[:: -1 if turn % 2 else 1]]

    def next_size(self) -> int | None:
        """Of the next batch; None when enough was tried."""
        return self._plan.pop(0) if self._plan else None

    def record(self, size: int, tokens: int, seconds: float) -> None:
        """`tokens` (padded) of a batch cut for `size` took `seconds` of one thread's processor time. A batch that was not
        full says nothing of its size."""
        if tokens > size // 2:
            self._best[size] = min(self._best[size], seconds / tokens)

    @property
    def chosen(self) -> int | None:
        """The best size, the default unless another is clearly better; None while one of them was not measured."""
        if max(self._best.values()) == float("inf"):
            return None
        best = min(self._sizes, key=lambda size: self._best[size])
        return best if self._best[best] < 0.97 * self._best[self._sizes[0]] else self._sizes[0]
