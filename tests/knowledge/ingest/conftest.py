"""Real stores in a temporary folder; only the embedding model is a small stand-in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bedside.core.errors import EmbeddingError, SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.queries import PassageQuery
from bedside.core.types import GraphEdge, GraphNode, Passage, Term
from bedside.knowledge.graph import LadybugGraph
from bedside.knowledge.ingest import FileSources
from bedside.knowledge.ingest.journal import Journal
from bedside.knowledge.ingest.stores import Stores
from bedside.knowledge.releases.layout import Live
from bedside.knowledge.releases.view import LiveGraph, LiveVectors, LiveWords
from bedside.knowledge.search.lexical import TantivyIndex
from bedside.knowledge.terms import SqliteTerms
from bedside.knowledge.vectors import ChromaVectors

DIM = 16


class HashEmbedder:
    """Unit vectors from a hash of the text; counts how many texts it was given."""

    def __init__(self, name: str = "hash:1") -> None:
        self.fingerprint = name
        self.dimensions = DIM
        self.embedded = 0

    def embed(self, texts: Any) -> Any:
        self.embedded += len(texts)
        rows = [np.frombuffer(hashlib.sha512(t.encode()).digest(), dtype=np.uint8)[:DIM] for t in texts]
        vectors = np.stack(rows).astype(np.float32) - 127.5 if rows else np.zeros((0, DIM), np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def failing_after(embedder: HashEmbedder, many: int) -> Callable[[Any], Any]:
    """An `embed` that fails once so many texts were embedded."""

    def embed(texts: Any) -> Any:
        if embedder.embedded >= many:
            raise EmbeddingError("no memory")
        return HashEmbedder.embed(embedder, texts)

    return embed


class Kit:
    """The stores of a data folder, and the view of them that queries have."""

    def __init__(self, folder: Path, embedder: Any = None, **vectors: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.embedder = embedder or HashEmbedder()
        self.stores = Stores(
            vectors=ChromaVectors.embedded(
                folder / "chroma", fingerprint=self.embedder.fingerprint, dimensions=DIM, **vectors
            ),
            lexical=TantivyIndex(folder / "words"),
            graph=LadybugGraph(folder / "graph.lbug"),
            terms=SqliteTerms(folder / "terms.sqlite"),
            sources=FileSources(folder / "sources.json"),
            embedder=self.embedder,
            journal=Journal(folder / "staging"),
        )
        live = Live(self.stores.sources, busy=lambda: True)
        self.vectors = LiveVectors(self.stores.vectors, live)
        self.words = LiveWords(self.stores.lexical, live)
        self.graph = LiveGraph(self.stores.graph, live)
        self.terms = self.stores.terms

    def seen(self) -> dict[str, Any]:
        """All that a query can see, in an order that does not depend on how it came there."""
        sources = [
            info.model_copy(update={"loaded_at": "", "slot": "a", "vectors": "a"}) for info in self.stores.sources.all()
        ]
        ids = {info.id: sorted(self.words.ids(info.id)) for info in sources}
        passages = self.vectors.get([id for some in ids.values() for id in some])
        nearest = self.vectors.query(self.embedder.embed(["where?"])[0], 5) if passages else []
        edges = self.graph.edges_of([f"{info.id}:{n}" for info in sources for n in range(40)])
        return {
            "sources": sources,
            "ids": ids,
            "passages": passages,
            "nearest": [hit.passage.id for hit in nearest],
            "words": [hit.passage_id for hit in self.words.query(PassageQuery("passage number seven 7", 5))],
            "edges": edges,
            "nodes": sorted(self.graph.nodes([f"{info.id}:{n}" for info in sources for n in range(40)]), key=lambda n: n.id),
            "terms": self.terms.lookup([f"{info.id}:{n}" for info in sources for n in range(40)]),
            "counts": (self.vectors.count(), self.words.count(), self.graph.counts(), self.terms.count()),
        }

    def stored(self) -> tuple[Any, ...]:
        """What lies in the stores, seen or not."""
        s = self.stores
        return s.vectors.count(), s.lexical.count(), s.graph.counts(), s.terms.count(), len(s.journal.entries())

    def close(self) -> None:
        for store in (self.stores.vectors, self.stores.lexical, self.stores.graph, self.stores.terms):
            store.close()


def source(
    ident: str = "one", *, passages: int = 5, edges: int = 3, version: str = "2030-01-02", broken: bool = False
) -> KnowledgeSource:
    """Passages, nodes, edges and terms, some of which depend on the version; `broken` fails near its end."""

    def records() -> Iterator[Any]:
        for n in range(edges):
            yield GraphNode(id=f"{ident}:{n}", kind="Disease", name=f"n{n} {version}", source_id=ident)
            yield Term(id=f"{ident}:{n}", kind="disease", name=f"disease {ident} {n} {version}", source_id=ident)
        # A node of another source, given for the sake of an edge.
        yield GraphNode(id="shared:1", kind="Phenotype", name="s", source_id="owner")
        for n in range(passages):
            said = version if n % 2 else "always"
            yield Passage.of(
                source_id=ident, doc_id=str(n), text=f"Passage number {n} of {ident}, {said}.", kind="definition"
            )
        if broken:
            raise SourceError("line 7 is broken")
        for n in range(edges):
            said = version if n % 2 else "always"
            yield GraphEdge.of(
                kind="has_phenotype", start=f"{ident}:{n}", end="shared:1", text=f"{n} has 1, {said}.", source_id=ident
            )

    return KnowledgeSource(
        id=ident, title=ident.title(), licence="CC0", version=lambda: version, records=records, homepage="https://x.example"
    )


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = Kit(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def make_kit(tmp_path: Path) -> Iterator[Callable[..., Kit]]:
    made: list[Kit] = []

    def make(name: str = "home", *rest: Any, **more: Any) -> Kit:
        made.append(Kit(tmp_path / name, *rest, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
