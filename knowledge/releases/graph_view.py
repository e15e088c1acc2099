"""Walks over the graph that see only the releases in use, with plain source and edge ids."""

from __future__ import annotations

from collections.abc import Sequence

from bedside.core.protocols import GraphStore
from bedside.core.types import CoEvidence, GraphEdge, GraphNode, GraphPaths, SharedNode, SharedReference, Subgraph

from .layout import MARK, Live, plain


class LiveWalks:
    """The walking half of `core.protocols.GraphStore`, for `live.LiveGraph`."""

    _store: GraphStore
    _live: Live

    def neighbourhood(
        self,
        node_ids: Sequence[str],
        *,
        depth: int = 1,
        kinds: Sequence[str] = (),
        limit: int = 200,
        sources: Sequence[str] = (),
    ) -> Subgraph:
        found = self._store.neighbourhood(node_ids, depth=depth, kinds=kinds, limit=limit, sources=self._holding(sources))
        return Subgraph(
            nodes=tuple(map(plain_node, found.nodes)),
            edges=tuple(map(plain_edge, found.edges)),
            parallel={plain(id): number for id, number in found.parallel.items()},
            truncated=found.truncated,
        )

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
        found = self._store.paths(
            start, end, max_length=max_length, kinds=kinds, limit=limit, sources=self._holding(sources)
        )
        paths = [
            path.model_copy(
                update={"nodes": tuple(map(plain_node, path.nodes)), "edges": tuple(map(plain_edge, path.edges))}
            )
            for path in found.paths
        ]
        return GraphPaths(paths=tuple(paths), truncated=found.truncated)

    def co_evidence(self, a: str, b: str, *, limit: int = 20, sources: Sequence[str] = ()) -> CoEvidence:
        found = self._store.co_evidence(a, b, limit=limit, sources=self._holding(sources))
        return CoEvidence(
            direct=tuple(map(plain_edge, found.direct)),
            shared_nodes=tuple(
                SharedNode(
                    node=plain_node(one.node),
                    to_a=tuple(map(plain_edge, one.to_a)),
                    to_b=tuple(map(plain_edge, one.to_b)),
                )
                for one in found.shared_nodes
            ),
            shared_references=tuple(
                SharedReference(
                    reference=one.reference,
                    at_a=tuple(map(plain_edge, one.at_a)),
                    at_b=tuple(map(plain_edge, one.at_b)),
                )
                for one in found.shared_references
            ),
            truncated=found.truncated,
        )

    def search(self, text: str, *, kinds: Sequence[str] = (), k: int = 10, sources: Sequence[str] = ()) -> list[GraphNode]:
        """A node is shared by all releases that name it, whichever put it last, so both slots of a source count."""
        either = [form for one in sources for form in (one, one + MARK)]
        return [plain_node(node) for node in self._store.search(text, kinds=kinds, k=k, sources=either)]

    def _holding(self, sources: Sequence[str]) -> tuple[str, ...]:
        """Where the asked sources lie; no name at all means all. Nothing is stored under the bare mark."""
        places = self._live.filter(sources)
        return (MARK,) if places is None else places


def plain_node(node: GraphNode) -> GraphNode:
    return node.model_copy(update={"source_id": plain(node.source_id)}) if node.source_id.endswith(MARK) else node


def plain_edge(edge: GraphEdge) -> GraphEdge:
    if not edge.source_id.endswith(MARK):
        return edge
    return edge.model_copy(update={"id": plain(edge.id), "source_id": plain(edge.source_id)})
