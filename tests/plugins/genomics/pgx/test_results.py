"""Calls in CPIC's words: what is completed from its tables, and what stays unknown with a reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bedside.plugins.genomics.named_alleles import GeneCall
from bedside.plugins.genomics.pgx.cpic_vocabulary import all_normal, cpic_phenotype
from bedside.plugins.genomics.pgx.guidance import GuidanceTables
from bedside.plugins.genomics.pgx.results import results_of

MHS = "Malignant Hyperthermia Susceptibility"
REFERENCE, VARIANT = "rs12979860 reference (C)", "rs12979860 variant (T)"


@pytest.mark.parametrize(
    ("gene", "diplotype", "phenotype", "score"),
    [
        ("CYP2D6", "*1/*3", "Intermediate Metabolizer", "1"),
        ("CYP2D6", "*4/*4", "Poor Metabolizer", "0"),
        ("CYP2D6", "*1/*2x2", "Ultrarapid Metabolizer", "3"),
        ("CYP2D6", "*4/*10", "Intermediate Metabolizer", "0.25"),
        ("RYR1", "Reference/Reference", "Uncertain Susceptibility", None),
        ("RYR1", "Reference/c.7300G>A", MHS, None),
        ("RYR1", "c.38T>G/c.7300G>A", MHS, None),  # one such allele decides, whatever the other is
        ("RYR1", "Reference/[c.38T>G + c.7300G>A]", MHS, None),
        ("G6PD", "B (reference)", "G6PD Normal", None),
        ("G6PD", "A- 202A_376G", "G6PD Deficient", None),
        ("G6PD", "B (reference)/A- 202A_376G", "G6PD Variable", None),
        ("G6PD", "A- 202A_376G/B (reference)", "G6PD Variable", None),
        ("F5", "Reference/Leiden", "Unfavorable Response", None),
    ],
)
def test_what_the_definitions_do_not_have_comes_from_cpics_tables(results, gene, diplotype, phenotype, score, known):
    found = results(known(gene, None, diplotype))[gene]
    assert (found.state, found.cpic) == ("known", (phenotype,)), found.reason
    assert (found.call.phenotype, found.call.activity_score) == (phenotype, score)
    assert found.steps


@pytest.mark.parametrize(
    ("gene", "diplotype", "why"),
    [
        ("CYP2D6", "*1/*999", "*999 is not in the loaded allele table"),
        ("CYP2D6", "*10/*10xN", "the copy number decides"),
        ("RYR1", "Reference/c.38T>G", "the function of RYR1 c.38T>G is not in the loaded CPIC table"),
        ("G6PD", "Nowhere", "do not hold"),
        ("CYP4F2", "*1/*1", "do not hold"),
    ],
)
def test_what_the_tables_do_not_have_is_not_guessed(results, gene, diplotype, why, known):
    found = results(known(gene, None, diplotype))[gene]
    assert (found.state, found.cpic, found.complete, found.call.phenotype) == ("open", (), False, None)
    assert why in found.reason


def test_a_score_or_a_phenotype_may_come_without_a_diplotype(results):
    by_score = GeneCall("CYP2D6", "called", phenotypes=(None,), activity_scores=("0.5",), source="outside")
    assert results(by_score)["CYP2D6"].cpic == ("Intermediate Metabolizer",)
    many = replace(by_score, activity_scores=("≥3.0",))
    assert results(many)["CYP2D6"].cpic == ("Ultrarapid Metabolizer",)
    assert results(replace(by_score, activity_scores=("high",)))["CYP2D6"].state == "open"
    said = GeneCall("CYP2D6", "called", phenotypes=("poor metabolizer",), source="outside")
    assert results(said)["CYP2D6"].cpic == ("Poor Metabolizer",)


@pytest.mark.parametrize(
    ("diplotype", "phenotype", "score", "cpic", "scores"),
    [
        ("*4/*4", "Normal Metabolizer", None, ("Normal Metabolizer", "Poor Metabolizer"), (None, "0")),
        ("*4/*4", None, "2.0", ("Normal Metabolizer", "Poor Metabolizer"), ("2.0", "0")),
        ("*1/*1", "Poor Metabolizer", None, ("Poor Metabolizer", "Normal Metabolizer"), (None, "2")),
        ("*4/*41", None, "1.0", ("Intermediate Metabolizer",), ("1.0", "0.25")),  # the scores alone differ
        ("", "Poor Metabolizer", "2.0", ("Poor Metabolizer", "Normal Metabolizer"), ("2.0", "2.0")),
    ],
)
def test_an_outside_call_that_contradicts_cpics_tables_is_not_taken(results, diplotype, phenotype, score, cpic, scores):
    call = GeneCall(
        "CYP2D6",
        "called",
        diplotypes=(diplotype,) if diplotype else (),
        phenotypes=(phenotype,),
        activity_scores=(score,),
        source="outside",
    )
    found = results(call)["CYP2D6"]
    assert (found.cpic, found.state) == (cpic, "known" if len(cpic) == 1 else "open")
    assert found.call.status == "ambiguous"
    assert found.call.activity_scores == scores
    assert "CPIC's table gives" in found.call.reason
    assert bool(found.doubts) == (found.state == "known")


def test_an_outside_call_that_agrees_with_cpics_tables_is_taken(results):
    for phenotype, score in (("Poor Metabolizer", None), ("poor metabolizer", "0.0"), (None, "0")):
        call = GeneCall("CYP2D6", "called", ("*4/*4",), (), (phenotype,), (score,), source="outside")
        found = results(call)["CYP2D6"]
        assert (found.state, found.cpic, found.doubts) == ("known", ("Poor Metabolizer",), ())


def test_two_tables_that_disagree_are_told(results, known):
    """SLCO1B1 *39: the definitions and CPIC's loaded table differ; the definitions are newer."""
    found = results(known("SLCO1B1", "Normal Function", "*1/*5"))["SLCO1B1"]
    assert found.cpic == ("Normal Function",)
    assert any("CPIC's loaded table gives Decreased Function for *1/*5" in d for d in found.doubts)
    assert not results(known("SLCO1B1", "Decreased Function", "*1/*5"))["SLCO1B1"].doubts


def test_a_usual_result_of_a_gene_without_lines_is_a_usual_one(results, known):
    call = known("MT-RNR1", "normal risk of aminoglycoside-induced hearing loss", "Reference")
    (word,) = results(call)["MT-RNR1"].cpic
    assert all_normal(word)


def test_where_the_definitions_have_a_table_their_phenotype_stands(results, known):
    """IFNL3: PharmCAT gives none, CPIC's own table does; both are told, neither is put into the other's place."""
    found = results(known("IFNL3", None, f"{REFERENCE}/{VARIANT}"))["IFNL3"]
    assert (found.call.phenotype, found.cpic) == (None, ("Unfavorable Response",))
    assert results(known("IFNL3", None, f"{REFERENCE}/{REFERENCE}"))["IFNL3"].cpic == ("Favorable Response",)


def test_states(results, unknown, ambiguous):
    assert results(unknown("CYP2C19", "why"))["CYP2C19"].state == "unknown"
    assert results(unknown("CYP2C19", "why"))["CYP2C19"].reason == "why"
    same = ambiguous("CYP2C19", ("*2/*2", "Poor Metabolizer", None), ("*2/*3", "Poor Metabolizer", None))
    assert results(same)["CYP2C19"].state == "known"
    assert results(ambiguous("CYP2C19", ("a", "Poor Metabolizer", None), ("b", None, None)))["CYP2C19"].state == "open"


def test_without_cpic_the_calls_stand_as_they_are(known):
    found = results_of([known("CYP2C19", "Poor Metabolizer"), known("CYP2D6", None)], None, lambda gene: gene != "CYP2D6")
    assert (found["CYP2C19"].state, found["CYP2C19"].cpic) == ("known", ("Poor Metabolizer",))
    assert (found["CYP2D6"].state, found["CYP2D6"].call.phenotype) == ("open", None)


# Phenotypes of the definitions that no line of CPIC's is by: of genes without lines, and "no result".
NO_LINES = {"VKORC1", "NAT2", "CYP3A4", "MT-RNR1"}


def test_every_phenotype_of_the_definitions_has_cpics_words(mirror, tables):
    seen = 0
    for path in sorted((mirror / "pharmcat" / "phenotype").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        gene = data["gene"]
        for phenotype in {row["phenotype"] for row in data["diplotypes"]} - {None, "n/a", "No Result"}:
            if gene in NO_LINES:
                assert gene not in tables.phenotypes
            else:
                assert cpic_phenotype(gene, phenotype, tables.phenotypes[gene]), (gene, phenotype)
                seen += 1
    assert seen > 50


def test_words():
    assert cpic_phenotype("CFTR", "ivacaftor responsive in CF patients", {"Favorable Response"}) == "Favorable Response"
    assert cpic_phenotype("CYP2C19", "normal  metabolizer", {"Normal Metabolizer"}) == "Normal Metabolizer"
    assert cpic_phenotype("CYP2C19", "Normal", {"Normal Metabolizer"}) is None
    assert not all_normal("*15:02 negative; *57:01 positive; *58:01 negative")
    assert not all_normal("G6PD Indeterminate")


def test_what_is_kept_is_made_again_for_another_release(services, tables):
    edges = tables.edges_of("RXNORM:32968")
    assert edges == GuidanceTables(services, tables.genes).edges_of("RXNORM:32968")
    kept = next(services.workspace("genomics").glob("cpic-drugs-*.jsonl"))
    whole = kept.read_bytes()
    for broken in (b"", b"{", whole[: len(whole) // 2]):
        kept.write_bytes(broken)
        assert GuidanceTables(services, tables.genes).edges_of("RXNORM:32968") == edges
    info = services.sources.get("cpic")
    services.sources.put(info.model_copy(update={"loaded_at": "2027-01-01"}))
    assert GuidanceTables(services, tables.genes).edges_of("RXNORM:32968") == edges
    assert [p.name for p in services.workspace("genomics").glob("cpic-drugs-*")] != [kept.name]
    services.sources.put(info)
