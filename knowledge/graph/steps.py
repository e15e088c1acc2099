"""Links as they are stored, made into the steps that walks take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from bedside.core.graph.traversal import Step


def steps_of(node: str, links: Iterable[Sequence[str]]) -> list[Step]:
    """From (other node, kind, edge id) rows: one step for all edges of a kind to the same node."""
    ids: dict[tuple[str, str], list[str]] = defaultdict(list)
    for other, kind, edge_id in links:
        ids[other, kind].append(edge_id)
    return [Step(node, other, kind, min(some), len(some)) for (other, kind), some in ids.items()]


def first_of_each_kind(steps: Iterable[Step], most: int) -> list[Step]:
    """Most edges first, then by the id of the other."""
    by_kind: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_kind[step.kind].append(step)
    return [step for some in by_kind.values() for step in nsmallest(most, some, key=lambda step: (-step.number, step.other))]
