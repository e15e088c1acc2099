"""Where a text names a drug: the words that stand there, and those that don't."""

from __future__ import annotations

import time

import pytest
from bedside.core.reading.drug_places import drug_places


def words(text: str, **more) -> list[str]:
    return [text[start:end] for start, end in drug_places(text, **more)]


@pytest.mark.parametrize(
    "text",
    [
        "take Zelvora 5 mg",
        "Can she take Zelvora?",
        "Can he take zelvora?",
        "She took the Zelvora this morning.",
        "started on Zelvora",
        "was put on Zelvora last week",
        "switched to Zelvora",
        "Zelvora 20 mg daily",
        "zelvora 20 mg",
        "ZELVORA 5 MG",
        "Zelvora XR 20 mg",
        "Zelvora 0.5 mg/kg",
        "Zelvora 5mg bid",
        "allergic to Zelvora",
        "anaphylaxis to zelvora",
        "prescribed Zelvora",
        "Zelvora tablets",
        "two puffs of her Zelvora inhaler",
        "Zelvora twice daily",
        "on Zelvora since May",
        "Stop Zelvora.",
        "Hold Zelvora before surgery",
        "continue Zelvora",
        "treated with Zelvora",
        "rash from Zelvora",
        "Can she have Zelvora?",
        "Meds: Zelvora",
        "Allergies: Zelvora",
        "Is Zelvora safe?",
        "What is the Zelvora dose?",
        "overdose of Zelvora",
        "a drug called Zelvora",
        "side effects of Zelvora",
        "does it interact with Zelvora?",
        "course of Zelvora",
        "loaded with Zelvora",
        "maintained on Zelvora",
        "increase Zelvora",
        "Zelvora injection given",
        "took oral Zelvora",
    ],
)
def test_a_word_in_a_drugs_place(text: str) -> None:
    assert [word.casefold() for word in words(text)] == ["zelvora"]


@pytest.mark.parametrize(
    "text",
    [
        "Zelvora is a town",
        "Dr. Zelvora saw him",
        "She lives in Zelvora.",
        "seen by Zelvora",
        "Zelvora syndrome",
        "tested with the Zelvora score on Monday",
        "take statins",
        "on an SSRI",
        "allergic to penicillins",
        "started on antibiotics",
        "takes NSAIDs",
        "put on anticoagulants",
        "started on dialysis",
        "given antiemetics",
        "take vitamins",
        "allergic to latex",
        "allergic to peanuts",
        "started on chemotherapy",
        "Glucose 90 mg/dl",
        "Zelvorin 12 mg/dL",
        "Allergies: NKDA",
        "take it",
        "on O2",
        "used the Zelvora clinic",
        "on Zelvora's advice",
        "takes ACE inhibitors",
        "prescribed a betablocker",
        "Is it safe?",
        "switched to chemoradiotherapy",
        "given radiotherapy",
    ],
)
def test_no_drugs_place_or_no_single_drug(text: str) -> None:
    assert words(text) == []


def test_what_is_joined_to_a_drug_and_written_as_a_name() -> None:
    text = "on sertraline 50 mg daily, Zelvora and Bexmil, and walking"
    place = text.index("sertraline"), text.index(" 50")
    assert words(text, drugs=[place])[-2:] == ["Zelvora", "Bexmil"]
    text = "Zelvora or codeine"
    assert words(text, drugs=[(11, 18)]) == ["Zelvora"]


@pytest.mark.parametrize(
    "text",
    ["Zelvora, CYP2D6 PM", "zelvora in a CYP2D6 PM", "Zelvora for this CYP2D6 PM", "CYP2D6 and Zelvora?", "CYP2D6: Zelvora"],
)
def test_beside_a_result_in_a_question_without_a_drug(text: str) -> None:
    start = text.index("CYP2D6")
    place = start, start + len("CYP2D6")
    assert [word.casefold() for word in words(text, results=[place])] == ["zelvora"]
    assert words(text + " " * 400, results=[(place[0], place[1])]) == []


@pytest.mark.parametrize(
    "piece", ["take ", "a", "-a", "Zelvora, ", "Zelvora 5 mg ", "on the ", "1/", "take  ", "and Xyzzy "]
)
def test_hostile_texts_take_linear_time(piece: str) -> None:
    start = time.perf_counter()
    drug_places(piece * (100_000 // len(piece)))
    assert time.perf_counter() - start < 3
