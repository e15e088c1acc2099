"""The graph stores that the contract tests run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bedside.core.protocols import GraphStore
from bedside.core.testing import MemoryGraph
from bedside.knowledge.graph import LadybugGraph, Neo4jGraph

SOURCES = ("s1", "s2", "s3", "quelle-é", "bulk")
ENGINES = ["ladybug", pytest.param("neo4j", marks=pytest.mark.neo4j)]


@pytest.fixture(params=ENGINES)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], GraphStore]]:
    """Opens the same, at first empty, graph each time."""
    yield from _opener(request.param, request, tmp_path)


@pytest.fixture(params=["memory", *ENGINES])
def walked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty graph on either engine, or the test kit's."""
    if request.param == "memory":
        yield MemoryGraph()
        return
    for opener in _opener(request.param, request, tmp_path):
        yield opener()


def _opener(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable[[], GraphStore]]:
    opened: list[GraphStore] = []
    server = request.getfixturevalue("neo4j_server") if engine == "neo4j" else None

    def open_it() -> GraphStore:
        if server is None:
            graph: GraphStore = LadybugGraph(folder / "graph.lbug")
        else:
            graph = Neo4jGraph(server.uri, user=server.user, password=server.password)
        opened.append(graph)
        return graph

    try:
        if server is not None:
            empty = open_it()
            for source in SOURCES:
                empty.remove(source)
            assert empty.counts() == {"nodes": 0, "edges": 0}, "this server holds other data than the tests' own"
        yield open_it
    finally:
        for graph in opened:
            graph.close()
