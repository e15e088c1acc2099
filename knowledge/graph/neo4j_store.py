"""The graph on a Neo4j 5 server."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bedside.core.graph.traversal import Only, Step
from bedside.core.queries import Direction
from bedside.core.types.knowledge import GraphEdge, GraphNode

from . import neo4j_schema as cypher
from .base import BaseGraph
from .neo4j_load import BATCH, Neo4jLoad
from .neo4j_server import Neo4jServer, run
from .rows import edge_of, node_of

_NAMED = 5_000
"""Nodes that the index of names is asked for at most."""


class Neo4jGraph(BaseGraph):
    """Implements `core.protocols.GraphStore`. A lost server is an error within seconds; the next call tries it anew.

    `put` commits every 2,500 rows in transactions that are retried. A load that is under way waits three minutes for a
    server that was stopped and goes on when it is back; one that was cut off is completed by the same load.
    """

    def __init__(self, uri: str, *, user: str, password: str, database: str | None = None) -> None:
        """Connect to `uri` (`bolt://host:7687`, `neo4j+s://…`). Raises `StoreError` when nobody answers or lets us in."""
        self._server = Neo4jServer(uri, user=user, password=password, database=database)
        self._has_schema = False
        self._writing = threading.Lock()

    def counts(self, source_id: str | None = None) -> dict[str, int]:
        queries = cypher.COUNT if source_id is None else cypher.COUNT_OF
        return {what: self._server.read(query, source=source_id)[0][0] for what, query in queries.items()}

    def remove(self, source_id: str) -> dict[str, int]:
        with self._writing:
            removed = {"edges": self._sweep(cypher.REMOVE_EDGES, source_id)}
            self._sweep(cypher.ADOPT_NODES, source_id)
            return {"nodes": self._sweep(cypher.REMOVE_NODES, source_id), **removed}

    def close(self) -> None:
        self._server.close()

    # --- what the base asks for -----------------------------------------------------------------------------------

    @contextmanager
    def _loading(self) -> Iterator[Neo4jLoad]:
        with self._writing:
            self._make_schema()
            yield Neo4jLoad(self._server)

    def _node_rows(self, ids: list[str]) -> list[list[str]]:
        return self._server.read(cypher.NODES, ids=ids)

    def _edge_rows(self, ids: list[str]) -> list[list[str]]:
        return self._server.read(cypher.EDGES, ids=ids)

    def _edges_at(self, ids: list[str], only: Only, direction: Direction, limit: int | None) -> list[GraphEdge]:
        query = cypher.edges_of(direction, **_asked(only), limit=limit is not None)
        rows = self._server.read(query, ids=ids, kinds=list(only.kinds), sources=list(only.sources), limit=limit)
        return [edge_of(row) for row in rows]

    def _steps(self, node_ids: Sequence[str], only: Only, most: int) -> list[Step]:
        query = cypher.steps(**_asked(only))
        rows = self._server.read(query, ids=list(node_ids), most=most, kinds=list(only.kinds), sources=list(only.sources))
        return [Step(*row) for row in rows]

    def _between(self, node_ids: Sequence[str], others: Sequence[str], only: Only) -> list[Step]:
        query = cypher.between(**_asked(only))
        values = {"kinds": list(only.kinds), "sources": list(only.sources)}
        return [Step(*row) for row in self._server.read(query, ids=list(node_ids), others=list(others), **values)]

    def _joining(self, a: str, b: str, only: Only, most: int) -> list[str]:
        values = {"kinds": list(only.kinds), "sources": list(only.sources)}
        return [row[0] for row in self._server.read(cypher.joining(**_asked(only)), a=a, b=b, most=most, **values)]

    def _named(self, asked: Sequence[str], kinds: Sequence[str], sources: Sequence[str], *, every: bool) -> list[GraphNode]:
        query = cypher.named(kinds=bool(kinds), sources=bool(sources))
        lucene = (" AND " if every else " OR ").join(f'"{word}"' for word in asked)
        rows = self._server.read(query, lucene=lucene, most=_NAMED, kinds=list(kinds), sources=list(sources))
        return [node_of(row) for row in rows]

    # --- how ------------------------------------------------------------------------------------------------------

    def _sweep(self, query: str, source_id: str) -> int:
        total = 0
        while changed := self._server.write(
            "remove a source", lambda tx: run(tx, query, source=source_id, batch=8 * BATCH)[0][0]
        ):
            total += changed
        return total

    def _make_schema(self) -> None:
        if self._has_schema:
            return
        for statement in cypher.SCHEMA:
            self._server.write("make its constraints", lambda tx, statement=statement: run(tx, statement))  # type: ignore[misc]
        self._has_schema = True


def _asked(only: Only) -> dict[str, bool]:
    return {"kinds": bool(only.kinds), "sources": bool(only.sources)}
