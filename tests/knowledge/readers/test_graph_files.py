"""OBO ontologies, tables of edges, and the published networks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.graph.vocabulary import check_edge, check_ends, check_node
from bedside.core.types import GraphEdge, GraphNode, Passage, Term
from bedside.knowledge.readers import file_source
from bedside.knowledge.readers.networks import disease_ontology, hetionet, pharmacotherapydb
from bedside.knowledge.readers.read_session import Run

OBO = """format-version: 1.2

[Term]
id: DOID:1
name: root disease

[Term]
id: DOID:2
name: "odd" disease
def: "A disease \\"of\\" tests." [url:x]
synonym: "strange disease" EXACT []
synonym: "weird" RELATED []
alt_id: DOID:22
xref: OMIM:100100
is_a: DOID:1 ! root disease
is_a: DOID:9 ! absent

[Term]
id: DOID:3
name: gone
is_obsolete: true

[Typedef]
id: part_of
name: part of

[Term]
id: XX:1
name: something else
"""


def check_graph(records: list[object]) -> dict[str, GraphNode]:
    """Nodes before their edges, all of the vocabulary."""
    nodes: dict[str, GraphNode] = {}
    for record in records:
        if isinstance(record, GraphNode):
            check_node(record)
            nodes[record.id] = record
        elif isinstance(record, GraphEdge):
            check_edge(record)
            check_ends(record.id, record.kind, nodes[record.start].kind, nodes[record.end].kind)
    return nodes


def test_obo(tmp_path: Path) -> None:
    path = tmp_path / "a.obo"
    path.write_text(OBO)
    source = file_source(path, "x")
    records = list(source.records())
    nodes = check_graph(records)
    assert {ident: node.kind for ident, node in nodes.items()} == {
        "DOID:1": "Disease",
        "DOID:2": "Disease",
        "XX:1": "obo:Term",
    }
    assert nodes["DOID:2"].props == {"alternatives": ["DOID:22"], "xrefs": ["OMIM:100100"]}
    (edge,) = [r for r in records if isinstance(r, GraphEdge)]
    assert (edge.kind, edge.text) == ("is_a", '"odd" disease (DOID:2) is a kind of root disease (DOID:1).')
    (passage,) = [r for r in records if isinstance(r, Passage)]
    assert passage.text == '"odd" disease (DOID:2): A disease "of" tests. Also called: strange disease.'
    assert passage.kind == "definition" and passage.doc_id == "DOID:2"
    terms = {r.id: r for r in records if isinstance(r, Term)}
    assert terms["DOID:2"].synonyms == ("strange disease",) and terms["DOID:2"].related == ("DOID:22", "OMIM:100100")
    assert "XX:1" not in terms
    assert [s.reason for s in source.skipped()] == ["1 obsolete terms", "1 parents not in the file"]


def test_the_packaged_hpo_is_read_like_the_starter_reads_it() -> None:
    from bedside.knowledge.starter import hpo

    ours, theirs = list(file_source(hpo.obo_path(), "x").records()), list(hpo.records())
    for kind in (GraphNode, GraphEdge, Term):
        assert sum(isinstance(r, kind) for r in ours) == sum(isinstance(r, kind) for r in theirs)
    assert {r.id for r in ours if isinstance(r, Term)} == {r.id for r in theirs if isinstance(r, Term)}
    assert {r.text for r in theirs if isinstance(r, GraphEdge)} == {r.text for r in ours if isinstance(r, GraphEdge)}


def edges(path: Path, *rows: str) -> list[object]:
    path.write_text("\n".join(rows) + "\n")
    return list(file_source(path, "x").records())


def test_edges(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    head = "start\tend\tkind\ttext\tpmids\turl\tlicence\tconfidence\tstart_name\tend_name\tend_kind\tnote"
    row = "DRUGBANK:DB99999\tNODE:1\ttreats\tIt treats.\t123|PMID: 456, 123\thttps://x.example\tCC0\t0.5\tTestol\tTestitis\tDisease\tn"
    records = edges(path, head, row, "GENE:CYP2C19\tGENE:MADEUP1\tinteracts" + "\t" * 9)
    nodes = check_graph(records)
    assert nodes["NODE:1"].name == "Testitis" and nodes["DRUGBANK:DB99999"].kind == "Drug"
    assert nodes["GENE:CYP2C19"].source_id == "cpic" and nodes["GENE:MADEUP1"].source_id == "x"
    one, two = [r for r in records if isinstance(r, GraphEdge)]
    assert (one.text, one.references, one.url) == ("It treats.", ("PMID:123", "PMID:456"), "https://x.example")
    assert one.props == {"licence": "CC0", "confidence": 0.5, "note": "n"}
    assert two.text == "CYP2C19 (GENE:CYP2C19) interacts with MADEUP1 (GENE:MADEUP1)."


def test_nodes_of_the_starter_keep_their_names_and_owners(tmp_path: Path) -> None:
    records = edges(
        tmp_path / "a.csv", "start,end,kind", "OMIM:154700,HP:0001166,has_phenotype", "RXNORM:32968,GENE:CYP2C19,pair"
    )
    nodes = check_graph(records)
    assert (nodes["HP:0001166"].name, nodes["HP:0001166"].source_id) == ("Arachnodactyly", "hpo")
    assert nodes["OMIM:154700"].source_id == "hpo-annotations" and nodes["RXNORM:32968"].source_id == "cpic"


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ("OMIM:1,HP:1,cures", "unknown kind 'cures'"),
        ("HP:1,OMIM:1,has_phenotype", "leads from Phenotype to Disease"),
        (",HP:1,is_a", "line 2 has no start"),
        ("OMIM:1,HP:1,", "line 2 has no kind"),
        ("Q:1,HP:1,is_a", "the id Q:1 does not show what kind of node it is"),
    ],
)
def test_edges_that_are_none(tmp_path: Path, row: str, match: str) -> None:
    with pytest.raises(SourceError, match=match):
        edges(tmp_path / "a.csv", "start,end,kind", row)


@pytest.mark.parametrize(
    ("column", "value", "match"),
    [("pmids", "12x", "without a PubMed number"), ("url", "ftp://x", "start with http"),
     ("confidence", "sure", "not a number"), ("confidence", "2", "no number from 0 to 1")],
)  # fmt: skip
def test_columns_that_are_wrong(tmp_path: Path, column: str, value: str, match: str) -> None:
    with pytest.raises(SourceError, match=match):
        edges(tmp_path / "a.csv", f"start,end,kind,{column}", f"OMIM:1,HP:1,has_phenotype,{value}")


def test_hetionet(mirror: Path) -> None:
    run = Run("hetionet")
    records = list(hetionet(mirror / "kg", run))
    check_graph(records)
    found = [r for r in records if isinstance(r, GraphEdge)]
    kinds = Counter(edge.kind for edge in found)
    assert kinds["associated_gene"] == 4_439
    left = sum(int(skip.reason.split()[0]) for skip in run.skipped)
    assert kinds["binds"] + left == 6_065 and kinds["binds"] > 3_500
    assert len({edge.id for edge in found}) == len(found)
    assert {edge.props["licence"] for edge in found} == {"CC BY 3.0", "CC BY 4.0", "CC BY-SA 3.0"}
    one = next(edge for edge in found if edge.props.get("drugbank") == "DB00035")
    assert one.text.startswith("desmopressin (DB00035) binds AVPR1A (NCBIGene:552) (affinity 62.4 nM), according to ChEMBL")
    assert one.references[0] == "PMID:10594321" and one.start == "DRUGBANK:DB00035" and one.end == "GENE:AVPR1A"
    # the same node as the starter's, so that paths lead on
    assert any(edge.start.startswith("RXNORM:") for edge in found)


def test_pharmacotherapydb(mirror: Path) -> None:
    run = Run("x")
    records = list(pharmacotherapydb(mirror / "kg", run))
    check_graph(records)
    kinds = Counter(r.kind for r in records if isinstance(r, GraphEdge))
    assert kinds == {"treats": 316, "palliates": 189, "not_indicated": 101} and run.skipped == []


def test_disease_ontology(mirror: Path) -> None:
    records = list(disease_ontology(mirror / "kg" / "disease_ontology", Run("x")))
    nodes = check_graph(records)
    terms = {r.id: r for r in records if isinstance(r, Term)}
    assert len(nodes) == len(terms) == 6_574
    assert "cork-handlers' disease or lung" in terms["DOID:840"].synonyms
    assert any(related.startswith("OMIM:") for related in terms["DOID:10652"].related)


def test_a_folder_without_the_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"holds no node_names.tsv or hetionet-v1\.0-nodes\.tsv"):
        list(hetionet(tmp_path, Run("x")))
