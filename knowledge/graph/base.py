"""What both engines share: checks of what is given, batches in, pages out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from bedside.core.graph.traversal import GraphWalks, Only
from bedside.core.graph.vocabulary import check_edge, check_node
from bedside.core.queries import Direction, EdgeQuery
from bedside.core.types.knowledge import GraphEdge, GraphNode

from .rows import Row, batches, by_id, edge_of, edge_row, node_of, node_row, unique

_PAGE = 5_000
"""Ids per query, so that the time limit of one is never that of a whole export."""


class Load(Protocol):
    """One `put` under way. Each call is a transaction: all of its rows or none."""

    batch: int

    def nodes(self, rows: dict[str, Row]) -> None: ...

    def edges(self, rows: dict[str, Row]) -> None: ...


class BaseGraph(GraphWalks):
    """Implements `core.protocols.GraphStore` on what an engine brings."""

    @abstractmethod
    def _loading(self) -> AbstractContextManager[Load]:
        """Alone: one writer at a time. Raises `StoreError` when nothing may be written."""

    @abstractmethod
    def _node_rows(self, ids: list[str]) -> Iterable[Sequence[str]]:
        """In the order of `NODE_COLUMNS`."""

    @abstractmethod
    def _edge_rows(self, ids: list[str]) -> Iterable[Sequence[str]]:
        """In the order of `EDGE_COLUMNS`."""

    @abstractmethod
    def _edges_at(self, ids: list[str], only: Only, direction: Direction, limit: int | None) -> list[GraphEdge]:
        """The edges at these nodes in the order of their ids."""

    def put(self, nodes: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> tuple[int, int]:
        given = [0, 0]
        with self._loading() as load:
            for node_batch in batches(nodes, load.batch):
                for node in node_batch:
                    check_node(node)
                load.nodes(by_id(map(node_row, node_batch)))
                given[0] += len(node_batch)
            for edge_batch in batches(edges, load.batch):
                for edge in edge_batch:
                    check_edge(edge)
                load.edges(by_id(map(edge_row, edge_batch)))
                given[1] += len(edge_batch)
        return given[0], given[1]

    def nodes(self, ids: Sequence[str]) -> list[GraphNode]:
        return [node_of(row) for row in _paged(self._node_rows, ids)]

    def edges(self, ids: Sequence[str]) -> list[GraphEdge]:
        return [edge_of(row) for row in _paged(self._edge_rows, ids)]

    def find_edges(self, query: EdgeQuery) -> list[GraphEdge]:
        wanted = unique(query.node_ids)
        if not wanted or (query.limit is not None and query.limit <= 0):
            return []
        return self._edges_at(wanted, Only.of(query), query.direction, query.limit)


def _paged(look_up: Callable[[list[str]], Iterable[Sequence[str]]], ids: Sequence[str]) -> list[Row]:
    """The stored ones in the order asked, each once."""
    found: list[Row] = []
    for page in batches(unique(ids), _PAGE):
        stored = by_id(look_up(page))
        found += [stored[id] for id in page if id in stored]
    return found
