"""Marks that may turn a meaning around (`modifierExtension`, `implicitRules`): there is no way round them, whatever holds
the mark, and whatever is not read for one is reported."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest
from bedside.core.evidence.registry import ResolveContext, Unresolved
from bedside.core.evidence.resolvers.fhir import resolve_fhir
from bedside.core.reading import fhir
from bedside.core.reading.fhir_context.attached_text import attached_texts
from bedside.core.reading.fhir_facts import read_facts, read_patient
from bedside.core.reading.fhir_mentions import from_fhir
from bedside.core.testing.doubles import MemoryTerms, TestServices
from bedside.core.types import Case, Facts, FhirAddress, Question, Term

from .fhir_resources import LOINC, coded, measured

MARK = {"modifierExtension": [{"url": "http://x.org/not-the-patient", "valueBoolean": True}]}
RULES = {"implicitRules": "http://x.org/rules"}
PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1980-02-01"}
WHOSE = {"subject": {"reference": "Patient/p"}}
TERMS = MemoryTerms([Term(id="RXCUI:2670", kind="drug", name="codeine", source_id="test")])


def genotype(id="g", **more):
    part = {"code": coded("gene", "48018-6", LOINC), "valueCodeableConcept": {"text": "CYP2C19"}}
    value = {"text": "*2/*2"}
    found = {"resourceType": "Observation", "id": id, "status": "final", "code": coded("genotype", "84413-4", LOINC)}
    return {**found, **WHOSE, "valueCodeableConcept": value, "component": [part], **more}


def potassium(id="k", **more):
    return {**measured(4.1, "mmol/L", "2026-01-02", "2823-3", id=id), **WHOSE, **more}


def group(kind="Observation", id="panel", *members, **more):
    name = "result" if kind == "DiagnosticReport" else "hasMember"
    held = {"resourceType": kind, "id": id, "status": "final", "code": coded("Panel"), **WHOSE}
    return {**held, name: [{"reference": m} for m in members], **more}


def order(reference="#m", *contained, **more):
    held = {"resourceType": "MedicationRequest", "id": "r", "status": "active", "intent": "order", **WHOSE}
    return {**held, "medicationReference": {"reference": reference, "display": "codeine"}, "contained": [*contained], **more}


def medication(id="m", **more):
    return {"resourceType": "Medication", "id": id, "code": coded("codeine"), **more}


def document(**more):
    data = base64.b64encode(b"CYP2D6 poor metabolizer").decode()
    held = {"resourceType": "DocumentReference", "id": "d", "status": "current", "type": coded("Note"), **WHOSE}
    return {**held, "content": [{"attachment": {"contentType": "text/plain", "data": data}}], **more}


def read(*resources):
    """(facts but those of reports, mentions, what is reported)"""
    given = json.loads(json.dumps([PATIENT, *resources]))
    unread = []
    found = read_facts(given, unread)
    mentions = from_fhir(Case(fhir=tuple(given)), TERMS, unread)
    facts = [fact for field, of in found.items() if field != "reports" for fact in of]
    return facts, mentions, unread


NOT_READ = {
    # own marks, wherever they stand
    "a report that contains them": [group("DiagnosticReport", "x", contained=[genotype(), potassium()], **MARK)],
    "contained, by extension": [group("DiagnosticReport", "x", contained=[genotype(**MARK), potassium(**MARK)])],
    "contained, by rules": [group("DiagnosticReport", "x", contained=[genotype(**RULES), potassium(**RULES)])],
    "a component": [genotype(component=[{**genotype()["component"][0], **MARK}])],
    "a component of a contained one": [
        group("DiagnosticReport", "x", contained=[genotype(component=[{**genotype()["component"][0], **MARK}])])
    ],
    "a reference range": [potassium(referenceRange=[{"low": {"value": 3}, **MARK}])],
    "a dose": [order("#m", medication(), dosageInstruction=[{"text": "daily", **MARK}])],
    "rules that are only pointed at": [potassium(_implicitRules={"extension": [{"url": "http://x.org"}]})],
    "a condition of a relative": [
        {
            "resourceType": "FamilyMemberHistory",
            "id": "f",
            "status": "completed",
            "patient": {"reference": "Patient/p"},
            "relationship": coded("father"),
            "condition": [{"code": coded("Asthma"), **MARK}],
        }
    ],
    # what it rests on
    "the Medication it contains": [order("#m", medication(**MARK))],
    "the Medication beside it": [order("Medication/m"), medication(**MARK)],
    "a Medication by urn": [order("urn:uuid:m"), medication(**RULES)],
    "a Medication given twice": [order("Medication/m"), medication(), medication(**MARK)],
    "an ingredient": [order("#m", medication(ingredient=[{"itemCodeableConcept": coded("codeine"), **MARK}]))],
    "the substance of an ingredient": [
        order(
            "#m",
            medication(ingredient=[{"itemReference": {"reference": "#s"}}]),
            {"resourceType": "Substance", "id": "s", "code": coded("codeine"), **MARK},
        )
    ],
    "the Patient it contains": [order("#m", medication(), {**PATIENT, **MARK}, subject={"reference": "#p"})],
    "a medication of release 5": [
        {
            **{k: v for k, v in order("#m", medication(**MARK)).items() if k != "medicationReference"},
            "medication": {"reference": {"reference": "#m", "display": "codeine"}},
        }
    ],
    "a specimen": [genotype(specimen={"reference": "Specimen/s"}), {"resourceType": "Specimen", "id": "s", **MARK}],
    "a specimen that the report contains": [
        group(
            "DiagnosticReport",
            "x",
            contained=[genotype(specimen={"reference": "#s"}), {"resourceType": "Specimen", "id": "s", **MARK}],
        )
    ],
    "what it is derived from, two steps on": [
        genotype("g", derivedFrom=[{"reference": "Observation/h"}]),
        {**group(id="h"), "derivedFrom": [{"reference": "Observation/i"}]},
        group(id="i", **MARK),
    ],
    # what holds it
    "a report that refers to it": [group("DiagnosticReport", "x", "Observation/g", **MARK), genotype()],
    "a panel": [genotype(), potassium(), group("Observation", "x", "Observation/g", "Observation/k", **RULES)],
    "a panel in a panel in a report": [
        group("DiagnosticReport", "x", "Observation/a", **MARK),
        group("Observation", "a", "Observation/b"),
        group("Observation", "b", "Observation/g", "Observation/a"),
        genotype(),
    ],
    "a panel that the report contains": [
        group(
            "DiagnosticReport",
            "x",
            contained=[group("Observation", "a", "#b", **MARK), group("Observation", "b", "#g"), genotype()],
        )
    ],
    # Bundles
    "a Bundle": fhir.of_bundle({"resourceType": "Bundle", **RULES, "entry": [{"resource": genotype()}]}),
    "an entry": fhir.of_bundle({"resourceType": "Bundle", "entry": [{"resource": genotype(), **MARK}, {"resource": {}}]}),
    "a Bundle in the Bundle": [{"resourceType": "Bundle", "id": "b", "entry": [{"resource": genotype(**MARK)}]}],
}


@pytest.mark.parametrize("name", NOT_READ)
def test_nothing_is_read_round_a_mark_and_it_is_reported(name):
    facts, mentions, unread = read(*NOT_READ[name])
    assert (facts, mentions) == ([], [])
    assert any("modifier" in line or "Bundle inside" in line for line in unread), unread


READ = {
    "an empty list of extensions": ([potassium(modifierExtension=[])], 1),
    "another's mark": ([potassium(), potassium("j", **MARK)], 1),
    "the other results of a report": ([group("DiagnosticReport", "x", contained=[genotype(**MARK), potassium()])], 1),
    "an order beside a marked Medication": ([order("#m", medication()), medication("n", **MARK)], 1),
    "a panel whose member is marked": ([potassium(hasMember=[{"reference": "Observation/g"}]), genotype(**MARK)], 1),
    "a plain extension": ([potassium(extension=[{"url": "http://x", "valueString": "modifierExtension"}])], 1),
}


@pytest.mark.parametrize("name", READ)
def test_a_mark_costs_only_what_it_stands_for(name):
    given, number = READ[name]
    facts, _, _ = read(*given)
    assert len(facts) == number


@pytest.mark.parametrize(
    "marked",
    [
        document(**MARK),
        document(**RULES),
        document(content=[{**document()["content"][0], **MARK}]),
        fhir.of_bundle({"resourceType": "Bundle", **RULES, "entry": [{"resource": document()}]})[0],
        document(subject={"reference": "#p"}, contained=[{**PATIENT, **MARK}]),
    ],
)
def test_the_text_of_a_marked_document_is_no_text_of_the_case(marked):
    assert [text for _, text in attached_texts([PATIENT, document()])] == ["CYP2D6 poor metabolizer"]
    assert list(attached_texts([PATIENT, marked])) == []
    facts, _, unread = read(marked)
    assert facts == [] and "DocumentReference/d" in unread[0] and "modifier" in unread[0]


@pytest.mark.parametrize("mark", [MARK, RULES, {"link": [{"other": {"reference": "Patient/q"}, **MARK}]}])
def test_sex_and_age_of_a_marked_patient_are_not_read(mark):
    unread = []
    person = read_patient([{**PATIENT, **mark}, potassium()], date(2026, 1, 1), unread)
    assert (person.sex, person.birth_date, person.age_years) == (None, None, None)
    assert len(person.observations) == 1
    assert any("Patient/p" in line and "modifier" in line for line in unread)
    assert read_patient([PATIENT], date(2026, 1, 1), []).sex == "female"


def test_two_patients_of_whom_one_is_marked_are_not_one_patient():
    person = read_patient([{**PATIENT, **MARK}, {**PATIENT, "id": "q"}], date(2026, 1, 1), [])
    assert person.sex is None


def test_a_condition_with_a_mark_does_not_hold():
    condition = {"resourceType": "Condition", "code": coded("Asthma")}
    assert fhir.holds(condition, frozenset()) and not fhir.holds({**condition, **MARK}, frozenset())


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (potassium(**MARK), "valueQuantity"),
        (group("DiagnosticReport", "k", contained=[potassium(**MARK)]), "contained[0].valueQuantity"),
    ],
)
def test_nothing_is_quoted_of_what_is_marked(resource, path):
    where = FhirAddress(reference=fhir.reference_of(resource, 1), path=path)

    def resolved(given):
        context = ResolveContext(TestServices(), Question(text="?", case=Case(fhir=(given,))), Facts())
        return resolve_fhir([where], context)[0]

    assert isinstance(resolved(resource), Unresolved)
    assert not isinstance(resolved(json.loads(json.dumps(resource).replace("modifierExtension", "extension"))), Unresolved)


def test_a_mark_deep_down_is_found_without_recursion():
    deep = MARK
    for _ in range(20_000):
        deep = {"part": [deep]}
    assert fhir.is_modified({"resourceType": "Observation", **deep})
    assert not fhir.is_modified({"resourceType": "Observation", "contained": [deep]})


def test_results_of_a_withdrawn_report_are_withdrawn_however_deep():
    panel = group("Observation", "a", "Observation/g")
    withdrawn = group("DiagnosticReport", "x", "Observation/a", status="cancelled")
    assert read(panel, genotype())[0] != []
    facts, _, unread = read(withdrawn, panel, genotype())
    assert not any(fact.address.reference == "Observation/g" and hasattr(fact, "gene") for fact in facts)
    assert any("Observation/g" in line and "its report is cancelled" in line for line in unread)


def test_results_that_an_observation_contains_are_reported():
    _, _, unread = read(group("Observation", "a", "#k", contained=[potassium()]))
    assert unread == ["Observation/a: contains results of its own that were not read"]
