"""What a plugin found by words of its own is read as a finding of the text is."""

from __future__ import annotations

import pytest
from bedside.core import Mention, Question
from bedside.core.testing import TestServices


def mention(text: str, word: str) -> Mention:
    at = text.index(word)
    return Mention(kind="genomics:words", id="own", name=word, text=word, start=at, end=at + len(word))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("clopidogrel after PCI", (False, "patient", "certain", "current")),
        ("no PCI was done", (True, "patient", "certain", "current")),
        ("PCI was ruled out", (True, "patient", "certain", "current")),
        ("his father had PCI", (False, "relative", "certain", "current")),
        ("possible PCI", (False, "patient", "uncertain", "current")),
        ("s/p PCI", (False, "patient", "certain", "historical")),
        ("tell me if PCI is done", (False, "patient", "certain", "hypothetical")),
        ("unclear if PCI was done", (False, "patient", "uncertain", "current")),
    ],
)
def test_each_is_judged(text, read):
    [one] = TestServices().reader.judged(text, [mention(text, "PCI")])
    assert (one.negated, one.experiencer, one.certainty, one.temporality) == read
    assert (one.kind, one.id, one.text) == ("genomics:words", "own", "PCI")


def test_words_rest_on_cues_that_open():
    text = "no prior PCI"
    [one] = TestServices().reader.judged(text, [mention(text, "PCI")])
    assert [text[c.address.start : c.address.end] for c in one.cues] == ["no", "prior"]


def test_one_within_another_is_left_out_and_nothing_is_nothing():
    text = "carotid stent"
    reader = TestServices().reader
    assert [m.text for m in reader.judged(text, [mention(text, "stent"), mention(text, "carotid stent")])] == [
        "carotid stent"
    ]
    assert reader.judged(text, []) == ()


def test_an_age_before_an_operation_is_the_patients():
    read = TestServices().reader.read
    for text in (
        "codeine for a 6-year-old after tonsillectomy",
        "a 6-year-old undergoing surgery",
        "6-year-old weighing 20 kg",
    ):
        assert read(Question(text=text)).patient.age_years == 6
