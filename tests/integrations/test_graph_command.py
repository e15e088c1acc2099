"""`bedside knowledge graph`, and the pictures it draws."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from bedside.core.types import GraphEdge, GraphNode, SourceInfo, Subgraph, Term
from bedside.integrations.cli import main
from bedside.integrations.drawing import around, html_page, svg
from bedside.knowledge.graph import LadybugGraph
from bedside.knowledge.home import Home
from bedside.knowledge.ingest.sources import FileSources
from bedside.knowledge.terms import SqliteTerms

HOSTILE = '<script>alert("x")</script>\'&]]>\x00\x1b \u202e name'
SVG = "{http://www.w3.org/2000/svg}"
INFO = SourceInfo(id="s", title="A source", version="2026-01", licence="CC BY 4.0", url="https://example.org/s")


def node(id: str, kind: str, name: str) -> GraphNode:
    return GraphNode(id=id, kind=kind, name=name, source_id="s")


def edge(kind: str, start: str, end: str, text: str = "", **rest) -> GraphEdge:
    return GraphEdge.of(kind=kind, start=start, end=end, text=text or f"{start} {kind} {end}.", source_id="s", **rest)


NODES = [
    node("RXNORM:1", "Drug", "wonderdrug"), node("RXNORM:2", "Drug", "otherdrug"), node("GENE:A", "Gene", "AAA1"),
    node("OMIM:1", "Disease", "Great ache"), node("ORPHA:1", "Disease", "Great ache"),
    node("OMIM:2", "Disease", "Lonely ache"), node("HP:1", "Phenotype", "Ache of the head"),
]  # fmt: skip
EDGES = [
    edge("binds", "RXNORM:1", "GENE:A", references=("PMID:11",), props={"licence": "CC BY-SA 3.0"}),
    edge("binds", "RXNORM:1", "GENE:A", "Again."),
    edge("treats", "RXNORM:1", "OMIM:1", url="https://example.org/t?a=1&b=2"),
    edge("has_phenotype", "OMIM:1", "HP:1", references=("PMID:12",)),
    edge("has_phenotype", "ORPHA:1", "HP:1", references=("PMID:12",)),
    edge("associated_gene", "OMIM:1", "GENE:A"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with Home.open(folder, "write") as opened:
        opened.begin()
        graph = LadybugGraph(opened.graph)
        graph.put(NODES, EDGES)
        graph.close()
        terms = SqliteTerms(opened.terms)
        terms.put([Term(id="RXNORM:1", kind="drug", name="wonderdrug", brands=("Marvel",), source_id="s")])
        terms.close()
        FileSources(opened.sources).put(INFO)
        opened.publish(unfinished=False)
    return folder


def run(capsys: pytest.CaptureFixture[str], home: Path, *args: str) -> tuple[int, str, str]:
    # Not `main.main`: it ends the process when threads are left, as other tests may have.
    code = main.run(["knowledge", "graph", *args, "--home", str(home)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_show_lists_the_edges_around(home, capsys):
    code, out, _ = run(capsys, home, "show", "RXNORM:1")
    assert code == 0
    assert "wonderdrug (RXNORM:1), Drug" in out
    assert re.search(r"wonderdrug – binds – AAA1 \(GENE:A\) ×2", out)
    assert "wonderdrug – treats – Great ache" in out
    assert "Ache of the head" not in out


def test_show_as_json(home, capsys):
    code, out, _ = run(capsys, home, "show", "RXNORM:1", "--depth", "2", "--json")
    found = Subgraph.model_validate(json.loads(out))
    assert code == 0
    assert {n.id for n in found.nodes} == {"RXNORM:1", "GENE:A", "OMIM:1", "HP:1"}
    assert list(found.parallel.values()) == [2]
    code, out, _ = run(capsys, home, "show", "RXNORM:1", "--kinds", "treats", "--json")
    assert [e["kind"] for e in json.loads(out)["edges"]] == ["treats"]


@pytest.mark.parametrize("name", ["wonderdrug", "WonderDrug", "marvel"])
def test_a_node_by_its_name_or_brand(home, capsys, name):
    assert run(capsys, home, "show", name)[1].startswith("wonderdrug (RXNORM:1)")


def test_a_name_of_several_nodes_lists_them(home, capsys):
    code, out, err = run(capsys, home, "show", "great ache")
    assert (code, out) == (2, "")
    assert "OMIM:1 Great ache (Disease); ORPHA:1 Great ache (Disease)" in err
    assert "OMIM:2" not in err
    code, _, err = run(capsys, home, "show", "nobody knows this")
    assert code == 2
    assert "no node of the graph" in err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["show", "RXNORM:1", "--kinds", "treat"], "did you mean 'treats'"),
        (["show", "RXNORM:1", "--out", "x.png"], "neither an SVG nor an HTML"),
        (["show", "RXNORM:1", "--source", "nothing"], "no source 'nothing'"),
        (["show", "RXNORM:1", "--depth", "3"], "--depth"),
    ],
)
def test_wrong_use(home, capsys, args, told):
    code, _, err = run(capsys, home, *args)
    assert code == 2
    assert told in err


def test_paths(home, capsys):
    code, out, _ = run(capsys, home, "path", "wonderdrug", "HP:1")
    assert code == 0
    titles = [line for line in out.splitlines() if not line.startswith(" ")]
    assert titles == ["wonderdrug – Great ache – Ache of the head", "wonderdrug – AAA1 – Great ache – Ache of the head"]
    assert "PMID:12" in out
    same = run(capsys, home, "show", "wonderdrug", "--to", "HP:1")
    assert same[:2] == (0, out)
    code, out, err = run(capsys, home, "path", "wonderdrug", "HP:1", "--max-length", "1")
    assert (code, out) == (1, "")
    assert "there is no path of at most 1 step from wonderdrug (RXNORM:1)" in err


def test_what_links_two(home, capsys):
    code, out, _ = run(capsys, home, "links", "OMIM:1", "ORPHA:1")
    assert code == 0
    assert "both next to Ache of the head (HP:1)" in out
    assert "both cite PMID:12" in out
    assert "nothing loaded links them" in run(capsys, home, "links", "RXNORM:2", "HP:1")[2]


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_a_picture_is_drawn_the_same_each_time(home, capsys, tmp_path, ending):
    files = [tmp_path / f"{i}.{ending}" for i in range(2)]
    for file in files:
        assert run(capsys, home, "show", "RXNORM:1", "--depth", "2", "--out", str(file))[0] == 0
    first, second = (file.read_text(encoding="utf-8") for file in files)
    assert first == second
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/11/"' in first
    assert 'href="https://example.org/t?a=1&amp;b=2"' in first
    assert 'href="https://example.org/s"' in first, "an edge without an address of its own leads to its source"
    assert "A source 2026-01; CC BY 4.0 (edges: CC BY-SA 3.0)" in first
    assert "one of 2" in first
    code, _, err = run(capsys, home, "show", "RXNORM:1", "--out", str(tmp_path / "none" / f"x.{ending}"))
    assert code == 1
    assert "can't be written" in err


def test_a_picture_of_paths(home, capsys, tmp_path):
    file = tmp_path / "p.svg"
    assert run(capsys, home, "path", "wonderdrug", "HP:1", "--out", str(file))[0] == 0
    drawn = ET.parse(file).getroot()
    assert len(drawn.findall(f".//{SVG}a")) == 4
    assert any("treats" in (title.text or "") for title in drawn.iter(f"{SVG}title"))


def star(names: list[str]) -> Subgraph:
    nodes = [node("c", "Gene", "centre"), *(node(f"n{i}", "Gene", name) for i, name in enumerate(names))]
    return Subgraph(nodes=tuple(nodes), edges=tuple(edge("interacts", "c", n.id) for n in nodes[1:]))


def test_hostile_names_are_only_text():
    graph = star([HOSTILE])
    graph = graph.model_copy(
        update={"edges": (edge("interacts", "c", "n0", HOSTILE, url="javascript:alert(1)", references=(HOSTILE,)),)}
    )
    evil = SourceInfo(id="s", title=HOSTILE, version="1", licence=HOSTILE, url="data:text/html,x")
    for made in (
        svg(around(graph, ["c"]), HOSTILE, [HOSTILE], {"s": evil}),
        html_page(around(graph, ["c"]), HOSTILE, [], {}),
    ):
        assert "<script" not in made
        assert "javascript:" not in made
        assert "href" not in made, "nothing but a web address is a link"
    ET.fromstring(svg(around(graph, ["c"]), HOSTILE, [HOSTILE], {"s": evil}))
    page = html_page(around(graph, ["c"]), HOSTILE, [], {})
    assert "default-src 'none'" in page
    assert not re.search(r"(src|import|url\()", page.replace("default-src", "").replace("style-src", ""))


def test_no_two_labels_overlap():
    names = [f"A rather long name of a gene number {i}" for i in range(80)]
    nodes = [node("c", "Gene", "centre"), *(node(f"n{i}", "Gene", name) for i, name in enumerate(names))]
    edges = [edge("interacts", "c", f"n{i}") for i in range(10)]
    edges += [edge("interacts", f"n{i % 10}", f"n{i}") for i in range(10, 80)]
    deep = Subgraph(nodes=tuple(nodes), edges=tuple(edges))
    for graph in (star(names), star([f"x{i}" for i in range(7)]), deep):
        drawing = around(graph, ["c"])
        assert set(drawing.places) == {n.id for n in graph.nodes}
        root = ET.fromstring(svg(drawing, "title", [], {}))
        boxes = []
        for text in root.iter(f"{SVG}text"):
            width = len(text.text or "") * 6.6
            left = float(text.get("x", "0")) - {"end": width, "middle": width / 2}.get(text.get("text-anchor", ""), 0.0)
            boxes.append((left, left + width, float(text.get("y", "0"))))
        for i, (left, right, y) in enumerate(boxes):
            for other_left, other_right, other_y in boxes[i + 1 :]:
                assert abs(y - other_y) >= 11 or right <= other_left or other_right <= left
        x, y, width, height = map(float, root.get("viewBox", "").split())
        assert all(x <= left and right <= x + width and y <= at <= y + height for left, right, at in boxes)
