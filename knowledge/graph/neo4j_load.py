"""Writing to Neo4j: UNWIND batches, each a transaction that is tried again, also on a server that was started again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from bedside.core.errors import StoreError
from bedside.core.graph.name_match import words
from bedside.core.graph.vocabulary import check_ends

from . import neo4j_schema as cypher
from .neo4j_server import Neo4jServer, ServerLost, run
from .rows import Row, by_id, check_all_ends, unique

T = TypeVar("T")

BATCH = 2_500
WAIT_SECONDS = 180.0
"""How long a load that is under way waits for a server that was lost. One that begins without a server fails at once."""


class Neo4jLoad:
    """Implements `base.Load`.

    A batch whose commit was cut off may be stored or not. Either way it is tried again with the same result: nodes are
    merged, and edges that turn out to exist are compared first.
    """

    def __init__(self, server: Neo4jServer) -> None:
        self.batch = BATCH
        self._server = server
        self._under_way = False
        self._all_new = True

    def nodes(self, rows: dict[str, Row]) -> None:
        values = [[*row, named(row[2])] for row in rows.values()]
        self._write("store nodes", lambda tx: run(tx, cypher.PUT_NODES, rows=values))

    def edges(self, rows: dict[str, Row]) -> None:
        self._all_new = self._all_new and self._create_edges(rows)
        if not self._all_new:
            self._write("store edges", lambda tx: _put_edges(tx, rows))

    def _create_edges(self, rows: dict[str, Row]) -> bool:
        """Whether all were new and are stored now; otherwise none is. Asking first which exist takes as long as writing."""
        try:
            self._write("store edges", lambda tx: _create(tx, list(rows.values())))
        except StoreError as error:
            if type(error.__cause__).__name__ != "ConstraintError":
                raise
            return False
        return True

    def _write(self, doing: str, work: Callable[[Any], T]) -> T:
        until = time.monotonic() + WAIT_SECONDS
        lost = False
        while True:
            try:
                result = self._server.write(doing, work)
            except StoreError as error:
                # A server that is starting answers before it knows its users.
                coming = isinstance(error, ServerLost) or (lost and type(error.__cause__).__name__ == "AuthError")
                if not (self._under_way and coming) or time.monotonic() > until:
                    raise
                lost = True
                time.sleep(1.0)
            else:
                self._under_way = True
                return result


def named(name: str) -> str:
    """As the full-text index takes it."""
    return " ".join(words(name))


def _put_edges(tx: Any, rows: dict[str, Row]) -> None:
    """Only what is new or changed is written: MERGE on a relationship would walk the links of its busiest node."""
    stored = by_id(run(tx, cypher.EDGES, ids=list(rows)))
    write = [row for id, row in rows.items() if stored.get(id) != row]
    if not write:
        return
    if changed := [row[0] for row in write if row[0] in stored]:
        run(tx, cypher.DELETE_EDGES, ids=changed)
    _create(tx, write)


def _create(tx: Any, rows: list[Row]) -> None:
    """Raises `ConstraintError` if one exists, `StoreError` if a node does not or is of a wrong kind; the transaction is
    then undone."""
    made = run(tx, cypher.PUT_EDGES, rows=[list(row) for row in rows])
    if sum(number for *_, number in made) < len(rows):
        ends = unique(end for row in rows for end in row[2:4])
        check_all_ends(rows, dict(run(tx, cypher.NODE_KINDS, ids=ends)))
    for edge, kind, start, end, _ in made:
        check_ends(edge, kind, start, end)
