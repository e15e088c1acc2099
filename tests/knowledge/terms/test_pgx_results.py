"""Results of each pharmacogene in its own words: read with CPIC names, or reported; heads of guideline lines read alike."""

from __future__ import annotations

import pytest
from bedside.core import Question
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.core.types import Facts
from bedside.knowledge.terms import SqliteTerms

KINDS = ("pgx_phenotype", "diplotype", "activity_score")
RISK = "Risk of Aminoglycoside-Induced Hearing Loss"
MHS = "Malignant Hyperthermia Susceptibility"
HAPB3 = "c.1129-5923C>G, c.1236G>A (HapB3)"

HLA = [
    ("HLA-B*57:01 positive, abacavir", "HLA-B *57:01 positive"),
    ("HLA-B*57:01 pos", "HLA-B *57:01 positive"),
    ("HLA-B5701 detected; abacavir?", "HLA-B *57:01 positive"),
    ("carrier of HLA-B*58:01, gout", "HLA-B *58:01 positive"),
    ("carries HLA-A*31:01", "HLA-A *31:01 positive"),
    ("B*5701 +, abacavir", "HLA-B *57:01 positive"),
    ("HLA-B*57:01 (+)", "HLA-B *57:01 positive"),
    ("heterozygous for HLA-B*57:01", "HLA-B *57:01 positive"),
    ("hla-b*58:01 neg, allopurinol", "HLA-B *58:01 negative"),
    ("HLA-B*15:02 not detected", "HLA-B *15:02 negative"),
    ("HLA-B*15:02: absent", "HLA-B *15:02 negative"),
    ("HLA-B*57:01 screening was negative", "HLA-B *57:01 negative"),
    ("HLA-B*57:01 (-), abacavir", "HLA-B *57:01 negative"),
    ("tested negative for HLA-B*57:01", "HLA-B *57:01 negative"),
    ("She does not carry HLA-B*15:02.", "HLA-B *15:02 negative"),
    ("HLA-B*57:01 negative, HIV positive", "HLA-B *57:01 negative"),
    ("HLA-B*57:01 turned out negative", "HLA-B *57:01 negative"),
    ("No HLA-B*15:02 detected.", "HLA-B *15:02 negative"),
    ("took it without rash, HLA-B*15:02 positive", "HLA-B *15:02 positive"),
    ("HLA-A*31:01 positive, HLA-B*15:02 negative", "HLA-A *31:01 positive", "HLA-B *15:02 negative"),
    ("HLA-B*15:02 and HLA-A*31:01 negative", "HLA-B *15:02 negative", "HLA-A *31:01 negative"),
    ("negative for HLA-B*57:01 or HLA-B*58:01", "HLA-B *57:01 negative", "HLA-B *58:01 negative"),
    ("HLA-B*57:01/*07:02, abacavir", "HLA-B *07:02 positive", "HLA-B *57:01 positive"),
    ("HLA-B*07:02/57:01 typed; abacavir?", "HLA-B *07:02 positive", "HLA-B *57:01 positive"),
    ("HLA-B*57:01 negative; now HIV positive", "HLA-B *57:01 negative"),
    ("HLA-B*57:01 negative; repeat negative", "HLA-B *57:01 negative"),
    ("carrier of HLA-B*58:01 and HLA-A*31:01 negative", "HLA-B *58:01 positive", "HLA-A *31:01 negative"),
]
SINGLE = [
    ("G6PD-deficient man", "G6PD G6PD Deficient"),
    ("favism, G6PD deficiency confirmed; dapsone?", "G6PD G6PD Deficient"),
    ("deficient in G6PD", "G6PD G6PD Deficient"),
    ("G6PD deficient with CNSHA", "G6PD G6PD Deficient with CNSHA"),
    ("G6PD deficient with chronic haemolytic anaemia (CNSHA)", "G6PD G6PD Deficient with CNSHA"),
    ("G6PD deficiency with chronic nonspherocytic hemolytic anemia", "G6PD G6PD Deficient with CNSHA"),
    ("G6PD deficient with acute haemolytic anaemia", "G6PD G6PD Deficient"),
    ("G6PD normal", "G6PD G6PD Normal"),
    ("normal G6PD activity, dapsone", "G6PD G6PD Normal"),
    ("G6PD within normal limits", "G6PD G6PD Normal"),
    ("CNSHA, G6PD deficient", "G6PD G6PD Deficient with CNSHA"),
    ("no CNSHA, but G6PD deficient", "G6PD G6PD Deficient"),
    ("G6PD variable", "G6PD G6PD Variable"),
    ("Lexapro 10 mg, CYP2C19 ultrarapid", "CYP2C19 Ultrarapid Metabolizer"),
    ("Paxil CR, CYP2D6 intermediate", "CYP2D6 Intermediate Metabolizer"),
    ("CYP2C19: rapid, omeprazole", "CYP2C19 Rapid Metabolizer"),
    ("NAT2 slow, hydralazine", "NAT2 Poor Metabolizer"),
    ("MT-RNR1 m.1555A>G", f"MT-RNR1 Increased {RISK}"),
    ("MT-RNR1 1494C>T positive", f"MT-RNR1 Increased {RISK}"),
    ("mt-rnr1 m.1555a>g", f"MT-RNR1 Increased {RISK}"),
    ("m.1095T>C carrier", f"MT-RNR1 Increased {RISK}"),
    ("MT-RNR1 A1555G, gentamicin", f"MT-RNR1 Increased {RISK}"),
    ("MT-RNR1 increased risk", f"MT-RNR1 Increased {RISK}"),
    ("MT-RNR1 m.827A>G", f"MT-RNR1 Normal {RISK}"),
    ("MT-RNR1 normal risk", f"MT-RNR1 Normal {RISK}"),
    ("MT-RNR1 uncertain risk", f"MT-RNR1 Uncertain {RISK}"),
    ("malignant hyperthermia susceptible (RYR1)", f"RYR1 {MHS}"),
    ("pathogenic RYR1 variant (MHS)", f"RYR1 {MHS}"),
    ("susceptible to malignant hyperthermia (CACNA1S)", f"CACNA1S {MHS}"),
    ("G6PD deficient; normal blood count", "G6PD G6PD Deficient"),
    ("CACNA1S MHS", f"CACNA1S {MHS}"),
    (f"CACNA1S {MHS}, RYR1 uncertain susceptibility", f"CACNA1S {MHS}", "RYR1 Uncertain Susceptibility"),
    ("NAT2 slow acetylator", "NAT2 Poor Metabolizer"),
    ("intermediate acetylator, isoniazid", "NAT2 Intermediate Metabolizer"),
    ("NAT2 fast acetylator", "NAT2 Rapid Metabolizer"),
    ("slow NAT2 acetylator", "NAT2 Poor Metabolizer"),
    ("acetylator status: rapid", "NAT2 Rapid Metabolizer"),
    ("CYP3A5 non-expresser", "CYP3A5 Poor Metabolizer"),
    ("CYP3A5 expresser (*1/*3)", "CYP3A5 *1/*3"),
    ("VKORC1 -1639 AA", "VKORC1 -1639 AA"),
    ("VKORC1 -1639G>A A/A", "VKORC1 -1639 AA"),
    ("VKORC1 -1639G>A heterozygous", "VKORC1 -1639 AG"),
    ("VKORC1 -1639 G/A", "VKORC1 -1639 AG"),
    ("VKORC1 A/A", "VKORC1 -1639 AA"),
    ("VKORC1 GG", "VKORC1 -1639 GG"),
    ("rs9923231 TT", "VKORC1 -1639 AA"),
    ("rs9923231 C/T", "VKORC1 -1639 AG"),
    ("SLCO1B1 521TT", "SLCO1B1 Normal Function"),
    ("cyp2d6 pm, tramadol ok?", "CYP2D6 Poor Metabolizer"),
    ("2c19 im clopidogrel", "CYP2C19 Intermediate Metabolizer"),
    ("tramadol; CYP2D6 poor metbolizer", "CYP2D6 Poor Metabolizer"),
]
SCORES = [
    ("CYP2D6 AS: 1", "CYP2D6 1.0"),
    ("CYP2D6 (AS=1.5)", "CYP2D6 1.5"),
    ("CYP2D6 activity score of 3", "CYP2D6 3.0"),
    ("CYP2D6 score 1.25", "CYP2D6 1.25"),
    ("CYP2D6 AS >= 3", "CYP2D6 ≥3.0"),
    ("CYP2D6 AS ≥3", "CYP2D6 ≥3.0"),
    ("DPYD AS 1.5 and 5-FU", "DPYD 1.5"),
    ("DPYD activity score 1.5 or 6-MP", "DPYD 1.5"),
    ("DPYD IM (AS 1.0)", "DPYD Intermediate Metabolizer", "DPYD 1.0"),
    ("CYP2D6 NM, activity score 1.25", "CYP2D6 Normal Metabolizer", "CYP2D6 1.25"),
]
DIPLOTYPES = [
    ("DPYD *2A heterozygous", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("DPYD c.1905+1G>A het", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("c.1905+1G>A (*2A) heterozygous DPYD", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("DPYD *1/*2A", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("DPYD *2A/*2A", "DPYD c.1905+1G>A (*2A)/c.1905+1G>A (*2A)"),
    ("DPYD *2A homozygote", "DPYD c.1905+1G>A (*2A)/c.1905+1G>A (*2A)"),
    ("rs3918290 C/T in DPYD", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("DPYD rs3918290 G/A", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("rs3918290 TT", "DPYD c.1905+1G>A (*2A)/c.1905+1G>A (*2A)"),
    ("DPYD rs67376798 T/A", "DPYD Reference/c.2846A>T"),
    ("DPYD Reference/c.2846A>T", "DPYD Reference/c.2846A>T"),
    ("DPYD D949V het", "DPYD Reference/c.2846A>T"),
    ("heterozygous for DPYD c.2846A>T", "DPYD Reference/c.2846A>T"),
    ("DPYD *13 het", "DPYD Reference/c.1679T>G (*13)"),
    ("DPYD HapB3 heterozygous (c.1129-5923C>G)", f"DPYD Reference/{HAPB3}"),
    ("DPYD compound heterozygous *2A and c.2846A>T", "DPYD c.1905+1G>A (*2A)/c.2846A>T"),
    ("MI with DES, CYP2C19 *1/*17", "CYP2C19 *1/*17"),
    ("CYP2D6, CYP2C19 *2/*2", "CYP2C19 *2/*2"),
    ("DPYD *2A heterozygous, *13 negative", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("CYP2D6 *4/*4, DPYD *1/*2A", "CYP2D6 *4/*4", "DPYD Reference/c.1905+1G>A (*2A)"),
    ("CYP2D6 *2×2/*41", "CYP2D6 *2x2/*41"),
    ("CYP2D6 *1 x2/*9", "CYP2D6 *1x2/*9"),
    ("CYP2C9*1/*3 flurbiprofen", "CYP2C9 *1/*3"),
]
REPORTED = [
    ("HLA typing pending, abacavir to start today", "HLA"),
    ("HLA-B*15:02 status unknown", "HLA-B*15:02"),
    ("no HLA-B*57:01, abacavir", "HLA-B"),
    ("HLA-B*57:01 positive or negative", "HLA-B*57:01"),
    ("HLA-B*57:01 negative predictive value", "HLA-B*57:01"),
    ("not HLA-B*57:01 positive", "HLA-B"),
    ("Is she HLA-B*57:01 positive?", "HLA-B*57:01"),
    ("HLA-B*57:01 positive patients should not have abacavir.", "HLA-B*57:01"),
    ("Patients positive for HLA-B*57:01 should avoid abacavir.", "HLA-B*57:01"),
    ("his brother is HLA-B*57:01 positive", "HLA-B*57:01"),
    ("HLA-B*57:01 likely positive", "HLA-B*57:01"),
    ("HLA-B*57:01 positive in 2015, negative in 2020", "HLA-B*57:01"),
    ("HLA-B*57:01 negative last year; positive on repeat", "HLA-B*57:01"),
    ("HLA-B*57:01 positive. Repeat test: negative.", "HLA-B*57:01"),
    ("his mother is HLA-B*57:01/*07:02", "HLA-B*57:01"),
    ("no HLA-B*57:01/*07:02", "HLA-B*57:01"),
    ("HLA-B*57:01 -, abacavir", "HLA-B"),
    ("G6PD not measured, rasburicase tonight", "G6PD"),
    ("intermediate G6PD activity", "G6PD"),
    ("G6PD deficiency carrier", "G6PD"),
    ("heterozygous for G6PD deficiency", "G6PD"),
    ("G6PD low normal", "G6PD"),
    ("G6PD normal in childhood but deficient on repeat", "G6PD"),
    ("G6PD deficiency in the differential", "G6PD"),
    ("CYP2D6 poor metabolizer is in our differential", "poor metabolizer"),
    ("G6PD class II", "G6PD"),
    ("G6PD normal or deficient", "G6PD"),
    ("no G6PD deficiency", "G6PD"),
    ("no m.1555A>G", "m.1555A>G"),
    ("m.1555A>G not detected", "m.1555A>G"),
    ("MT-RNR1 variant", "MT-RNR1"),
    ("pathogenic RYR1 variant, sevoflurane", "RYR1"),
    ("RYR1 negative", "RYR1"),
    ("NAT2 slow or intermediate acetylator", "NAT2"),
    ("CYP3A5 expressor, tacrolimus", "CYP3A5"),
    ("VKORC1 TT", "VKORC1"),
    ("VKORC1 1173 TT", "VKORC1"),
    ("VKORC1 -1639G>A", "VKORC1"),
    ("rs4149056 TT", "rs4149056"),
    ("rs4244285 AG", "rs4244285"),
    ("CYP2D6 AS > 2", "CYP2D6"),
    ("CYP2D6 AS 1-2", "CYP2D6"),
    ("DPYD activity score 1 or 1.5", "DPYD"),
    ("CYP2D6 AS 0.5 or AS 1", "AS 0.5"),
    ("TPMT activity score 1", "TPMT"),
    ("carrier of DPYD c.2846A>T", "DPYD"),
    ("DPYD heterozygous for *2A and c.2846A>T", "DPYD"),
    ("DPYD *2A heterozygous, c.2846A>T heterozygous", "DPYD"),
    ("DPYD c.9999A>T heterozygous", "DPYD"),
    ("DPYD *2/*2A", "DPYD"),
    ("DPYD wild type", "DPYD"),
    ("rs3918290 CC", "rs3918290"),
    ("DPYD rs67376798 TT", "DPYD"),
    ("CYP2C19 *2 heterozygous", "CYP2C19"),
    ("CYP2D6 *4/*4 x N", "*4/*4"),
    ("CYP2C19 *2/*2 or *1/*2", "*2/*2"),
    ("CYP2D6 NM/UM", "NM"),
    ("reduced DPYD activity", "DPYD"),
    ("TPMT low activity by enzyme test", "TPMT"),
    ("CYP2C19 non-functional alleles found", "CYP2C19"),
    ("ABCB1 variant", "ABCB1"),
]
DIFFER = [
    ("CYP2D6 genotype NM, phenotype PM due to bupropion. codeine?", "CYP2D6", "NM", "PM"),
    ("genotyped CYP2D6 NM but phenoconverted to PM by paroxetine", "CYP2D6", "NM", "PM"),
    ("CYP2D6 NM by genotype, PM by phenotype", "CYP2D6", "NM", "PM"),
    ("CYP2C19 IM by genotype but functionally a PM", "CYP2C19", "IM", "PM"),
    ("CYP2D6 *1/*1, phenoconverted to PM on bupropion", "CYP2D6", "*1/*1", "PM"),
    ("genotype CYP2D6 NM; on paroxetine, phenotypically PM", "CYP2D6", "NM", "PM"),
    ("CYP2D6 NM converted to PM by paroxetine", "CYP2D6", "NM", "PM"),
    ("CYP2D6 PM -> NM after stopping paroxetine", "CYP2D6", "PM", "NM"),
    ("CYP2C19 NM last year; PM on repeat", "CYP2C19", "NM", "PM"),
    ("CYP2C19 NM; repeat test PM", "CYP2C19", "NM", "PM"),
    ("CYP2C19 *1/*1; repeat *2/*2", "CYP2C19", "*1/*1", "*2/*2"),
    ("DPYD *1/*1 last year; repeat test DPYD *1/*2A", "DPYD", "*1/*1", "*1/*2A"),
    ("TPMT NM by genotype but low activity on enzyme test", "TPMT", "NM", "low activity"),
    ("low TPMT activity, genotype TPMT NM", "TPMT", "NM", "low TPMT activity"),
    ("CYP2D6 NM on fluoxetine, so effectively PM", "CYP2D6", "NM", "PM"),
]
HEADS = [
    (
        "carbamazepine, HLA-A *31:01 positive and HLA-B *15:02 negative: Do not use",
        "HLA-A *31:01 positive",
        "HLA-B *15:02 negative",
    ),
    (
        "desflurane, CACNA1S Uncertain Susceptibility and RYR1 Uncertain Susceptibility: Clinical findings",
        "CACNA1S Uncertain Susceptibility",
        "RYR1 Uncertain Susceptibility",
    ),
    ("rasburicase, G6PD Deficient with CNSHA: Avoid", "G6PD G6PD Deficient with CNSHA"),
    ("rasburicase, G6PD Normal: No reason to withhold rasburicase", "G6PD G6PD Normal"),
    (f"gentamicin, MT-RNR1 Increased {RISK}: Avoid", f"MT-RNR1 Increased {RISK}"),
    ("warfarin, VKORC1 -1639 AA: 60%", "VKORC1 -1639 AA"),
    ("fluorouracil, DPYD Intermediate Metabolizer (activity score 1 or 1.5): Reduce", "DPYD Intermediate Metabolizer"),
    ("codeine, CYP2D6 activity score ≥3.0: Avoid", "CYP2D6 ≥3.0"),
    ("hydralazine, NAT2 Poor Metabolizer: Reduce", "NAT2 Poor Metabolizer"),
]


def facts(terms: SqliteTerms, text: str) -> Facts:
    return read(Question(text=text), TestServices(terms=terms))


def used(found: Facts) -> list[str]:
    return [f"{m.gene} {m.name}" for m in found.mentions if m.kind in KINDS and m.used and not m.negated]


@pytest.mark.parametrize("row", [*HLA, *SINGLE, *SCORES, *DIPLOTYPES], ids=lambda row: row[0])
def test_a_result_is_read_as_the_text_has_it(terms: SqliteTerms, row: tuple[str, ...]) -> None:
    text, *expected = row
    found = facts(terms, text)
    assert used(found) == expected
    assert not any("denied" in line or "looks like a genetic" in line for line in found.unread)
    for mention in found.mentions:
        assert text[mention.start : mention.end] == mention.text
        if mention.kind in KINDS:
            start = {"pgx_phenotype": "PGX", "diplotype": "DIPLOTYPE", "activity_score": "SCORE"}[mention.kind]
            assert mention.id == f"{start}:{mention.gene}:{mention.name}"


@pytest.mark.parametrize(("text", "named"), REPORTED)
def test_what_is_not_sure_is_not_used_and_reported(terms: SqliteTerms, text: str, named: str) -> None:
    found = facts(terms, text)
    assert used(found) == []
    assert any(named in line for line in found.unread), found.unread


@pytest.mark.parametrize(("text", "gene", "genotype", "phenotype"), DIFFER)
def test_a_genotype_and_another_phenotype_are_both_left_and_named(terms, text, gene, genotype, phenotype):
    found = facts(terms, text)
    assert used(found) == []
    assert any(
        line.startswith(f"{gene}: the genotype says {genotype} and the phenotype {phenotype}") for line in found.unread
    )


def test_results_of_two_genes_do_not_differ(terms: SqliteTerms) -> None:
    text = "genotype CYP2D6 NM, clinically well, phenotype CYP2C19 PM"
    assert used(facts(terms, text)) == ["CYP2D6 Normal Metabolizer", "CYP2C19 Poor Metabolizer"]


def test_a_genotype_and_the_same_phenotype_are_read(terms: SqliteTerms) -> None:
    assert set(used(facts(terms, "CYP2D6 genotype PM, phenotype poor metabolizer"))) == {"CYP2D6 Poor Metabolizer"}


@pytest.mark.parametrize("row", HEADS, ids=lambda row: row[0])
def test_the_head_of_a_guideline_line_reads_alike(terms: SqliteTerms, row: tuple[str, ...]) -> None:
    text, *expected = row
    assert used(terms.find(text, origin="quote")) == expected


@pytest.mark.parametrize(
    "text",
    ["codeine in the pm, CYP2D6", "haloperidol 5 mg im, cyp2d6", "cyp2d6 im injection of haloperidol", "AS 2, aortic"],
)
def test_times_and_routes_are_no_results(terms: SqliteTerms, text: str) -> None:
    assert used(facts(terms, text)) == []


@pytest.mark.parametrize(
    "text",
    ["G6PD normal last year; deficient on repeat", "G6PD normal in 2019. Now deficient.", "G6PD deficient; repeat: normal"],
)
def test_an_enzyme_that_is_measured_twice_with_two_results_has_none(terms: SqliteTerms, text: str) -> None:
    assert used(facts(terms, text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "HLA-B*57:01/*58:01 before abacavir?",
        "test HLA-B*57:01/*07:02",
        "HLA-B*57:01/*07:02 not detected",
        "HLA-B*57:01/*07:02 pending",
    ],
)
def test_a_list_of_hla_tests_is_no_typed_person(terms: SqliteTerms, text: str) -> None:
    assert used(facts(terms, text)) == []


def test_a_time_before_a_repeat_is_no_second_result(terms: SqliteTerms) -> None:
    assert used(facts(terms, "CYP2D6 NM, codeine at 8 PM on repeat")) == ["CYP2D6 Normal Metabolizer"]


def test_an_hla_allele_alone_stays_an_allele(terms: SqliteTerms) -> None:
    found = facts(terms, "HLA-B*57:01 and abacavir")
    assert used(found) == [] and [m.name for m in found.of("variant")] == ["HLA-B*57:01"]


@pytest.mark.parametrize("gene", ["SLC22A1", "NAT2", "MT-RNR1", "CYP4F2", "UGT2B17", "BCHE", "IFNL3"])
def test_pharmacogenes_are_known_as_genes(terms: SqliteTerms, gene: str) -> None:
    assert [(m.id, m.name) for m in facts(terms, f"metformin and {gene}").of("gene")] == [(f"GENE:{gene}", gene)]


@pytest.mark.parametrize(
    "text",
    [
        "CYP2C19 rapid test ordered",
        "CYP2D6 poor evidence for codeine",
        "CYP2D6 rapid or poor?",
        "CYP2D6 poor vs normal",
    ],
)
def test_a_degree_that_goes_on_is_no_result(terms: SqliteTerms, text: str) -> None:
    assert not [m for m in terms.find(text).mentions if m.kind in KINDS and m.used]
