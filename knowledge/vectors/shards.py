"""How the passages of a source lie in Chroma: in collections of their own, a new one whenever the last is full.

A collection per source and release means that a filter by source costs nothing, that a release is removed by dropping
its collections (an HNSW index never heals from deletions), and that two embedding models never meet in one index. Shards of
a bounded size mean that a load holds one shard in memory, however large the corpus is: Chroma keeps the whole HNSW index of
a collection that it writes to in memory, 2.2 MB a thousand passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bedside.core.errors import StoreError

from ..slots import physical, plain, slot_of

SHARD = 100_000
"""Passages of a collection."""
_PREFIX = "bedside"
_NAME = re.compile(rf"{_PREFIX}\.(.+)\.([ab])\.(t?)(\d{{4}})")
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass
class Shards:
    """The collections of one physical source: the indexed passages, and those whose text one of them has (`twins.py`)."""

    main: list[Any] = field(default_factory=list)
    twins: list[Any] = field(default_factory=list)

    def all(self) -> list[Any]:
        return [*self.main, *self.twins]


def collection_name(source_id: str, shard: int, *, twins: bool = False) -> str:
    """`bedside.pubmed.b.0003` for shard 3 of `pubmed'`. Raises `StoreError` for an id that Chroma can't name."""
    if not _SOURCE.fullmatch(plain(source_id)):
        raise StoreError(f"{source_id!r} can't be the id of a source", hint="use letters, digits, '.', '_' and '-'")
    return f"{_PREFIX}.{plain(source_id)}.{slot_of(source_id)}.{'t' if twins else ''}{shard:04d}"


def by_source(collections: Iterable[Any]) -> dict[str, Shards]:
    """Our collections of each physical source, in order of their shards; somebody else's are left out."""
    found: dict[str, Shards] = {}
    for collection in sorted(collections, key=lambda one: one.name):
        if match := _NAME.fullmatch(collection.name):
            shards = found.setdefault(physical(match[1], "b" if match[2] == "b" else "a"), Shards())
            (shards.twins if match[3] else shards.main).append(collection)
    return found
