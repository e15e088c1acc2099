"""Conditions, medications, allergies and observations of a case, each with its path, and what of them counts."""

from __future__ import annotations

import gzip
import json

import pytest
from bedside.core.evidence.resolvers.fhir import element_at
from bedside.core.reading.fhir_facts import read_facts
from bedside.core.types import Concept, Quantity

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"


def coded(text, code="1", system=SNOMED):
    return {"text": text, "coding": [{"system": system, "code": code, "display": text}]}


def states(**names):
    return {name: {"coding": [{"code": code}]} for name, code in names.items()}


def one(kind, **fields):
    unread = []
    found = read_facts([{"resourceType": kind, "id": "x", **fields}], unread)
    facts = [fact for of in found.values() for fact in of]
    return facts, unread


@pytest.mark.parametrize(
    ("given", "status", "certainty", "holds"),
    [
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, "active", "certain", True),
        ({"clinicalStatus": "resolved", "verificationStatus": "confirmed"}, "resolved", "certain", False),
        ({"clinicalStatus": "active", "verificationStatus": "provisional"}, "active", "uncertain", False),
        ({"verificationStatus": "refuted"}, "refuted", "certain", False),
        ({"verificationStatus": "entered-in-error"}, "entered-in-error", "certain", False),
        ({}, "unknown", "certain", True),
    ],
)
def test_a_condition_counts_only_where_it_is_current_and_certain(given, status, certainty, holds):
    [fact], unread = one("Condition", code=coded("Asthma"), **states(**given))
    assert (fact.concept.name, fact.status, fact.certainty, fact.holds) == ("Asthma", status, certainty, holds)
    assert not unread


@pytest.mark.parametrize(
    ("given", "status", "holds"),
    [
        ({"status": "active", "intent": "order"}, "active", True),
        ({"status": "stopped", "intent": "order"}, "stopped", False),
        ({"status": "cancelled", "intent": "order"}, "stopped", False),
        ({"status": "draft", "intent": "order"}, "draft", False),
        ({"status": "active", "intent": "proposal"}, "active", False),
        ({"status": "active", "intent": "order", "doNotPerform": True}, "active", False),
        ({"status": "entered-in-error", "intent": "order"}, "entered-in-error", False),
        ({"status": "on-hold", "intent": "order"}, "on-hold", False),
    ],
)
def test_a_medication_counts_only_where_it_is_taken(given, status, holds):
    [fact], _ = one("MedicationRequest", medicationCodeableConcept=coded("warfarin"), **given)
    assert (fact.status, fact.holds) == (status, holds)


def test_a_contained_medication_gives_all_its_substances():
    product = {
        "resourceType": "Medication",
        "id": "m",
        "code": coded("Norco"),
        "ingredient": [{"itemCodeableConcept": coded("hydrocodone")}, {"itemCodeableConcept": coded("acetaminophen")}],
    }
    [fact], _ = one("MedicationStatement", status="active", contained=[product], medicationReference={"reference": "#m"})
    assert (fact.concept.name, [c.name for c in fact.ingredients]) == ("Norco", ["hydrocodone", "acetaminophen"])


def test_an_allergy_with_its_reaction_and_the_statement_that_there_is_none():
    reaction = [{"manifestation": [coded("Hives")], "severity": "mild"}, {"manifestation": [], "severity": "severe"}]
    [fact], _ = one("AllergyIntolerance", code=coded("Penicillin"), reaction=reaction, **states(clinicalStatus="active"))
    assert (fact.severity, [c.name for c in fact.reactions], fact.holds) == ("severe", ["Hives"], True)
    [none], _ = one("AllergyIntolerance", code=coded("No known allergy", "716186003"))
    assert none.negated and not none.holds


def test_a_value_keeps_its_unit_comparator_and_range():
    value = {"value": 1.2, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL", "comparator": "<"}
    ranges = [{"low": {"value": 0.6}, "high": {"value": 1.1}}]
    [fact], _ = one(
        "Observation", status="final", code=coded("Creatinine", "2160-0", LOINC), valueQuantity=value, referenceRange=ranges
    )
    assert fact.value == Quantity(value=1.2, unit="mg/dL", comparator="<")
    assert (fact.low, fact.high, fact.address.path, fact.holds) == (0.6, 1.1, "valueQuantity", True)


def test_an_absent_value_is_absent_and_never_normal():
    reason = {"coding": [{"code": "not-performed"}]}
    [fact], _ = one("Observation", status="final", code=coded("Potassium"), dataAbsentReason=reason)
    assert (fact.value, fact.absent, fact.holds) == (None, "not-performed", False)
    [odd], _ = one("Observation", status="final", code=coded("Potassium"), dataAbsentReason=coded("gone", "gone"))
    assert odd.absent == "unknown"
    assert one("Observation", status="final", code=coded("Panel"))[0] == []


def test_components_are_observations_of_their_own_and_preliminary_ones_do_not_count():
    parts = [
        {"code": coded("Systolic"), "valueQuantity": {"value": 120}},
        {"code": coded("Answer"), "valueCodeableConcept": coded("Yes")},
    ]
    facts, _ = one("Observation", status="preliminary", code=coded("Panel"), component=parts)
    assert [f.address.path for f in facts] == ["component[0].valueQuantity", "component[1].valueCodeableConcept"]
    assert isinstance(facts[1].value, Concept)
    assert not any(f.holds for f in facts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"resourceType": "Observation", "id": "x", "code": coded("K"), "valueQuantity": {"value": "high"}},
        {"resourceType": "Observation", "id": "x", "code": coded("K"), "valueQuantity": {"value": 1, "comparator": "~"}},
        {"resourceType": "Observation", "id": "x", "valueQuantity": {"value": 1}},
        {"resourceType": "MedicationRequest", "id": "x", "medicationReference": {"reference": "#gone"}},
        {"resourceType": "AllergyIntolerance", "id": "x", "code": coded("A"), "reaction": [3]},
    ],
)
def test_what_is_misshapen_is_reported_and_costs_itself_only(wrong):
    unread = []
    good = {"resourceType": "Condition", "id": "g", "code": coded("Asthma")}
    found = read_facts([wrong, good], unread)
    assert [f.concept.name for f in found["conditions"]] == ["Asthma"]
    assert "not shaped as FHIR says" in unread[0]


def test_what_names_nothing_is_reported():
    assert one("Condition", code={}) == ([], ["Condition/x names nothing and was not read"])


def test_nothing_of_another_person_is_read():
    patient = {"resourceType": "Patient", "id": "a"}
    other = {"resourceType": "AllergyIntolerance", "id": "x", "code": coded("Latex"), "patient": {"reference": "Patient/b"}}
    unread = []
    assert not any(read_facts([patient, other], unread).values())
    assert "another subject" in unread[0]
    two = [{"resourceType": "Condition", "code": coded("A"), "subject": {"reference": f"Patient/{i}"}} for i in "ab"]
    assert not any(read_facts(two, []).values())


def test_every_fact_of_the_real_bundles_opens_at_its_path(mirror):
    """Values compared with a plain walk over the JSON that shares no code with the reader."""
    seen = 0
    for path in sorted((mirror / "fhir" / "r4_synthea").glob("*.json.gz")):
        entries = json.loads(gzip.decompress(path.read_bytes()))["entry"]
        resources = [entry["resource"] for entry in entries]
        patient = next(r for r in resources if r["resourceType"] == "Patient")
        for r in resources:
            for key in ("subject", "patient"):
                if r.get(key, {}).get("reference", "").startswith("urn:uuid:"):
                    r[key]["reference"] = f"Patient/{patient['id']}"
        by_reference = {f"{r['resourceType']}/{r['id']}": r for r in resources}
        unread = []
        found = read_facts(resources, unread)
        assert not unread
        plain = sum(r["resourceType"] in ("Condition", "MedicationRequest") for r in resources)
        assert len(found["conditions"]) + len(found["medications"]) == plain
        values = [
            part["valueQuantity"]["value"]
            for r in resources
            if r["resourceType"] == "Observation"
            for part in (r, *r.get("component", ()))
            if "valueQuantity" in part
        ]
        assert [f.value.value for f in found["observations"] if isinstance(f.value, Quantity)] == values
        for fact in (f for facts in found.values() for f in facts):
            element = element_at(by_reference[fact.address.reference], fact.address.path)
            if isinstance(getattr(fact, "value", None), Quantity):
                assert (element["value"], element["code"]) == (fact.value.value, fact.value.unit)
            seen += 1
    assert seen > 1000
