"""Pharmacogenomic questions over the real tables: the line for exactly that drug and phenotype, or none.

What is right is read from the table of the installed package itself, not from what Bedside stored of it.
"""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

import pytest

TABLE = Path(find_spec("pypgx").submodule_search_locations[0]) / "api" / "data" / "recommendation-table.csv"


def row(drug: str, *conditions: str) -> str:
    """The verbatim recommendation for a drug and `GENE Phenotype` conditions."""
    with TABLE.open(encoding="utf-8") as file:
        for r in csv.DictReader(file):
            have = {f"{r[g]} {r[p]}" for g, p in (("Gene1", "Phenotype1"), ("Gene2", "Phenotype2")) if r[g] != "None"}
            if r["Drug"] == drug and have == set(conditions):
                return r["Recommendation"]
    raise AssertionError(f"the table has no row for {drug} {conditions}")


def plain(text: str) -> str:
    """One cell has a control character, some have double blanks: neither is stored in a text that people read."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def shown(answer):
    return [s.text for s in answer.sentences]


UM = "CYP2D6 Ultrarapid Metabolizer"
PM19 = "CYP2C19 Poor Metabolizer"
QUESTIONS = [
    ("Can a CYP2D6 ultrarapid metabolizer take codeine?", "codeine", (UM,)),
    ("can a cyp2d6 ultrarapid metabolizer take codeine", "codeine", (UM,)),
    ("CODEINE IN A CYP2D6 ULTRARAPID METABOLIZER", "codeine", (UM,)),
    ("Can a CYP2D6 ultra-rapid metaboliser take codiene?", "codeine", (UM,)),
    ("Is codeine safe with CYP2D6 *1/*1xN?", "codeine", (UM,)),
    ("codeine, CYP2D6*1/*2x3", "codeine", (UM,)),
    ("codeine with CYP2D6 *4/*5", "codeine", ("CYP2D6 Poor Metabolizer",)),
    ("codeine with CYP2D6 *1/*4", "codeine", ("CYP2D6 Intermediate Metabolizer",)),
    ("clopidogrel for a CYP2C19 poor metabolizer after PCI", "clopidogrel", (PM19,)),
    ("Plavix for a CYP2C19 poor metabolizer", "clopidogrel", (PM19,)),
    ("clopidogrel, CYP2C19 *2/*3", "clopidogrel", (PM19,)),
    ("clopidogrel, CYP2C19 *3/*2", "clopidogrel", (PM19,)),
    ("clopidogrel in a poor metabolizer of CYP2C19", "clopidogrel", (PM19,)),
    ("simvastatin and SLCO1B1 poor function", "simvastatin", ("SLCO1B1 Poor Function",)),
    ("5-fluorouracil in DPYD poor metabolizers", "fluorouracil", ("DPYD Poor Metabolizer",)),
    (
        "amitriptyline: CYP2C19 rapid metabolizer and CYP2D6 poor metabolizer",
        "amitriptyline",
        ("CYP2C19 Rapid Metabolizer", "CYP2D6 Poor Metabolizer"),
    ),
]


@pytest.mark.parametrize(("question", "drug", "conditions"), QUESTIONS)
def test_the_line_for_exactly_that(app, question, drug, conditions):
    answer = app.engine.ask(question)
    assert answer.status == "answered", [w.text for w in answer.warnings]
    guidelines = [e for e in answer.evidence if e.kind == "guideline"]
    assert len(guidelines) == 1, shown(answer)
    quote = guidelines[0].quote
    assert row(drug, *conditions) in quote
    assert quote.startswith(drug)
    assert all(c in quote for c in conditions)
    assert guidelines[0].source.url.startswith("https://cpicpgx.org/")
    assert any(r.startswith("PMID:") for r in guidelines[0].source.references)


def test_a_diplotype_shows_how_it_was_turned_into_a_phenotype(app):
    answer = app.engine.ask("Is codeine safe with CYP2D6 *1/*4?")
    steps = [e.quote for e in answer.evidence if e.kind == "function"]
    assert any("*4: No Function" in s for s in steps)
    assert any("Intermediate Metabolizer" in s for s in steps)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Can a CYP2D6 poor metabolizer take amoxicillin?", "holds no line for amoxicillin"),
        ("clopidogrel for a CYP2D6 poor metabolizer", "by CYP2C19"),
        ("clopidogrel in a poor metabolizer", "of which gene?"),
        ("codeine with CYP2D6 *1/*999", "not in the loaded allele table"),
        ("codeine with CYP2D6 *10/*10xN", "copy number"),
        ("Can somebody who is not a CYP2C19 poor metabolizer take clopidogrel?", ""),
    ],
)
def test_nothing_is_guessed(app, question, told):
    answer = app.engine.ask(question)
    assert not [e for e in answer.evidence if e.kind == "guideline"], shown(answer)
    assert any(told in w.text for w in answer.warnings), [w.text for w in answer.warnings]


# Each of these once showed a line for somebody else, for a denied or doubtful result, or for half of one.
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("CYP2D6 (*1/*2)x3 codeine", "copy number"),
        ("CYP2D6 *1/*1 x3, codeine", "copy number"),
        ("CYP2D6 *1/*2 with gene duplication, codeine", "copy number"),
        ("CYP2D6 *1/*2/*4 codeine", "third allele"),
        ("CYP2C19 *2/*2 in the father; the patient is *1/*1. clopidogrel", "relative (father)"),
        ("Sister is DPYD normal metabolizer. Patient not tested. Capecitabine dose?", "relative (Sister)"),
        ("Mother CYP2C19 *2/*2. Clopidogrel for her son?", "relative (Mother)"),
        ("CYP2D6 and CYP2C19 are poor and normal metabolizer respectively: codeine, clopidogrel", "respectively"),
        ("TPMT normal metabolizer, NUDT15 deficient: azathioprine dose?", "NUDT15, of which no result could be read"),
        ("TPMT normal metabolizer and NUDT15 *3/*99: azathioprine dose", "NUDT15, of which no result could be read"),
        ("CYP2D6 non-poor metabolizer, codeine", "doubt or denied"),
        ("Is she a CYP2D6 poor metabolizer? No. Can she take codeine?", "asked and denied"),
        ("Codeine in everyone except CYP2D6 poor metabolizers", "doubt or denied"),
        ("Patientin ist kein CYP2D6 Poor Metabolizer. Codein?", "German"),
        ("Patient A: CYP2C19 PM, CYP2D6 NM. Patient B: CYP2C19 NM, CYP2D6 PM. Amitriptyline?", "one patient at a time"),
        ("HLA-B*57:01 positive abacavir", "HLA-B *57:01 positive"),  # the packaged table has no line by HLA
        ("DPYD carrier of c.1905+1G>A, capecitabine", "c.1905+1G>A"),
    ],
)
def test_what_is_not_surely_the_patients_is_not_used_and_told(app, question, told):
    answer = app.engine.ask(question)
    assert answer.status == "abstained", shown(answer)
    assert any(told in w.text for w in answer.warnings), [w.text for w in answer.warnings]


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("She takes codeine at 10 PM, CYP2D6 normal metabolizer", "CYP2D6 Normal", "Poor"),
        ("Haloperidol 5 mg IM, CYP2D6 ultrarapid metabolizer, codeine?", "CYP2D6 Ultrarapid", "Intermediate"),
        ("*4/*4 CYP2D6, *1/*1 CYP2C19: codeine, clopidogrel", "codeine, CYP2D6 Poor", "codeine, CYP2D6 Normal"),
        ("Can my mother, a CYP2C19 poor metabolizer, take clopidogrel?", "CYP2C19 Poor", "Normal"),
        ("CYP2D6 *1xN/*1xN, reported as normal metabolizer; codeine", "CYP2D6 Ultrarapid", "Poor"),
        ("CYP2D6 tested. Result: ultrarapid metabolizer. Codeine?", "CYP2D6 Ultrarapid", "Normal"),
    ],
)
def test_the_right_line_among_distractions(app, question, right, wrong):
    text = " ".join(shown(app.engine.ask(question)))
    assert right in text
    assert wrong not in text


def test_a_misspelt_drug_is_told(app):
    answer = app.engine.ask("clopidrogel for a CYP2C19 poor metabolizer")
    assert any("“clopidrogel” as clopidogrel" in w.text for w in answer.warnings)


def test_text_and_diplotype_that_disagree_are_told(app):
    answer = app.engine.ask("codeine for a CYP2D6 normal metabolizer with CYP2D6 *4/*4")
    assert any("*4/*4 Poor Metabolizer" in w.text and "contradict each other" in w.text for w in answer.warnings)


def test_that_cpic_gives_no_recommendation_is_a_line_of_its_own(app):
    answer = app.engine.ask("is it true that a CYP2D6 indeterminate phenotype may take codeine")
    assert shown(answer) == ["codeine, CYP2D6 Indeterminate: the CPIC table holds no recommendation for this combination."]


def test_two_drugs_get_a_line_each(app):
    answer = app.engine.ask("codeine and tramadol for a CYP2D6 poor metabolizer")
    assert sorted(e.quote.split(",")[0] for e in answer.evidence) == ["codeine", "tramadol"]


def test_every_row_of_the_table_is_found_by_its_own_words(app):
    """All of CPIC's packaged table, asked one by one through the plugin: the row's own line first and alone, or why it is
    withheld."""
    wrong, withheld = [], []
    with TABLE.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if "None" not in (r["Recommendation"], r["Phenotype1"])]
    for r in rows[::7]:
        pairs = [(r["Gene1"], r["Phenotype1"])]
        if r["Gene2"] != "None":
            if r["Phenotype2"] == "None":
                continue
            pairs.append((r["Gene2"], r["Phenotype2"]))
        answer = app.engine.ask(f"{r['Drug']} for " + " and ".join(f"{g} {p}" for g, p in pairs))
        quotes = [e.quote for e in answer.evidence if e.kind == "guideline"]
        if not quotes and any("is not shown" in w.text and r["Drug"] in w.text for w in answer.warnings):
            withheld.append(
                (r["Drug"], pairs)
            )  # changed since, or of some scores only: the list is tested row by row elsewhere
            continue
        if [plain(r["Recommendation"]) in q for q in quotes] != [True]:
            wrong.append((r["Drug"], pairs, quotes))
    assert not wrong, f"{len(wrong)} of {len(rows[::7])}: {wrong[:5]}"
    assert 0 < len(withheld) <= 8, withheld
