"""Results as people write them: read where they are sure, reported where they only look like one."""

from __future__ import annotations

import pytest
from bedside.core import Question
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.knowledge.terms import SqliteTerms

READ = [
    ("cyp2d6 slow metabolizer", "CYP2D6", "Poor Metabolizer"),
    ("CYP2D6 AS 0.5", "CYP2D6", "0.5"),
    ("CYP2D6 activity score 0", "CYP2D6", "0.0"),
    ("DPYD activity score of 1.5, capecitabine", "DPYD", "1.5"),
    ("2D6 PM, codeine", "CYP2D6", "Poor Metabolizer"),
    ("pt is 2D6 UM", "CYP2D6", "Ultrarapid Metabolizer"),
    ("2C19 *2/*2, clopidogrel", "CYP2C19", "*2/*2"),
    ("DYPD poor metabolizer", "DPYD", "Poor Metabolizer"),
    ("CYP2C19 *2 homozygote", "CYP2C19", "*2/*2"),
    ("homozygous for CYP2C19*2", "CYP2C19", "*2/*2"),
    ("SLCO1B1 521CC", "SLCO1B1", "Poor Function"),
    ("rs4149056 CC, simvastatin", "SLCO1B1", "Poor Function"),
    ("CYP3A5 non-expresser", "CYP3A5", "Poor Metabolizer"),
    ("HLA B5701 pos", "HLA-B", "*57:01 positive"),
    ("B*15:02 carrier, carbamazepine", "HLA-B", "*15:02 positive"),
    ("G6PD deficiency, rasburicase", "G6PD", "G6PD Deficient"),
]
REPORTED = [
    "She is a fast metabolizer of CYP2C19",
    "CYP2C19*2 heterozygote",
    "DPYD HapB3 carrier",
    "RYR1 pathogenic variant, anaesthesia",
    "CYP3A5 expresser, tacrolimus",
    "DPD deficiency, 5-FU",
    "CYP2D6 gene duplication",
    "CYP2C19 LOF carrier",
    "CYP4F2 V433M",
    "BCHE deficiency",
    "ABCG2 rs2231142 TT",
]
NONE = [
    "Which CYP2D6 deletion is common?",
    "CYP2D6 not tested, codeine at 8 PM",
    "EM department, CYP2C19",
    "the 2C9 bus",
    "CYP21A2 deletion",
    "AS 0.5 mg",
    "What does a CYP2D6 duplication do?",
]


def facts(terms: SqliteTerms, text: str):
    return read(Question(text=text), TestServices(terms=terms))


@pytest.mark.parametrize(("text", "gene", "name"), READ)
def test_what_is_sure_is_read(terms, text, gene, name):
    found = [m for kind in ("pgx_phenotype", "diplotype", "activity_score", "variant") for m in facts(terms, text).of(kind)]
    assert (gene, name) in {(m.gene, m.name) for m in found}
    assert text[found[0].start : found[0].end] == found[0].text


@pytest.mark.parametrize("text", REPORTED)
def test_what_only_looks_like_a_result_is_reported(terms, text):
    read_ = facts(terms, text)
    assert not any(read_.of(kind) for kind in ("pgx_phenotype", "diplotype", "activity_score"))
    assert sum("looks like a genetic result" in told for told in read_.unread) == 1


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_result_is_neither(terms, text):
    read_ = facts(terms, text)
    assert not any(read_.of(kind) for kind in ("pgx_phenotype", "diplotype", "activity_score"))
    assert not any("looks like a genetic result" in told for told in read_.unread)
