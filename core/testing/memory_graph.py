"""The graph in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from ..graph.name_match import words
from ..graph.traversal import GraphWalks, Only, Step
from ..graph.vocabulary import check_edge, check_ends, check_node
from ..queries import EdgeQuery
from ..types import GraphEdge, GraphNode


class MemoryGraph(GraphWalks):
    def __init__(self) -> None:
        self._nodes: dict[str, GraphNode] = {}
        self._edges: dict[str, GraphEdge] = {}

    def put(self, nodes: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> tuple[int, int]:
        n, e = list(nodes), list(edges)
        for node in n:
            check_node(node)
        known = {**self._nodes, **{x.id: x for x in n}}
        for edge in e:
            check_edge(edge)
            if edge.start in known and edge.end in known:
                check_ends(edge.id, edge.kind, known[edge.start].kind, known[edge.end].kind)
        self._nodes = known
        self._edges.update((x.id, x) for x in e)
        return len(n), len(e)

    def nodes(self, ids: Sequence[str]) -> list[GraphNode]:
        return [self._nodes[i] for i in dict.fromkeys(ids) if i in self._nodes]

    def edges(self, ids: Sequence[str]) -> list[GraphEdge]:
        return [self._edges[i] for i in dict.fromkeys(ids) if i in self._edges]

    def find_edges(self, query: EdgeQuery) -> list[GraphEdge]:
        wanted = set(query.node_ids)
        found = [
            e
            for e in self._allowed(Only.of(query))
            if (query.direction != "in" and e.start in wanted) or (query.direction != "out" and e.end in wanted)
        ]
        return found if query.limit is None else found[: max(query.limit, 0)]

    def counts(self, source_id: str | None = None) -> dict[str, int]:
        def count(items: Iterable[Any]) -> int:
            return sum(source_id in (None, i.source_id) for i in items)

        return {"nodes": count(self._nodes.values()), "edges": count(self._edges.values())}

    def remove(self, source_id: str) -> dict[str, int]:
        edges = [i for i, e in self._edges.items() if e.source_id == source_id]
        for i in edges:
            del self._edges[i]
        used = {end for e in self._edges.values() for end in (e.start, e.end)}
        nodes = [i for i, n in self._nodes.items() if n.source_id == source_id and i not in used]
        for i in nodes:
            del self._nodes[i]
        return {"nodes": len(nodes), "edges": len(edges)}

    def close(self) -> None:
        return None

    def _allowed(self, only: Only) -> list[GraphEdge]:
        return [
            e
            for _, e in sorted(self._edges.items())
            if (not only.kinds or e.kind in only.kinds) and (not only.sources or e.source_id in only.sources)
        ]

    def _steps(self, node_ids: Sequence[str], only: Only, most: int) -> list[Step]:
        first: list[Step] = []
        for node in node_ids:
            by_kind: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
            for e in self._allowed(only):
                if node in (e.start, e.end) and e.start != e.end:
                    by_kind[e.kind][e.end if e.start == node else e.start].append(e.id)
            for kind, others in by_kind.items():
                steps = [Step(node, other, kind, ids[0], len(ids)) for other, ids in others.items()]
                first += sorted(steps, key=lambda step: (-step.number, step.other))[:most]
        return first

    def _between(self, node_ids: Sequence[str], others: Sequence[str], only: Only) -> list[Step]:
        return [step for step in self._steps(node_ids, only, len(self._edges)) if step.other in set(others)]

    def _joining(self, a: str, b: str, only: Only, most: int) -> list[str]:
        return [e.id for e in self._allowed(only) if {e.start, e.end} == {a, b}][:most]

    def _named(self, asked: Sequence[str], kinds: Sequence[str], sources: Sequence[str], *, every: bool) -> list[GraphNode]:
        return [
            node
            for node in self._nodes.values()
            if (not kinds or node.kind in kinds)
            and (not sources or node.source_id in sources)
            and (all if every else any)(word in words(node.name) for word in asked)
        ]
