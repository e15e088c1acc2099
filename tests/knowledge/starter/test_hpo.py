"""HPO terms, disease annotations and genes, against the files of the package."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bedside.core.errors import SourceError
from bedside.core.types import GraphEdge, GraphNode, Passage, Record, Term
from bedside.knowledge.starter import annotations, hpo, hpo_genes, starter_sources
from bedside.knowledge.starter.diseases import disease_terms
from bedside.knowledge.starter.obo import obo_terms

HEADER = "\t".join(annotations._COLUMNS)
ROW = "OMIM:154700\tMarfan syndrome\t\tHP:0001083\tPMID:7977366\tPCS\t\t54/100\t\t\tP\tHPO:x[2020-01-01]"


def test_versions_and_licences() -> None:
    by_id = {source.id: source for source in starter_sources()}
    assert list(by_id) == ["cpic", "drug-names", "hpo", "hpo-annotations", "hpo-genes", "icd10cm"]
    assert by_id["hpo"].version() == by_id["hpo-annotations"].version() == "2025-01-16"
    assert by_id["icd10cm"].version().startswith("2026")
    assert "CPIC tables" in by_id["cpic"].version()
    for source in by_id.values():
        assert source.starter and source.package and source.licence and source.homepage.startswith("https://")


def test_terms_and_definitions() -> None:
    records = list(hpo.records())
    by_doc = {p.doc_id: p for p in records if isinstance(p, Passage)}
    lens = by_doc["HP:0001083"]
    assert lens.text.startswith("Ectopia lentis (HP:0001083): Dislocation or malposition of the crystalline lens")
    assert lens.text.endswith("Also called: Abnormality of lens position, Lens dislocation.")
    assert lens.url == "https://hpo.jax.org/browse/term/HP:0001083" and lens.kind == "definition"
    stanzas = list(obo_terms(hpo.obo_path()))
    assert len(by_doc) == sum(1 for s in stanzas if s.definition and not s.obsolete)
    names = {t.id for t in records if isinstance(t, Term)}
    assert "HP:0001083" in names
    # Onset, severity and inheritance are words of every text, not findings.
    assert not names & {"HP:0000001", "HP:0000118", "HP:0012828", "HP:0000006", "HP:0003577"}
    edges = {(e.start, e.end): e for e in records if isinstance(e, GraphEdge)}
    assert edges["HP:0001083", "HP:0000517"].text == (
        "Ectopia lentis (HP:0001083) is a kind of Abnormal lens morphology (HP:0000517)."
    )


@pytest.fixture(scope="module")
def edges() -> list[GraphEdge]:
    return [one for one in annotations.records() if isinstance(one, GraphEdge)]


def test_every_row_is_an_edge_with_its_values(edges: list[GraphEdge]) -> None:
    rows = list(annotations.read_rows(annotations.hpoa_path(), Counter()))
    assert len(rows) == len(edges) == 271_702
    for row, edge in zip(rows, edges, strict=True):
        assert (edge.start, edge.end) == (row["database_id"], row["hpo_id"])
        assert {key: row[key] for key in ("frequency", "evidence", "onset", "sex", "qualifier", "biocuration")}.items() <= (
            edge.props.items()
        )
        assert edge.references == tuple(dict.fromkeys(row["reference"].split(";"))) or not row["reference"]
        denied = row["qualifier"] == "NOT"
        assert (edge.kind == "lacks_phenotype") == (denied and row["aspect"] == "P")
        assert ("does not have" in edge.text) == denied


def test_marfan(edges: list[GraphEdge]) -> None:
    found = [e for e in edges if e.start == "OMIM:154700" and e.end == "HP:0001083"]
    assert found and len({e.id for e in found}) == len(found)
    for edge in found:
        assert edge.text.startswith("Marfan syndrome (OMIM:154700) has the finding Ectopia lentis (HP:0001083)")
        assert edge.kind == "has_phenotype"
    pmids = [e for e in found if e.references[0].startswith("PMID:")]
    assert pmids and all(e.url == f"https://pubmed.ncbi.nlm.nih.gov/{e.references[0][5:]}/" for e in pmids)
    [inherited] = {e.end for e in edges if e.start == "OMIM:154700" and e.kind == "inheritance"}
    assert inherited == "HP:0000006"


def test_frequency_codes_are_named(edges: list[GraphEdge]) -> None:
    coded = next(e for e in edges if e.props["frequency"] == "HP:0040281")
    assert "frequency Very frequent (HP:0040281)" in coded.text


def test_malformed_rows_are_counted_and_skipped(tmp_path: Path) -> None:
    bad = [
        "OMIM:1\tshort",
        ROW.replace("OMIM:154700", "nonsense"),
        ROW.replace("HP:0001083", "HP:1"),
        ROW.replace("\tP\t", "\tZ\t"),
        ROW.replace("Marfan syndrome", " "),
        ROW.replace("HP:0001083", "HP:9999999"),
        "",
    ]
    file = tmp_path / "x.hpoa"
    file.write_text("\n".join(["#version: 2030-01-01", HEADER, *bad, ROW]) + "\n", encoding="utf-8")
    skipped: Counter[str] = Counter()
    found = [one for one in annotations.records(file, skipped) if isinstance(one, GraphEdge)]
    assert [e.end for e in found] == ["HP:0001083"]
    assert skipped == {"columns": 2, "disease id": 1, "term id": 1, "aspect": 1, "disease name": 1, "unknown term": 1}
    assert annotations.hpoa_version(file) == "2030-01-01"


@pytest.mark.parametrize("text", ["", "#version: 1\n", "a\tb\n", "\x00\xff"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.hpoa"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError):
        list(annotations.records(file))


def test_genes_of_diseases() -> None:
    records = list(hpo_genes.records())
    edges = [e for e in records if isinstance(e, GraphEdge)]
    assert len({(e.start, e.end) for e in edges}) == len(edges) > 12_000
    [fbn1] = [e for e in edges if (e.start, e.end) == ("OMIM:154700", "GENE:FBN1")]
    assert fbn1.text == "Marfan syndrome (OMIM:154700) is associated with the gene FBN1 (NCBIGene:2200)."
    assert next(t for t in records if isinstance(t, Term) and t.name == "FBN1").related == ("NCBIGene:2200",)


def test_one_node_is_the_same_in_all_sources(starter_records: dict[str, list[Record]]) -> None:
    """Sources may be loaded in any order, or at once, and give the same graph."""
    nodes: dict[str, GraphNode] = {}
    for source, records in starter_records.items():
        if source != "icd10cm":
            for one in records:
                if isinstance(one, GraphNode):
                    assert nodes.setdefault(one.id, one) == one


def test_a_shorter_disease_name_must_be_unambiguous() -> None:
    names = {"OMIM:1": "Foo syndrome 1", "OMIM:2": "Foo syndrome 2", "OMIM:3": "Bar bone disease, type 3"}
    forms = {term.id: term.synonyms for term in disease_terms(names, "x")}
    assert "Foo syndrome" not in forms["OMIM:1"] + forms["OMIM:2"]
    assert "Bar bone disease" in forms["OMIM:3"]
