"""Age and sex of the Patient resource, with the addresses they were read at; nothing is guessed."""

from datetime import date

import pytest
from bedside.core import Engine, Question
from bedside.core.reading.person import read_person
from bedside.core.types import Case, FhirAddress

TODAY = date(2026, 11, 27)


def person(*more, **patient):
    unread = []
    return read_person([{"resourceType": "Patient", "id": "a", **patient}, *more], TODAY, unread), unread


@pytest.mark.parametrize(
    ("patient", "age", "sex"),
    [
        ({"birthDate": "2020-11-27", "gender": "male"}, 6.0, "male"),
        ({"birthDate": "1956-01", "gender": "female"}, 70.87, "female"),
        ({"birthDate": "2026-11-27", "gender": "other"}, 0.0, "other"),
        ({"birthDate": "1950-01-01", "deceasedDateTime": "2000-01-01T10:00:00+01:00"}, 50.0, None),
        ({"birthDate": "1950-01-01", "deceasedBoolean": False}, 76.9, None),
    ],
)
def test_age_and_sex_with_their_addresses(patient, age, sex):
    read, unread = person(**patient)
    assert (read.age_years, read.sex, unread) == (pytest.approx(age, abs=0.01), sex, [])
    assert read.addresses["age_years"] == FhirAddress(reference="Patient/a", path="birthDate")


@pytest.mark.parametrize(
    ("patient", "word"),
    [
        ({"birthDate": "1956"}, "precise"),
        ({"birthDate": "yesterday"}, "no date"),
        ({"birthDate": 1956}, "no date"),
        ({"birthDate": "2030-01-01"}, "impossible"),
        ({"birthDate": "1780-01-01"}, "impossible"),
        ({"birthDate": "1956-02-31"}, "precise"),
        ({"gender": "m"}, "gender"),
        ({"gender": {"code": "male"}}, "gender"),
    ],
)
def test_what_gives_no_age_or_sex_is_reported_and_not_guessed(patient, word):
    read, unread = person(**patient)
    assert (read.age_years, read.sex) == (None, None)
    assert word in unread[0]


def test_an_unknown_gender_is_nothing_and_an_unknown_day_of_death_leaves_no_age():
    read, unread = person(gender="unknown", birthDate="1950-01-01", deceasedBoolean=True)
    assert (read.sex, read.age_years, read.deceased, unread) == (None, None, True, [])


def test_several_patients_have_no_age():
    read, unread = person({"resourceType": "Patient", "id": "b", "gender": "female"}, gender="male")
    assert read.sex is None
    assert "2 Patient resources" in unread[0]


def test_the_answer_holds_them(world, make_host, found):
    case = Case(fhir=({"resourceType": "Patient", "id": "a", "gender": "female", "birthDate": "1980-01-01"},))
    answer = Engine(make_host(a=found(world.cite_edge(world.line))), world.services).ask(
        Question(text="codeine?", case=case)
    )
    assert answer.facts.patient.sex == "female"
    assert answer.facts.patient.age_years > 40
