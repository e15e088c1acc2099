"""Diseases, definitions and abstaining over the real starter knowledge; every quote can be opened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bedside.core import Case, GraphPath, Question, TextSpan
from bedside.core.types import CaseFile, CaseText
from bedside.integrations.app import show

MARFAN = "tall stature, arachnodactyly, ectopia lentis, aortic root aneurysm"
BENCH = Path(__file__).resolve().parents[2] / "bench" / "questions.jsonl"


def test_marfan_comes_first_with_its_papers(app):
    answer = app.engine.ask(MARFAN)
    assert answer.status == "answered"
    assert answer.sentences[0].text.startswith("Marfan syndrome")
    assert any("PMID:33436942" in e.source.references for e in answer.evidence)


@pytest.mark.parametrize("question", [MARFAN, "What is arachnodactyly?", "codeine, CYP2D6 *1/*1xN"])
def test_every_quote_opens_where_it_says(app, question):
    answer = app.engine.ask(question)
    assert answer.evidence
    for e in answer.evidence:
        if isinstance(e.locator, TextSpan):
            stored = show(app, e.locator.passage_id)
            assert stored.record.text[e.locator.start : e.locator.end] == e.quote
        else:
            assert isinstance(e.locator, GraphPath)
            [step] = e.locator.edges
            stored = show(app, step.edge_id)
            assert stored.record.text[step.start : step.end] == e.quote
        assert stored.source is not None and stored.record.source_id == e.source.id == stored.source.id
        assert stored.record.url == e.source.url


def test_negated_findings_do_not_count_for_a_disease(app):
    answer = app.engine.ask("tall stature and arachnodactyly, no ectopia lentis, no aortic root aneurysm")
    assert {m.name for m in answer.facts.of("phenotype")} == {"Tall stature", "Arachnodactyly"}
    assert {m.name for m in answer.facts.of("phenotype", negated=True)} == {"Ectopia lentis", "Aortic root aneurysm"}
    assert not any(s.text.startswith("Marfan syndrome (OMIM:154700)") for s in answer.sentences[:1])


def test_a_finding_seen_in_nobody_is_no_finding(app):
    """`0/12` in an annotation states that nobody had it."""
    answer = app.engine.ask(MARFAN)
    assert not any(", frequency 0/" in e.quote for e in answer.evidence)


def test_case_phenotypes_and_texts_are_read(app):
    given = Case(
        phenotypes=("HP:0001166", "HP:0001083"), texts=(CaseText(origin="note.txt", text="He is tall: tall stature."),)
    )
    answer = app.engine.ask(Question(text="Which disease fits?", case=given))
    assert {m.origin for m in answer.facts.of("phenotype")} == {"case phenotypes", "note.txt"}
    assert answer.status == "answered"


def test_a_relatives_findings_are_not_the_patients(app):
    text = "Father has ectopia lentis and arachnodactyly. Child has short stature and seizures. Which disease?"
    answer = app.engine.ask(text)
    assert {m.name for m in answer.facts.of("phenotype")} == {"Short stature", "Seizure"}
    assert sum("relative (Father)" in w.text for w in answer.warnings) == 2


@pytest.mark.parametrize("question", ["Is arachnodactyly dangerous?", "What is not a seizure?"])
def test_a_definition_answers_only_what_a_thing_is(app, question):
    assert app.engine.ask(question).status == "abstained"


def test_written_ids_are_read(app):
    answer = app.engine.ask("HP:0001166, HP:0001083: which disease?")
    assert {m.id for m in answer.facts.of("phenotype")} == {"HP:0001166", "HP:0001083"}


def fhir(**resource):
    return Question(text="Which disease fits?", case=Case(fhir=({"resourceType": "Condition", **resource},)))


@pytest.mark.parametrize(
    "denied",
    [
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"clinicalStatus": {"text": "resolved"}},
        {"clinicalStatus": {"coding": [{"code": "inactive"}]}},
    ],
)
def test_a_refuted_or_resolved_condition_is_not_present(app, denied):
    assert app.engine.ask(fhir(code={"text": "Seizure"})).facts.of("phenotype")
    assert not app.engine.ask(fhir(code={"text": "Seizure"}, **denied)).facts.of("phenotype")


def test_present_and_excluded_at_once_is_neither(app):
    case = Case(phenotypes=("HP:0001166",), excluded_phenotypes=("HP:0001166",))
    answer = app.engine.ask(Question(text="Which disease fits?", case=case))
    assert not answer.facts.of("phenotype")
    assert any("as present and as excluded" in w.text for w in answer.warnings)


def test_an_unknown_phenotype_id_is_told(app):
    answer = app.engine.ask(Question(text="Which disease fits?", case=Case(phenotypes=("HP:9999999", "HP:0001166"))))
    assert any("HP:9999999" in w.text for w in answer.warnings)


def test_a_file_that_nobody_reads_is_told(app):
    answer = app.engine.ask(Question(text="What is in it?", case=Case(files=(CaseFile(name="scan.dcm", kind="DICOM"),))))
    assert any("scan.dcm" in w.text for w in answer.warnings)


def test_our_own_questions(app):
    """bench/questions.jsonl: nothing wrong is ever shown; what must be abstained from is."""
    failures = []
    for line in BENCH.read_text(encoding="utf-8").splitlines():
        q = json.loads(line)
        answer = app.engine.ask(q["text"])
        text = "\n".join([s.text for s in answer.sentences] + [e.quote for e in answer.evidence])
        if answer.status != q["status"] or not all(h in text for h in q["has"]) or any(n in text for n in q["never"]):
            failures.append((q["text"], answer.status, text[:200]))
    assert not failures
