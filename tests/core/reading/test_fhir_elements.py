"""FHIR elements as they come: whose, what, whether, when. A wrong shape is an error, never a guess."""

from __future__ import annotations

from datetime import date

import pytest
from bedside.core.reading import fhir
from bedside.core.toolkit import clinical_json


def test_plugins_reach_them_by_the_toolkit():
    assert clinical_json.fhir is fhir


@pytest.mark.parametrize(
    ("reference", "id_"),
    [
        ("Patient/1", "1"),
        ("urn:uuid:1-2", "1-2"),
        ("#p", "p"),
        ("http://x.org/fhir/Patient/7/_history/3", "7"),
        ("Patient?identifier=http://x.org/mrn|12", "12"),
        ("9", "9"),
        ("", ""),
    ],
)
def test_ids_of_references(reference, id_):
    assert fhir.id_of(reference) == id_
    assert fhir.subject_id({"subject": {"reference": reference}}) == id_
    assert fhir.subject_id({"patient": {"reference": reference}}) == id_


@pytest.mark.parametrize("held", [None, [], "Patient/1", {}, {"reference": 3}, {"display": "Jane Doe"}])
def test_who_is_not_referred_to(held):
    assert fhir.subject_id({"subject": held}) == ""


def test_a_bundle():
    url = "urn:uuid:a"
    patient, held = fhir.of_bundle(
        {
            "entry": [
                {"fullUrl": url, "resource": {"resourceType": "Patient"}},
                {"resource": {"resourceType": "Condition", "subject": {"reference": url, "display": "x"}}},
                {"request": {}},
            ]
        }
    )
    assert patient["id"] == "a"
    assert held["subject"] == {"reference": "Patient/a", "display": "x"}
    assert fhir.patient_ids([patient, held]) == {"a"}
    assert not fhir.of_another(held, frozenset({"a"}))
    assert fhir.of_another(held, frozenset({"b"}))
    assert fhir.of_bundle({}) == []
    for entry in ("x", [3], {"a": 1}):
        with pytest.raises(TypeError, match="not a list of entries"):
            fhir.of_bundle({"entry": entry})


def test_what_a_concept_names():
    concept = {"coding": [{"code": "HP_0001250"}, {"code": "G40", "display": "Epilepsy"}], "text": None}
    assert fhir.hpo_codes(concept) == ["HP:0001250"]
    assert fhir.name_of(concept) == "Epilepsy"
    assert fhir.name_of({"display": "codeine"}) == "codeine"
    assert (fhir.name_of(None), fhir.codings(None), list(fhir.words_of(None))) == ("", [], [])
    assert set(fhir.words_of({"text": " Positive ", "coding": [{"code": "POS"}]})) == {"positive", "pos"}


@pytest.mark.parametrize("concept", ["x", ["x"], {"coding": "x"}, {"coding": ["x"]}, {"coding": {"code": "x"}}, 3])
def test_a_concept_of_another_shape(concept):
    for reader in (fhir.codings, fhir.hpo_codes, fhir.name_of):
        with pytest.raises(TypeError):
            reader(concept)


def test_the_words_of_an_element_however_deep_in_their_order():
    element = {"coding": [{"display": "a", "code": "x"}], "text": "b", "note": [{"text": "c"}, "d"], "display": 3}
    assert list(fhir.texts_of(element)) == ["a", "b", "c"]
    assert list(fhir.texts_of([element, None, {"text": ["e"]}])) == ["a", "b", "c"]
    deep = {"text": "z"}
    for _ in range(20_000):
        deep = {"part": [deep]}
    assert list(fhir.texts_of(deep)) == ["z"]


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ({"medicationCodeableConcept": {"text": "a"}}, [{"text": "a"}]),
        ({"medicationReference": {"display": "a"}}, [{"display": "a"}]),
        ({"medication": {"concept": {"text": "a"}}}, [{"text": "a"}]),
        ({"medication": {"reference": {"display": "a"}}}, [{"display": "a"}]),
        (
            {"medicationCodeableConcept": {"coding": []}, "medicationReference": {"display": "a"}},
            [{"coding": []}, {"display": "a"}],
        ),
        ({}, []),
    ],
)
def test_what_a_medication_names(resource, named):
    assert fhir.medications_of(resource) == named


@pytest.mark.parametrize(
    ("resource", "holds"),
    [
        ({}, True),
        ({"verificationStatus": {"coding": [{"code": "confirmed"}]}}, True),
        ({"verificationStatus": {"coding": [{"code": "refuted"}]}}, False),
        ({"verificationStatus": {"text": "Provisional"}}, False),
        ({"clinicalStatus": {"coding": [{"code": "remission"}]}}, False),
        ({"subject": {"reference": "Patient/b"}}, False),
    ],
)
def test_whether_a_condition_holds(resource, holds):
    assert fhir.holds({"resourceType": "Condition", **resource}, frozenset({"a"})) is holds


@pytest.mark.parametrize(
    ("text", "exact", "about"),
    [
        ("2020-02-29", date(2020, 2, 29), date(2020, 2, 29)),
        ("2020-02-29T10:00:00+01:00", date(2020, 2, 29), date(2020, 2, 29)),
        ("2020-02", None, date(2020, 2, 15)),
        ("2020", None, None),
        ("2021-02-29", None, None),
        ("20200229", None, None),
        ("２０２０-02-29", None, None),
        (None, None, None),
        (20200229, None, None),
    ],
)
def test_days(text, exact, about):
    assert fhir.day(text) == exact
    assert fhir.day(text, month_is_enough=True) == about


@pytest.mark.parametrize(
    "quantity", [None, 3, {}, {"value": "3"}, {"value": 3}, {"value": True, "code": "a"}, {"value": 3, "unit": "moons"}]
)
def test_what_is_no_age(quantity):
    assert fhir.age(quantity) is None
