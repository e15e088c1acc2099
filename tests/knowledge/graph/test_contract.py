"""One contract for every graph store: embedded LadybugDB, and a real Neo4j server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from bedside.core.errors import SourceError, StoreError
from bedside.core.protocols import GraphStore
from bedside.core.types import GraphEdge, GraphNode

NASTY = (
    "In \"Marfan\" syndrome, arachnodactyly\\\nis 'very frequent' (80–99 %);\t"
    "tab, ünïcode 心臓 🧬 e\u0301 \u2028 {x} $y `z`\r\n"
)
ODD = ["", "NULL", "null", '"', '""', "'", "\\", '\\"', ",", "\t", "\n", "\r", "\r\n", "  spaces  ", "[1,2]", "{}", "\ufeff"]


@pytest.fixture
def graph(opener: Callable[[], GraphStore]) -> GraphStore:
    return opener()


def node(id: str, source: str = "s1", **rest) -> GraphNode:
    return GraphNode(**{"id": id, "kind": "Gene", "name": f"name of {id}", "source_id": source, **rest})


def edge(start: str, end: str, source: str = "s1", kind: str = "interacts", text: str = "", **rest) -> GraphEdge:
    text = text or f"{start} goes with {end}."
    return GraphEdge.of(kind=kind, start=start, end=end, text=text, source_id=source, **rest)


def sorted_ids(edges) -> list[str]:
    return sorted(e.id for e in edges)


def test_is_a_graph_store(graph):
    assert isinstance(graph, GraphStore)


def test_nodes_and_edges_come_back_exactly_as_they_were_put(graph):
    one = node(
        "HP:0001166-心'\"\\\n,",
        "quelle-é",
        kind="imaging:Region é",
        name=NASTY,
        props={"n": 1, "x": 1.5, "t": True, "none": None, "list": [1, "zwei", {"deep": NASTY}], "empty": {}, "ключ": ""},
    )
    two = node("", "quelle-é", name="", kind="x:y")
    full = GraphEdge(
        id='e-心\'"\\\n,"',
        kind="test:has phenotype",
        start=one.id,
        end=two.id,
        text=NASTY,
        source_id="quelle-é",
        url="https://example.org/?a=b&c=d#é",
        references=("PMID:20301510", 'a "quoted", one', ""),
        props={"frequency": "HP:0040281", "rows": [1, 2.5, None], "note": NASTY},
    )
    bare = edge(two.id, one.id, "quelle-é", text=" ")
    assert graph.put([one, two], [full, bare]) == (2, 2)
    assert graph.nodes([one.id, two.id]) == [one, two]
    assert graph.edges([full.id, bare.id]) == [full, bare]
    assert graph.edges_of([one.id], direction="out") == [full]


@pytest.mark.parametrize("text", [*ODD, "x" * 70_000])
def test_no_text_is_changed(graph, text):
    a, b = node("a", name=text), node("b")
    e = edge("a", "b", text=text or ".", url=text)
    graph.put([a, b], [e])
    assert graph.nodes(["a"]) == [a]
    assert graph.edges([e.id]) == [e]


def test_look_ups_keep_the_order_asked_once_each_without_the_unknown(graph):
    nodes = [node(f"n{i}") for i in range(5)]
    edges = [edge(f"n{i}", f"n{i + 1}") for i in range(4)]
    graph.put(nodes, edges)
    assert [n.id for n in graph.nodes(["n3", "unknown", "n0", "n3"])] == ["n3", "n0"]
    wanted = [edges[2].id, "e_unknown", edges[0].id, edges[2].id]
    assert [e.id for e in graph.edges(wanted)] == [edges[2].id, edges[0].id]
    assert graph.nodes([]) == graph.edges([]) == graph.edges_of([]) == []
    assert graph.nodes(["unknown"]) == graph.edges(["unknown"]) == graph.edges_of(["unknown"]) == []


def test_an_empty_graph_answers(graph):
    assert graph.counts() == {"nodes": 0, "edges": 0}
    assert graph.counts("s1") == {"nodes": 0, "edges": 0}
    assert graph.put([], []) == (0, 0)
    assert graph.remove("s1") == {"nodes": 0, "edges": 0}
    assert graph.edges_of(["n"]) == []


def test_edges_of_by_direction_kind_and_limit(graph):
    graph.put([node(n) for n in "abcd"], [])
    out = [edge("a", "b"), edge("a", "c", kind="is_a")]
    into = [edge("d", "a"), edge("c", "a", kind="is_a")]
    loop = edge("a", "a", kind="regulates")
    other = edge("b", "c")
    graph.put([], [*out, *into, loop, other])
    assert [e.id for e in graph.edges_of(["a"])] == sorted_ids([*out, *into, loop])
    assert [e.id for e in graph.edges_of(["a"], direction="out")] == sorted_ids([*out, loop])
    assert [e.id for e in graph.edges_of(["a"], direction="in")] == sorted_ids([*into, loop])
    assert [e.id for e in graph.edges_of(["a"], kinds=["is_a"])] == sorted_ids([out[1], into[1]])
    assert [e.id for e in graph.edges_of(["a"], kinds=["is_a", "regulates"], direction="out")] == sorted_ids([out[1], loop])
    assert graph.edges_of(["a"], kinds=["pair"]) == []
    everything = sorted_ids([*out, *into, loop, other])
    assert [e.id for e in graph.edges_of(["a", "b", "a"])] == everything
    assert [e.id for e in graph.edges_of(["a", "b"], limit=3)] == everything[:3]
    assert [e.id for e in graph.edges_of(["a"], limit=100)] == sorted_ids([*out, *into, loop])
    assert graph.edges_of(["a"], limit=0) == []


def test_putting_twice_changes_nothing(graph):
    nodes, edges = [node(n) for n in "abc"], [edge("a", "b"), edge("b", "c"), edge("a", "a")]
    for _ in range(3):
        assert graph.put(iter(nodes), iter(edges)) == (3, 3)
        assert graph.counts() == {"nodes": 3, "edges": 3}
        assert graph.nodes(["a", "b", "c"]) == nodes
        assert [e.id for e in graph.edges_of(["a", "b", "c"])] == sorted_ids(edges)


def test_the_last_of_an_id_wins(graph):
    graph.put([node("a", name="first"), node("b"), node("a", name="second")], [])
    assert graph.nodes(["a"])[0].name == "second"
    graph.put([node("a", name="third", kind="Disease", props={"x": 1})], [])
    assert graph.nodes(["a"]) == [node("a", name="third", kind="Disease", props={"x": 1})]
    assert graph.counts() == {"nodes": 2, "edges": 0}


def test_an_edge_that_changed_is_replaced_where_it_now_belongs(graph):
    graph.put([node(n) for n in "abc"], [])
    old = GraphEdge(id="e1", kind="interacts", start="a", end="b", text="old", source_id="s1")
    keep = edge("a", "b")
    graph.put([], [old, keep])
    wording = old.model_copy(update={"text": "new wording", "references": ("PMID:1",), "props": {"x": 1}})
    graph.put([], [wording])
    assert graph.edges(["e1"]) == [wording]
    assert graph.edges_of(["b"], direction="in", kinds=["interacts"]) == sorted([wording, keep], key=lambda e: e.id)
    moved = GraphEdge(id="e1", kind="is_a", start="c", end="a", text="moved", source_id="s2")
    graph.put([], [moved])
    assert graph.edges(["e1"]) == [moved]
    assert graph.edges_of(["b"]) == [keep]
    assert graph.edges_of(["c"], kinds=["is_a"], direction="out") == [moved]
    assert graph.counts() == {"nodes": 3, "edges": 2}
    assert graph.counts("s2") == {"nodes": 0, "edges": 1}


def test_an_edge_without_its_node_is_an_error_that_names_both(graph):
    graph.put([node("a")], [])
    bad = edge("a", "nowhere")
    with pytest.raises(StoreError, match=f"{bad.id}.*nowhere"):
        graph.put([], [edge("a", "a"), bad])
    assert graph.counts() == {"nodes": 1, "edges": 0}
    graph.put([node("nowhere")], [bad])
    assert graph.edges([bad.id]) == [bad]


def test_what_the_reader_of_a_source_raises_comes_through(graph):
    def records() -> Iterator[GraphNode]:
        yield node("a")
        raise SourceError("line 2 is broken")

    with pytest.raises(SourceError, match="line 2"):
        graph.put(records(), [])
    assert graph.put([node("b")], []) == (1, 0)


def test_props_that_are_no_json_are_an_error(graph):
    with pytest.raises(StoreError, match="props of a"):
        graph.put([node("a", props={"x": object()})], [])


def test_counts_per_source(graph):
    graph.put([node("a"), node("b", "s2"), node("c", "s2")], [edge("a", "b"), edge("b", "c", "s2"), edge("c", "a", "s2")])
    assert graph.counts() == {"nodes": 3, "edges": 3}
    assert graph.counts("s1") == {"nodes": 1, "edges": 1}
    assert graph.counts("s2") == {"nodes": 2, "edges": 2}
    assert graph.counts("s3") == {"nodes": 0, "edges": 0}


def test_remove_leaves_no_orphan_and_keeps_what_others_use(graph):
    ours = [node("only-ours"), node("shared"), node("lonely")]
    theirs = [node("theirs", "s2")]
    graph.put([*ours, *theirs], [edge("only-ours", "shared"), edge("shared", "theirs", "s2"), edge("theirs", "theirs")])
    assert graph.remove("s1") == {"nodes": 2, "edges": 2}
    assert [n.id for n in graph.nodes(["only-ours", "shared", "lonely", "theirs"])] == ["shared", "theirs"]
    assert graph.counts() == {"nodes": 2, "edges": 1}
    assert graph.counts("s1") == {"nodes": 0, "edges": 0}
    assert [e.source_id for e in graph.edges_of(["shared"])] == ["s2"]
    assert graph.remove("s1") == {"nodes": 0, "edges": 0}
    # The kept node went over to the source that uses it, and goes with it.
    assert graph.remove("s2") == {"nodes": 2, "edges": 1}
    assert graph.counts() == {"nodes": 0, "edges": 0}


def test_what_was_removed_can_be_put_again(graph):
    nodes, edges = [node(f"n{i}") for i in range(50)], [edge(f"n{i}", f"n{(i * 7) % 50}") for i in range(50)]
    for _ in range(2):
        graph.put(nodes, edges)
        assert [e.id for e in graph.edges_of([n.id for n in nodes])] == sorted_ids(edges)
        assert graph.remove("s1") == {"nodes": 50, "edges": 50}
    assert graph.counts() == {"nodes": 0, "edges": 0}


def bulk(nodes: int, edges: int) -> tuple[Iterator[GraphNode], Iterator[GraphEdge]]:
    """Streams; node n0 is a hub with a quarter of the edges."""
    made = (node(f"n{i}", "bulk") for i in range(nodes))
    links = (
        edge(
            f"n{0 if i % 4 == 0 else i % nodes}",
            f"n{(i * 31 + 1) % nodes}",
            "bulk",
            text=f"Edge {i}: {NASTY}",
            props={"i": i},
        )
        for i in range(edges)
    )
    return made, links


@pytest.mark.slow
def test_twenty_thousand_edges(graph):
    assert graph.put(*bulk(5_000, 20_000)) == (5_000, 20_000)
    assert graph.counts("bulk") == {"nodes": 5_000, "edges": 20_000}
    hub = graph.edges_of(["n0"], direction="out")
    assert len(hub) == 5_000
    assert [e.id for e in hub] == sorted_ids(hub)
    assert graph.edges_of(["n0"], direction="out", limit=10) == hub[:10]
    ids = [e.id for e in hub[:300]]
    assert graph.edges(ids) == hub[:300]
    many = graph.edges_of([f"n{i}" for i in range(1, 800)], direction="out")
    assert {e.start for e in many} <= {f"n{i}" for i in range(1, 800)}
    assert [e.id for e in many] == sorted_ids(many)
    graph.edges([hub[7].id])
    took = []
    for e in hub[:50]:
        began = time.perf_counter()
        assert graph.edges([e.id]) == [e]
        took.append(time.perf_counter() - began)
    assert sorted(took)[25] < 0.05, "an edge is found by an index, not by a scan"
    assert graph.put(*bulk(5_000, 20_000)) == (5_000, 20_000)
    assert graph.counts() == {"nodes": 5_000, "edges": 20_000}
    assert graph.remove("bulk") == {"nodes": 5_000, "edges": 20_000}
    assert graph.counts() == {"nodes": 0, "edges": 0}


def test_many_threads_read_while_one_writes(graph):
    graph.put([node(f"n{i}") for i in range(100)], [edge("n0", f"n{i}") for i in range(1, 100)])
    wrong: list[object] = []

    def read() -> None:
        try:
            for i in range(1, 30):
                if len(graph.edges_of(["n0"], kinds=["interacts"])) != 99 or graph.nodes([f"n{i}"]) != [node(f"n{i}")]:
                    wrong.append(i)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for i in range(5):
        graph.put([node(f"m{i}", "s2")], [edge(f"m{i}", f"m{i}", "s2")])
    for thread in threads:
        thread.join()
    assert wrong == []
    assert graph.counts() == {"nodes": 105, "edges": 104}


def test_what_was_put_is_there_after_opening_again(opener):
    first = opener()
    e = edge("a", "b", text=NASTY)
    first.put([node("a"), node("b")], [e])
    first.close()
    assert opener().edges([e.id]) == [e]


def test_a_closed_graph_says_so(graph):
    graph.close()
    graph.close()
    for use in (lambda: graph.nodes(["a"]), graph.counts, lambda: graph.put([node("a")], [])):
        with pytest.raises(StoreError, match="closed"):
            use()


def test_a_kind_that_is_not_in_the_vocabulary_is_refused(graph):
    with pytest.raises(StoreError, match="unknown kind 'gen'") as caught:
        graph.put([node("a", kind="gen")], [])
    assert "did you mean 'Gene'" in caught.value.hint
    graph.put([node("a"), node("b"), node("d", kind="Drug")], [])
    with pytest.raises(StoreError, match="unknown kind"):
        graph.put([], [edge("a", "b", kind="interact")])
    with pytest.raises(StoreError, match="leads from Gene to Drug"):
        graph.put([], [edge("d", "a", kind="binds"), edge("a", "d", kind="binds")])
    assert graph.counts() == {"nodes": 3, "edges": 0}, "a batch is stored whole or not at all"
    with pytest.raises(StoreError, match="confidence"):
        graph.put([], [edge("d", "a", kind="binds", props={"confidence": 7})])
    sure = edge("d", "a", kind="binds", props={"confidence": 0.9, "licence": "CC BY 4.0"}, references=("PMID:1",))
    graph.put([], [sure])
    assert graph.edges_of(["a"]) == [sure]


def test_edges_of_some_sources(graph):
    ours, theirs = edge("a", "b"), edge("a", "b", "s2", text="theirs")
    graph.put([node("a"), node("b")], [ours, theirs])
    assert graph.edges_of(["a"], sources=["s2"]) == [theirs]
    assert graph.edges_of(["a"], sources=["s2", "s1"], limit=1) == sorted([ours, theirs], key=lambda e: e.id)[:1]
    assert graph.edges_of(["a"], sources=["s3"], kinds=["interacts"]) == []
