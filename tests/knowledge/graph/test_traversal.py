"""Neighbourhoods, paths, co-evidence and names: the same answers on both engines and in the test kit's memory."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict

import pytest
from bedside.core.errors import StoreError, UsageError
from bedside.core.graph import traversal
from bedside.core.types import CoEvidence, GraphEdge, GraphNode, GraphPaths, Subgraph


def node(id: str, source: str = "s1", **rest) -> GraphNode:
    return GraphNode(**{"id": id, "kind": "Gene", "name": f"name of {id}", "source_id": source, **rest})


def edge(start: str, end: str, source: str = "s1", kind: str = "interacts", text: str = "", **rest) -> GraphEdge:
    return GraphEdge.of(kind=kind, start=start, end=end, text=text or f"{start} {end}", source_id=source, **rest)


def ends(edges) -> list[tuple[str, str]]:
    return sorted((e.start, e.end) for e in edges)


@pytest.fixture
def square(walked):
    """a–b–d and a–c–d, a loop at a, a chain d–e–f, and g alone; a–b twice, once from another source."""
    edges = [edge("a", "b"), edge("a", "b", "s2", text="again"), edge("b", "d"), edge("c", "a"), edge("c", "d", "s2")]
    edges += [edge("a", "a"), edge("d", "e", kind="regulates"), edge("e", "f")]
    walked.put([node(n) for n in "abcdefg"], edges)
    return walked


def route(path) -> str:
    return "".join(n.id for n in path.nodes)


# --- neighbourhood ----------------------------------------------------------------------------------------------------


def test_the_nodes_around_one(square):
    found = square.neighbourhood(["a"])
    assert [n.id for n in found.nodes] == ["a", "b", "c"]
    assert ends(found.edges) == [("a", "b"), ("c", "a")]
    assert not found.truncated
    (twice,) = found.parallel.items()
    both = sorted(e.id for e in square.edges_of(["b"], kinds=["interacts"], direction="in"))
    assert twice == (both[0], 2), "the lowest id stands for both"
    assert {e.id for e in found.edges if e.end == "b"} == {both[0]}


def test_two_and_three_steps(square):
    assert {n.id for n in square.neighbourhood(["a"], depth=2).nodes} == set("abcd")
    assert {n.id for n in square.neighbourhood(["a"], depth=3).nodes} == set("abcde")
    assert ends(square.neighbourhood(["a"], depth=3).edges) == [
        ("a", "b"), ("b", "d"), ("c", "a"), ("c", "d"), ("d", "e"),
    ]  # fmt: skip
    assert [n.id for n in square.neighbourhood(["g"], depth=2).nodes] == ["g"]
    assert [n.id for n in square.neighbourhood(["g", "f", "g"]).nodes] == ["g", "f", "e"]


def test_only_these_kinds_and_sources(square):
    assert ends(square.neighbourhood(["d"], kinds=["regulates"]).edges) == [("d", "e")]
    assert ends(square.neighbourhood(["d"], sources=["s2"]).edges) == [("c", "d")]
    assert ends(square.neighbourhood(["a"], sources=["s2"]).edges) == [("a", "b")]
    assert square.neighbourhood(["a"], sources=["s2"]).edges[0].source_id == "s2"
    assert square.neighbourhood(["a"], sources=["s3"]).edges == ()


def test_nothing_is_there(square):
    assert square.neighbourhood(["unknown"]) == square.neighbourhood([]) == Subgraph()


def test_each_kind_gets_its_share_of_a_busy_node(walked):
    many = [node(f"n{i:03}") for i in range(60)]
    drugs = [node(f"d{i}", kind="Drug") for i in range(3)]
    twice = [edge("hub", "n059"), edge("hub", "n059", text="again")]
    walked.put(
        [node("hub"), *many, *drugs],
        [*(edge("hub", n.id) for n in many[:-1]), *twice, *(edge(d.id, "hub", kind="binds") for d in drugs)],
    )
    found = walked.neighbourhood(["hub"], limit=10)
    assert found.truncated
    assert len(found.edges) == 10
    kinds = [e.kind for e in found.edges]
    assert kinds.count("binds") == 3, "the few are not hidden by the many"
    assert [n.id for n in found.nodes if n.kind == "Gene"] == ["hub", "n059", *(f"n{i:03}" for i in range(6))]
    assert walked.neighbourhood(["hub"], limit=63).truncated is False
    assert walked.neighbourhood(["hub"], limit=63, depth=2).truncated is True, "the second step was not taken"
    assert walked.neighbourhood(["hub"], limit=64, depth=2).truncated is False


@pytest.mark.parametrize("wrong", [{"depth": 0}, {"depth": 4}, {"limit": 0}, {"limit": 10_001}])
def test_a_neighbourhood_out_of_range(square, wrong):
    with pytest.raises(UsageError, match=f"{next(iter(wrong))} is"):
        square.neighbourhood(["a"], **wrong)


# --- paths ------------------------------------------------------------------------------------------------------------


def test_the_shortest_way_first(square):
    found = square.paths("a", "d")
    assert [route(p) for p in found.paths] == ["abd", "acd"]
    assert not found.truncated
    for path in found.paths:
        assert path.length == len(path.edges) == len(path.nodes) - 1
        for i, e in enumerate(path.edges):
            assert {e.start, e.end} == {path.nodes[i].id, path.nodes[i + 1].id}
    assert [route(p) for p in square.paths("d", "a").paths] == ["dba", "dca"]
    assert [route(p) for p in square.paths("a", "b").paths] == ["ab", "acdb"]
    assert [route(p) for p in square.paths("a", "b", max_length=2).paths] == ["ab"]
    assert [route(p) for p in square.paths("a", "f", max_length=4).paths] == ["abdef", "acdef"]
    assert square.paths("a", "f").paths == ()


def test_paths_of_kinds_and_sources_and_no_more_than_asked(square):
    assert [route(p) for p in square.paths("a", "d", sources=["s1"]).paths] == ["abd"]
    assert [route(p) for p in square.paths("c", "d", kinds=["regulates"]).paths] == []
    found = square.paths("a", "d", limit=1)
    assert [route(p) for p in found.paths] == ["abd"]
    assert found.truncated
    assert square.paths("a", "a") == square.paths("a", "unknown") == square.paths("unknown", "a") == GraphPaths()
    assert square.paths("a", "g").paths == ()


def test_two_kinds_of_edge_are_two_paths(walked):
    walked.put([node("a"), node("b")], [edge("a", "b"), edge("b", "a", kind="regulates"), edge("a", "b", text="more")])
    assert [p.edges[0].kind for p in walked.paths("a", "b").paths] == ["interacts", "regulates"]


@pytest.mark.parametrize("wrong", [{"max_length": 0}, {"max_length": 5}, {"limit": 0}])
def test_paths_out_of_range(square, wrong):
    with pytest.raises(UsageError, match=f"{next(iter(wrong))} is"):
        square.paths("a", "d", **wrong)


def wanted_paths(
    edges: list[GraphEdge], start: str, end: str, longest: int
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(nodes, edge ids) of all simple paths, by trying every sequence: nothing of the code under test."""
    lowest: dict[tuple[str, str, str], str] = {}
    for e in sorted(edges, key=lambda e: e.id):
        if e.start != e.end:
            lowest.setdefault((e.start, e.end, e.kind), e.id)
    for (a, b, kind), id in list(lowest.items()):
        lowest[a, b, kind] = lowest[b, a, kind] = min(id, lowest.get((b, a, kind), id))
    beside: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for (a, b, kind), id in sorted(lowest.items()):
        beside[a].append((b, kind, id))
    found = []
    ways = [((start,), (), ())]
    for _ in range(longest):
        ways = [
            ((*nodes, other), (*steps, (other, kind)), (*ids, id))
            for nodes, steps, ids in ways
            if nodes[-1] != end
            for other, kind, id in beside[nodes[-1]]
            if other not in nodes
        ]
        found += sorted(way for way in ways if way[0][-1] == end)
    ordered = sorted(found, key=lambda way: (len(way[0]), way[1]))
    return [(nodes, ids) for nodes, _, ids in ordered]


def test_all_paths_of_a_tangled_graph(walked):
    chance = random.Random(7)
    names = [f"n{i:02}" for i in range(14)]
    edges = [
        edge(*chance.choices(names, k=2), kind=chance.choice(["interacts", "regulates", "covaries"]), text=f"edge {i}")
        for i in range(45)
    ]
    walked.put([node(n) for n in names], edges)
    checked = 0
    for start, end in itertools.islice(itertools.combinations(names, 2), 0, 40, 3):
        for longest in (2, 3, 4):
            wanted = wanted_paths(edges, start, end, longest)
            found = walked.paths(start, end, max_length=longest, limit=10_000)
            assert [(tuple(n.id for n in p.nodes), tuple(e.id for e in p.edges)) for p in found.paths] == wanted
            assert not found.truncated
            some = walked.paths(start, end, max_length=longest, limit=3)
            assert some.paths == found.paths[:3]
            assert some.truncated or len(wanted) <= 3
            checked += len(wanted)
    assert checked > 500


def test_neighbourhoods_of_a_tangled_graph(walked):
    chance = random.Random(8)
    names = [f"n{i:02}" for i in range(40)]
    edges = [edge(*chance.choices(names, k=2), text=f"edge {i}") for i in range(60)]
    walked.put([node(n) for n in names], edges)
    for start in names[:10]:
        near, pairs = {start}, set()
        for depth in (1, 2, 3):
            pairs |= {frozenset((e.start, e.end)) for e in edges if {e.start, e.end} & near and e.start != e.end}
            near |= set().union(*pairs) if pairs else set()
            found = walked.neighbourhood([start], depth=depth, limit=1_000)
            assert {n.id for n in found.nodes} == near
            assert {frozenset((e.start, e.end)) for e in found.edges} == pairs
            assert len(found.edges) == len(pairs)


@pytest.mark.slow
def test_a_hub_does_not_explode(walked):
    """Two hubs of 6,000 neighbours each, and 4,000 parallel edges between two nodes."""
    many = [node(f"n{i:04}", "bulk") for i in range(6_000)]
    walked.put(
        [node("h1", "bulk"), node("h2", "bulk"), node("x", "bulk"), *many],
        itertools.chain(
            (edge(hub, n.id, "bulk") for hub in ("h1", "h2") for n in many),
            (edge("h1", "x", "bulk", text=f"row {i}") for i in range(4_000)),
        ),
    )
    between = walked.paths("h1", "h2", limit=5)
    assert [route(p) for p in between.paths] == [f"h1n{i:04}h2" for i in range(5)]
    assert between.truncated
    first = walked.neighbourhood(["h1"], limit=50)
    assert [n.id for n in first.nodes[:3]] == ["h1", "x", "n0000"]
    assert (len(first.edges), first.truncated) == (50, True)
    assert list(first.parallel.values()) == [4_000]
    assert walked.neighbourhood(["x"], depth=2, limit=300).truncated
    found = walked.co_evidence("h1", "h2", limit=3)
    assert [s.node.id for s in found.shared_nodes] == ["n0000", "n0001", "n0002"]
    assert found.truncated
    assert [route(p) for p in walked.paths("x", "h2", max_length=4, limit=2).paths] == ["xh1n0000h2", "xh1n0001h2"]


def test_a_walk_ends_in_time(square, monkeypatch):
    monkeypatch.setattr(traversal, "WALK_SECONDS", -1.0)
    for use in (lambda: square.paths("a", "d"), lambda: square.neighbourhood(["a"]), lambda: square.co_evidence("a", "d")):
        with pytest.raises(StoreError, match="without an end") as caught:
            use()
        assert "fewer kinds" in caught.value.hint


# --- co-evidence ------------------------------------------------------------------------------------------------------


def test_what_links_two_nodes(walked):
    nodes = [node("drug", kind="Drug"), node("gene"), node("other"), node("third"), node("ill", kind="Disease")]
    direct = [
        edge("drug", "gene", kind="binds", references=("PMID:1", "PMID:2")),
        edge("drug", "gene", "s2", kind="pair", references=("PMID:1",)),
    ]
    beside = [
        edge("drug", "other", kind="binds", references=("PMID:30", "https://example.org")),
        edge("gene", "other", references=("PMID: 30", "PMID:9P")),
        edge("gene", "other", kind="regulates", references=("PMID:9P",)),
        edge("drug", "ill", kind="treats", references=("PMID:30", "PMID:4")),
        edge("ill", "gene", "s2", kind="associated_gene", references=("PMID:4",)),
        edge("gene", "third"),
    ]
    walked.put(nodes, [*direct, *beside])
    found = walked.co_evidence("drug", "gene")
    assert found.direct == tuple(sorted(direct, key=lambda e: e.id))
    other, ill = found.shared_nodes
    assert (other.node.id, ill.node.id) == ("other", "ill"), "the one with more edges first"
    assert other.to_a == (beside[0],)
    assert other.to_b == (beside[1], beside[2])
    assert (ill.to_a, ill.to_b) == ((beside[3],), (beside[4],))
    assert [s.reference for s in found.shared_references] == ["PMID:4", "PMID:30"]
    assert [e.id for e in found.shared_references[1].at_a] == sorted([beside[0].id, beside[3].id])
    assert found.shared_references[1].at_b == (beside[1],)
    assert not found.truncated
    only = walked.co_evidence("drug", "gene", sources=["s1"])
    assert (only.direct, [s.node.id for s in only.shared_nodes]) == ((direct[0],), ["other"])
    assert [s.reference for s in only.shared_references] == ["PMID:30"]
    one = walked.co_evidence("drug", "gene", limit=1)
    assert (len(one.direct), len(one.shared_nodes), len(one.shared_references), one.truncated) == (1, 1, 1, True)


def test_nothing_links_them(square):
    assert square.co_evidence("a", "g") == square.co_evidence("a", "a") == square.co_evidence("x", "a") == CoEvidence()


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def named(walked):
    names = {
        "D:1": "Marfan syndrome", "D:2": "Neonatal Marfan syndrome", "D:3": "Marfan lipodystrophy syndrome",
        "D:4": "Ménière disease", "D:5": "Alzheimer's disease", "D:6": "心臓 disease", "D:7": "familial Down syndrome",
    }  # fmt: skip
    nodes = [node(id, name=name, kind="Disease") for id, name in names.items()]
    walked.put([*nodes, node("G:1", "s2", name="MARFAN"), node("A:1", name="CYP2C19 *2", kind="Allele")], [])
    return walked


def ids(nodes) -> list[str]:
    return [n.id for n in nodes]


def test_names_that_hold_all_the_words(named):
    assert ids(named.search("Marfan syndrome")) == ["D:1", "D:2", "D:3"]
    assert ids(named.search("syndrome MARFAN neonatal")) == ["D:2"]
    assert ids(named.search("marfan")) == ["G:1", "D:1", "D:2", "D:3"]
    assert ids(named.search("marfan", kinds=["Disease"], k=2)) == ["D:1", "D:2"]
    assert ids(named.search("marfan", sources=["s2"])) == ["G:1"]
    assert ids(named.search("meniere")) == ["D:4"]
    assert ids(named.search("alzheimer's")) == ["D:5"]
    assert ids(named.search("CYP2C19*2")) == ["A:1"]
    assert ids(named.search("心臓")) == ["D:6"]
    assert ids(named.search("D:5")) == ["D:5"]


def test_names_that_hold_some_of_the_words(named):
    assert ids(named.search("marfan of the heart", kinds=["Disease"])) == ["D:1", "D:2", "D:3"]
    assert ids(named.search("down AND syndrome"))[0] == "D:7"


@pytest.mark.parametrize("text", ["", "  ", "?!", "nothing", '" OR name:*', "+marfan~ -x", "{}[]\\^/"])
def test_odd_words_are_only_words(named, text):
    assert all("marfan" in n.name.lower() for n in named.search(text))
    assert named.search("marfan", k=0) == []


def test_names_follow_what_is_put_and_removed(named):
    named.put([node("D:1", name="Something else", kind="Disease")], [])
    assert ids(named.search("Marfan syndrome")) == ["D:2", "D:3"]
    assert ids(named.search("something else")) == ["D:1"]
    assert named.remove("s1")["nodes"] == 8
    assert ids(named.search("marfan")) == ["G:1"]
    named.put([node("D:1", name="Marfan syndrome", kind="Disease")], [])
    assert ids(named.search("marfan syndrome")) == ["D:1"]
