"""How the passages of a source lie in Chroma: each release in collections of its own.

So a filter by source costs nothing, a release is removed by dropping its collections (an HNSW index never heals from
deletions), and vectors of two embedding models never meet in one index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bedside.core.errors import StoreError

from ..releases.layout import physical, plain, slot_of

_PREFIX = "bedside"
_NAME = re.compile(rf"{_PREFIX}\.(.+)\.([ab])\.(main|twins)")
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass
class Collections:
    """Those of one physical source: the indexed passages, and those whose text one of them has (`twins.py`)."""

    main: Any = None
    twins: Any = None

    def all(self) -> list[Any]:
        return [one for one in (self.main, self.twins) if one is not None]


def collection_name(source_id: str, *, twins: bool = False) -> str:
    """`bedside.pubmed.b.main` for `pubmed'`. Raises `StoreError` for an id that Chroma can't name."""
    if not _SOURCE.fullmatch(plain(source_id)):
        raise StoreError(f"{source_id!r} can't be the id of a source", hint="use letters, digits, '.', '_' and '-'")
    return f"{_PREFIX}.{plain(source_id)}.{slot_of(source_id)}.{'twins' if twins else 'main'}"


def by_source(collections: Iterable[Any]) -> dict[str, Collections]:
    """Our collections of each physical source; somebody else's are left out."""
    found: dict[str, Collections] = {}
    for collection in collections:
        if match := _NAME.fullmatch(collection.name):
            mine = found.setdefault(physical(match[1], "b" if match[2] == "b" else "a"), Collections())
            setattr(mine, match[3], collection)
    return found
