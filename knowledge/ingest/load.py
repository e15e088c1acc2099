"""A source into the stores, in one streaming pass: embedding runs beside reading and storing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bedside.core.host.registered import KnowledgeSource
from bedside.core.protocols import Embedder, GraphStore, TermIndex, VectorStore
from bedside.core.types import GraphEdge, GraphNode, Passage, SourceInfo, Term

from .embedding import PassageWriter

Progress = Callable[[str, int, int | None], None]
"""Called with the stage (`graph`, `terms`, `passages`, `done`), how many are stored, of how many (None: not known yet)."""

_GRAPH_BATCH = 50_000
_TERM_BATCH = 4_000
_WORD_BATCH = 2_000


class WritableSources(Protocol):
    def get(self, source_id: str) -> SourceInfo | None: ...

    def put(self, info: SourceInfo) -> None: ...

    def remove(self, source_id: str) -> bool: ...


def load(
    source: KnowledgeSource,
    *,
    vectors: VectorStore,
    graph: GraphStore,
    terms: TermIndex,
    sources: WritableSources,
    embedder: Embedder,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> SourceInfo:
    """Store all records of `source` and enter it in `sources`; loading it again changes nothing but the time.

    What an earlier version or a load that was cut off left behind is removed first. SourceError (what can't be read) and
    the stores' errors pass through; the source is then not entered, and the next load starts afresh.
    """
    stores = Stores(vectors, graph, terms, sources, embedder)
    version = clear(source, stores)
    return store(source, version, stores, progress or (lambda stage, done, total: None), now)


@dataclass(frozen=True)
class Stores:
    """Where a load goes."""

    vectors: VectorStore
    graph: GraphStore
    terms: TermIndex
    sources: WritableSources
    embedder: Embedder


def clear(source: KnowledgeSource, stores: Stores) -> str:
    """Remove what another version or a load that was cut off left behind; the version to load."""
    version = source.version()
    known = stores.sources.get(source.id)
    if known is None or known.version != version:
        stores.sources.remove(source.id)
        for one in (stores.vectors, stores.graph, stores.terms):
            if _holds(one, source.id):
                one.remove(source.id)
    return version


def store(source: KnowledgeSource, version: str, stores: Stores, tell: Progress, now: Callable[[], datetime]) -> SourceInfo:
    """Store the records of a source that was cleared, and enter it in the list."""
    sink = _Sink(source.id, stores.graph, stores.terms, tell)
    kinds: Counter[str] = Counter()
    with PassageWriter(stores.vectors, stores.embedder, tell) as writer:
        for record in source.records():
            if isinstance(record, Passage):
                writer.put(record)
                kinds[record.kind] += 1
                sink.word(record)
            else:
                sink.put(record)
        sink.flush()
        stored = writer.finish()
    counts = {"passages": stored, "nodes": sink.counts["node"], "edges": sink.counts["edge"], "terms": sink.counts["term"]}
    counts |= kinds
    if sink.counts["disease"]:
        counts["diseases"] = sink.counts["disease"]
    loaded_at = now().astimezone(UTC).isoformat(timespec="seconds")
    info = SourceInfo(
        id=source.id,
        title=source.title,
        version=version,
        licence=source.licence,
        url=source.homepage or source.url,
        date=_date(version),
        loaded_at=loaded_at,
        counts=counts,
    )
    stores.sources.put(info)
    tell("done", stored, stored)
    return info


def _holds(store: VectorStore | GraphStore | TermIndex, source_id: str) -> bool:
    if isinstance(store, GraphStore):
        return any(store.counts(source_id).values())
    return store.count(source_id) > 0


def _date(version: str) -> str | None:
    """A version that is a date says so."""
    try:
        return datetime.strptime(version[:10], "%Y-%m-%d").date().isoformat()
    except ValueError:
        return None


class _Sink:
    """Nodes, edges and terms in batches, in the order in which they come."""

    def __init__(self, source_id: str, graph: GraphStore, terms: TermIndex, tell: Progress) -> None:
        self._source_id = source_id
        self._graph, self._terms, self._tell = graph, terms, tell
        self._nodes: list[GraphNode] = []
        self._edges: list[GraphEdge] = []
        self._words: list[str] = []
        self._batch: list[Term] = []
        self._seen: set[str] = set()
        self.counts: Counter[str] = Counter()
        # An index that can learn ordinary words from running text is told them; the protocol does not ask for it.
        self._note: Callable[[list[str]], None] | None = getattr(terms, "note_text", None)

    def put(self, record: GraphNode | GraphEdge | Term) -> None:
        if isinstance(record, Term):
            self._batch.append(record)
            if len(self._batch) >= _TERM_BATCH:
                self._flush_terms()
            return
        if isinstance(record, GraphNode):
            self._nodes.append(record)
        else:
            self._edges.append(record)
        if len(self._nodes) + len(self._edges) >= _GRAPH_BATCH:
            self._flush_graph()

    def word(self, passage: Passage) -> None:
        if self._note is not None:
            self._words.append(passage.text)
            if len(self._words) >= _WORD_BATCH:
                self._flush_words()

    def flush(self) -> None:
        self._flush_terms()
        self._flush_words()
        self._flush_graph()

    def _flush_terms(self) -> None:
        if self._batch:
            self._terms.put(self._batch)
            self.counts["term"] += len(self._batch)
            self._batch = []
            self._tell("terms", self.counts["term"], None)

    def _flush_words(self) -> None:
        if self._words and self._note is not None:
            self._note(self._words)
            self._words = []

    def _flush_graph(self) -> None:
        if not self._nodes and not self._edges:
            return
        self._graph.put(self._nodes, self._edges)
        for node in self._nodes:
            # A node that belongs to another source is given with the edges to it, and counted there.
            if node.id not in self._seen and node.source_id == self._source_id:
                self._seen.add(node.id)
                self.counts["node"] += 1
                self.counts["disease"] += node.kind == "Disease"
        for edge in self._edges:
            if edge.id not in self._seen:
                self._seen.add(edge.id)
                self.counts["edge"] += 1
        self._nodes, self._edges = [], []
        self._tell("graph", self.counts["node"] + self.counts["edge"], None)
