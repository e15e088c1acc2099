"""Findings said with doubt are told and not used; a question about them still asks about them."""

from __future__ import annotations

import pytest
from bedside.core import Question, Term
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemoryTerms

NAMES = ("seizures", "ataxia", "microcephaly", "deafness", "chorea", "dementia", "cardiomyopathy")
TERMS = [Term(id=f"HP:{n:07}", kind="phenotype", name=name, source_id="hpo") for n, name in enumerate(NAMES, 1)]


def present(text: str) -> tuple[set[str], tuple[str, ...]]:
    facts = read(Question(text=text), TestServices(terms=MemoryTerms(TERMS)))
    return {m.name for m in facts.of("phenotype")}, facts.unread


@pytest.mark.parametrize(
    "text",
    [
        "risk of seizures",
        "at risk for seizures, ataxia",
        "possible seizures",
        "possible seizures and ataxia",
        "probable seizures, ataxia or chorea",
        "?seizures",
        "Born at term. Seizures?",
        "r/o seizures",
        "rule out seizures, ataxia",
        "to exclude seizures an EEG was done",
        "Call if seizures develop.",
        "should seizures develop, call",
        "seizures unlikely",
        "seizures are unlikely",
        "unlikely seizures",
        "seizures not confirmed",
        "seizures have not been assessed",
        "seizures cannot be ruled out",
        "seizures to be ruled out",
        "pending evaluation for seizures",
        "not yet assessed for seizures",
        "screening for seizures",
        "may have seizures",
        "seizures may develop",
        "suspected seizures",
        "Could a boy with possible seizures have it?",
    ],
)
def test_doubt_is_neither_and_told(text: str) -> None:
    found, told = present(text)
    assert not found
    assert any("so it was not taken as the patient's" in one for one in told)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("microcephaly, ?seizures, ataxia", {"microcephaly", "ataxia"}),
        ("possible seizures, microcephaly", {"microcephaly"}),
        ("seizures not confirmed, ataxia", {"ataxia"}),
        ("Suspected Marfan: seizures", {"seizures"}),
        ("possible Marfan syndrome with seizures", {"seizures"}),
        ("What is the risk of seizures?", {"seizures"}),
        ("Which disease causes seizures?", {"seizures"}),
        ("Seizures?", {"seizures"}),
        ("What if the patient has seizures and ataxia?", {"seizures", "ataxia"}),
        ("If a patient has seizures and ataxia, which disease?", {"seizures", "ataxia"}),
        ("seizures likely due to a fall", {"seizures"}),
        ("ataxia of unknown cause", {"ataxia"}),
        ("Ataxia? Yes.", {"ataxia"}),
        ("referred for evaluation of seizures", {"seizures"}),
    ],
)
def test_what_is_not_doubted_counts(text: str, kept: set[str]) -> None:
    assert present(text)[0] == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("father: seizures. patient: ataxia", {"ataxia"}),
        ("mother: chorea", set()),
        ("mother chorea", set()),
        ("grandmother's dementia", set()),
        ("uncle died of cardiomyopathy", set()),
        ("brother with deafness, patient with ataxia", {"ataxia"}),
        ("patient's mother has chorea", set()),
        ("mother of the patient has chorea", set()),
        ("maternal deafness", set()),
        ("seizures in his brother", set()),
        ("ataxia runs in the family", set()),
        ("FH: seizures. Exam: ataxia", {"ataxia"}),
        ("Family history:\nseizures\nataxia\n\nExam: microcephaly", {"microcephaly"}),
        ("no known family history, seizures, ataxia", {"seizures", "ataxia"}),
        ("family history unremarkable, seizures", {"seizures"}),
        ("Mother healthy, seizures, ataxia", {"seizures", "ataxia"}),
        ("The mother noticed seizures.", {"seizures"}),
        ("2-year-old son of healthy parents with seizures", {"seizures"}),
        ("My son has seizures", {"seizures"}),
        ("My mother has seizures, I have ataxia", {"ataxia"}),
    ],
)
def test_a_relatives_finding_is_not_the_patients(text: str, kept: set[str]) -> None:
    found, told = present(text)
    assert found == kept
    assert bool(told) == (len(kept) < sum(name in text.lower() for name in NAMES))
