"""A source into the stores, in one streaming pass: embedding runs beside reading and storing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from bedside.core.host.registered import KnowledgeSource
from bedside.core.protocols import Embedder, GraphStore, TermIndex, VectorStore
from bedside.core.types import GraphEdge, GraphNode, Passage, SourceInfo, Term

from .embedding import PassageWriter

Progress = Callable[[str, int, int | None], None]
"""Called with the stage (`graph`, `terms`, `passages`, `done`), how many are stored, of how many (None: not known yet)."""

_GRAPH_BATCH = 20_000
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
    tell = progress or (lambda stage, done, total: None)
    version = source.version()
    known = sources.get(source.id)
    if known is None or known.version != version:
        sources.remove(source.id)
        for store in (vectors, graph, terms):
            if _holds(store, source.id):
                store.remove(source.id)
    sink = _Sink(graph, terms, tell)
    kinds: Counter[str] = Counter()
    with PassageWriter(vectors, embedder, tell) as writer:
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
    sources.put(info)
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

    def __init__(self, graph: GraphStore, terms: TermIndex, tell: Progress) -> None:
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
            self.counts["term"] += self._terms.put(self._batch)
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
            if node.id not in self._seen:
                self._seen.add(node.id)
                self.counts["node"] += 1
                self.counts["disease"] += node.kind == "Disease" and node.source_id == "hpo-annotations"
        for edge in self._edges:
            if edge.id not in self._seen:
                self._seen.add(edge.id)
                self.counts["edge"] += 1
        self._nodes, self._edges = [], []
        self._tell("graph", self.counts["node"] + self.counts["edge"], None)
