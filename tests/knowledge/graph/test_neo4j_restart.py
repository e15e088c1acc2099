"""A server that is stopped in the middle of a load and started again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from bedside.core.errors import StoreError
from bedside.core.types import GraphEdge, GraphNode
from bedside.knowledge.graph import Neo4jGraph, neo4j_load

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]
T = TypeVar("T")
SOURCE = "restart"
NODES, EDGES = 3_000, 40_000


def nodes() -> list[GraphNode]:
    return [GraphNode(id=f"r{i}", kind="Gene", name=f"gene {i}", source_id=SOURCE) for i in range(NODES)]


def edges() -> Iterator[GraphEdge]:
    for i in range(EDGES):
        start, end = f"r{i % NODES}", f"r{i * 31 % NODES}"
        yield GraphEdge.of(kind="interacts", start=start, end=end, text=f"edge {i}", source_id=SOURCE, props={"i": i})


def assert_equals_a_clean_load(graph: Neo4jGraph) -> None:
    assert graph.counts(SOURCE) == {"nodes": NODES, "edges": EDGES}
    wanted = {edge.id: edge for edge in edges()}
    assert {edge.id: edge for edge in graph.edges(list(wanted))} == wanted
    assert graph.nodes([f"r{i}" for i in range(NODES)]) == nodes()
    between = graph._server.read(
        "MATCH ()-[l:Link]->() WHERE l.source_id = $source RETURN count(DISTINCT l.edge_id)", source=SOURCE
    )
    assert between == [[EDGES]]
    assert [n.id for n in graph.search("gene 77")] == ["r77"]


def patiently(ask: Callable[[], T]) -> T:
    """A server that has just been started may take longer over its first answer than a reader waits."""
    until = time.monotonic() + 60
    while True:
        try:
            return ask()
        except StoreError:
            assert time.monotonic() < until
            time.sleep(1)


class Watched:
    """The edges, and how far they have been taken."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[GraphEdge]:
        for edge in edges():
            self.taken += 1
            yield edge

    def wait_for(self, number: int) -> None:
        until = time.monotonic() + 120
        while self.taken < number:
            assert time.monotonic() < until
            time.sleep(0.01)


@pytest.fixture
def graph(private_neo4j) -> Iterator[Neo4jGraph]:
    graph = Neo4jGraph(private_neo4j.uri, user=private_neo4j.user, password=private_neo4j.password)
    graph.remove(SOURCE)
    yield graph
    graph.remove(SOURCE)
    graph.close()


@pytest.mark.parametrize("gone", [0.0, 6.0], ids=["at once", "after six seconds"])
def test_the_load_goes_on_when_the_server_is_back(private_neo4j, graph, gone):
    given, outcome = Watched(), []

    def load() -> None:
        try:
            outcome.append(graph.put(nodes(), given))
        except BaseException as error:
            outcome.append(error)

    loading = threading.Thread(target=load)
    loading.start()
    given.wait_for(12_500)
    private_neo4j.kill()
    time.sleep(gone)
    reached = given.taken
    private_neo4j.start()
    loading.join(timeout=240)
    assert not loading.is_alive()
    assert outcome == [(NODES, EDGES)]
    assert 12_500 <= reached < EDGES, "the server was stopped in the middle"
    assert_equals_a_clean_load(graph)


def test_a_load_that_gave_up_is_completed_by_the_same_load(private_neo4j, graph, monkeypatch):
    monkeypatch.setattr(neo4j_load, "WAIT_SECONDS", 0.0)
    given = Watched()
    outcome: list[object] = []

    def load() -> None:
        try:
            graph.put(nodes(), given)
        except StoreError as error:
            outcome.append(error)

    loading = threading.Thread(target=load)
    loading.start()
    given.wait_for(12_500)
    private_neo4j.kill()
    loading.join(timeout=150)
    assert isinstance(outcome[0], StoreError)
    monkeypatch.undo()
    private_neo4j.start()
    half = patiently(lambda: graph.counts(SOURCE))["edges"]
    assert 0 < half < EDGES
    assert half % neo4j_load.BATCH == 0, "a batch is there whole or not at all"
    assert graph.put(nodes(), edges()) == (NODES, EDGES)
    assert_equals_a_clean_load(graph)
