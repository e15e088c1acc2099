"""Query objects: what a caller types reaches the store's one method as one frozen object."""

from __future__ import annotations

import dataclasses

import pytest
from bedside.core.errors import UsageError
from bedside.core.protocols import GraphStore, LanguageModel, PassageSearch, VectorStore
from bedside.core.queries import (
    EdgeQuery,
    Generation,
    GenerationOptions,
    LinkQuery,
    NodeQuery,
    PassageQuery,
    PathQuery,
    WalkQuery,
)
from bedside.core.testing import MemoryGraph, MemoryVectors, ScriptedModel
from bedside.core.testing.doubles import MemorySearch
from bedside.knowledge.graph import LadybugGraph, Neo4jGraph
from bedside.knowledge.llm.client import LlamaProcess
from bedside.knowledge.releases.view import LiveGraph, LiveVectors
from bedside.knowledge.search.hybrid import HybridSearch
from bedside.knowledge.vectors import ChromaVectors

WITH_KEYWORDS = {
    GraphStore: ("edges_of", "neighbourhood", "paths", "co_evidence", "search"),
    VectorStore: ("query",),
    PassageSearch: ("find",),
    LanguageModel: ("complete", "stream"),
}
IMPLEMENTED_BY = {
    GraphStore: (LadybugGraph, Neo4jGraph, LiveGraph, MemoryGraph),
    VectorStore: (ChromaVectors, LiveVectors, MemoryVectors),
    PassageSearch: (HybridSearch, MemorySearch),
    LanguageModel: (LlamaProcess, ScriptedModel),
}


@pytest.mark.parametrize(("protocol", "cls"), [(p, c) for p, classes in IMPLEMENTED_BY.items() for c in classes])
def test_keywords_are_stated_in_one_place(protocol, cls):
    for name in WITH_KEYWORDS[protocol]:
        assert getattr(cls, name) is getattr(protocol, name)
    assert not cls.__abstractmethods__


class Asked(GraphStore):
    """A store that keeps what it was asked."""

    def __init__(self) -> None:
        self.queries = []

    def find_edges(self, query):
        self.queries.append(query)

    walk = find_paths = find_links = find_nodes = find_edges


def test_a_graph_is_asked_with_all_that_was_typed():
    graph = Asked()
    graph.edges_of(["a"], kinds=["pair"], direction="in", limit=3, sources=["cpic"])
    graph.neighbourhood(iter(["a"]), depth=2, kinds=["is_a"], limit=7, sources=["hpo"])
    graph.paths("a", "b", max_length=4, kinds=["is_a"], limit=1, sources=["hpo"])
    graph.co_evidence("a", "b", limit=5, sources=["hpo"])
    graph.search("marfan", kinds=["Disease"], k=2, sources=["hpo"])
    assert graph.queries == [
        EdgeQuery(node_ids=("a",), kinds=("pair",), direction="in", limit=3, sources=("cpic",)),
        WalkQuery(node_ids=("a",), depth=2, kinds=("is_a",), limit=7, sources=("hpo",)),
        PathQuery(start="a", end="b", max_length=4, kinds=("is_a",), limit=1, sources=("hpo",)),
        LinkQuery(a="a", b="b", limit=5, sources=("hpo",)),
        NodeQuery(text="marfan", kinds=("Disease",), k=2, sources=("hpo",)),
    ]


def test_passages_are_asked_for_with_all_that_was_typed():
    class Search(PassageSearch):
        def find_passages(self, query):
            return query

    typed = {"source_ids": ["s"], "kinds": ["abstract"], "fields": {"year": 2014}, "years": (2000, 2020)}
    query = Search().find("aspirin", 3, **typed, per_document=True, rerank=True)
    assert query == PassageQuery("aspirin", 3, ("s",), ("abstract",), {"year": 2014}, (2000, 2020), True, True)


def test_a_model_is_asked_with_all_that_was_typed():
    class Model(ScriptedModel):
        def reply(self, messages, how):
            return how

    options = {"max_tokens": 9, "temperature": 0.5, "seed": 3, "stop": ["\n"], "json_schema": {}, "timeout": 1.0}
    assert Model().complete([], **options) == Generation(9, 0.5, 3, ("\n",), {}, 1.0)
    assert set(GenerationOptions.__annotations__) == {field.name for field in dataclasses.fields(Generation)} == set(options)
    assert Generation(stop="END").stop == ("END",)
    with pytest.raises(TypeError, match="max_token"):
        Model().complete([], max_token=9)


def test_a_query_is_never_changed_by_who_is_asked():
    kinds = ["pair"]
    query = EdgeQuery(["a"], kinds=kinds)
    kinds.append("is_a")
    assert query.kinds == ("pair",)
    with pytest.raises(dataclasses.FrozenInstanceError):
        query.limit = 3


def test_a_name_in_place_of_names_is_refused():
    """`kinds="pair"` would filter by p, a, i and r, and find nothing."""
    with pytest.raises(UsageError, match="kinds"):
        MemoryGraph().edges_of(["a"], kinds="pair")
    with pytest.raises(UsageError, match="source_ids"):
        PassageQuery("text", source_ids="cpic")
