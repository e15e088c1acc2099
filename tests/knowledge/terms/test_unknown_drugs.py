"""A word in a drug's place that is no drug known here is reported; ordinary English is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bedside.core.types import reason_of
from bedside.knowledge.terms import SqliteTerms

_CASES = Path(__file__).with_name("cases") / "reading.jsonl"


def reported(terms: SqliteTerms, text: str) -> list[str]:
    found = [reason_of(why) for why in terms.find(text).unread]
    return [why.params["word"] for why in found if why and why.code == "reading.not-a-known-drug"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Can she take Zelvora?", "Zelvora"),
        ("can she take zelvora 5 mg", "zelvora"),
        ("Zelvora, CYP2D6 poor metabolizer", "Zelvora"),
        ("Bexmil in a CYP2C19 *2/*2", "Bexmil"),
        ("takes Plavix and Tavorin", "Tavorin"),
        ("Meds: metoprolol, Quilbra 10 mg", "Quilbra"),
        ("allergic to Dravexin", "Dravexin"),
        ("PLEASE CONTINUE OXTRELIB 40 MG DAILY", "OXTRELIB"),
        ("prescribed Zelvora-D", "Zelvora-D"),
        ("Zelvora or codeine in a CYP2D6 ultrarapid metabolizer?", "Zelvora"),
    ],
)
def test_an_unknown_drug_is_reported(terms: SqliteTerms, text: str, word: str) -> None:
    assert reported(terms, text) == [word]


@pytest.mark.parametrize(
    "text",
    [
        "Can she take it?",
        "take part in the study",
        "take time off work",
        "take care",
        "takes pride in her garden",
        "took notice",
        "taken aback by the result",
        "taking turns",
        "take codeine",
        "Can she take ibuprofen tablets?",
        "Vicodin 5 mg tablets",
        "started on Monday",
        "started on oxygen",
        "started on insulin glargine",
        "started on peritoneal dialysis",
        "put on a gluten-free diet",
        "placed on the waiting list",
        "on oxygen",
        "on Monday",
        "on Ward 5",
        "allergic to penicillin",
        "allergic to cats, dogs and grass pollen",
        "allergic to strawberries",
        "prescribed glasses",
        "prescribed physiotherapy",
        "prescribed an opioid",
        "statins make him ache",
        "NSAIDs and antibiotics",
        "glucose 90 mg/dl, creatinine 1.2 mg/dl",
        "hemoglobin 12 g/dl",
        "ferritin 20 units",
        "given fluids",
        "given Tuesday's dose",
        "had a Whipple procedure, a Foley catheter and a Holter monitor",
        "used a Doppler probe",
        "weighs 70 kg, BMI 24",
        "side effects of treatment",
        "course of events",
        "cycle of violence",
        "dose of reality",
        "switched to breast-feeding",
        "daily walks and swimming",
        "no known drug allergies",
        "Allergies: None",
    ],
)
def test_ordinary_english_is_not_reported(terms: SqliteTerms, text: str) -> None:
    assert reported(terms, text) == []


def test_no_ward_note_of_the_cases_has_a_false_report(terms: SqliteTerms) -> None:
    notes = [json.loads(line)["text"] for line in _CASES.read_text(encoding="utf-8").splitlines()]
    assert len(notes) > 200 and [word for note in notes for word in reported(terms, note)] == []
