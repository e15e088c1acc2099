"""Reranking the first few hits: a language model estimates after which of them the question is most likely.

`log P(question | window of the hit) - prior * ln(rank)`: the model's likelihood per token of the question (see
`llm.likelihood`) and a prior that falls with the rank in the fused order. The prior's weight and the rule that says when the
model is not worth its time were chosen by measurement, see docs/benchmarks.md and bench/rerank.py.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from bedside.core.errors import ModelError
from bedside.core.protocols import LanguageModel
from bedside.core.types import Hit

from .excerpt import WINDOW_CHARS, window

TOP = 5
"""Hits that are read, of those at the top."""
PRIOR = 0.2
"""Nats per token that a factor e in rank is worth. Between 0.1 and 0.3 the measured differences are noise."""
BUDGET_S = 6.0
"""Seconds that a question may take by default."""
LIKELIHOOD, FUSED = "likelihood", "fused"
"""Names in `Hit.parts`: what the model said, and the score before it."""
_TITLE_CHARS = 200

Stopped = Literal["done", "agreed", "budget", "model", "few"]
"""All were read; the first hit was clear without; the time was over; the model was absent or failed; nothing to order."""


@dataclass(frozen=True)
class Reranked:
    """`hits` in their new order, `scored` of them read by the model; `note` says in words what was done, or why not."""

    hits: list[Hit]
    scored: int
    seconds: float
    stopped: Stopped
    note: str


def rerank(
    question: str,
    hits: Sequence[Hit],
    model: LanguageModel | None,
    *,
    budget_s: float = BUDGET_S,
    top: int = TOP,
    prior: float = PRIOR,
    window_chars: int = WINDOW_CHARS,
    lists: Sequence[str] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Reranked:
    """`hits` (in fused order) with the first `top` of them reordered by what the model makes of them.

    `lists` are the names in `Hit.parts` of the rankings that were fused; where all of them have the same first hit it is
    right so often that the model is not asked. Hits are read in fused order, one by one, until `budget_s` seconds are spent:
    those not read stay behind, in fused order. A model that is absent (None), busy or dead changes nothing but the note; no
    `BedsideError` is raised.

    A hit that was read gets `parts["likelihood"]` (nats per token, at most 0) and `parts["fused"]`. The scores of the hits
    that were read are dealt out anew, best first, so that scores still fall along the list.
    """
    began = clock()
    hits = list(hits)

    def stop(why: Stopped, note: str, likelihoods: Sequence[float] = ()) -> Reranked:
        ordered = _reordered(hits, likelihoods, prior)
        return Reranked(ordered, len(likelihoods), clock() - began, why, note)

    reading = min(top, len(hits))
    if reading < 2:
        return stop("few", "nothing to rerank: fewer than two hits")
    if model is None:
        return stop("model", "in fused order: there is no language model")
    if agreed(hits, lists):
        return stop("agreed", f"in fused order: {' and '.join(lists)} have the same first hit")
    likelihoods: list[float] = []
    slowest = 0.0
    for hit in hits[:reading]:
        started = clock()
        left = budget_s - (started - began)
        if left <= slowest:
            break
        try:
            likelihoods += model.score([_text(hit, question, window_chars)], question, timeout=left)
        except ModelError as error:
            if clock() - began < budget_s:
                return stop("model", f"{_read(likelihoods, reading)}; then the language model failed: {error}", likelihoods)
            break
        slowest = max(slowest, clock() - started)
    if len(likelihoods) < reading:
        return stop("budget", f"{_read(likelihoods, reading)}; then its {budget_s:g} s were over", likelihoods)
    return stop("done", _read(likelihoods, reading), likelihoods)


def agreed(hits: Sequence[Hit], lists: Sequence[str]) -> bool:
    """Whether the first hit is the first in each of at least two rankings. One without a hit has it last."""
    if len(lists) < 2:
        return False
    worst = -math.inf
    first = hits[0].parts
    return all(name in first and all(first[name] >= hit.parts.get(name, worst) for hit in hits[1:]) for name in lists)


def _reordered(hits: list[Hit], likelihoods: Sequence[float], prior: float) -> list[Hit]:
    read = hits[: len(likelihoods)]
    mixed = [value - prior * math.log(rank) for rank, value in enumerate(likelihoods, start=1)]
    order = sorted(range(len(read)), key=lambda i: -mixed[i])
    scores = sorted((hit.score for hit in read), reverse=True)
    out = []
    for score, i in zip(scores, order, strict=True):
        hit = read[i]
        parts = {FUSED: hit.score, **hit.parts, LIKELIHOOD: likelihoods[i]}
        out.append(hit.model_copy(update={"score": score, "parts": parts}))
    return out + hits[len(read) :]


def _text(hit: Hit, question: str, size: int) -> str:
    """What is read of a hit: its title, where it has one, and the window around the matching sentence."""
    text = hit.passage.text
    start, end = window(text, question, size)
    title = hit.passage.title[:_TITLE_CHARS].strip()
    return f"{title}\n{text[start:end]}" if title else text[start:end]


def _read(likelihoods: Sequence[float], reading: int) -> str:
    return f"the language model read {len(likelihoods)} of {reading} hits"
