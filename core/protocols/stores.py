"""The shared stores: passages, graph, terms, search and what has been loaded. They are for reading."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from ..queries import (
    Direction,
    EdgeQuery,
    LinkQuery,
    NodeQuery,
    PassageQuery,
    PathQuery,
    WalkQuery,
)
from ..types import Facts
from ..types.graph import CoEvidence, GraphPaths, Subgraph
from ..types.knowledge import GraphEdge, GraphNode, Hit, Passage, Scalar, SearchResult, SourceInfo, Term


@runtime_checkable
class VectorStore(Protocol):
    """Passages and their vectors."""

    def get(self, ids: Sequence[str]) -> list[Passage]:
        """The stored ones among `ids`, in the order of `ids`."""
        ...

    @abstractmethod
    def nearest(self, query: PassageQuery) -> list[Hit]:
        """The `query.k` nearest passages to `query.vector` by cosine, best first, within its sources, kinds and fields."""
        ...

    def query(
        self,
        vector: Any,
        k: int = 10,
        *,
        source_ids: Sequence[str] = (),
        kinds: Sequence[str] = (),
        fields: Mapping[str, Scalar] | None = None,
    ) -> list[Hit]:
        """The `k` nearest passages to a unit vector; the keywords are the fields of `PassageQuery`."""
        return self.nearest(PassageQuery(vector=vector, k=k, source_ids=source_ids, kinds=kinds, fields=fields))

    def embeddings(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Any]:
        """The vectors of those that are stored among `keys`, (source id, passage id)."""
        ...

    def count(self, source_id: str | None = None) -> int:
        """How many are stored, of one source or of all."""
        ...

    def close(self) -> None:
        """Let go of files and connections; called by whoever opened it."""
        ...


@runtime_checkable
class GraphStore(Protocol):
    """The knowledge graph."""

    def nodes(self, ids: Sequence[str]) -> list[GraphNode]:
        """The stored ones among `ids`, in the order of `ids`."""
        ...

    def edges(self, ids: Sequence[str]) -> list[GraphEdge]:
        """The stored ones among `ids`, in the order of `ids`."""
        ...

    @abstractmethod
    def find_edges(self, query: EdgeQuery) -> list[GraphEdge]:
        """Ordered by edge id."""
        ...

    @abstractmethod
    def walk(self, query: WalkQuery) -> Subgraph:
        """Nearer edges first; where not all fit, a share for each node and kind of edge."""
        ...

    @abstractmethod
    def find_paths(self, query: PathQuery) -> GraphPaths:
        """Shortest first, no node twice."""
        ...

    @abstractmethod
    def find_links(self, query: LinkQuery) -> CoEvidence:
        """What links two nodes; what a store implements."""
        ...

    @abstractmethod
    def find_nodes(self, query: NodeQuery) -> list[GraphNode]:
        """Best first."""
        ...

    def edges_of(
        self,
        node_ids: Sequence[str],
        *,
        kinds: Sequence[str] = (),
        direction: Direction = "both",
        limit: int | None = None,
        sources: Sequence[str] = (),
    ) -> list[GraphEdge]:
        """The edges at these nodes, ordered by edge id; `sources` are the source ids they may be stored under."""
        return self.find_edges(EdgeQuery(node_ids, kinds, direction, limit, sources))

    def neighbourhood(
        self,
        node_ids: Sequence[str],
        *,
        depth: int = 1,
        kinds: Sequence[str] = (),
        limit: int = 200,
        sources: Sequence[str] = (),
    ) -> Subgraph:
        """What lies within `depth` steps (1 to 3): at most `limit` edges, a share for each node and kind of edge."""
        return self.walk(WalkQuery(node_ids, depth, kinds, limit, sources))

    def paths(
        self,
        start: str,
        end: str,
        *,
        max_length: int = 3,
        kinds: Sequence[str] = (),
        limit: int = 10,
        sources: Sequence[str] = (),
    ) -> GraphPaths:
        """The ways between two nodes over at most `max_length` edges (1 to 4), shortest first, no node twice."""
        return self.find_paths(PathQuery(start, end, max_length, kinds, limit, sources))

    def co_evidence(self, a: str, b: str, *, limit: int = 20, sources: Sequence[str] = ()) -> CoEvidence:
        """What links two nodes: edges between them, nodes beside both, PMIDs cited at both; `limit` of each."""
        return self.find_links(LinkQuery(a, b, limit, sources))

    def search(self, text: str, *, kinds: Sequence[str] = (), k: int = 10, sources: Sequence[str] = ()) -> list[GraphNode]:
        """The nodes of these kinds whose names fit `text` best; `sources` are those of the nodes."""
        return self.find_nodes(NodeQuery(text, kinds, k, sources))

    def counts(self, source_id: str | None = None) -> dict[str, int]:
        """{"nodes": n, "edges": m}."""
        ...

    def close(self) -> None:
        """Let go of files and connections; called by whoever opened it."""
        ...


@runtime_checkable
class TermIndex(Protocol):
    """Names of drugs, genes, phenotypes, diseases and codes."""

    def find(self, text: str, *, origin: str = "question") -> Facts:
        """Every mention in `text` with its span, grounded id and negation; `unread` tells of ambiguous words."""
        ...

    def lookup(self, ids: Sequence[str]) -> list[Term]:
        """The terms that are stored under `ids`, in their order."""
        ...

    def ground(self, kind: str, names: Sequence[str]) -> dict[str, Term]:
        """Each of `names` that names one concept of this kind, by its name, a synonym or a brand, with that concept.

        Nothing is guessed: a misspelt, unknown or ambiguous name is left out. So a plugin whose table names drugs or genes
        in its own words gets the ids that mentions carry."""
        ...

    def search(self, text: str, *, kinds: Sequence[str] = (), k: int = 10) -> list[Term]:
        """Terms whose names hold the words of `text`, best first. This is where ICD-10-CM codes are found."""
        ...

    def count(self, source_id: str | None = None) -> int:
        """How many are stored, of one source or of all."""
        ...

    def close(self) -> None:
        """Let go of files and connections; called by whoever opened it."""
        ...


@runtime_checkable
class PassageSearch(Protocol):
    """Passages by words and by meaning in one order."""

    @abstractmethod
    def find_passages(self, query: PassageQuery) -> SearchResult:
        """The best passages; what a search implements."""
        ...

    def find(
        self,
        text: str,
        k: int = 10,
        *,
        source_ids: Sequence[str] = (),
        kinds: Sequence[str] = (),
        fields: Mapping[str, Scalar] | None = None,
        years: tuple[int, int] | None = None,
        per_document: bool = False,
        rerank: bool = False,
    ) -> SearchResult:
        """The `k` best passages, best first, or the best passage of each of the `k` best documents; and notes of what could
        not be used and which other names were looked for. `years` are the first and the last wanted."""
        return self.find_passages(
            PassageQuery(text, k, source_ids, kinds, fields, years, per_document=per_document, rerank=rerank)
        )


@runtime_checkable
class Sources(Protocol):
    """What has been loaded."""

    def all(self) -> list[SourceInfo]:
        """Every loaded source."""
        ...

    def get(self, source_id: str) -> SourceInfo | None:
        """The loaded source of this id; None where it is not loaded."""
        ...
