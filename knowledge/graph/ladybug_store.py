"""The embedded graph: LadybugDB, one file in the data folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bedside.core.errors import StoreError
from bedside.core.graph.name_match import words
from bedside.core.graph.traversal import Only, Step
from bedside.core.queries import Direction
from bedside.core.types.knowledge import GraphEdge, GraphNode

from . import ladybug_schema as cypher
from .base import BaseGraph
from .ladybug_file import LOAD_HINT, READ_MILLISECONDS, LadybugFile, rows_of
from .ladybug_load import LadybugLoad, loading
from .rows import node_of
from .steps import first_of_each_kind, steps_of

_CHUNK = 50_000
"""Rows per transaction: about 60 MB of memory."""
_ONE_BY_ONE = 500
"""Up to so many nodes are asked for one by one: 0.05 ms each by primary key, and in one process there is no round trip."""
_BUSY = 3_000
"""A node with more links has them counted by the engine instead of listed."""
_COMMON = 5_000
"""Nodes that names with *some* of the words are taken from, rarest words first."""
_LESS = "ask for fewer kinds of edges, a smaller depth or length, or a lower limit"


class LadybugGraph(BaseGraph):
    """Implements `core.protocols.GraphStore`. Several readers or one writer, over threads and processes.

    `put` commits every 50,000 rows: a load that is killed keeps whole chunks, and the same load again completes it.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        """Open the graph file `path`; a writer makes it. Raises `StoreError` when locked, broken or of another schema."""
        self._writing = threading.Lock()
        self._file = LadybugFile(Path(path), read_only=read_only)
        try:
            self._check_schema()
        except BaseException:
            self.close()
            raise

    def counts(self, source_id: str | None = None) -> dict[str, int]:
        queries = cypher.COUNT if source_id is None else cypher.COUNT_OF
        values = {} if source_id is None else {"source": source_id}
        return {what: self._file.read(query, values)[0][0] for what, query in queries.items()}

    def remove(self, source_id: str) -> dict[str, int]:
        self._file.must_write()
        values = {"source": source_id}
        with self._writing, self._file.transaction("remove a source") as connection:
            edges = rows_of(connection, cypher.COUNT_OF["edges"], values)[0][0]
            for query in (cypher.REMOVE_LINKS, cypher.REMOVE_EDGES, cypher.ADOPT_NODES):
                rows_of(connection, query, values)
            nodes = rows_of(connection, cypher.COUNT_OF["nodes"], values)[0][0]
            if nodes:
                rows_of(connection, cypher.REMOVE_NAMES, values)
                rows_of(connection, cypher.REMOVE_NODES, values)
                rows_of(connection, cypher.REMOVE_WORDS, {})
        self._file.checkpoint()
        return {"nodes": nodes, "edges": edges}

    def close(self) -> None:
        self._file.close()

    # --- what the base asks for -----------------------------------------------------------------------------------

    @contextmanager
    def _loading(self) -> Iterator[LadybugLoad]:
        self._file.must_write()
        with self._writing, loading(self._file, _CHUNK) as load:
            yield load

    def _node_rows(self, ids: list[str]) -> list[list[str]]:
        return self._file.read(cypher.NODES, {"ids": ids})

    def _edge_rows(self, ids: list[str]) -> list[list[str]]:
        return self._file.read(cypher.EDGES, {"ids": ids})

    def _edges_at(self, ids: list[str], only: Only, direction: Direction, limit: int | None) -> list[GraphEdge]:
        asked, values = _only(only)
        if len(ids) <= _ONE_BY_ONE:
            query = cypher.edge_ids_of_one(direction, **asked)
            rows = self._file.read_each(query, ({"id": id, **values} for id in ids))
        else:
            rows = self._file.read(cypher.edge_ids_of_many(direction, **asked), {"ids": ids, **values})
        return self.edges(sorted({row[0] for row in rows})[:limit])

    def _steps(self, node_ids: Sequence[str], only: Only, most: int) -> list[Step]:
        return [step for steps in self._all_steps(node_ids, only) for step in first_of_each_kind(steps, most)]

    def _between(self, node_ids: Sequence[str], others: Sequence[str], only: Only) -> list[Step]:
        wanted = set(others)
        return [step for steps in self._all_steps(node_ids, only) for step in steps if step.other in wanted]

    def _all_steps(self, node_ids: Sequence[str], only: Only) -> Iterator[list[Step]]:
        """For each node. One by one, because a query for several scans all links; all together within one time limit."""
        until = time.monotonic() + READ_MILLISECONDS / 1000
        asked, values = _only(only)
        plain, counting = cypher.links(**asked), cypher.steps(**asked)
        for id in node_ids:
            if time.monotonic() > until:
                raise StoreError(f"{self._file.name} was not read within {READ_MILLISECONDS / 1000:.0f} s", hint=_LESS)
            links = self._file.read(plain, {"id": id, "most": _BUSY + 1, **values})
            if len(links) <= _BUSY:
                yield steps_of(id, links)
            else:
                yield [Step(id, *row) for row in self._file.read(counting, {"id": id, **values})]

    def _joining(self, a: str, b: str, only: Only, most: int) -> list[str]:
        asked, values = _only(only)
        return [row[0] for row in self._file.read(cypher.joining(**asked), {"a": a, "b": b, "most": most, **values})]

    def _named(self, asked: Sequence[str], kinds: Sequence[str], sources: Sequence[str], *, every: bool) -> list[GraphNode]:
        number = {word: self._file.read(cypher.NAMED_COUNT, {"word": word})[0][0] for word in asked}
        only, values = _only(Only(tuple(kinds), tuple(sources)))
        query = cypher.named(**only)
        found: dict[str, GraphNode] = {}
        looked_at = 0
        for word in sorted(filter(number.get, asked), key=lambda word: (number[word], word)):
            if every and not all(number.values()):
                break
            if looked_at and (every or looked_at + number[word] > _COMMON):
                break
            looked_at += number[word]
            for row in self._file.read(query, {"word": word, **values}):
                if not every or set(asked) <= set(words(row[2])):
                    found[row[0]] = node_of(row)
        return list(found.values())

    # --- schema ---------------------------------------------------------------------------------------------------

    def _check_schema(self) -> None:
        """A writer makes what is not there yet."""
        file = self._file
        if not file.read(cypher.HAS_TABLES, {}):
            if file.read_only:
                raise StoreError(f"{file.name} holds nothing yet", hint=LOAD_HINT)
            with file.transaction("make its tables") as connection:
                for statement in cypher.TABLES:
                    rows_of(connection, statement, {})
        rows = file.read(cypher.GET_SCHEMA, {})
        found = rows[0][0] if rows else "none"
        if found != cypher.SCHEMA:
            raise StoreError(
                f"{file.name} is of schema {found}; this Bedside reads schema {cypher.SCHEMA}",
                hint=f"move it away and load again: mv {file.path} {file.path}.old && {LOAD_HINT}",
            )


def _only(only: Only) -> tuple[dict[str, bool], dict[str, Any]]:
    """Which filters a query needs, and their values. (Ladybug refuses a parameter that the query does not use.)"""
    values = {"kinds": list(only.kinds), "sources": list(only.sources)}
    return {name: bool(value) for name, value in values.items()}, {name: value for name, value in values.items() if value}
