"""Pharmacogenomic words and the genes they belong to."""

from __future__ import annotations

import pytest
from bedside.core.reading.assertion.attribution import attributed
from bedside.knowledge.terms import SqliteTerms

UM, RM, NM, IM, PM = (f"{d} Metabolizer" for d in ("Ultrarapid", "Rapid", "Normal", "Intermediate", "Poor"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CYP2D6 ultrarapid metabolizer", [("CYP2D6", UM)]),
        ("cyp2d6 ultra-rapid metaboliser", [("CYP2D6", UM)]),
        ("CYP2D6 ultra rapid metabolizers", [("CYP2D6", UM)]),
        ("poor metabolizer of CYP2C19", [("CYP2C19", PM)]),
        ("a poor metabolizer (CYP2C19)", [("CYP2C19", PM)]),
        ("poor CYP2D6 metabolizer", [("CYP2D6", PM)]),
        ("CYP2C19 poor and CYP2D6 normal metabolizer", [("CYP2C19", PM), ("CYP2D6", NM)]),
        ("CYP2C19 and CYP2D6 poor metabolizer", [("CYP2C19", PM), ("CYP2D6", PM)]),
        ("CYP2D6 poor or intermediate metabolizer", [("CYP2D6", PM), ("CYP2D6", IM)]),
        ("CYP2D6 activity poor metaboliser", [("CYP2D6", PM)]),
        ("extensive metabolizer for CYP2D6", [("CYP2D6", NM)]),
        ("CYP2C19 likely poor metabolizer", [("CYP2C19", "Likely " + PM)]),
        ("TPMT possible intermediate metabolizer", [("TPMT", "Possible " + IM)]),
        ("CYP2D6 metabolizer status: ultrarapid", [("CYP2D6", UM)]),
        ("CYP2D6 phenotype is poor metabolizer", [("CYP2D6", PM)]),
        ("CYP2D6 PM", [("CYP2D6", PM)]),
        ("CYP2C19-RM", [("CYP2C19", RM)]),
        ("an IM for CYP2C9", [("CYP2C9", IM)]),
        ("tramadol IM at 10 PM", []),
        ("She is a poor metabolizer.", [(None, PM)]),
        ("She is a poor metabolizer. CYP2D6 was not tested.", [(None, PM)]),
        ("SLCO1B1 decreased function", [("SLCO1B1", "Decreased Function")]),
        ("SLCO1B1 possible decreased function", [("SLCO1B1", "Possible Decreased Function")]),
        ("poor function of ABCG2", [("ABCG2", "Poor Function")]),
        ("poor function of the left ventricle", []),
        ("CYP2D6 decreased function allele", []),
        ("IFNL3 unfavourable response genotype", [("IFNL3", "Unfavorable Response")]),
        ("CFTR favorable response", [("CFTR", "Favorable Response")]),
        ("RYR1 malignant hyperthermia susceptibility", [("RYR1", "Malignant Hyperthermia Susceptibility")]),
        ("malignant hyperthermia susceptible patient", [(None, "Malignant Hyperthermia Susceptibility")]),
        ("CACNA1S uncertain susceptibility", [("CACNA1S", "Uncertain Susceptibility")]),
        ("uncertain susceptibility to infection", []),
        ("CYP2C19 indeterminate", [("CYP2C19", "Indeterminate")]),
        ("G6PD deficient", [("G6PD", "G6PD Deficient")]),
        (
            "CYP2C19 *2/*2 (poor metabolizer) and CYP2D6 *1/*4 (normal metabolizer)",
            [("CYP2C19", PM), ("CYP2D6", NM)],
        ),
        ("CYP2C19 rapid metabolizer, CYP2D6 poor metabolizer", [("CYP2C19", RM), ("CYP2D6", PM)]),
        ("poor metabolizer of CYP2D6 and normal metabolizer of CYP2C19", [("CYP2D6", PM), ("CYP2C19", NM)]),
    ],
)
def test_phenotype_and_gene(terms: SqliteTerms, text: str, expected: list[tuple[str | None, str]]) -> None:
    found = [m for m in terms.find(text).mentions if m.kind == "pgx_phenotype"]
    assert [(m.gene, m.name) for m in found] == expected
    for mention in found:
        assert mention.id == f"PGX:{mention.gene or ''}:{mention.name}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CYP2D6 *1/*1xN", [("CYP2D6", "*1/*1xN")]),
        ("cyp2d6 *1/*1xn", [("CYP2D6", "*1/*1xN")]),
        ("CYP2C19*2/*2", [("CYP2C19", "*2/*2")]),
        ("CYP2D6 *2x2/*4", [("CYP2D6", "*2x2/*4")]),
        ("CYP2D6 *36+*10/*1", [("CYP2D6", "*36+*10/*1")]),
        ("CYP2D6 *36 + *10 / *1", [("CYP2D6", "*36+*10/*1")]),
        ("TPMT *1/*3a", [("TPMT", "*1/*3A")]),
        ("*1/*17 in CYP2C19", [("CYP2C19", "*1/*17")]),
        ("CYP2C19 *2/*17 and CYP2D6 *4/*4", [("CYP2C19", "*2/*17"), ("CYP2D6", "*4/*4")]),
        ("diplotype *1/*2", [(None, "*1/*2")]),
        ("5 * 3 / 2", []),
        ("**bold**/**text**", []),
    ],
)
def test_diplotypes(terms: SqliteTerms, text: str, expected: list[tuple[str | None, str]]) -> None:
    found = [m for m in terms.find(text).mentions if m.kind == "diplotype"]
    assert [(m.gene, m.name) for m in found] == expected
    assert [m.id for m in found] == [f"DIPLOTYPE:{gene or ''}:{name}" for gene, name in expected]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("HLA-B*57:01, abacavir", ["HLA-B*57:01"]),
        ("HLA-B*5701, abacavir", ["HLA-B*57:01"]),
        ("HLA-A*31:01 and hla-b*15:02", ["HLA-A*31:01", "HLA-B*15:02"]),
        ("rs4244285 and RS12248560", ["rs4244285", "rs12248560"]),
        ("heterozygous for CYP2C19*2", ["CYP2C19*2"]),
        ("errors 12345", []),
    ],
)
def test_variants(terms: SqliteTerms, text: str, names: list[str]) -> None:
    assert [m.name for m in terms.find(text).of("variant")] == names


def test_gene_is_its_own_mention_beside_the_phenotype(terms: SqliteTerms) -> None:
    found = terms.find("poor CYP2D6 metabolizer")
    assert [(m.kind, m.text) for m in found.mentions] == [
        ("pgx_phenotype", "poor CYP2D6 metabolizer"),
        ("gene", "CYP2D6"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "His mother, seen by Dr. Lee, is a CYP2D6 poor metabolizer. Can he take codeine?",
        "His mother, aged approx. 60, is a CYP2D6 poor metabolizer. Can he take codeine?",
        "His mother is a\nCYP2D6 poor metabolizer. Can he take codeine?",
    ],
)
def test_a_relatives_result_is_not_the_patients(terms, text):
    facts = attributed(text, terms.find(text))
    assert facts.of("pgx_phenotype") == () and [m.name for m in facts.of("drug")] == ["codeine"]
    assert any("mother" in told for told in facts.unread)
