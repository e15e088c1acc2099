"""Both graph engines for bench/graph.py: through Bedside, and bare."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from bedside.knowledge.graph import LadybugGraph, Neo4jGraph, ladybug_schema, neo4j_schema
from bedside.knowledge.graph.rows import batches, edge_row, node_row

TOOL = Path(__file__).resolve().parent.parent / "tools" / "neo4j.py"


@contextmanager
def ladybug_graph(folder: Path) -> Iterator[LadybugGraph]:
    graph = LadybugGraph(folder / "graph.lbug")
    yield graph
    graph.close()


@contextmanager
def neo4j_graph(folder: Path) -> Iterator[tuple[Neo4jGraph, dict[str, Any]]]:
    """A server of its own."""

    def tool(action: str) -> None:
        subprocess.run([sys.executable, str(TOOL), action, "--home", str(folder)], check=True, stdout=sys.stderr)

    tool("start")
    try:
        server = json.loads((folder / "env.json").read_text(encoding="utf-8"))
        graph = Neo4jGraph(server["uri"], user=server["user"], password=server["password"])
        yield graph, server
        graph.close()
    finally:
        tool("stop")


class BareLadybug:
    """Queries go to the same file; the load makes one of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._link: Any = None

    def load(self, material: Any, sample: int, mark: str) -> float:
        """Edges per second: CSV files of all rows, then one COPY each."""
        import ladybug

        with ladybug.Database(str(self._folder / f"{mark}.lbug"), max_db_size=1 << 38) as db, ladybug.Connection(db) as link:
            for statement in ladybug_schema.TABLES:
                link.execute(statement)
            self._copy(link, "Node", map(node_row, material.nodes()))
            edges = list(islice(material.edges(), sample))
            began = time.perf_counter()
            rows = [edge_row(edge) for edge in edges]
            self._copy(link, "Edge", rows)
            self._copy(link, "Link", ((r[2], r[3], r[0], r[1], r[5]) for r in rows))
            return sample / (time.perf_counter() - began)

    def _copy(self, link: Any, table: Any, rows: Any) -> None:
        path = self._folder / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        link.execute(ladybug_schema.copy(table).format(file=path))
        path.unlink()

    @contextmanager
    def recording(self, graph: LadybugGraph) -> Iterator[list[tuple[str, dict[str, Any]]]]:
        import ladybug

        file, statements = graph._file, []
        if self._link is None:
            self._link = ladybug.Connection(file._db)
        plain = file.read_each

        def read_each(query: str, values: Any) -> Any:
            values = list(values)
            statements.extend((query, dict(one)) for one in values)
            return plain(query, values)

        file.read_each = read_each  # type: ignore[method-assign]
        try:
            yield statements
        finally:
            file.read_each = plain  # type: ignore[method-assign]

    def run(self, query: str, values: dict[str, Any]) -> None:
        self._link.execute(query, values).get_all()


class BareNeo4j:
    def __init__(self, server: dict[str, Any]) -> None:
        import neo4j

        self._driver = neo4j.GraphDatabase.driver(server["uri"], auth=(server["user"], server["password"]))
        self._session = self._driver.session()

    def load(self, material: Any, sample: int, mark: str) -> float:
        """Edges per second: UNWIND … CREATE in batches, with the same constraints."""
        for statement in neo4j_schema.SCHEMA:
            self.run(statement, {})
        ends = {end for edge in islice(material.edges(mark), sample) for end in (edge.start, edge.end)}
        for batch in batches((n for n in material.nodes(mark) if n.id in ends), 2_500):
            self._write(neo4j_schema.PUT_NODES, [[*node_row(node), ""] for node in batch])
        edges = list(islice(material.edges(mark), sample))
        began = time.perf_counter()
        for batch in batches(edges, 2_500):
            self._write(neo4j_schema.PUT_EDGES, [list(edge_row(edge)) for edge in batch])
        return sample / (time.perf_counter() - began)

    def _write(self, query: str, rows: list[Any]) -> None:
        self._session.execute_write(lambda tx: tx.run(query, rows=rows).values())

    @contextmanager
    def recording(self, graph: Neo4jGraph) -> Iterator[list[tuple[str, dict[str, Any]]]]:
        server, statements = graph._server, []
        plain = server.read

        def read(query: str, **values: Any) -> Any:
            statements.append((query, values))
            return plain(query, **values)

        server.read = read  # type: ignore[method-assign]
        try:
            yield statements
        finally:
            server.read = plain  # type: ignore[method-assign]

    def run(self, query: str, values: dict[str, Any]) -> None:
        self._session.run(query, values).values()
