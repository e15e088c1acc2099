"""Other releases than R4 are recognised by what only they have; R4 is never refused."""

from __future__ import annotations

import json

import pytest
from bedside.core.errors import CaseError
from bedside.core.reading.fhir_context.versions import other_release
from bedside.core.reading.fhir_facts import read_facts
from bedside.integrations.case_files import read_case

from .fhir_resources import coded


@pytest.mark.parametrize(
    ("kind", "given", "release"),
    [
        ("Observation", {"context": {"reference": "Encounter/1"}}, "STU3"),
        ("Observation", {"comment": "x"}, "STU3"),
        ("Observation", {"comments": "x"}, "DSTU2"),
        ("Observation", {"category": coded("laboratory")}, "DSTU2 or STU3"),
        ("Observation", {"triggeredBy": [{}]}, "R5"),
        ("Condition", {"clinicalStatus": "active"}, "DSTU2 or STU3"),
        ("Condition", {"assertedDate": "2018"}, "STU3"),
        ("Condition", {"dateRecorded": "2014"}, "DSTU2"),
        ("AllergyIntolerance", {"substance": coded("x")}, "DSTU2"),
        ("AllergyIntolerance", {"verificationStatus": "confirmed"}, "STU3"),
        ("AllergyIntolerance", {"type": coded("allergy")}, "R5"),
        ("MedicationRequest", {"requester": {"agent": {}}}, "STU3"),
        ("MedicationRequest", {"medication": {"concept": coded("x")}}, "R5"),
        ("MedicationRequest", {"medication": {"reference": {"reference": "Medication/1"}}}, "R5"),
        ("MedicationStatement", {"taken": "y"}, "STU3"),
        ("MedicationStatement", {"wasNotTaken": False}, "DSTU2"),
        ("MedicationStatement", {"dosage": [{"doseQuantity": {"value": 1}}]}, "DSTU2 or STU3"),
        ("MedicationOrder", {}, "DSTU2"),
        ("Immunization", {"notGiven": False}, "STU3"),
        ("Immunization", {"wasNotGiven": False}, "DSTU2"),
        ("Procedure", {"notDone": False}, "STU3"),
        ("Procedure", {"occurrenceDateTime": "2024"}, "R5"),
        ("DiagnosticReport", {"category": coded("LAB")}, "DSTU2 or STU3"),
        ("DocumentReference", {"indexed": "2018"}, "DSTU2 or STU3"),
        ("DocumentReference", {"context": [{"reference": "Encounter/1"}]}, "R5"),
        ("Encounter", {"class": [coded("AMB")]}, "R5"),
        ("Patient", {"meta": {"profile": ["http://hl7.org/fhir/3.0/StructureDefinition/Patient"]}}, "STU3"),
        ("CapabilityStatement", {"fhirVersion": "5.0.0"}, "R5"),
    ],
)
def test_another_release_is_recognised_and_refused(tmp_path, kind, given, release):
    resource = {"resourceType": kind, "id": "x", **given}
    assert other_release(resource) == release
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": resource}]}))
    with pytest.raises(CaseError, match=release) as error:
        read_case([path])
    assert "case.json" in error.value.hint and "-to-version 4.0" in error.value.hint


def test_a_case_that_comes_without_a_file_names_what_is_not_r4():
    unread = []
    found = read_facts([{"resourceType": "Condition", "id": "x", "code": coded("x"), "clinicalStatus": "active"}], unread)
    assert not any(found.values())
    assert unread == ["Condition/x is written in FHIR DSTU2 or STU3, not R4, and was not read"]


@pytest.mark.parametrize(
    "given",
    [
        {"resourceType": "MedicationStatement", "context": {"reference": "Encounter/1"}},
        {"resourceType": "MedicationAdministration", "context": {"reference": "Encounter/1"}},
        {"resourceType": "DocumentReference", "context": {"encounter": []}, "docStatus": "final", "date": "2024"},
        {"resourceType": "AllergyIntolerance", "type": "allergy", "category": ["food"], "clinicalStatus": coded("active")},
        {
            "resourceType": "Observation",
            "category": [coded("laboratory")],
            "interpretation": [coded("H")],
            "note": [{"text": "x"}],
        },
        {"resourceType": "Procedure", "category": coded("x"), "recorder": {"reference": "Practitioner/1"}},
        {"resourceType": "Encounter", "class": {"code": "AMB"}},
        {"resourceType": "Immunization", "manufacturer": {"reference": "Organization/1"}, "recorded": "2024"},
        {"resourceType": "MedicationRequest", "requester": {"reference": "Practitioner/1"}, "reportedBoolean": False},
        {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"},
        {"resourceType": "Patient", "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"]}},
    ],
)
def test_r4_is_never_refused(given):
    assert other_release(given) == ""
