"""The model is worked out from the graph that every plugin sees, once for each release, and survives a damaged file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bedside.core.errors import BedsideError, SourceError, StoreError
from bedside.core.testing.doubles import MemoryGraph, MemorySources, MemoryTerms, TestServices
from bedside.core.types import GraphEdge, GraphNode, SourceInfo, Term
from bedside.plugins.genomics.rare_disease.model import model_file as store
from bedside.plugins.genomics.rare_disease.scoring.ranker import Patient, Ranker

from .small import DISEASES, NAMES, PARENTS


def quiet(stage: str, done: int, total: int | None) -> None:
    return None


def services(loaded_at: str = "2026-01-01") -> TestServices:
    graph = MemoryGraph()
    nodes = [GraphNode(id=t, kind="Phenotype", name=NAMES[t], source_id="hpo") for t in PARENTS]
    nodes += [GraphNode(id=d, kind="Disease", name=name, source_id="hpo-annotations") for d, name, *_ in DISEASES]
    nodes += [GraphNode(id=f"GENE:{g}", kind="Gene", name=g, source_id="hpo-genes") for *_, gs, _ in DISEASES for g in gs]
    edges = [
        GraphEdge.of(kind="is_a", start=t, end=up, text=f"{t} is a {up}.", source_id="hpo")
        for t, parents in PARENTS.items()
        for up in parents
    ]
    for disease, _, genes, lines in DISEASES:
        for term, frequency, negated, references in lines:
            edges.append(
                GraphEdge.of(
                    kind="lacks_phenotype" if negated else "has_phenotype",
                    start=disease,
                    end=term,
                    text=f"{disease} {term} {frequency}.",
                    source_id="hpo-annotations",
                    references=references,
                    props={"frequency": frequency},
                )
            )
        edges += [
            GraphEdge.of(
                kind="associated_gene", start=disease, end=f"GENE:{g}", text=f"{disease} {g}.", source_id="hpo-genes"
            )
            for g in genes
        ]
    graph.put(nodes, edges)
    terms = [
        Term(
            id=t,
            kind="phenotype",
            name=NAMES[t],
            source_id="hpo",
            related=("HP:9999999",) if t == "HP:1000012" else (),
        )
        for t in PARENTS
    ]
    infos = [
        SourceInfo(id=i, title=i, version="1", licence="x", loaded_at=loaded_at, counts={"edges": 10})
        for i in ("hpo", "hpo-annotations", "hpo-genes")
    ]
    return TestServices(graph=graph, terms=MemoryTerms(terms), sources=MemorySources(infos))


def arrays(ranker: Ranker) -> dict[str, Any]:
    m, a = ranker.scorer.model, ranker.scorer.annotations
    return {"frequency": m.frequency.value, "background": m.background, "term": a.term, "share": a.share, "at": a.at}


def test_what_is_read_back_is_what_was_worked_out() -> None:
    s = services()
    stages: list[str] = []
    first = Ranker.open(s, lambda stage, done, total: stages.append(stage))
    assert "annotations" in stages and stages[-1] == "done"
    stages.clear()
    second = Ranker.open(s, lambda stage, done, total: stages.append(stage))
    assert stages == []
    for name, array in arrays(first).items():
        assert np.array_equal(array, arrays(second)[name], equal_nan=name == "share"), name
    assert first.scorer.annotations.genes == second.scorer.annotations.genes
    assert second.scorer.ontology.known(["HP:9999999"])[0] == first.scorer.ontology.known(["HP:1000012"])[0]
    patient = Patient(("HP:1000012", "HP:1000031"), ("HP:1000023",), without={"PMID:1"})
    assert first.rank(patient, reasons=2) == second.rank(patient, reasons=2)


def test_its_reasons_open_in_the_graph() -> None:
    s = services()
    ranking = Ranker.open(s, quiet).rank(Patient(("HP:1000012", "HP:1000022")), reasons=2)
    lines = [line for d in ranking.diseases for reason in d.reasons for line in reason.support]
    edges = {e.id: e for e in s.graph.edges([line.edge_id for line in lines])}
    assert lines
    for line in lines:
        assert (edges[line.edge_id].start, edges[line.edge_id].end) == (line.disease_id, line.term_id)


def test_a_new_release_is_worked_out_anew_and_the_old_file_goes(tmp_path: Path) -> None:
    old, new = services(), services(loaded_at="2026-02-02")
    for s in (old, new):
        s.workspace = lambda name: tmp_path  # type: ignore[method-assign]
        Ranker.open(s, quiet)
    assert len(list(tmp_path.glob("rank-*.npz"))) == 1


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_file_is_worked_out_anew(tmp_path: Path, damage: bytes | None) -> None:
    s = services()
    s.workspace = lambda name: tmp_path  # type: ignore[method-assign]
    whole = Ranker.open(s, quiet)
    path = next(tmp_path.glob("rank-*.npz"))
    path.write_bytes(path.read_bytes()[:-2000] if damage is None else damage)
    again = Ranker.open(s, quiet)
    assert np.array_equal(again.scorer.model.background, whole.scorer.model.background)


def test_a_full_disk_costs_the_file_and_not_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    s = services()
    s.workspace = lambda name: tmp_path  # type: ignore[method-assign]

    def full(path: Path, scorer: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_save", full)
    assert Ranker.open(s, quiet).rank(Patient(("HP:1000012",))).diseases


@pytest.mark.parametrize("missing", ["hpo", "hpo-annotations"])
def test_without_its_sources_it_says_what_to_load(missing: str) -> None:
    s = services()
    kept = MemorySources([i for i in s.sources.all() if i.id != missing])
    with pytest.raises(SourceError) as error:
        Ranker.open(TestServices(graph=s.graph, terms=s.terms, sources=kept), quiet)
    assert "bedside knowledge load" in error.value.hint


def test_a_list_of_sources_without_the_edges_is_an_error_and_no_empty_ranking() -> None:
    s = services()
    with pytest.raises(BedsideError):
        Ranker.open(TestServices(graph=MemoryGraph(), terms=s.terms, sources=s.sources), quiet)
    ontology_only = MemoryGraph()
    ontology_only.put(
        [n for n in s.graph.nodes(list(PARENTS))],
        [e for e in s.graph.edges_of(list(PARENTS), kinds=("is_a",))],
    )
    with pytest.raises(StoreError):
        Ranker.open(TestServices(graph=ontology_only, terms=s.terms, sources=s.sources), quiet)
