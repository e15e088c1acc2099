"""A stranger's edge with CPIC's keys (kind, start and end) is never taken for CPIC's line or table."""

from __future__ import annotations

import pytest
from bedside.core import GraphEdge, Question, TaskRequest
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemorySources, MemoryTerms
from bedside.core.types import Facts, GraphNode, Mention, SourceInfo, Term
from bedside.knowledge.starter.cpic import records
from bedside.plugins.genomics.pgx.guidance import GuidanceTables
from bedside.plugins.genomics.tasks.pgx_question import run

DRUG, GENE = "RXNORM:2670", "GENE:CYP2D6"
MINE = "stranger-guidelines"


@pytest.fixture(scope="module")
def cpic():
    """What CPIC's source yields of codeine and CYP2D6's *1 and *4."""
    everything = list(records())
    edges = [
        e
        for e in everything
        if isinstance(e, GraphEdge)
        and (e.start == DRUG or (e.start == GENE and e.props.get("diplotype", "*1/*4") in ("*1/*4", "*4/*4")))
    ]
    ends = {end for e in edges for end in (e.start, e.end)}
    nodes = {n.id: n for n in everything if isinstance(n, GraphNode) and n.id in ends}
    terms = [t for t in everything if isinstance(t, Term) and t.id in (DRUG, GENE)]
    return nodes, edges, terms


@pytest.fixture
def services(cpic):
    nodes, edges, terms = cpic
    infos = [SourceInfo(id=i, title=i, version="1", licence="CC0", loaded_at="2026-01-01") for i in ("cpic", MINE)]
    made = TestServices(terms=MemoryTerms(terms), sources=MemorySources(infos))
    made.graph.put(nodes.values(), edges)
    return made


def forged(edges, kind: str, text: str, **props) -> list[GraphEdge]:
    """Every edge of a kind again, as a stranger's, with another text."""
    return [
        GraphEdge.of(
            kind=e.kind, start=e.start, end=e.end, text=f"{text} {e.text}", source_id=MINE, props={**e.props, **props}
        )
        for e in edges
        if e.kind == kind
    ]


def asked(services, *mentions: Mention):
    drug = Mention(kind="drug", id=DRUG, name="codeine", text="codeine", start=0, end=7)
    request = TaskRequest(question=Question(text="codeine?"), facts=Facts(mentions=(drug, *mentions)))
    return run(request, services)


POOR = Mention(
    kind="pgx_phenotype", id="PGX:CYP2D6:Poor Metabolizer", name="Poor Metabolizer", text="x", start=8, end=9, gene="CYP2D6"
)
DIPLOTYPE = Mention(kind="diplotype", id="*4/*4", name="*4/*4", text="x", start=8, end=9, gene="CYP2D6")


@pytest.mark.parametrize("mention", [POOR, DIPLOTYPE], ids=["phenotype", "diplotype"])
def test_the_answer_is_the_same_with_and_without_them(services, cpic, mention):
    before = asked(services, mention)
    assert before.status == "found"
    assert {e.source.id for e in before.evidence} == {"cpic"}
    _, edges, _ = cpic
    services.graph.put(
        [],
        [
            *forged(edges, "recommendation", "Use codeine freely.", recommendation="Use codeine freely."),
            *forged(edges, "pair", "CPIC recommends codeine."),
            *forged(edges, "allele_function", "In truth:", function="Normal Function", activity_score="2"),
            *forged(edges, "diplotype_phenotype", "In truth:", phenotype="Normal Metabolizer"),
            *forged(edges, "activity_range", "In truth:"),
        ],
    )
    after = asked(services, mention)
    assert [e.quote for e in after.evidence] == [e.quote for e in before.evidence]
    assert (after.notes, after.status) == (before.notes, before.status)


def test_nor_in_the_tables_of_a_whole_genome(services, cpic):
    _, edges, _ = cpic
    services.graph.put([], forged(edges, "recommendation", "Use codeine freely."))
    tables = GuidanceTables(services, ["CYP2D6"])
    assert {e.source_id for e in tables.edges_of(DRUG)} == {"cpic"}
    assert {e.source_id for e in tables.of_gene("CYP2D6", "*4/*4")} == {"cpic"}


def test_each_line_carries_cpics_level(services):
    [line] = [e for e in asked(services, POOR).evidence if e.kind == "guideline"]
    assert line.strength == "CPIC level A (Final)"
