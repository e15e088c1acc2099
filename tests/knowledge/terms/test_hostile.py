"""Texts made to hurt: reading takes time in proportion to their length, and never raises."""

from __future__ import annotations

import random
import time

import pytest
from bedside.core import Case, Question
from bedside.core.reading.assertion.cues import RULES, cue_rules
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.core.types import CaseText
from bedside.knowledge.terms import SqliteTerms

UNITS = (
    "seizures, ",
    "no seizures ",
    "NM/UM ",
    "CYP2D6 PM ",
    "mother ",
    "no cause found for ",
    "4-year-old ",
    "( ",
    "- ",
    "not not free ",
    "12 years ",
    "son of a ",
    "may have ",
    "? ",
    "“ ",
    "take Zelvora ",
    "患者 ",
    "\n",
    " " * 40,
    "a" * 60 + " ",
)
SIZE = 10_000


def seconds(terms: SqliteTerms, text: str) -> float:
    question = Question(text="", case=Case(texts=(CaseText(origin="note", text=text),)))
    best = float("inf")
    for _ in range(2):
        began = time.process_time()
        read(question, TestServices(terms=terms))
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("unit", UNITS, ids=[unit.strip()[:20] or repr(unit[:1]) for unit in UNITS])
def test_twice_the_text_takes_about_twice_the_time(terms: SqliteTerms, unit: str) -> None:
    text = unit * (2 * SIZE // len(unit))
    once, twice = seconds(terms, text[:SIZE]), seconds(terms, text[: 2 * SIZE])
    assert twice < 3.2 * once + 0.1


def test_whatever_the_words_are_reading_ends_and_marks_what_stands_there(terms: SqliteTerms) -> None:
    """Cues, findings, results and signs at random: each mention and cue is a stretch of the text."""
    chance = random.Random(20261128)
    cues = [
        phrase.replace("*", "").replace("#", "7") for name in RULES for rule in cue_rules(name) for phrase in rule.phrases
    ]
    words = [
        "seizures",
        "ataxia",
        "CYP2D6",
        "*4/*4",
        "PM",
        "codeine",
        "she",
        "his mother",
        "Vicodin",
        "HP:0001250",
        "无",
        "𝒳",
    ]
    signs = [", ", ". ", "; ", "\n", " - ", " (", ") ", ": ", "? ", " ", "", "/", "“", "”"]
    for _ in range(150):
        text = "".join(chance.choice((*cues, *words * 20)) + chance.choice(signs) for _ in range(chance.randint(1, 40)))[
            :9_000
        ]
        for mention in read(Question(text=text), TestServices(terms=terms)).mentions:
            assert text[mention.start : mention.end] == mention.text
            for cue in mention.cues:
                assert text[cue.address.start : cue.address.end] == cue.text
