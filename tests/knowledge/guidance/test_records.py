"""Lines in the graph: head, scores in words, and what stands in `props` beside each."""

from __future__ import annotations

import re

import pytest
from bedside.core.evidence.condition import cut_off, head_of
from bedside.core.types import GraphNode, Passage, Term
from bedside.knowledge.guidance.line import Line
from bedside.knowledge.guidance.records import records
from bedside.knowledge.guidance.scores import phenotype_of, score_of
from bedside.knowledge.guidance.words import head_of as head_in_words
from bedside.knowledge.guidance.words import results_of
from bedside.knowledge.terms import SqliteTerms

OTHERS = {"indeterminate"}
"""How a head says `n/a`."""
LICENCES = {"CPIC": "CC0", "DPWG": "CC BY-SA 4.0", "FDA": "public domain"}


def test_every_head_ends_where_the_engine_says(lines, edges):
    for line, edge in zip(lines, edges, strict=True):
        head = head_in_words(line) + ":"
        assert edge.text == f"{head} {line.text}"
        assert head_of(edge.text) == len(head), edge.text[:200]


def test_every_line_may_be_quoted_whole_and_never_without_its_head(edges):
    for edge in edges:
        assert cut_off(edge.text, 0, len(edge.text), statement=True) == "", edge.text[:200]
        assert cut_off(edge.text, head_of(edge.text) + 1, len(edge.text), statement=True), edge.text[:200]


def test_a_head_says_who_for_whom_how_strongly_and_as_of_when(lines):
    for line in lines:
        head = head_in_words(line)
        who = {"label": "FDA label", "association": "FDA table of associations"}.get(line.kind, line.publisher)
        assert head.startswith(f"{line.drug}, ") and f"({who}" in head
        assert line.strength in head and (not line.date or head.endswith(f"data of {line.date})"))


def test_every_edge_says_what_it_is(lines, edges):
    for line, edge in zip(lines, edges, strict=True):
        props = edge.props
        assert LICENCES[line.publisher] in props["licence"]
        assert (props["publisher"], props["drug"], props["date"]) == (line.publisher, line.drug, line.date)
        assert (props["population"], props["strength"], props["recommendation"]) == (
            line.population,
            line.strength,
            line.text,
        )
        assert props["title"] and not props["title"].startswith("Annotation of")
        assert len(props["keys"]) == len(props["phenotypes"]) == len(line.keys)
        assert [sorted(key) for key in props["keys"]] == [[gene for gene, _ in key] for key in line.keys]
        assert edge.kind == ("recommendation" if line.recommends else "no_recommendation")
        assert edge.url.startswith("https://") and edge.references == line.pmids
        assert edge.end.removeprefix("GENE:") in props["keys"][0]


def test_results_are_the_phenotypes_of_the_keys(edges):
    """A score is there as its phenotype, a gene that is not tested is not there."""
    for edge in edges:
        named = [value for values in edge.props["results"].values() for value in values]
        assert "No Result" not in named
        assert not [v for v in named if score_of(v)], (edge.text, named)


def test_nodes_come_before_edges_and_a_line_that_recommends_nothing_is_no_passage(lines):
    seen: set[str] = set()
    passages = set()
    for one in records(lines):
        if isinstance(one, GraphNode):
            seen.add(one.id)
        elif isinstance(one, Passage):
            passages.add(one.text)
        elif not isinstance(one, Term):
            assert {one.start, one.end} <= seen
    assert passages == {f"{head_in_words(line)}: {line.text}" for line in lines if line.recommends}


@pytest.mark.parametrize(
    ("gene", "publisher", "score", "phenotype"),
    [
        *[("CYP2D6", who, 0.0, "Poor Metabolizer") for who in ("CPIC", "DPWG", "FDA")],
        *[("CYP2D6", who, 0.25, "Intermediate Metabolizer") for who in ("CPIC", "DPWG", "FDA")],
        *[("CYP2D6", who, 1.0, "Intermediate Metabolizer") for who in ("CPIC", "DPWG", "FDA")],
        *[("CYP2D6", who, 1.25, "Normal Metabolizer") for who in ("CPIC", "DPWG", "FDA")],
        ("CYP2D6", "CPIC", 2.25, "Normal Metabolizer"),
        ("CYP2D6", "CPIC", 2.5, "Ultrarapid Metabolizer"),
        ("CYP2D6", "DPWG", 2.5, "Normal Metabolizer"),
        ("CYP2D6", "DPWG", 2.75, "Ultrarapid Metabolizer"),
        ("CYP2C9", "CPIC", 0.5, "Poor Metabolizer"),
        ("CYP2C9", "CPIC", 1.0, "Intermediate Metabolizer"),
        ("CYP2C9", "CPIC", 1.5, "Intermediate Metabolizer"),
        ("CYP2C9", "CPIC", 2.0, "Normal Metabolizer"),
        ("DPYD", "DPWG", 0.5, "Poor Metabolizer"),
        ("DPYD", "DPWG", 1.5, "Intermediate Metabolizer"),
        ("CYP2C19", "CPIC", 1.0, ""),
    ],
)
def test_scores_in_words(gene, publisher, score, phenotype):
    assert phenotype_of(gene, score, publisher) == phenotype


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("0.5", (0.5, False)),
        ("≥3.0", (3.0, True)),
        ("1.0 (Phenotyping)", (1.0, False)),
        ("Poor Metabolizer", None),
        ("n/a", None),
        ("", None),
        ("-1", None),
        (">3", None),
        ("*57:01 positive", None),
    ],
)
def test_what_is_a_score(text, score):
    assert score_of(text) == score


def test_every_score_of_a_real_key_has_a_phenotype(lines):
    for line in lines:
        for key in line.keys:
            for gene, value in key:
                if isinstance(value, str) and (score := score_of(value)):
                    assert phenotype_of(gene, score[0], line.publisher), (line.drug, gene, value)


def test_keys_that_are_no_square_are_said_key_by_key():
    pairs = (("Poor", "Poor"), ("Normal", "Normal"))
    keys = tuple((("CYP2C19", a), ("CYP2D6", b)) for a, b in pairs)
    assert results_of(keys, "CPIC") == "CYP2C19 Poor and CYP2D6 Poor; or CYP2C19 Normal and CYP2D6 Normal"
    line = Line("CPIC", "codeine", keys, "Text.", "g", "u", "2024-03-25")
    assert head_of(f"{head_in_words(line)}: {line.text}") == len(head_in_words(line)) + 1


def test_the_reader_finds_drug_genes_and_results_in_the_heads(edges, starter_records, tmp_path):
    """What `ask` compares a quote with: the phenotypes of `props["results"]`, read from the head."""
    terms = SqliteTerms(tmp_path / "terms.sqlite")
    try:
        everything = [
            t for found in starter_records.values() for t in found if isinstance(t, Term) and t.kind in ("drug", "gene")
        ]
        terms.replace("all", everything)
        for edge in edges[::9]:
            head = edge.text[: head_of(edge.text)]
            found = terms.find(head, origin="quote").mentions
            assert edge.props["drug"] in {m.name.lower() for m in found if m.kind == "drug"}, head
            assert set(edge.props["keys"][0]) <= {m.id.removeprefix("GENE:") for m in found if m.kind == "gene"}, head
            read = {(m.gene, m.name) for m in found if m.kind == "pgx_phenotype"}
            for gene, values in edge.props["results"].items():
                # "Likely Poor Metabolizer or Poor Metabolizer": the engine takes the second from `results`
                if first := re.search(r"Metabolizer|Function$|(?:posi|nega)tive$", values[0]) and values[0]:
                    assert (gene, first) in read, head
            if len(edge.props["results"]) == 1 and "subgroup" not in edge.props["population"]:
                ((gene, values),) = edge.props["results"].items()
                known = {value.casefold().removeprefix(f"{gene.casefold()} ") for value in values} | OTHERS
                assert {name.casefold().removeprefix(f"{gene.casefold()} ") for _, name in read} <= known, head
    finally:
        terms.close()
