"""“Indeterminate” is a result: publishers have lines for it, which a gene that goes by scores keys by "n/a"."""

from __future__ import annotations

import pytest
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemorySources
from bedside.core.types import GraphEdge, SourceInfo
from bedside.plugins.genomics.pgx.guidance import GuidanceTables
from bedside.plugins.genomics.pgx.recommend import recommend
from bedside.plugins.genomics.pgx.results import results_of

DRUG = "RXNORM:2670"
KEYS = {"n/a": "no_recommendation", "0.0": "recommendation"}


class _Graph:
    def __init__(self, edges):
        self._edges = edges

    def edges_of(self, node_ids, *, kinds=(), direction="both", limit=None, sources=()):
        ends = {"out": lambda e: e.start, "in": lambda e: e.end}[direction]
        return [e for e in self._edges if ends(e) in node_ids and e.kind in kinds and e.source_id in sources]


def _line(value: str, kind: str) -> GraphEdge:
    props = {
        "drug": "codeine",
        "publisher": "CPIC",
        "keys": [{"CYP2D6": value}],
        "phenotypes": [{} if value == "n/a" else {"CYP2D6": "Poor Metabolizer"}],
        "recommendation": f"text for {value}",
    }
    text = f"codeine, CYP2D6 {value}: text for {value}"
    return GraphEdge.of(
        kind=kind, start=DRUG, end="GENE:CYP2D6", text=text, source_id="pharmcat-guidance", url="", props=props
    )


@pytest.fixture
def of():
    """`of(phenotype)`: what is said of codeine for this phenotype of CYP2D6, given by another test."""
    infos = [
        SourceInfo(id=i, title=i, version="test", licence="CC0 1.0", url="", loaded_at="2026-01-01")
        for i in ("cpic", "pharmcat-guidance")
    ]
    graph = _Graph([_line(value, kind) for value, kind in KEYS.items()])
    tables = GuidanceTables(TestServices(graph=graph, sources=MemorySources(infos)), ["CYP2D6"])

    def ask(call):
        (found,) = recommend(results_of([call], tables, lambda gene: False), tables)
        return found

    return ask


def test_the_line_for_no_score_is_that_of_an_indeterminate_phenotype(of, known):
    found = of(known("CYP2D6", "Indeterminate", diplotype="*1/*22"))
    assert (found.status, [line.text for line in found.lines]) == ("no_recommendation", ["text for n/a"])


def test_and_of_no_other(of, known):
    assert [line.text for line in of(known("CYP2D6", "Poor Metabolizer", score="0.0")).lines] == ["text for 0.0"]
    assert of(known("CYP2D6", "Normal Metabolizer", score="2.0")).lines == ()
