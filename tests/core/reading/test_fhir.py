"""What FHIR resources say of findings: there, not there, or not said. Never guessed."""

from __future__ import annotations

import pytest
from bedside.core import Case, Question, Term
from bedside.core.reading.reader import read
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


CODEINE = {"medicationCodeableConcept": {"text": "codeine"}}


def read_all(services, *resources):
    return read(Question(text="", case=Case(fhir=resources)), services)


@pytest.mark.parametrize(
    ("kind", "status", "there"),
    [
        ("MedicationDispense", "in-progress", True),
        ("MedicationDispense", "completed", True),  # handed out, and to be taken from then on
        ("MedicationDispense", "declined", False),
        ("MedicationDispense", "entered-in-error", False),
        ("MedicationAdministration", "in-progress", True),
        ("MedicationAdministration", "completed", True),  # the dose was given
        ("MedicationAdministration", "not-done", False),
        ("MedicationRequest", "active", True),
        ("MedicationRequest", "completed", False),
        ("MedicationStatement", "completed", False),
    ],
)
def test_what_was_handed_out_or_given_is_read(services, kind, status, there):
    found = facts(services, resourceType=kind, status=status, **CODEINE)
    assert [m.id for m in found.of("drug")] == (["DRUG:1"] if there else [])
    assert not found.unread


def test_a_medication_of_the_fifth_release_is_read(services):
    found = facts(services, resourceType="MedicationRequest", status="active", medication={"concept": {"text": "codeine"}})
    assert [m.id for m in found.of("drug")] == ["DRUG:1"]


@pytest.mark.parametrize("more", [{"status": "draft"}, {"status": "active", "intent": "proposal"}, {"intent": "option"}])
def test_what_nobody_has_ordered_yet_is_told_and_not_taken(services, more):
    found = facts(services, resourceType="MedicationRequest", **more, **CODEINE)
    assert not found.mentions
    assert found.unread == ("MedicationRequest/1 is a draft or a proposal, no order, and was not taken as a medication",)


PATIENT = {"resourceType": "Patient", "id": "p1"}


def statement(id_: str, subject: str | None) -> dict:
    one = {"resourceType": "MedicationStatement", "id": id_, "status": "active", **CODEINE}
    return one if subject is None else {**one, "subject": {"reference": subject}}


@pytest.mark.parametrize(
    "subject",
    [None, "Patient/p1", "https://ehr.example/fhir/Patient/p1", "Patient/p1/_history/2", "urn:uuid:p1", "#p1"],
)
def test_what_is_of_the_patient_is_read(services, subject):
    found = read_all(services, PATIENT, statement("1", subject))
    assert len(found.of("drug")) == 1
    assert not found.unread


@pytest.mark.parametrize("subject", ["Patient/p2", "https://ehr.example/fhir/Patient/p2", "urn:uuid:p2"])
def test_what_is_of_somebody_else_is_told_and_not_read(services, subject):
    found = read_all(services, PATIENT, statement("1", subject), statement("2", "Patient/p1"))
    assert [m.origin for m in found.of("drug")] == ["MedicationStatement/2"]
    assert found.unread == ("MedicationStatement/1 is of another subject than the case's patient and was not read",)


def test_resources_of_several_people_without_a_patient_are_told_and_not_read(services):
    found = read_all(services, statement("1", "Patient/a"), statement("2", "Patient/b"), statement("3", "Patient/a"))
    assert not found.mentions
    assert len(found.unread) == 3
    assert "no Patient says whose it is" in found.unread[0]
    same = read_all(services, statement("1", "urn:uuid:a"), statement("2", "urn:uuid:a"))
    assert len(same.mentions) == 2


def test_a_drug_that_is_only_a_part_of_a_word_is_told(services):
    named = {"medicationCodeableConcept": {"text": "nor-codeine 5 mg"}}
    found = facts(services, resourceType="MedicationRequest", status="active", **named)
    assert [m.id for m in found.of("drug")] == ["DRUG:1"]
    assert found.unread == ("MedicationRequest/1: a part of a name was read as Codeine: check that this is the drug meant",)


def test_the_patient_is_known_by_an_identifier_too(services):
    patient = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": "urn:mrn", "value": "007"}]}
    own = {"resourceType": "Condition", "code": coded(), "subject": {"reference": "Patient?identifier=urn:mrn|007"}}
    assert [m.id for m in read_all(services, patient, own).mentions] == [SEIZURE]


def test_a_finding_of_the_mother_is_told_and_not_read(services):
    mothers = {"resourceType": "Condition", "id": "1", "code": coded(), "subject": {"reference": "Patient/mother"}}
    found = read_all(services, {"resourceType": "Patient", "id": "p1"}, mothers)
    assert not found.mentions
    assert found.unread == ("Condition/1 is of another subject than the case's patient and was not read",)


@pytest.mark.parametrize("subject", [{}, {"display": "me"}, {"reference": None}, "Patient/2", None])
def test_a_subject_that_names_nobody_is_the_patient(services, subject):
    own = {"resourceType": "Condition", "code": coded(), "subject": subject}
    assert len(read_all(services, {"resourceType": "Patient", "id": "p1"}, own).mentions) == 1


@pytest.mark.parametrize("doubt", ["provisional", "differential", "unconfirmed"])
def test_a_condition_in_doubt_is_neither_present_nor_absent_and_told(services, doubt):
    found = facts(services, resourceType="Condition", code=coded(), **status("verificationStatus", doubt))
    assert not found.mentions
    assert found.unread == (f"Condition/1 is {doubt} by its verification status: neither present nor absent",)


@pytest.mark.parametrize(
    "text",
    [
        "Family history of seizure",
        "Suspected seizure",
        "possible seizure",
        "Rule out seizure",
        "Seizure?",
        "Seizure, suspected",
    ],
)
def test_a_condition_in_words_that_is_not_the_patients_or_not_sure_is_told(services, text):
    found = facts(services, resourceType="Condition", code={"text": text})
    assert not found.mentions
    assert len(found.unread) == 1 and found.unread[0].startswith("Condition/1")
