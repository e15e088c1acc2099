"""Traversal of the graph that sees only the releases in use, with plain source and edge ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bedside.core.protocols import GraphStore
from bedside.core.queries import LinkQuery, NodeQuery, PathQuery, WalkQuery
from bedside.core.types import CoEvidence, GraphEdge, GraphNode, GraphPaths, SharedNode, SharedReference, Subgraph

from .layout import MARK, Live, plain


class LiveWalks(GraphStore):
    """The walking half of `core.protocols.GraphStore`, for `view.LiveGraph`."""

    _store: GraphStore
    _live: Live

    def walk(self, query: WalkQuery) -> Subgraph:
        found = self._store.walk(replace(query, sources=self._holding(query.sources)))
        return Subgraph(
            nodes=tuple(map(plain_node, found.nodes)),
            edges=tuple(map(plain_edge, found.edges)),
            parallel={plain(id): number for id, number in found.parallel.items()},
            truncated=found.truncated,
        )

    def find_paths(self, query: PathQuery) -> GraphPaths:
        found = self._store.find_paths(replace(query, sources=self._holding(query.sources)))
        paths = [
            path.model_copy(
                update={"nodes": tuple(map(plain_node, path.nodes)), "edges": tuple(map(plain_edge, path.edges))}
            )
            for path in found.paths
        ]
        return GraphPaths(paths=tuple(paths), truncated=found.truncated)

    def find_links(self, query: LinkQuery) -> CoEvidence:
        found = self._store.find_links(replace(query, sources=self._holding(query.sources)))
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

    def find_nodes(self, query: NodeQuery) -> list[GraphNode]:
        """A node is shared by all releases that name it, whichever put it last, so both slots of a source count."""
        either = [form for one in query.sources for form in (one, one + MARK)]
        return [plain_node(node) for node in self._store.find_nodes(replace(query, sources=either))]

    def _holding(self, sources: Sequence[str]) -> tuple[str, ...]:
        """The physical ids of the given sources; no name means all. Nothing is stored under the bare mark."""
        places = self._live.filter(sources)
        return (MARK,) if places is None else places


def plain_node(node: GraphNode) -> GraphNode:
    return node.model_copy(update={"source_id": plain(node.source_id)}) if node.source_id.endswith(MARK) else node


def plain_edge(edge: GraphEdge) -> GraphEdge:
    if not edge.source_id.endswith(MARK):
        return edge
    return edge.model_copy(update={"id": plain(edge.id), "source_id": plain(edge.source_id)})
