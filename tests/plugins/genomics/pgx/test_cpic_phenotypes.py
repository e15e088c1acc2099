"""Diplotype to phenotype over a small table: sums, copies, tandems, and what must stay open."""

from __future__ import annotations

import pytest
from bedside.core import GraphEdge
from bedside.plugins.genomics.pgx.cpic_phenotypes import phenotype_of


def row(kind: str, text: str, **props) -> GraphEdge:
    return GraphEdge.of(kind=kind, start="GENE:G", end=text, text=text, source_id="cpic", props=props)


SCORES = {"*1": 1.0, "*2": 1.0, "*4": 0.0, "*10": 0.25, "*36": 0.0, "*22": None, "*2x2": 2.0}
RANGES = [("Poor", 0, 0.25, True, False), ("Intermediate", 0.25, 1.25, True, False), ("Normal", 1.25, 2.5, True, False)]
TABLE = [
    *(row("allele_function", a, allele=a, activity_score=s) for a, s in SCORES.items()),
    row("allele_function", "*110", allele="*110", activity_score=None, function="Uncertain Function"),
    *(
        row("activity_range", n, phenotype=n, low=lo, high=hi, low_inclusive=li, high_inclusive=hi_i)
        for n, lo, hi, li, hi_i in [*RANGES, ("Ultrarapid", 2.5, None, True, False)]
    ),
]


@pytest.mark.parametrize(
    ("diplotype", "phenotype", "score"),
    [
        ("*1/*1", "Normal", "2"),
        ("*1/*4", "Intermediate", "1"),
        ("*4/*4", "Poor", "0"),
        ("*10/*10", "Intermediate", "0.5"),
        ("*1/*2x2", "Ultrarapid", "3"),
        ("*1x3/*4", "Ultrarapid", "3"),
        ("*1/*1xN", "Ultrarapid", "at least 3"),
        ("*4/*1x≥3", "Ultrarapid", "at least 3"),
        ("*1/*4x≥3", "Intermediate", "1"),
        ("*4/*4xN", "Poor", "0"),
        ("*36+*10/*1", "Normal", "1.25"),
    ],
)
def test_the_score_decides(diplotype, phenotype, score):
    found = phenotype_of("G", diplotype, TABLE)
    assert (found.phenotype, found.score) == (phenotype, score)
    assert found.steps[-1].kind == "activity_range"
    assert {s.kind for s in found.steps[:-1]} == {"allele_function"}


@pytest.mark.parametrize(
    ("diplotype", "reason"),
    [
        ("*1/*999", "*999 is not in the loaded allele table"),
        ("*1/*22", "*22 has no activity score"),
        ("*10/*10xN", "open between"),
        ("*1", "not two alleles"),
        ("*1/*2/*4", "not two alleles"),
    ],
)
def test_nothing_is_guessed(diplotype, reason):
    found = phenotype_of("G", diplotype, TABLE)
    assert found.phenotype == ""
    assert reason in found.reason
    assert found.steps == ()


def test_a_row_of_the_diplotype_itself_comes_first_in_either_order():
    table = [*TABLE, row("diplotype_phenotype", "*1/*4: Special", diplotype="*1/*4", phenotype="Special")]
    for written in ("*1/*4", "*4/*1"):
        assert phenotype_of("G", written, table).phenotype == "Special"


def test_a_gene_without_tables_has_no_phenotype():
    assert "do not hold G *1/*1" in phenotype_of("G", "*1/*1", []).reason


@pytest.mark.parametrize("diplotype", ["*1/*110", "*110/*110", "*110x2/*4"])
def test_a_function_that_cpic_calls_unknown_or_uncertain_is_indeterminate(diplotype):
    found = phenotype_of("G", diplotype, TABLE)
    assert (found.phenotype, found.score) == ("Indeterminate", "")
    assert [s.props["allele"] for s in found.steps] == ["*110"]
    assert phenotype_of("G", "*110/*999", TABLE).phenotype == ""


def test_a_gene_of_one_copy_has_rows_of_one_allele():
    table = [row("diplotype_phenotype", "m.1555A>G: High", diplotype="m.1555A>G", phenotype="High")]
    assert phenotype_of("G", "m.1555A>G", table).phenotype == "High"
