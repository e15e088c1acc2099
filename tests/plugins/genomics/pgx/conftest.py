"""The real CPIC tables over doubles, calls made up for single rules, and the real allele definitions from the mirror."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bedside.core.config import load_config
from bedside.core.host.registered import KnowledgeSource
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemorySources, MemoryTerms
from bedside.core.types import GraphEdge, GraphNode, Passage, Record, SourceInfo, Term
from bedside.integrations.app import open_app
from bedside.knowledge.guidance import folder
from bedside.knowledge.readers.read_session import Run
from bedside.knowledge.starter.cpic import records
from bedside.plugins.genomics.named_alleles import GeneCall
from bedside.plugins.genomics.pgx.guidance import GuidanceTables
from bedside.plugins.genomics.pgx.guidance_line import CURRENT
from bedside.plugins.genomics.pgx.recommend import DrugRecommendation, recommend
from bedside.plugins.genomics.pgx.results import GeneResult, results_of

GENES = (
    "ABCG2 CACNA1S CFTR CYP2B6 CYP2C19 CYP2C9 CYP2D6 CYP3A4 CYP3A5 CYP4F2 DPYD F5 G6PD HLA-A HLA-B IFNL3 MT-RNR1 NAT2 "
    "NUDT15 RYR1 SLCO1B1 TPMT UGT1A1 VKORC1"
).split()
# what the pulled definitions bring no phenotype table for
UNTABLED = {"CYP2D6", "CYP4F2", "F5", "G6PD", "HLA-A", "HLA-B", "RYR1"}


class _Graph:
    """The edges of CPIC by their ends: the double in core looks through all of them each time."""

    def __init__(self, edges: list[GraphEdge]) -> None:
        self.by_end: dict[tuple[str, str], list[GraphEdge]] = {}
        for edge in edges:
            self.by_end.setdefault(("out", edge.start), []).append(edge)
            self.by_end.setdefault(("in", edge.end), []).append(edge)

    def edges_of(self, node_ids, *, kinds=(), direction="both", limit=None, sources=()):
        assert direction in ("in", "out")
        return [e for i in node_ids for e in self.by_end.get((direction, i), []) if e.kind in kinds]


@pytest.fixture(scope="session")
def services() -> Iterator[TestServices]:
    """CPIC as it is loaded; its graph, terms and source entry only."""
    everything = list(records())
    edges = [r for r in everything if isinstance(r, GraphEdge)]
    terms = [r for r in everything if isinstance(r, Term)]
    info = SourceInfo(
        id="cpic",
        title="CPIC guidelines",
        version="test",
        licence="CC0 1.0",
        url="https://cpicpgx.org",
        loaded_at="2026-01-01",
    )
    assert any(isinstance(r, GraphNode) for r in everything)
    yield TestServices(graph=_Graph(edges), terms=MemoryTerms(terms), sources=MemorySources([info]))


@pytest.fixture(scope="session")
def tables(services) -> GuidanceTables:
    return GuidanceTables(services, GENES)


@pytest.fixture(scope="session")
def results(tables) -> Callable[..., dict[str, GeneResult]]:
    def of(*calls: GeneCall) -> dict[str, GeneResult]:
        return results_of(calls, tables, lambda gene: gene not in UNTABLED)

    return of


@pytest.fixture(scope="session")
def said(tables, results) -> Callable[..., DrugRecommendation | None]:
    """What is recommended for one drug."""

    def of(drug: str, *calls: GeneCall, given=()) -> DrugRecommendation | None:
        return next((r for r in recommend(results(*calls), tables, given) if r.drug == drug), None)

    return of


def _known(gene: str, phenotype: str | None, diplotype: str = "*1/*1", score: str | None = None) -> GeneCall:
    return GeneCall(gene, "called", diplotypes=(diplotype,), phenotypes=(phenotype,), activity_scores=(score,), records=(3,))


def _ambiguous(gene: str, *found: tuple[str, str | None, str | None]) -> GeneCall:
    diplotypes, phenotypes, scores = zip(*found, strict=True)
    return GeneCall(
        gene, "ambiguous", diplotypes=diplotypes, phenotypes=phenotypes, activity_scores=scores, reason="not phased"
    )


@pytest.fixture(scope="session")
def known() -> Callable[..., GeneCall]:
    """A gene with one diplotype: `known(gene, phenotype, diplotype, score)`."""
    return _known


@pytest.fixture(scope="session")
def unknown() -> Callable[..., GeneCall]:
    """A gene that was not assessed: `unknown(gene, reason)`."""
    return lambda gene, reason="none of its positions is in the file": GeneCall(gene, "not_assessed", reason=reason)


@pytest.fixture(scope="session")
def ambiguous() -> Callable[..., GeneCall]:
    """A gene with several (diplotype, phenotype, activity score)."""
    return _ambiguous


@pytest.fixture
def place(mirror, cpic_home, tmp_path, monkeypatch) -> Path:
    """An empty folder, and in it the example patient of PharmCAT."""
    monkeypatch.setenv("BEDSIDE_HOME", str(cpic_home))
    monkeypatch.setenv("BEDSIDE_MIRROR", str(mirror))
    monkeypatch.chdir(tmp_path)
    shutil.copy(mirror / "pharmcat/example/pharmcat.example.vcf", tmp_path / "a.vcf")
    shutil.copy(mirror / "pharmcat/example/pharmcat.example.outsideCall.tsv", tmp_path / "outside.tsv")
    return tmp_path


@pytest.fixture(scope="session")
def pulled_home(mirror: Path, starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The starter, and `pharmcat-guidance` in the graph and in the names; its passages, which would have to be embedded, are
    left out."""
    given = mirror / "pharmcat/guidance"
    if not given.is_dir():
        pytest.skip(f"the mirror has no {given}")

    def records() -> Iterator[Record]:
        return (one for one in folder.read(given, Run(CURRENT)) if not isinstance(one, Passage))

    source = KnowledgeSource(
        id=CURRENT,
        title="Prescribing guidance of CPIC, DPWG and the FDA",
        licence="CC0 1.0 and CC BY-SA 4.0, line by line",
        version=lambda: folder.release(given),
        records=records,
        homepage="https://www.clinpgx.org",
    )
    home = tmp_path_factory.mktemp("pulled") / "home"
    shutil.copytree(starter_home, home)
    with open_app(load_config(home, env={}, overrides={"llm": {"enabled": False}}), "write") as app:
        app.load(source)
    yield home
    shutil.rmtree(home)
