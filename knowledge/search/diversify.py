"""Near copies among the hits make room for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bedside.core.types import Hit

from .lexical_schema import document_of

SAME = 0.9
"""Share of common words from which two passages count as the same text."""
PER_DOCUMENT = 3
"""Passages of one document that come before those of others."""


def varied(hits: Sequence[Hit], *, per_document: int = PER_DOCUMENT, same: float = SAME) -> list[Hit]:
    """All `hits`: in their order, but near copies of an earlier one and a document's fourth and later ones at the end."""
    first: list[Hit] = []
    later: list[Hit] = []
    bags: list[frozenset[str]] = []
    seen: Counter[tuple[str, str]] = Counter()
    for hit in hits:
        document = (hit.passage.source_id, document_of(hit.passage))
        bag = frozenset(hit.passage.text.casefold().split())
        if seen[document] >= per_document or any(_alike(bag, other) >= same for other in bags):
            later.append(hit)
            continue
        seen[document] += 1
        bags.append(bag)
        first.append(hit)
    return first + later


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    smaller, larger = sorted((len(one), len(other)))
    if not larger or smaller / larger < SAME / 2:
        return 0.0
    both = len(one & other)
    return both / (len(one) + len(other) - both)
