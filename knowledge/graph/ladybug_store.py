"""The embedded graph: LadybugDB, one file in the data folder."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from bedside.core.errors import StoreError
from bedside.core.types.knowledge import GraphEdge, GraphNode

from ..locks import StoreLock
from . import ladybug_schema as cypher
from .rows import (
    EDGE_COLUMNS,
    NODE_COLUMNS,
    Row,
    batches,
    by_id,
    edge_of,
    edge_row,
    missing_ends,
    node_of,
    node_row,
    unique,
)
from .staging import Staging, staging

LOAD_HINT = "bedside knowledge load"
READ_MILLISECONDS = 10_000
_CHUNK = 50_000
"""Rows per transaction: about 60 MB of memory."""
_CHECKPOINT_EVERY = 10
"""Chunks between checkpoints. Left to itself Ladybug makes one per COPY, each a second: a third of a load."""
_ONE_BY_ONE = 500
"""Up to so many nodes are asked for one by one: 0.05 ms each by primary key, and in one process there is no round trip."""
_ADDRESS_SPACE = 1 << 38
"""Room for a file of 256 GiB. Ladybug's default of 8 TiB does not fit where address space is limited."""


class LadybugGraph:
    """Implements `core.protocols.GraphStore`. Several readers or one writer, over threads and processes.

    `put` commits every 50,000 rows: a load that is killed keeps whole chunks, and the same load again completes it.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        """Open the graph file `path`; a writer makes it. Raises `StoreError` when locked, broken or of another schema."""
        self._path = Path(path)
        self._name = f"the knowledge graph {self._path}"
        self._read_only = read_only
        self._mutex = threading.Condition()
        self._borrowed = 0
        self._writing = threading.Lock()
        self._idle: list[Any] = []
        self._db: Any = None
        if read_only and not self._path.exists():
            raise StoreError(f"{self._name} does not exist yet", hint=LOAD_HINT)
        if not read_only:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{self._name} can't be made: {error.strerror}", hint="choose another BEDSIDE_HOME"
                ) from error
        self._lock = StoreLock(self._path.with_name(f"{self._path.name}.lock"), shared=read_only, what=self._name)
        try:
            self._open()
            self._check_schema()
        except BaseException:
            self.close()
            raise

    # --- GraphStore -----------------------------------------------------------------------------------------------

    def put(self, nodes: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> tuple[int, int]:
        self._must_write()
        counts = [0, 0]
        with self._writing, staging(self._path) as stage:
            for chunk, node_batch in enumerate(batches(nodes, _CHUNK), start=1):
                self._put_nodes(by_id(map(node_row, node_batch)), stage)
                counts[0] += len(node_batch)
                self._checkpoint(chunk)
            for chunk, edge_batch in enumerate(batches(edges, _CHUNK), start=1):
                self._put_edges(by_id(map(edge_row, edge_batch)), stage)
                counts[1] += len(edge_batch)
                self._checkpoint(chunk)
            if sum(counts):
                self._checkpoint()
            if sum(counts) >= _CHUNK:
                self._reopen()
        return counts[0], counts[1]

    def nodes(self, ids: Sequence[str]) -> list[GraphNode]:
        wanted = unique(ids)
        stored = by_id(self._read(cypher.NODES, {"ids": wanted})) if wanted else {}
        return [node_of(stored[id]) for id in wanted if id in stored]

    def edges(self, ids: Sequence[str]) -> list[GraphEdge]:
        wanted = unique(ids)
        stored = by_id(self._read(cypher.EDGES, {"ids": wanted})) if wanted else {}
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
        only = {"kinds": list(kinds)} if kinds else {}
        if len(wanted) <= _ONE_BY_ONE:
            query = cypher.edge_ids_of_one(direction, kinds=bool(kinds))
            rows = self._read_each(query, [{"id": id, **only} for id in wanted])
        else:
            rows = self._read(cypher.edge_ids_of_many(direction, kinds=bool(kinds)), {"ids": wanted, **only})
        return self.edges(sorted({row[0] for row in rows})[:limit])

    def counts(self, source_id: str | None = None) -> dict[str, int]:
        queries = cypher.COUNT if source_id is None else cypher.COUNT_OF
        values = {} if source_id is None else {"source": source_id}
        return {what: self._read(query, values)[0][0] for what, query in queries.items()}

    def remove(self, source_id: str) -> dict[str, int]:
        self._must_write()
        values = {"source": source_id}
        with self._writing, self._transaction("remove a source") as connection:
            edges = _rows(connection, cypher.COUNT_OF["edges"], values)[0][0]
            for query in (cypher.REMOVE_LINKS, cypher.REMOVE_EDGES, cypher.ADOPT_NODES):
                _rows(connection, query, values)
            nodes = _rows(connection, cypher.COUNT_OF["nodes"], values)[0][0]
            _rows(connection, cypher.REMOVE_NODES, values)
        self._checkpoint()
        return {"nodes": nodes, "edges": edges}

    def close(self) -> None:
        with self._mutex:
            self._mutex.wait_for(lambda: self._borrowed == 0, timeout=5.0)
            self._close_all()
        self._lock.close()

    # --- writing --------------------------------------------------------------------------------------------------

    def _put_nodes(self, rows: dict[str, Row], stage: Staging) -> None:
        with self._transaction("store nodes") as connection:
            stored = by_id(_rows(connection, cypher.NODES, {"ids": list(rows)}))
            changed = [dict(zip(NODE_COLUMNS, rows[id], strict=True)) for id in stored if stored[id] != rows[id]]
            new = [row for id, row in rows.items() if id not in stored]
            if changed:
                _rows(connection, cypher.SET_NODE, {"rows": changed})
            if new:
                _copy(connection, "Node", new, stage)

    def _put_edges(self, rows: dict[str, Row], stage: Staging) -> None:
        with self._transaction("store edges") as connection:
            stored = by_id(_rows(connection, cypher.EDGES, {"ids": list(rows)}))
            new = [row for id, row in rows.items() if id not in stored]
            changed = [rows[id] for id in stored if stored[id] != rows[id]]
            ends = unique(end for row in (*new, *changed) for end in row[2:4])
            if ends:
                known = {row[0] for row in _rows(connection, cypher.NODE_IDS, {"ids": ends})}
                if error := missing_ends([*new, *changed], known):
                    raise error
            moved = [row for row in changed if _link(row) != _link(stored[row[0]])]
            if moved:
                old = [{"id": row[0], "start_id": stored[row[0]][2]} for row in moved]
                _rows(connection, cypher.DELETE_LINK, {"rows": old})
            if changed:
                values = [dict(zip(EDGE_COLUMNS, row, strict=True)) for row in changed]
                _rows(connection, cypher.SET_EDGE, {"rows": values})
            if new:
                _copy(connection, "Edge", new, stage)
            if new or moved:
                _copy(connection, "Link", map(_link, [*new, *moved]), stage)

    def _checkpoint(self, chunk: int = _CHECKPOINT_EVERY) -> None:
        """Move what the log holds into the file. Until then a killed process loses nothing, but opening takes longer."""
        if chunk % _CHECKPOINT_EVERY == 0:
            with self._telling("write its checkpoint"), self._connection() as connection:
                connection.set_query_timeout(0)
                _rows(connection, "CHECKPOINT", {})

    def _must_write(self) -> None:
        if self._read_only:
            raise StoreError(f"{self._name} was opened for reading only")

    def _check_schema(self) -> None:
        if not self._read(cypher.HAS_TABLES, {}):
            if self._read_only:
                raise StoreError(f"{self._name} holds nothing yet", hint=LOAD_HINT)
            with self._transaction("make its tables") as connection:
                for statement in cypher.TABLES:
                    _rows(connection, statement, {})
        found = self._read(cypher.GET_SCHEMA, {})
        if not found or found[0][0] != cypher.SCHEMA:
            what = found[0][0] if found else "none"
            raise StoreError(
                f"{self._name} is of schema {what}; this Bedside reads schema {cypher.SCHEMA}",
                hint=f"move it away and load again: mv {self._path} {self._path}.old && {LOAD_HINT}",
            )

    # --- connections ----------------------------------------------------------------------------------------------

    def _read(self, query: str, values: Mapping[str, Any]) -> list[list[Any]]:
        return self._read_each(query, [values])

    def _read_each(self, query: str, values: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
        with self._telling("read"), self._connection() as connection:
            connection.set_query_timeout(READ_MILLISECONDS)
            return [row for each in values for row in _rows(connection, query, each)]

    @contextmanager
    def _transaction(self, doing: str) -> Iterator[Any]:
        """All of it or nothing, even when the process is killed in the middle."""
        with self._telling(doing), self._connection() as connection:
            connection.set_query_timeout(0)
            _rows(connection, "BEGIN TRANSACTION", {})
            try:
                yield connection
                _rows(connection, "COMMIT", {})
            except BaseException:
                with suppress(Exception):
                    _rows(connection, "ROLLBACK", {})
                raise

    def _open(self) -> None:
        with self._telling("open"):
            import ladybug

            self._db = ladybug.Database(
                str(self._path),
                read_only=self._read_only,
                max_db_size=_ADDRESS_SPACE,
                auto_checkpoint=False,
            )

    def _reopen(self) -> None:
        """After a large COPY each look-up takes 5 ms until the file is opened anew (30 ms); then it takes 0.1 ms."""
        with self._mutex:
            if self._db is None or not self._mutex.wait_for(lambda: self._borrowed == 0, timeout=5.0):
                return
            self._close_all()
            self._open()

    def _close_all(self) -> None:
        for connection in self._idle:
            with suppress(Exception):
                connection.close()
        self._idle.clear()
        db, self._db = self._db, None
        if db is not None:
            with suppress(Exception):
                db.close()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """One that no other thread uses; after an error it is not used again."""
        with self._mutex:
            if self._db is None:
                raise StoreError(f"{self._name} is closed")
            if self._idle:
                connection = self._idle.pop()
            else:
                import ladybug

                connection = ladybug.Connection(self._db)
            self._borrowed += 1
        sound = False
        try:
            yield connection
            sound = True
        finally:
            with self._mutex:
                self._borrowed -= 1
                if sound and self._db is not None:
                    self._idle.append(connection)
                else:
                    with suppress(Exception):
                        connection.close()
                self._mutex.notify_all()

    @contextmanager
    def _telling(self, doing: str) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            hint = f"if it stays so, move it away and load again: mv {self._path} {self._path}.old && {LOAD_HINT}"
            raise StoreError(f"{self._name} could not {doing}: {reason}", hint=hint) from error


def _link(row: Row) -> Row:
    """The columns of `Link`, ends first, of an edge row."""
    return (row[2], row[3], row[0], row[1], row[5])


def _rows(connection: Any, query: str, values: Mapping[str, Any]) -> list[list[Any]]:
    result = connection.execute(query, dict(values))
    try:
        return result.get_all()
    finally:
        result.close()


def _copy(connection: Any, table: Literal["Node", "Edge", "Link"], rows: Iterable[Row], stage: Staging) -> None:
    _rows(connection, cypher.copy(table).format(file=stage.write(table, rows)), {})
