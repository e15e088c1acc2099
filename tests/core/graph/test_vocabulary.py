"""What the graph may hold, and what a refusal says."""

from __future__ import annotations

import pytest
from bedside.core.errors import StoreError
from bedside.core.graph.vocabulary import EDGE_KINDS, NODE_KINDS, SAME, check_edge, check_ends, check_node, edge_label
from bedside.core.testing import MemoryGraph
from bedside.core.toolkit.references import pmid, reference_url
from bedside.core.types import GraphEdge, GraphNode


def edge(kind: str, **props) -> GraphEdge:
    return GraphEdge.of(kind=kind, start="a", end="b", text="x", source_id="s", props=props)


def node(kind: str, id: str = "a") -> GraphNode:
    return GraphNode(id=id, kind=kind, name="x", source_id="s")


def test_every_kind_of_edge_joins_kinds_of_nodes_and_reads_as_a_sentence() -> None:
    for kind, meant in EDGE_KINDS.items():
        assert meant.label and meant.ends, kind
        assert {end for pair in meant.ends for end in pair} <= {*NODE_KINDS, "*", SAME}, kind
        check_edge(edge(kind))
    assert {"Drug", "Gene", "Variant", "Phenotype", "Disease", "Guideline", "Publication"} <= set(NODE_KINDS)


@pytest.mark.parametrize(
    ("kind", "meant"), [("phenotype", "Phenotype"), ("Phenotpye", "Phenotype"), ("gene phenotype", "GenePhenotype")]
)
def test_a_kind_of_node_that_is_none(kind: str, meant: str) -> None:
    with pytest.raises(StoreError, match=f"node a is of the unknown kind '{kind}'") as caught:
        check_node(node(kind))
    assert f"did you mean '{meant}'" in caught.value.hint


@pytest.mark.parametrize(("kind", "meant"), [("has phenotype", "has_phenotype"), ("Binds", "binds"), ("qqqq", "")])
def test_a_kind_of_edge_that_is_none(kind: str, meant: str) -> None:
    with pytest.raises(StoreError, match="unknown kind") as caught:
        check_edge(edge(kind))
    assert (f"did you mean {meant!r}" in caught.value.hint) is bool(meant)
    assert "plugin:kind" in caught.value.hint


@pytest.mark.parametrize("kind", ["imaging:Region", "my-plugin:drawn from", "x:y"])
def test_a_plugins_own_kinds_go_anywhere(kind: str) -> None:
    check_node(node(kind))
    check_edge(edge(kind))
    check_ends("e", kind, "Drug", "Anatomy")
    check_ends("e", "binds", kind, "Gene")


@pytest.mark.parametrize("kind", ["", ":", "x:", ":y", " x:y", "x: ", "1:y"])
def test_no_kind_at_all(kind: str) -> None:
    with pytest.raises(StoreError, match="unknown kind"):
        check_node(node(kind))


def test_which_kinds_an_edge_joins() -> None:
    check_ends("e", "binds", "Drug", "Gene")
    check_ends("e", "is_a", "Pathway", "Pathway")
    check_ends("e", "is_a", "Disease", "Phenotype")
    for start, end in (("Gene", "Drug"), ("Drug", "Drug"), ("Drug", "")):
        with pytest.raises(StoreError, match="edge e of the kind 'binds' leads from") as caught:
            check_ends("e", "binds", start, end)
        assert caught.value.hint == "it may lead from Drug → Gene"
    with pytest.raises(StoreError) as caught:
        check_ends("e", "part_of", "Drug", "Gene")
    assert caught.value.hint == "it may lead from any → the same"


@pytest.mark.parametrize("props", [{"licence": ""}, {"licence": 4}, {"confidence": "high"}, {"confidence": 1.1},
                                   {"confidence": -0.1}, {"confidence": True}, {"confidence": float("nan")}])  # fmt: skip
def test_a_licence_or_confidence_that_is_none(props: dict) -> None:
    with pytest.raises(StoreError, match=next(iter(props))):
        check_edge(edge("binds", **props))


def test_licence_and_confidence() -> None:
    check_edge(edge("binds", licence="CC BY 4.0", confidence=0.5, anything={"else": 1}))
    check_edge(edge("binds", confidence=0))


def test_labels() -> None:
    assert edge_label("has_phenotype") == "has the finding"
    assert edge_label("imaging:drawn_from") == "drawn from"


def test_the_test_kit_refuses_as_the_stores_do() -> None:
    graph = MemoryGraph()
    with pytest.raises(StoreError, match="unknown kind"):
        graph.put([node("Nothing")], [])
    with pytest.raises(StoreError, match="leads from Drug to Drug"):
        graph.put([node("Drug"), node("Drug", "b")], [edge("binds")])
    assert graph.counts() == {"nodes": 0, "edges": 0}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("PMID:123", "PMID:123"), ("pmid: 123 ", "PMID:123"), ("PMID:20037588P", None), ("PMID:0123", None), ("123", None)],
)
def test_pmids(written: str, meant: str | None) -> None:
    assert pmid(written) == meant


def test_where_a_reference_leads() -> None:
    assert reference_url("PMID:123") == "https://pubmed.ncbi.nlm.nih.gov/123/"
    assert reference_url("https://example.org/a") == "https://example.org/a"
    assert reference_url("javascript:alert(1)") == reference_url("OMIM:1") == ""
