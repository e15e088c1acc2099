"""What FHIR resources say of findings: there, not there, or not said. Never guessed."""

from __future__ import annotations

import pytest
from bedside.core import Case, Question, Term
from bedside.core.engine.read import read
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemoryTerms

SEIZURE = "HP:0001250"
HPO, LOINC, SNOMED = "http://human-phenotype-ontology.org", "http://loinc.org", "http://snomed.info/sct"


@pytest.fixture
def services() -> TestServices:
    terms = [
        Term(id=SEIZURE, kind="phenotype", name="Seizure", source_id="hpo"),
        Term(id="DRUG:1", kind="drug", name="Codeine", source_id="drugs"),
    ]
    return TestServices(terms=MemoryTerms(terms))


def facts(services, **resource):
    return read(Question(text="", case=Case(fhir=({"id": "1", **resource},))), services)


def coded(code: str = SEIZURE, system: str = HPO) -> dict:
    return {"coding": [{"system": system, "code": code, "display": "something else"}]}


def value(code: str, system: str = LOINC) -> dict:
    return {"valueCodeableConcept": {"coding": [{"system": system, "code": code}]}}


PRESENT = {
    "boolean": {"valueBoolean": True},
    "LOINC": value("LA9633-4"),
    "SNOMED": value("52101004", SNOMED),
    "word": {"valueCodeableConcept": {"text": "Present"}},
    "interpretation": {"interpretation": [{"coding": [{"code": "POS"}]}]},
}
ABSENT = {
    "boolean": {"valueBoolean": False},
    "LOINC": value("LA9634-2"),
    "SNOMED": value("2667000", SNOMED),
    "word": {"valueCodeableConcept": {"text": " absent "}},
    "interpretation": {"interpretation": [{"coding": [{"code": "NEG"}]}]},
}
UNSAID = {
    "no value": {},
    "a number": {"valueQuantity": {"value": 3}},
    "another code": value("LA6576-8"),
    "both": {"valueCodeableConcept": {"coding": [{"code": "LA9633-4"}, {"code": "LA9634-2"}]}},
    "a reason for no value": {"dataAbsentReason": {"coding": [{"code": "unknown"}]}},
}


@pytest.mark.parametrize("how", PRESENT)
def test_an_observation_that_is_there(services, how):
    found = facts(services, resourceType="Observation", status="final", code=coded(), **PRESENT[how])
    assert [(m.id, m.negated, m.origin) for m in found.mentions] == [(SEIZURE, False, "Observation/1")]


@pytest.mark.parametrize("how", ABSENT)
def test_an_observation_that_is_not_there_is_an_absent_finding(services, how):
    found = facts(services, resourceType="Observation", status="final", code=coded(), **ABSENT[how])
    assert [(m.id, m.negated) for m in found.mentions] == [(SEIZURE, True)]


@pytest.mark.parametrize("how", UNSAID)
def test_an_observation_that_does_not_say_is_told_and_not_guessed(services, how):
    found = facts(services, resourceType="Observation", status="final", code=coded(), **UNSAID[how])
    assert not found.mentions
    assert found.unread == (f"Observation/1 names {SEIZURE} without saying whether it is there",)


@pytest.mark.parametrize("system", [HPO, "http://purl.obolibrary.org/obo/hp.owl", "urn:oid:1.2.3"])
@pytest.mark.parametrize("code", [SEIZURE, "HP_0001250"])
def test_an_hpo_code_is_known_in_any_system(services, system, code):
    found = facts(services, resourceType="Condition", code=coded(code, system))
    assert [m.id for m in found.of("phenotype")] == [SEIZURE]


def test_a_code_that_is_not_loaded_is_told(services):
    found = facts(services, resourceType="Condition", code=coded("HP:9999999"))
    assert found.unread == ("Condition/1: HP:9999999 is not a term of the loaded phenotype ontology",)


def status(name: str, code: str) -> dict:
    return {name: {"coding": [{"code": code}]}}


def test_a_refuted_condition_is_an_absent_finding(services):
    for concept in (coded(), {"text": "Seizure"}):
        found = facts(services, resourceType="Condition", code=concept, **status("verificationStatus", "refuted"))
        assert [(m.id, m.negated) for m in found.mentions] == [(SEIZURE, True)]


@pytest.mark.parametrize(("name", "code"), [("verificationStatus", "entered-in-error"), ("clinicalStatus", "resolved")])
def test_what_is_over_or_an_error_is_neither_there_nor_absent(services, name, code):
    assert not facts(services, resourceType="Condition", code=coded(), **status(name, code)).mentions


def test_an_absent_observation_denies_its_finding_only(services):
    concept = {"text": "Seizure under Codeine"}
    found = facts(services, resourceType="Observation", status="final", code=concept, valueBoolean=False)
    assert [(m.kind, m.negated) for m in found.mentions] == [("phenotype", True)]


@pytest.mark.parametrize("code", [None, {}, {"coding": None}, {"coding": [{}]}, {"coding": [{"code": None}]}, {"text": ""}])
def test_a_resource_without_a_name_says_nothing(services, code):
    assert not facts(services, resourceType="Condition", code=code).mentions


@pytest.mark.parametrize("code", ["Seizure", {"coding": ["x"]}, {"coding": 5}])
def test_a_resource_of_no_known_shape_is_told(services, code):
    found = facts(services, resourceType="Condition", code=code)
    assert not found.mentions
    assert found.unread == ("Condition/1 is not shaped as FHIR says and was not read",)
