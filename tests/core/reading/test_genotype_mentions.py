"""Genetic results of a case's resources reach the tasks as a text with the same results would."""

from __future__ import annotations

import pytest
from bedside.core import Case, Question, Term
from bedside.core.reading.reader import read
from bedside.core.testing import MemoryTerms, TestServices

from .fhir_resources import LOINC, coded

GENES = [Term(id=f"GENE:{symbol}", kind="gene", name=symbol, source_id="cpic") for symbol in ("CYP2C19", "CYP2D6")]


def result(id, code, value, gene="CYP2C19", status="final", subject="p"):
    part = {"code": coded("Gene studied", "48018-6", LOINC), "valueCodeableConcept": {"text": gene}}
    return {
        "resourceType": "Observation",
        "id": id,
        "status": status,
        "subject": {"reference": f"Patient/{subject}"},
        "code": coded("x", code, LOINC),
        "valueString": value,
        "component": [part],
    }


def asked(*resources):
    services = TestServices(terms=MemoryTerms(GENES))
    patient = {"resourceType": "Patient", "id": "p"}
    return read(Question(text="Can this patient take clopidogrel?", case=Case(fhir=(patient, *resources))), services)


def said(facts):
    return [(m.kind, m.id, m.gene, m.origin) for m in facts.mentions]


def test_a_phenotype_and_a_diplotype_are_mentions_of_their_gene():
    facts = asked(result("a", "79714-2", "Poor metabolizer"), result("b", "84413-4", "*2/*2"))
    assert said(facts) == [
        ("gene", "GENE:CYP2C19", None, "Observation/a"),
        ("pgx_phenotype", "PGX:CYP2C19:Poor Metabolizer", "CYP2C19", "Observation/a"),
        ("diplotype", "DIPLOTYPE:CYP2C19:*2/*2", "CYP2C19", "Observation/b"),
    ]
    assert all(m.text[m.start : m.end] == m.text and m.used for m in facts.mentions)
    assert [m.name for m in facts.of("pgx_phenotype")] == ["Poor Metabolizer"] and facts.unread == ()


def test_an_allele_is_a_mention_unless_the_diplotype_holds_it():
    alone = asked(result("a", "84414-2", "*4", "CYP2D6"))
    assert said(alone)[1:] == [("variant", "ALLELE:CYP2D6:*4", "CYP2D6", "Observation/a")]
    both = asked(result("a", "84414-2", "*4", "CYP2D6"), result("b", "84413-4", "*1/*4", "CYP2D6"))
    assert [m.kind for m in both.mentions] == ["gene", "diplotype"]


@pytest.mark.parametrize("status", ["preliminary", "registered", "unknown"])
def test_of_a_result_that_is_not_final_only_the_gene_is_known(status):
    facts = asked(result("a", "79714-2", "Poor metabolizer", status=status))
    assert said(facts) == [("gene", "GENE:CYP2C19", None, "Observation/a")]
    assert facts.unread == ("Observation/a: a genetic result that is not final, so it was not used",)


def test_of_results_that_contradict_each_other_only_the_gene_is_known():
    facts = asked(result("a", "79714-2", "Poor metabolizer"), result("b", "79714-2", "Normal metabolizer"))
    assert said(facts) == [("gene", "GENE:CYP2C19", None, "Observation/a")]
    assert "contradict each other" in facts.unread[0]


@pytest.mark.parametrize("given", [{"status": "entered-in-error"}, {"status": "cancelled"}, {"subject": "q"}])
def test_of_a_withdrawn_result_and_of_anothers_nothing_is_said(given):
    facts = asked(result("a", "79714-2", "Poor metabolizer", **given))
    assert facts.mentions == () and len(facts.unread) == 1
