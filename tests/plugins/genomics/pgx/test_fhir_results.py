"""Coded genetic results of a case answer a question about a drug, as results in the question would. With loaded CPIC."""

from __future__ import annotations

import json

import pytest
from bedside.core import Question
from bedside.core.config import load_config
from bedside.integrations.app import open_app
from bedside.integrations.case_files import read_case

LOINC = "http://loinc.org"
ASKED = "Can this patient take clopidogrel?"


@pytest.fixture(scope="module")
def app(cpic_home):
    overrides = {"llm": {"enabled": False}, "plugins": {"deny": ["literature"]}}
    with open_app(load_config(cpic_home, env={}, overrides=overrides)) as opened:
        yield opened


def report(value, status="final", id="o"):
    return {
        "resourceType": "Observation",
        "id": id,
        "status": status,
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": LOINC, "code": "79714-2"}]},
        "valueCodeableConcept": {"text": value},
    }


def ask(app, tmp_path, *resources):
    path = tmp_path / "report.json"
    entries = [{"resource": r} for r in ({"resourceType": "Patient", "id": "p"}, *resources)]
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    return app.engine.ask(Question(text=ASKED, case=read_case([path])))


def test_a_final_phenotype_gives_cpics_line(app, tmp_path):
    answer = ask(app, tmp_path, report("Poor metabolizer"))
    assert answer.status == "answered" and "CYP2C19 Poor Metabolizer: Avoid" in answer.sentences[0].text
    assert answer.facts.patient.genotypes[0].address.reference == "Observation/o"


@pytest.mark.parametrize(
    "given",
    [
        [report("Poor metabolizer", status="preliminary")],
        [report("Poor metabolizer"), report("Normal metabolizer", id="n")],
        [{**report("Poor metabolizer"), "subject": {"reference": "Patient/q"}}],
    ],
)
def test_what_does_not_hold_gives_no_line_and_says_why(app, tmp_path, given):
    answer = ask(app, tmp_path, *given)
    assert answer.status == "abstained" and not answer.sentences
    assert any("Observation/o" in told for told in answer.facts.unread)
