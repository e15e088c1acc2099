"""Where a load writes: the stores themselves, under physical ids, not the view of them that queries have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bedside.core.protocols import Embedder, GraphStore
from bedside.core.types import GraphEdge, GraphNode, Passage, SourceInfo, Term

from .journal import Journal


class WritableVectors(Protocol):
    def put(self, passages: Sequence[Passage], vectors: Any, *, new: bool = False) -> None:
        """Store or replace by id; `new`: none of them is stored. `vectors` is float32 (len(passages), dimensions)."""
        ...

    def get(self, ids: Sequence[str], *, source_ids: Sequence[str] = ()) -> list[Passage]: ...

    def ids(self, source_id: str) -> Iterator[str]: ...

    def passages(self, source_id: str) -> Iterator[Passage]: ...

    def fingerprints(self, source_id: str) -> set[str]: ...

    def count(self, source_id: str | None = None) -> int: ...

    def must_be_whole(self, source_id: str) -> None:
        """Raises `StoreError` when what a killed process wrote last is torn."""
        ...

    def remove(self, source_id: str) -> int:
        """Works on a torn index too."""
        ...


class WritableLexical(Protocol):
    """Nothing that is put or removed counts before `commit`."""

    def put(self, passages: Sequence[Passage]) -> Any: ...

    def remove(self, source_id: str) -> Any: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def count(self, source_id: str | None = None) -> int: ...


class WritableGraph(GraphStore, Protocol):
    def put(self, nodes: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> tuple[int, int]:
        """Store or replace by id, nodes first; returns how many of each were given. Streams: never holds all in memory."""
        ...

    def remove(self, source_id: str) -> dict[str, int]:
        """Remove a source's edges, and its nodes that no other source's edge touches."""
        ...


class WritableTerms(Protocol):
    def replace(self, source_id: str, terms: Iterable[Term]) -> int:
        """All terms of a source in one transaction: these instead of those before."""
        ...

    def note_text(self, texts: Iterable[str]) -> None: ...

    def count(self, source_id: str | None = None) -> int: ...


class WritableSources(Protocol):
    def all(self) -> list[SourceInfo]: ...

    def get(self, source_id: str) -> SourceInfo | None: ...

    def put(self, info: SourceInfo) -> None: ...

    def remove(self, source_id: str) -> bool: ...


@dataclass(frozen=True)
class Stores:
    """`shared` names those that are servers (`vectors`, `graph`): what is in use elsewhere lies in the same place."""

    vectors: WritableVectors
    lexical: WritableLexical
    graph: WritableGraph
    terms: WritableTerms
    sources: WritableSources
    embedder: Embedder
    journal: Journal
    shared: frozenset[str] = frozenset()
