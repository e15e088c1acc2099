"""Medications, documents, procedures, immunizations, reports and family history in each of their states."""

from __future__ import annotations

import base64
import copy
import json
import random

import pytest
from bedside.core.reading.fhir import of_bundle
from bedside.core.reading.fhir_facts import FIELDS, read_facts
from bedside.core.types import Quantity
from bedside.integrations.case_files import read_case

from .fhir_resources import coded, measured


def read(*resources):
    unread = []
    found = read_facts(resources, unread)
    return [fact for field in FIELDS for fact in found[field]], unread


def one(kind, **fields):
    facts, unread = read({"resourceType": kind, "id": "x", **fields})
    assert len(facts) == 1, unread
    return facts[0]


# --- medications ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given", "status", "holds"),
    [
        ("MedicationStatement", "active", "active", True),
        ("MedicationStatement", "completed", "completed", False),
        ("MedicationStatement", "intended", "intended", False),
        ("MedicationStatement", "not-taken", "not-taken", False),
        ("MedicationStatement", "stopped", "stopped", False),
        ("MedicationStatement", "on-hold", "on-hold", False),
        ("MedicationStatement", "entered-in-error", "entered-in-error", False),
        ("MedicationStatement", "odd", "unknown", True),
        ("MedicationDispense", "completed", "active", True),
        ("MedicationDispense", "in-progress", "intended", False),
        ("MedicationDispense", "preparation", "intended", False),
        ("MedicationDispense", "declined", "not-taken", False),
        ("MedicationDispense", "cancelled", "stopped", False),
        ("MedicationAdministration", "completed", "active", True),
        ("MedicationAdministration", "in-progress", "active", True),
        ("MedicationAdministration", "not-done", "not-taken", False),
        ("MedicationAdministration", "stopped", "stopped", False),
        ("MedicationAdministration", "entered-in-error", "entered-in-error", False),
    ],
)
def test_each_state_of_a_medication(kind, given, status, holds):
    fact = one(kind, status=given, medicationCodeableConcept=coded("warfarin"))
    assert (fact.status, fact.holds) == (status, holds)


def test_a_combination_has_its_parts_and_keeps_its_codes():
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    name = "Acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet"
    given = {
        "text": name,
        "coding": [{"system": rxnorm, "code": "1049221"}, {"system": "http://www.whocc.no/atc", "code": "N02AJ17"}],
    }
    fact = one("MedicationRequest", status="active", intent="order", medicationCodeableConcept=given)
    assert [c.name for c in fact.ingredients] == ["Acetaminophen 325 MG", "oxycodone hydrochloride 5 MG Oral Tablet"]
    assert [c.code for c in fact.concept.codings] == ["1049221", "N02AJ17"]


def test_a_medication_of_another_entry_is_found_by_id_and_by_full_url():
    product = {"resourceType": "Medication", "id": "m", "code": coded("Norco")}
    active = {"itemCodeableConcept": coded("hydrocodone")}
    product["ingredient"] = [active, {"itemCodeableConcept": coded("starch"), "isActive": False}]
    for reference in ("Medication/m", "http://example.org/fhir/Medication/m", "urn:uuid:77"):
        request = {
            "resourceType": "MedicationRequest",
            "id": "r",
            "status": "active",
            "medicationReference": {"reference": reference},
        }
        entries = [{"resource": request}, {"fullUrl": "urn:uuid:77", "resource": product}]
        [fact], _ = read(*of_bundle({"resourceType": "Bundle", "entry": entries}))
        assert (fact.concept.name, [c.name for c in fact.ingredients]) == ("Norco", ["hydrocodone"])


def test_a_nameless_product_is_named_by_its_substances_and_a_missing_one_is_none():
    part = {"itemCodeableConcept": coded("hydrocodone")}
    product = {"resourceType": "Medication", "id": "m", "ingredient": [part]}
    given = {"status": "active", "medicationReference": {"reference": "#m"}}
    assert one("MedicationStatement", contained=[product], **given).concept.name == "hydrocodone"
    gone = {**product, "ingredient": [part, {"itemReference": {"reference": "#s"}}]}
    facts, unread = read({"resourceType": "MedicationStatement", "id": "x", "contained": [gone], **given})
    assert facts == [] and "not shaped" in unread[0]


def test_a_dose_is_read_where_there_is_one():
    dose = {"doseAndRate": [{"doseQuantity": {"value": 75, "unit": "mg"}}]}
    given = {"status": "active", "intent": "order", "medicationCodeableConcept": coded("clopidogrel")}
    assert one("MedicationRequest", dosageInstruction=[dose], **given).dose == Quantity(value=75, unit="mg")
    assert one("MedicationRequest", dosageInstruction=[dose, dose], **given).dose is None


# --- what was done ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given", "status", "holds"),
    [
        ("Immunization", "completed", "completed", True),
        ("Immunization", "not-done", "not-done", False),
        ("Immunization", "entered-in-error", "entered-in-error", False),
        ("Procedure", "completed", "completed", True),
        ("Procedure", "in-progress", "in-progress", True),
        ("Procedure", "preparation", "preparation", False),
        ("Procedure", "not-done", "not-done", False),
        ("Procedure", "stopped", "stopped", False),
        ("Procedure", "entered-in-error", "entered-in-error", False),
        ("DiagnosticReport", "final", "final", True),
        ("DiagnosticReport", "appended", "amended", True),
        ("DiagnosticReport", "partial", "preliminary", False),
        ("DiagnosticReport", "entered-in-error", "entered-in-error", False),
    ],
)
def test_each_state_of_what_was_done(kind, given, status, holds):
    name = "vaccineCode" if kind == "Immunization" else "code"
    fact = one(kind, status=given, **{name: coded("x")})
    assert (fact.status, fact.holds, fact.address.path) == (status, holds, name)


def test_what_runs_in_the_family_is_never_the_patients():
    parts = [{"code": coded("Breast cancer"), "onsetAge": {"value": 41, "unit": "a"}}]
    given = {"status": "completed", "relationship": coded("mother", "MTH"), "condition": parts}
    fact = one("FamilyMemberHistory", **given)
    assert (fact.experiencer, fact.relationship.name, fact.holds) == ("relative", "mother", False)
    assert (fact.concept.name, fact.onset_age_years, fact.address.path) == ("Breast cancer", 41, "condition[0].code")
    assert one("FamilyMemberHistory", **{**given, "status": "entered-in-error"}).status == "entered-in-error"


# --- documents --------------------------------------------------------------------------------------------------------


def document(text="He takes warfarin.", **more):
    content = {
        "attachment": {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode(), "title": "Note"}
    }
    return {
        "resourceType": "DocumentReference",
        "id": "d",
        "status": "current",
        "type": coded("Discharge"),
        "content": [content],
        **more,
    }


@pytest.mark.parametrize(
    ("given", "holds", "told"),
    [
        (document(), True, ""),
        (document(docStatus="final"), True, ""),
        (document(docStatus="preliminary"), False, "not current and final"),
        (document(docStatus="entered-in-error"), False, "not current and final"),
        (document(status="superseded"), False, "not current and final"),
        (document(content=[{"attachment": {"contentType": "application/pdf", "data": "AAAA"}}]), True, "not plain text"),
        (document(content=[{"attachment": {"contentType": "text/plain", "url": "Binary/1"}}]), True, "only a reference"),
        (document(content=[{"attachment": {"contentType": "text/plain", "data": "*"}}]), True, "can't be decoded"),
        (document("x" * 100_001), True, "too long"),
    ],
)
def test_a_document_is_a_text_of_the_case_where_it_is_in_force(tmp_path, given, holds, told):
    [fact], unread = read(given)
    assert (fact.holds, fact.address.path) == (holds, "content[0].attachment")
    assert told in "".join(unread) and bool(unread) == bool(told) and "warfarin" not in "".join(unread)
    path = tmp_path / "d.json"
    path.write_text(json.dumps(given))
    assert [(t.origin, t.text) for t in read_case([path]).texts] == (
        [] if told else [("DocumentReference/d", "He takes warfarin.")]
    )


def test_the_document_of_another_is_no_text_of_the_case(tmp_path):
    entries = [
        {"resource": {"resourceType": "Patient", "id": "a"}},
        {"resource": document(subject={"reference": "Patient/b"})},
    ]
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    case = read_case([path])
    assert case.texts == ()
    facts, unread = read(*case.fhir)
    assert facts == [] and "another subject" in unread[0]


# --- twice, elsewhere, misshapen --------------------------------------------------------------------------------------


def test_a_resource_that_is_given_twice_is_read_once():
    given = measured(1, "mg/L", "2026-01-01")
    facts, unread = read(given, dict(given))
    assert len(facts) == 1 and unread == []
    facts, unread = read(given, {**given, "status": "corrected"})
    assert facts == [] and "given twice under one id" in unread[0]


def test_a_result_inside_its_report_is_read_at_its_path_in_it():
    inner = [{**measured(1.2, "mg/dL", "2026-01-01"), "id": "k"}, copy.deepcopy(GOOD[-1])]
    del inner[1]["derivedFrom"]
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": coded("Panel"), "contained": inner}
    report["subject"] = {"reference": "Patient/a"}
    facts, unread = read({**report, "result": [{"reference": "#k"}, {"reference": "#g"}]})
    paths = {f.address.path: f for f in facts}
    assert paths["contained[0].valueQuantity"].holds and paths["contained[1].valueString"].holds and unread == []
    assert facts[-1].result == "*1/*2" and facts[-1].address.path == "contained[1].valueString"
    assert not any(f.holds for f in read({**report, "status": "entered-in-error"})[0])
    inner[0]["subject"] = {"reference": "Patient/b"}
    facts, unread = read(report)
    assert "contained[0].valueQuantity" not in {f.address.path for f in facts} and "another subject" in unread[0]


def test_a_value_of_a_kind_that_is_not_read_is_named():
    given = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": coded("x"),
        "valueRange": {"low": {"value": 1}},
    }
    assert read(given) == ([], ["Observation/o: a value that is a range, a ratio or sampled data was not read"])
    assert "Bundle inside" in read({"resourceType": "Bundle", "id": "b"})[1][0]


def test_results_that_are_elsewhere_are_named():
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": coded("Panel")}
    result = measured(1, "mg/L", "2026-01-01")
    assert "not in the case" in read({**report, "result": [{"reference": "Observation/gone"}]})[1][0]
    assert read({**report, "result": [{"reference": "Observation/o"}]}, result)[1] == []


def test_a_reference_range_in_another_unit_is_none():
    given = measured(1.2, "mg/dL", "2026-01-01", referenceRange=None)
    del given["valueQuantity"]["referenceRange"]
    ranges = [{"low": {"value": 60, "code": "umol/L"}, "high": {"value": 110, "code": "umol/L"}}]
    [fact], _ = read({**given, "referenceRange": ranges})
    assert (fact.low, fact.high) == (None, None)


GOOD = [
    measured(1, "mg/L", "2026-01-01"),
    document(),
    {"resourceType": "Condition", "id": "c", "code": coded("Asthma"), "onsetAge": {"value": 3, "unit": "a"}},
    {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "contained": [
            {
                "resourceType": "Medication",
                "id": "p",
                "code": coded("x"),
                "ingredient": [{"itemCodeableConcept": coded("y")}],
            }
        ],
        "medicationReference": {"reference": "#p"},
        "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 1}}]}],
    },
    {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "code": coded("Latex"),
        "reaction": [{"manifestation": [coded("Hives")]}],
    },
    {"resourceType": "FamilyMemberHistory", "id": "f", "relationship": coded("mother"), "condition": [{"code": coded("x")}]},
    {
        "resourceType": "Procedure",
        "id": "p",
        "status": "completed",
        "code": coded("x"),
        "performedPeriod": {"start": "2020"},
    },
    {
        "resourceType": "Immunization",
        "id": "i",
        "status": "completed",
        "vaccineCode": coded("x"),
        "occurrenceDateTime": "2020",
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "code": coded("x"),
        "result": [{"reference": "Observation/o"}],
    },
    {
        "resourceType": "Observation",
        "id": "g",
        "status": "final",
        "code": coded("x", "84413-4", "http://loinc.org"),
        "valueString": "*1/*2",
        "derivedFrom": [{"reference": "Observation/o"}],
        "component": [{"code": coded("g", "48018-6", "http://loinc.org"), "valueCodeableConcept": coded("CYP2C19")}],
    },
]
JUNK = [None, 3, -1.5, True, "", "junk", [], [3], [None], {}, {"a": 1}, [[]], [{}], {"coding": 3}, {"reference": 3}]


def _places(element, at=()):
    if isinstance(element, dict | list):
        for key, held in element.items() if isinstance(element, dict) else enumerate(element):
            yield (*at, key)
            yield from _places(held, (*at, key))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_stands_in_an_element_nothing_is_raised(seed):
    """Every element of every kind of resource, replaced by what does not belong there."""
    chance = random.Random(seed)
    for number, resource in enumerate(GOOD):
        for place in _places(resource):
            if place == ("resourceType",):
                continue
            broken = copy.deepcopy(resource)
            at = broken
            for step in place[:-1]:
                at = at[step]
            at[place[-1]] = chance.choice(JUNK)
            others = [r for n, r in enumerate(GOOD) if n != number and r["resourceType"] != "DiagnosticReport"]
            facts, unread = read(broken, *others)
            assert len(facts) >= len(others)
            assert not any("junk" in told for told in unread if place[0] != "id")
