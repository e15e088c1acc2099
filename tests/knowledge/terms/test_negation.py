from __future__ import annotations

import pytest
from bedside.knowledge.terms import SqliteTerms


@pytest.mark.parametrize(
    ("text", "denied", "affirmed"),
    [
        ("no fever, cough or rash", {"fever", "cough", "rash"}, set()),
        ("no fever, cough or rash but has tall stature", {"fever", "cough", "rash"}, {"tall stature"}),
        ("no fever; tall stature", {"fever"}, {"tall stature"}),
        ("No fever. Seizures since birth.", {"fever"}, {"Seizures"}),
        ("fever but no cough", {"cough"}, {"fever"}),
        ("fever without cough", {"cough"}, {"fever"}),
        ("denies seizures", {"seizures"}, set()),
        ("absence of seizures", {"seizures"}, set()),
        ("negative for seizures", {"seizures"}, set()),
        ("no evidence of aortic root aneurysm", {"aortic root aneurysm"}, set()),
        ("seizures were ruled out", {"seizures"}, set()),
        ("aortic root aneurysm was excluded", {"aortic root aneurysm"}, set()),
        ("fever and cough were excluded", {"fever", "cough"}, set()),
        ("The patient does not have seizures.", {"seizures"}, set()),
        ("doesn’t have seizures", {"seizures"}, set()),
        ("neither fever nor cough", {"fever", "cough"}, set()),
        ("never had seizures", {"seizures"}, set()),
        ("No fever, however cough is present", {"fever"}, {"cough"}),
        ("patient without fever presents with seizures", {"fever"}, {"seizures"}),
        ("not only fever and cough", set(), {"fever", "cough"}),
        ("no change in seizures", set(), {"seizures"}),
        ("seizures can not be ruled out", set(), {"seizures"}),
        ("fever is present", set(), {"fever"}),
        ("Is fever or cough typical?", set(), {"fever", "cough"}),
        ("should not take codeine", set(), {"codeine"}),
        ("Why not codeine?", set(), {"codeine"}),
        ("Should a poor metabolizer not take codeine?", set(), {"codeine", "poor metabolizer"}),
        ("not on codeine", {"codeine"}, set()),
        ("not a poor metabolizer", {"poor metabolizer"}, set()),
        ("not a CYP2D6 poor metabolizer", {"poor metabolizer"}, {"CYP2D6"}),
        ("no HLA-B*57:01", {"HLA-B*57:01"}, {"HLA-B"}),
        ("HLA-B*57:01 negative", set(), {"HLA-B", "HLA-B*57:01 negative"}),  # a result of its own
        ("temperature 38.5 no seizures", {"seizures"}, set()),
    ],
)
def test_denied(terms: SqliteTerms, text: str, denied: set[str], affirmed: set[str]) -> None:
    found = terms.find(text).mentions
    assert {m.text for m in found if m.negated} == denied
    assert {m.text for m in found if not m.negated} == affirmed
