"""Walks while a release of a source is staged beside the one in use."""

from __future__ import annotations

import pytest
from bedside.core.testing import MemoryGraph
from bedside.core.testing.doubles import MemorySources
from bedside.core.types import CoEvidence, GraphEdge, GraphNode, GraphPaths, SourceInfo
from bedside.knowledge.releases.layout import Live
from bedside.knowledge.releases.view import LiveGraph


def info(slot: str) -> SourceInfo:
    return SourceInfo(id="cpic", title="CPIC", version="1", licence="CC0", slot=slot)


@pytest.fixture
def staged():
    """a–b in both releases, b–c in the old one only, a–c in the new one only."""
    store, sources = MemoryGraph(), MemorySources([info("a")])
    nodes = [GraphNode(id=id, kind="Gene", name=f"gene {id}", source_id="cpic'") for id in "abc"]

    def edge(start: str, end: str, mark: str) -> GraphEdge:
        made = GraphEdge.of(kind="interacts", start=start, end=end, text="x", source_id="cpic", references=("PMID:7",))
        return made.model_copy(update={"id": made.id + mark, "source_id": f"cpic{mark}"})

    old, new = [edge("a", "b", ""), edge("b", "c", "")], [edge("a", "b", "'"), edge("a", "c", "'")]
    store.put(nodes, [*old, *new])
    return LiveGraph(store, Live(sources, busy=lambda: True)), sources, old, new


def test_only_the_release_in_use_is_walked(staged):
    graph, sources, old, new = staged
    assert [e.id for e in graph.neighbourhood(["b"], limit=5).edges] == [e.id for e in old]
    assert graph.neighbourhood(["b"]).parallel == {}
    assert [len(p.edges) for p in graph.paths("a", "c").paths] == [2]
    assert [s.node.id for s in graph.co_evidence("a", "c").shared_nodes] == ["b"]
    sources.put(info("b"))
    assert [len(p.edges) for p in graph.paths("a", "c").paths] == [1]
    assert graph.paths("a", "c").paths[0].edges == (new[1].model_copy(update={"id": new[1].id[:-1], "source_id": "cpic"}),)
    assert {n.source_id for n in graph.neighbourhood(["a"]).nodes} == {"cpic"}
    assert [e.id for e in graph.edges_of(["a"], limit=2)] == sorted(e.id[:-1] for e in new)
    found = graph.co_evidence("b", "c")
    assert [(s.reference, s.at_a[0].source_id) for s in found.shared_references] == [("PMID:7", "cpic")]


def test_a_source_that_is_not_loaded_holds_nothing(staged):
    graph, sources, old, _ = staged
    assert graph.paths("a", "b", sources=["hpo"]) == GraphPaths()
    assert graph.co_evidence("a", "b", sources=["hpo"]) == CoEvidence()
    assert graph.edges_of(["a"], sources=["hpo"]) == []
    assert [n.id for n in graph.search("gene b", sources=["cpic"])] == ["b"]
    assert graph.search("gene b", sources=["hpo"]) == []
    assert [e.id for e in graph.neighbourhood(["c"], sources=["cpic"]).edges] == [old[1].id]
    sources._infos.clear()
    assert graph.neighbourhood(["a"]).edges == ()
