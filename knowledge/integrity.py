"""Whether the stores still hold what was loaded: a deleted folder must not look like 'nothing found'."""

from __future__ import annotations

from collections.abc import Callable

from bedside.core.errors import ServiceError
from bedside.core.types import SourceInfo

from .services import LocalServices


def lost_parts(info: SourceInfo, services: LocalServices) -> list[str]:
    """What a loaded source lacks, in words: its passages, their word index, its edges, its terms."""
    counts = info.counts
    parts: tuple[tuple[str, str, Callable[[], int]], ...] = (
        ("passages", "passages", lambda: services.vectors.count(info.id)),
        ("word index", "passages", lambda: services.words.count(info.id)),
        ("edges", "edges", lambda: services.graph.counts(info.id)["edges"]),
        ("terms", "terms", lambda: services.terms.count(info.id)),
    )
    lost = []
    for name, key, count in parts:
        try:
            held = count() if counts.get(key) else 0
        except ServiceError:
            held = 0
        if held < counts.get(key, 0):
            lost.append(name)
    return lost
