"""Writing to the embedded graph: COPY from CSV files, in transactions of a chunk each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bedside.core.graph.name_match import words

from . import ladybug_schema as cypher
from .ladybug_file import LadybugFile, rows_of
from .rows import EDGE_COLUMNS, NODE_COLUMNS, Row, by_id, check_all_ends, unique
from .staging import Staging, staging

_CHECKPOINT_EVERY = 10
"""Chunks between checkpoints. Left to itself Ladybug makes one per COPY, each a second: a third of a load."""


class LadybugLoad:
    """Implements `base.Load`: only what is new or changed is written."""

    def __init__(self, file: LadybugFile, stage: Staging, batch: int) -> None:
        self.batch = batch
        self.rows = 0
        self._file = file
        self._stage = stage
        self._chunks = 0

    def nodes(self, rows: dict[str, Row]) -> None:
        with self._file.transaction("store nodes") as connection:
            stored = by_id(rows_of(connection, cypher.NODES, {"ids": list(rows)}))
            changed = [rows[id] for id in stored if stored[id] != rows[id]]
            new = [row for id, row in rows.items() if id not in stored]
            if changed:
                values = [dict(zip(NODE_COLUMNS, row, strict=True)) for row in changed]
                rows_of(connection, cypher.SET_NODE, {"rows": values})
            if new:
                self._copy(connection, "Node", new)
            renamed = [row for row in changed if row[2] != stored[row[0]][2]]
            if renamed:
                rows_of(connection, cypher.FORGET_NAMES, {"ids": [row[0] for row in renamed]})
            self._names(connection, ((row[0], row[2]) for row in (*new, *renamed)))
        self._stored(len(rows))

    def _names(self, connection: Any, named: Iterable[tuple[str, str]]) -> None:
        """Index these (node id, name)."""
        pairs = [(word, id) for id, name in named for word in words(name)]
        if not pairs:
            return
        wanted = unique(word for word, _ in pairs)
        known = {row[0] for row in rows_of(connection, cypher.WORDS, {"ids": wanted})}
        if fresh := [(word,) for word in wanted if word not in known]:
            self._copy(connection, "Word", fresh)
        self._copy(connection, "Names", pairs)

    def edges(self, rows: dict[str, Row]) -> None:
        with self._file.transaction("store edges") as connection:
            stored = by_id(rows_of(connection, cypher.EDGES, {"ids": list(rows)}))
            new = [row for id, row in rows.items() if id not in stored]
            changed = [rows[id] for id in stored if stored[id] != rows[id]]
            ends = unique(end for row in (*new, *changed) for end in row[2:4])
            if ends:
                kinds = {id: kind for id, kind in rows_of(connection, cypher.NODE_KINDS, {"ids": ends})}
                check_all_ends([*new, *changed], kinds)
            moved = [row for row in changed if _link(row) != _link(stored[row[0]])]
            if moved:
                old = [{"id": row[0], "start_id": stored[row[0]][2]} for row in moved]
                rows_of(connection, cypher.DELETE_LINK, {"rows": old})
            if changed:
                values = [dict(zip(EDGE_COLUMNS, row, strict=True)) for row in changed]
                rows_of(connection, cypher.SET_EDGE, {"rows": values})
            if new:
                self._copy(connection, "Edge", new)
            if new or moved:
                self._copy(connection, "Link", map(_link, [*new, *moved]))
        self._stored(len(rows))

    def _stored(self, rows: int) -> None:
        self.rows += rows
        self._chunks += 1
        if self._chunks % _CHECKPOINT_EVERY == 0:
            self._file.checkpoint()

    def _copy(self, connection: Any, table: cypher.Table, rows: Iterable[Row]) -> None:
        rows_of(connection, cypher.copy(table).format(file=self._stage.write(table, rows)), {})


@contextmanager
def loading(file: LadybugFile, batch: int) -> Iterator[LadybugLoad]:
    with staging(file.path) as stage:
        load = LadybugLoad(file, stage, batch)
        yield load
        if load.rows:
            file.checkpoint()
        if load.rows >= batch:
            file.reopen()


def _link(row: Row) -> Row:
    """The columns of `Link`, ends first, of an edge row."""
    return (row[2], row[3], row[0], row[1], row[5])
