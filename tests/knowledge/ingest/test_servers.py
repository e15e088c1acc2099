"""The same load into a Chroma server and a Neo4j server: equal to the embedded stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bedside.core.errors import StoreError
from bedside.knowledge.graph import Neo4jGraph
from bedside.knowledge.ingest import load, remove
from bedside.knowledge.releases.layout import Live
from bedside.knowledge.releases.view import LiveGraph, LiveVectors
from bedside.knowledge.vectors import ChromaVectors

from .conftest import DIM, Kit, source

pytestmark = pytest.mark.neo4j


@pytest.fixture
def served(make_kit: Callable[..., Kit], private_chroma: Any, neo4j_server: Any, tmp_path: Path) -> Iterator[Kit]:
    """A kit whose vectors and graph are on servers; the words, the terms and the list of sources stay in its folder."""
    kit = make_kit("served")
    kit.stores.vectors.close()
    kit.stores.graph.close()
    vectors = ChromaVectors.http(private_chroma.url, fingerprint=kit.embedder.fingerprint, dimensions=DIM)
    graph = Neo4jGraph(neo4j_server.uri, user=neo4j_server.user, password=neo4j_server.password)
    for place in ("one", "one'", "owner"):
        graph.remove(place)
    kit.stores = replace(kit.stores, vectors=vectors, graph=graph)
    live = Live(kit.stores.sources, busy=lambda: True)
    kit.vectors, kit.graph = LiveVectors(vectors, live), LiveGraph(graph, live)
    yield kit
    for place in ("one", "one'", "owner"):
        graph.remove(place)
    vectors.close()
    graph.close()


def state(kit: Kit) -> dict[str, Any]:
    """What is seen, and how much of the source lies in the stores: the servers may hold other sources too."""
    seen = {what: value for what, value in kit.seen().items() if what != "counts"}
    stores = kit.stores
    for place in ("one", "one'"):
        seen[place] = (stores.vectors.count(place), stores.lexical.count(place), stores.graph.counts(place))
    return seen


def test_two_releases_and_a_removal_on_servers(served: Kit, make_kit: Callable[..., Kit]) -> None:
    embedded = make_kit("embedded")
    for version, passages, edges in (("1", 60, 12), ("2", 40, 9)):
        for kit in (served, embedded):
            load(source(version=version, passages=passages, edges=edges), kit.stores)
        assert state(served) == state(embedded)
    remove("one", served.stores)
    assert served.vectors.count() == 0 and served.graph.edges_of(["one:0", "shared:1"]) == []


def test_a_server_lost_in_the_middle_of_a_load(served: Kit, make_kit: Callable[..., Kit], private_chroma: Any) -> None:
    load(source(version="1", passages=60), served.stores)
    before = state(served)
    killed: list[int] = []

    def kill(_: str, stage: str, done: int, total: int | None) -> None:
        if stage == "passages" and not killed and done:
            killed.append(done)
            private_chroma.kill()

    with pytest.raises(StoreError, match="Chroma server"):
        load(source(version="2", passages=6_000), served.stores, progress=kill)
    private_chroma.start()
    assert {k: v for k, v in state(served).items() if k in before and k != "one'"} == {
        k: v for k, v in before.items() if k != "one'"
    }
    load(source(version="2", passages=6_000), served.stores)
    embedded = make_kit("embedded")
    for version, passages in (("1", 60), ("2", 6_000)):
        load(source(version=version, passages=passages), embedded.stores)
    assert state(served) == state(embedded)
