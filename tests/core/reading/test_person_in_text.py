"""Age and sex, where a text says them of the patient, and nowhere else."""

from __future__ import annotations

import pytest
from bedside.core.reading.person_in_text import person_in_texts
from bedside.core.types import PatientContext

SAID = [
    ("4-year-old girl with hypotonia.", 4, "female"),
    ("58 yo M with chest pain.", 58, "male"),
    ("A boy of 7 with ataxia.", 7, "male"),
    ("8 y/o female, short stature.", 8, "female"),
    ("18-month-old boy, microcephaly.", 1.5, "male"),
    ("6-week-old girl with jaundice.", 0.11, "female"),
    ("Mr. B., aged 71, syncope twice.", 71, "male"),
    ("Is codeine safe for a 10-year-old?", 10, None),
    ("A 4-year-old previously healthy boy has fever", 4, "male"),
    ("Age: 45\nSex: F\nrash", 45, "female"),
    ("45F with cough", 45, "female"),
    ("F/62 c/o pain", 62, "female"),
    ("A woman, 31, has gout", 31, "female"),
    ("Pt is a 27yo male", 27, "male"),
    ("72 year old gentleman known hypertensive", 72, "male"),
    ("ten-year-old boy", 10, "male"),
    ("This forty-two-year-old lady has vertigo.", 42, "female"),
    ("She's 34.", 34, "female"),
    ("Can a 70-year-old on warfarin take ibuprofen?", 70, None),
    ("Her 9-year-old brother has cataract. She is 12 and has myopia.", 12, "female"),
    ("14yo F, mother 41 with migraine.", 14, "female"),
    ("50-year-old man and his wife, 48, have cough", 50, "male"),
    ("Father aged 45 has gout. Boy, 10, has ataxia", 10, "male"),
]
NOT_SAID = [
    "patients aged 65 and over with falls",
    "Seizures since age 3",
    "At the age of 5 the child walked",
    "In 40-year-old women what works?",
    "born to a 30-year-old mother by section",
    "a 3-year-old scar",
    "36 weeks gestation",
    "The dose is 45 mg, 3 times",
    "tell me about people over 65 years",
    "school-age children",
    "bone age 6 years",
]


@pytest.mark.parametrize(("text", "age", "sex"), SAID, ids=[text for text, _, _ in SAID])
def test_what_is_said_of_the_patient(text, age, sex):
    told: list[str] = []
    person = person_in_texts([("question", text)], PatientContext(), told)
    assert person.age_years == pytest.approx(age, abs=0.01)
    assert person.sex == sex
    assert told == []
    address = person.addresses["age_years"]
    assert any(char.isalnum() for char in text[address.start : address.end])


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_is_not_the_patients_age(text):
    assert person_in_texts([("question", text)], PatientContext(), []).age_years is None


def test_she_is_not_twelve_but_twelve_weeks_pregnant():
    person = person_in_texts([("question", "She is 12 weeks pregnant.")], PatientContext(), [])
    assert (person.age_years, person.sex) == (None, "female")


def test_two_that_differ_are_left_out_and_reported():
    told: list[str] = []
    texts = [("question", "A 4-year-old girl."), ("note.txt", "The boy is 6 years old.")]
    person = person_in_texts(texts, PatientContext(), told)
    assert (person.age_years, person.sex) == (None, None)
    assert len(told) == 2


def test_coded_resources_come_first_and_what_differs_is_reported():
    told: list[str] = []
    known = PatientContext(age_years=40.2, sex="female")
    assert person_in_texts([("question", "This 40-year-old woman has gout.")], known, told) == known
    assert told == []
    assert person_in_texts([("question", "This 12-year-old boy has gout.")], known, told) == known
    assert len(told) == 2


def test_a_mixed_pronoun_says_no_sex():
    assert person_in_texts([("question", "He saw her.")], PatientContext(), []).sex is None
