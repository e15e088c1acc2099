"""The stores as everybody but ingest sees them: plain source ids, and only the releases in use.

A release that is being staged, and one that is being swept away, lie in the same stores under the id of the other slot
(`layout.py`). Here they are left out, so that no query ever sees half of a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from bedside.core.errors import StoreError
from bedside.core.protocols import GraphStore, VectorStore
from bedside.core.queries import EdgeQuery, PassageQuery
from bedside.core.types import GraphEdge, GraphNode, Hit, Passage

from ..search.lexical import LexicalHit, TantivyIndex
from ..search.lexical_query import Synonyms
from ..vectors import ChromaVectors
from .graph_view import LiveWalks, plain_edge, plain_node
from .layout import MARK, Live, plain


class LiveVectors(VectorStore):
    """Implements `core.protocols.VectorStore` for reading; ingest writes to the store behind it."""

    def __init__(self, store: ChromaVectors, live: Live) -> None:
        self._store = store
        self._live = live

    def get(self, ids: Sequence[str]) -> list[Passage]:
        return [_plain_passage(one) for one in self._store.get(ids, source_ids=self._holding(()))] if ids else []

    def nearest(self, query: PassageQuery) -> list[Hit]:
        holding = self._holding(query.source_ids)
        if not holding:
            return []
        hits = self._store.nearest(replace(query, source_ids=holding))
        return [hit.model_copy(update={"passage": _plain_passage(hit.passage)}) for hit in hits]

    def embeddings(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        places = {plain(one): one for one in self._holding(source_id for source_id, _ in keys)} if keys else {}
        found = self._store.embeddings([(places[source], id) for source, id in keys if source in places])
        return {(plain(place), id): vector for (place, id), vector in found.items()}

    def count(self, source_id: str | None = None) -> int:
        return sum(self._store.count(one) for one in self._holding(() if source_id is None else (source_id,)))

    def close(self) -> None:
        self._store.close()

    def _holding(self, among: Iterable[str]) -> tuple[str, ...]:
        """Physical ids of the loaded sources with passages. If a source's passages are missing, that is an error, not an
        empty answer.
        """
        wanted = set(among)
        found = tuple(one for one, info in self._live.vectors().items() if not wanted or info.id in wanted)
        for one in found:
            if not self._store.holds(one):
                raise StoreError(f"the passages of {plain(one)} are gone", hint=f"bedside knowledge load {plain(one)}")
        return found


class LiveWords:
    """The lexical index as search sees it."""

    def __init__(self, store: TantivyIndex, live: Live) -> None:
        self._store = store
        self._live = live

    def query(self, query: PassageQuery, synonyms: Sequence[Synonyms] = ()) -> list[LexicalHit]:
        places = self._live.filter(query.source_ids)
        if places is None:
            return []
        hits = self._store.query(replace(query, source_ids=places), synonyms)
        return [replace(hit, source_id=plain(hit.source_id)) for hit in hits]

    def scores(
        self, text: str, keys: Sequence[tuple[str, str]], *, synonyms: Sequence[Synonyms] = ()
    ) -> dict[tuple[str, str], float]:
        places = {plain(one): one for one in self._live.ids(source_id for source_id, _ in keys)} if keys else {}
        physical = [(places[source], id) for source, id in keys if source in places]
        found = self._store.scores(text, physical, synonyms=synonyms)
        return {(plain(place), id): score for (place, id), score in found.items()}

    def ids(self, source_id: str) -> Iterator[str]:
        for place in self._live.ids((source_id,)):
            yield from self._store.ids(place)

    def count(self, source_id: str | None = None) -> int:
        return sum(self._store.count(one) for one in self._live.ids(() if source_id is None else (source_id,)))

    def close(self) -> None:
        self._store.close()


class LiveGraph(LiveWalks):
    """Implements `core.protocols.GraphStore` for reading; ingest writes to the store behind it."""

    def __init__(self, store: GraphStore, live: Live) -> None:
        self._store = store
        self._live = live

    def nodes(self, ids: Sequence[str]) -> list[GraphNode]:
        return [plain_node(node) for node in self._store.nodes(ids)]

    def edges(self, ids: Sequence[str]) -> list[GraphEdge]:
        live = set(self._live.ids())
        both = [form for id in ids for form in (id, id + MARK)]
        found = {plain(edge.id): edge for edge in self._store.edges(both) if edge.source_id in live}
        return [plain_edge(found[id]) for id in dict.fromkeys(ids) if id in found]

    def find_edges(self, query: EdgeQuery) -> list[GraphEdge]:
        found = self._store.find_edges(replace(query, sources=self._holding(query.sources)))
        return sorted(map(plain_edge, found), key=lambda edge: edge.id)

    def counts(self, source_id: str | None = None) -> dict[str, int]:
        """Edges of the releases in use; nodes of all, since a node is shared."""
        if source_id is None:
            every = self._store.counts()
            return {**every, "edges": sum(self._store.counts(one)["edges"] for one in self._live.ids())}
        totals = [self._store.counts(one) for one in self._live.ids((source_id,))]
        return {what: sum(total[what] for total in totals) for what in ("nodes", "edges")}

    def close(self) -> None:
        self._store.close()


def _plain_passage(passage: Passage) -> Passage:
    if not passage.source_id.endswith(MARK):
        return passage
    return passage.model_copy(update={"source_id": plain(passage.source_id)})
