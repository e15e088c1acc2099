"""Reading the collections of a source: what both searching and writing need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from bedside.core.errors import StoreError

from .collections import Collections
from .connection import ChromaConnection

T = TypeVar("T")

WRITE_SECONDS = 120.0
"""How long a server may take to store, or to list, one batch."""
PAGE = 1000


class CollectionReader:
    """The collections behind `chroma`, as filled with the embedding model `fingerprint`."""

    def __init__(self, chroma: ChromaConnection, name: str, *, fingerprint: str, dimensions: int) -> None:
        self.chroma = chroma
        self.name = name
        self.fingerprint = fingerprint
        self.dimensions = dimensions

    def collections(self, source_id: str) -> Collections:
        return self.chroma.call("open", lambda: self.chroma.collections(source_id))

    def get(self, collection: Any, ids: list[str], include: Sequence[str]) -> Any:
        return self.chroma.call("read passages", lambda: collection.get(ids=ids, include=list(include)))

    def pages(self, collection: Any, include: Sequence[str]) -> Iterator[Any]:
        offset = 0
        while True:
            got = self.chroma.call(
                "read passages",
                lambda offset=offset: collection.get(limit=PAGE, offset=offset, include=list(include)),  # type: ignore[misc]
                seconds=WRITE_SECONDS,
            )
            if not got["ids"]:
                return
            yield got
            offset += len(got["ids"])

    def check_fingerprint(self, collection: Any) -> None:
        metadata = collection.metadata or {}
        if metadata.get("fingerprint") != self.fingerprint or metadata.get("dimensions") != self.dimensions:
            raise StoreError(
                f"{self.name} was filled with the embedding model {metadata.get('fingerprint')}, but the model in use is "
                f"{self.fingerprint}; vectors of two models can't be compared",
                hint="type: bedside knowledge reembed, or use the old model again (BEDSIDE_EMBEDDING_MODEL)",
            )


def parts(items: list[T], size: int = PAGE) -> Iterator[list[T]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
