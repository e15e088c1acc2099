"""Compose, extractive: choose and order evidence. The model may order; it never writes a sentence."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import BedsideError
from ..protocols import LanguageModel
from ..types import Evidence, TaskResult
from ..wording import say

Ordering = Literal["off", "ties", "model"]
MAX_CHOICES = 8
"""More quotes than this do not fit a small model's attention; the rest keep their deterministic place."""


@dataclass(frozen=True)
class Ranked:
    """One piece of evidence with its deterministic rank: (place of its task in the plan, rank within the task)."""

    evidence: Evidence
    rank: tuple[int, int]


def ranked(results: Sequence[TaskResult]) -> list[Ranked]:
    """All evidence in deterministic order, each once."""
    out: dict[str, Ranked] = {}
    for place, result in enumerate(results):
        ranks = result.ranks or range(len(result.evidence))
        for item, rank in sorted(zip(result.evidence, ranks, strict=True), key=lambda pair: pair[1]):
            out.setdefault(item.id, Ranked(item, (place, rank)))
    return list(out.values())


@dataclass(frozen=True)
class Ordered:
    """`items` best first; `by` says who decided; `problem` why the model did not, when it was wanted."""

    items: list[Evidence]
    by: str
    problem: str = ""


def order(
    items: Sequence[Ranked],
    question: str,
    ordering: Ordering,
    model: LanguageModel | None,
    *,
    timeout: float = 20.0,
    seed: int = 0,
) -> Ordered:
    """Order evidence. With `ties` the model is asked only about equal ranks, with `model` about everything.

    Whenever the model is absent, fails or answers nonsense, the deterministic order stands and `problem` says why.
    """
    fixed = [r.evidence for r in items]
    groups = _groups(items, ordering)
    if not any(len(g) > 1 for g in groups):
        return Ordered(fixed, "deterministic order")
    if model is None:
        return Ordered(fixed, "deterministic order", say("model.not-configured"))
    out: list[Evidence] = []
    ends = time.monotonic() + timeout
    try:
        for group in groups:
            rest = max(0.1, ends - time.monotonic())  # one budget for all groups
            out += choose(group, question, model, timeout=rest, seed=seed) if len(group) > 1 else group
    except BedsideError as error:
        return Ordered(fixed, "deterministic order", str(error))
    return Ordered(out, f"{model.name} {'broke ties' if ordering == 'ties' else 'ordered all'}")


def _groups(items: Sequence[Ranked], ordering: Ordering) -> list[list[Evidence]]:
    if ordering == "off":
        return [[r.evidence] for r in items]
    if ordering == "model":
        return [[r.evidence for r in items]]
    groups: dict[tuple[int, int], list[Evidence]] = {}
    for r in items:
        groups.setdefault(r.rank, []).append(r.evidence)
    return list(groups.values())


def choose(
    items: Sequence[Evidence], question: str, model: LanguageModel, *, seed: int = 0, timeout: float = 20.0
) -> list[Evidence]:
    """Ask the model for an order of evidence ids, through a JSON schema whose enum is those ids.

    Ids it leaves out follow in their old order; ids it repeats count once. Raises `ModelError`.
    """
    asked = list(items[:MAX_CHOICES])
    ids = [e.id for e in asked]
    schema = {
        "type": "object",
        "properties": {
            "order": {"type": "array", "items": {"enum": ids}, "minItems": 1, "maxItems": len(ids)},
        },
        "required": ["order"],
    }
    quotes = "\n".join(f"{e.id}: {e.quote[:400]}" for e in asked)
    messages = [
        {
            "role": "system",
            "content": "You sort quotes for a clinician. Answer with JSON only: the ids of the quotes, the one that best "
            "answers the question first.",
        },
        {"role": "user", "content": f"Quotes:\n{quotes}\n\nQuestion: {question[:1000]}"},
    ]
    reply = model.complete(messages, max_tokens=24 * len(ids) + 16, seed=seed, json_schema=schema, timeout=timeout)
    by_id = {e.id: e for e in items}
    try:
        chosen = [by_id[i] for i in dict.fromkeys(json.loads(reply)["order"])]
    except (ValueError, KeyError, TypeError):
        chosen = []  # cut off in the middle: nothing usable was chosen
    rest = [e for e in items if e.id not in {c.id for c in chosen}]
    return chosen + rest
