"""The graph on a Neo4j 5 server, through the official driver."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Literal, TypeVar

from bedside.core.errors import StoreError
from bedside.core.types.knowledge import GraphEdge, GraphNode

from ..bounded import TooLate, within
from . import neo4j_schema as cypher
from .rows import Row, batches, by_id, edge_of, edge_row, missing_ends, node_of, node_row, unique

T = TypeVar("T")

READ_SECONDS = 8.0
WRITE_SECONDS = 120.0
"""For one batch; a load has as many as it needs."""
_BATCH = 2_500
_DRIVER = {
    "connection_timeout": 3.0,
    "connection_acquisition_timeout": 4.0,
    "max_transaction_retry_time": 3.0,
    "liveness_check_timeout": 30.0,
    "keep_alive": True,
    "telemetry_disabled": True,
    "notifications_min_severity": "OFF",
}


class Neo4jGraph:
    """Implements `core.protocols.GraphStore`. A lost server is an error within seconds; the next call tries it anew.

    `put` commits every 2,500 rows in transactions that are retried: a load that was cut off is completed by the same load.
    """

    def __init__(self, uri: str, *, user: str, password: str, database: str | None = None) -> None:
        """Connect to `uri` (`bolt://host:7687`, `neo4j+s://…`). Raises `StoreError` when nobody answers or lets us in."""
        self._uri = uri
        self._name = f"the Neo4j server {uri}"
        self._auth = (user, password)
        self._database = database
        self._driver: Any = None
        self._has_schema = False
        self._closed = False
        self._writing = threading.Lock()
        # The driver warns of each retry; without a handler of the application's own that would go to stderr.
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
        try:
            self._bounded("connect", lambda: self._connected().verify_connectivity(), READ_SECONDS)
        except BaseException:
            self.close()
            raise

    # --- GraphStore -----------------------------------------------------------------------------------------------

    def put(self, nodes: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> tuple[int, int]:
        counts = [0, 0]
        with self._writing:
            self._make_schema()
            for node_batch in batches(nodes, _BATCH):
                rows = by_id(map(node_row, node_batch))
                self._write("store nodes", lambda tx, rows=rows: _put_nodes(tx, rows))  # type: ignore[misc]
                counts[0] += len(node_batch)
            all_new = True
            for edge_batch in batches(edges, _BATCH):
                rows = by_id(map(edge_row, edge_batch))
                all_new = all_new and self._create_edges(rows)
                if not all_new:
                    self._write("store edges", lambda tx, rows=rows: _put_edges(tx, rows))  # type: ignore[misc]
                counts[1] += len(edge_batch)
        return counts[0], counts[1]

    def nodes(self, ids: Sequence[str]) -> list[GraphNode]:
        wanted = unique(ids)
        stored = by_id(self._read(cypher.NODES, ids=wanted)) if wanted else {}
        return [node_of(stored[id]) for id in wanted if id in stored]

    def edges(self, ids: Sequence[str]) -> list[GraphEdge]:
        wanted = unique(ids)
        stored = by_id(self._read(cypher.EDGES, ids=wanted)) if wanted else {}
        return [edge_of(stored[id]) for id in wanted if id in stored]

    def edges_of(
        self,
        node_ids: Sequence[str],
        *,
        kinds: Sequence[str] = (),
        direction: Literal["out", "in", "both"] = "both",
        limit: int | None = None,
    ) -> list[GraphEdge]:
        wanted = unique(node_ids)
        if not wanted or (limit is not None and limit <= 0):
            return []
        query = cypher.edges_of(direction, kinds=bool(kinds), limit=limit is not None)
        return [edge_of(row) for row in self._read(query, ids=wanted, kinds=list(kinds), limit=limit)]

    def counts(self, source_id: str | None = None) -> dict[str, int]:
        queries = cypher.COUNT if source_id is None else cypher.COUNT_OF
        return {what: self._read(query, source=source_id)[0][0] for what, query in queries.items()}

    def remove(self, source_id: str) -> dict[str, int]:
        with self._writing:
            removed = {"edges": self._sweep(cypher.REMOVE_EDGES, source_id)}
            self._sweep(cypher.ADOPT_NODES, source_id)
            return {"nodes": self._sweep(cypher.REMOVE_NODES, source_id), **removed}

    def close(self) -> None:
        self._closed = True
        self._drop()

    # --- how ------------------------------------------------------------------------------------------------------

    def _sweep(self, query: str, source_id: str) -> int:
        total = 0
        while changed := self._write(
            "remove a source", lambda tx: _run(tx, query, source=source_id, batch=8 * _BATCH)[0][0]
        ):
            total += changed
        return total

    def _create_edges(self, rows: dict[str, Row]) -> bool:
        """Whether all were new and are stored now; otherwise none is. Asking first which exist takes as long as writing."""
        try:
            self._write("store edges", lambda tx: _create(tx, list(rows.values())))
        except StoreError as error:
            if type(error.__cause__).__name__ != "ConstraintError":
                raise
            return False
        return True

    def _make_schema(self) -> None:
        if self._has_schema:
            return
        for statement in cypher.SCHEMA:
            self._write("make its constraints", lambda tx, statement=statement: _run(tx, statement))  # type: ignore[misc]
        self._has_schema = True

    def _read(self, query: str, **values: Any) -> list[list[Any]]:
        def work() -> list[list[Any]]:
            from neo4j import unit_of_work

            with self._connected().session(database=self._database) as session:
                return session.execute_read(unit_of_work(timeout=READ_SECONDS)(lambda tx: _run(tx, query, **values)))

        return self._bounded("read", work, READ_SECONDS)

    def _write(self, doing: str, work: Callable[[Any], T]) -> T:
        def in_session() -> T:
            from neo4j import unit_of_work

            with self._connected().session(database=self._database) as session:
                return session.execute_write(unit_of_work(timeout=WRITE_SECONDS)(work))

        return self._bounded(doing, in_session, WRITE_SECONDS)

    def _connected(self) -> Any:
        """The driver. No lock is held: a frozen server would keep it, and a second driver made at once does no harm."""
        if self._closed:
            raise StoreError(f"{self._name} is closed")
        if self._driver is None:
            try:
                import neo4j
            except ImportError as error:
                raise StoreError("the Neo4j driver is not installed", hint="pip install 'bedside[neo4j]'") from error
            self._driver = neo4j.GraphDatabase.driver(self._uri, auth=self._auth, **_DRIVER)
        return self._driver

    def _bounded(self, doing: str, work: Callable[[], T], seconds: float) -> T:
        try:
            return within(seconds, work)
        except StoreError:
            raise
        except TooLate:
            self._drop()
            raise StoreError(f"{self._name} did not {doing} within {seconds:.0f} s", hint=_RUNNING) from None
        except Exception as error:
            raise self._told(doing, error) from error

    def _told(self, doing: str, error: Exception) -> StoreError:
        name = type(error).__name__
        if name in ("AuthError", "TokenExpired", "Unauthorized", "Forbidden"):
            return StoreError(f"{self._name} refuses the user {self._auth[0]!r} ({name})", hint=_PASSWORD)
        if name in ("ServiceUnavailable", "SessionExpired", "OSError", "ConnectionRefusedError"):
            return StoreError(f"{self._name} does not answer ({name})", hint=_RUNNING)
        if name in ("ConfigurationError", "ValueError"):
            return StoreError(
                f"{self._uri!r} is not the address of a Neo4j server", hint="BEDSIDE_GRAPH_URI=bolt://127.0.0.1:7687"
            )
        reason = (str(getattr(error, "message", None) or error).strip().splitlines() or [name])[0][:200]
        return StoreError(f"{self._name} could not {doing}: {reason} ({name})", hint=_RUNNING)

    def _drop(self) -> None:
        """Close the driver without waiting for a server that may be frozen."""
        driver, self._driver = self._driver, None
        if driver is not None:
            with suppress(Exception):
                within(2.0, driver.close)


_RUNNING = "is the server running? `make neo4j` starts one; BEDSIDE_GRAPH_URI names another"
_PASSWORD = "check BEDSIDE_GRAPH_USER and BEDSIDE_GRAPH_PASSWORD"


def _run(tx: Any, query: str, **values: Any) -> list[list[Any]]:
    return tx.run(query, values).values()


def _put_nodes(tx: Any, rows: dict[str, Row]) -> None:
    _run(tx, cypher.PUT_NODES, rows=[list(row) for row in rows.values()])


def _put_edges(tx: Any, rows: dict[str, Row]) -> None:
    """Only what is new or changed is written: MERGE on a relationship would walk the links of its busiest node."""
    stored = by_id(_run(tx, cypher.EDGES, ids=list(rows)))
    write = [row for id, row in rows.items() if stored.get(id) != row]
    if not write:
        return
    if changed := [row[0] for row in write if row[0] in stored]:
        _run(tx, cypher.DELETE_EDGES, ids=changed)
    _create(tx, write)


def _create(tx: Any, rows: list[Row]) -> None:
    """Raises `ConstraintError` if one exists, `StoreError` if a node does not; the transaction is then undone."""
    if _run(tx, cypher.PUT_EDGES, rows=[list(row) for row in rows])[0][0] < len(rows):
        ends = unique(end for row in rows for end in row[2:4])
        if error := missing_ends(rows, {row[0] for row in _run(tx, cypher.NODE_IDS, ids=ends)}):
            raise error
