"""HPO ids in a text are denied, and belong to whom they belong, like the names they stand for."""

from __future__ import annotations

import pytest
from bedside.core import Question, Term
from bedside.core.reading.reader import read
from bedside.core.testing import TestServices
from bedside.core.testing.doubles import MemoryTerms
from bedside.core.types import Facts

NAMES = {"HP:0001250": "Seizure", "HP:0001166": "Arachnodactyly", "HP:0009777": "Absent thumb"}


def said(text: str) -> Facts:
    terms = [Term(id=i, kind="phenotype", name=n, source_id="hpo") for i, n in NAMES.items()]
    return read(Question(text=text), TestServices(terms=MemoryTerms(terms)))


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("HP:0001166", {"HP:0001166"}, set()),
        ("no HP:0001166", set(), {"HP:0001166"}),
        ("HP:0001250 without HP:0001166", {"HP:0001250"}, {"HP:0001166"}),
        ("HP:0001166 HP:0009777", {"HP:0001166", "HP:0009777"}, set()),
        ("hp:0001166 and HP_0001250", {"HP:0001166", "HP:0001250"}, set()),
        ("no hp_0001166", set(), {"HP:0001166"}),
        ("HP 0001166", {"HP:0001166"}, set()),
        ("HP:00011660", set(), set()),
        ("possible HP:0001166", set(), set()),
        ("Mother has HP:0001166. The child has HP:0001250", {"HP:0001250"}, set()),
    ],
)
def test_presence(text, present, absent):
    found = said(text)
    assert {m.id for m in found.of("phenotype")} == present
    assert {m.id for m in found.of("phenotype", negated=True)} == absent


def test_the_span_is_the_id_as_it_is_written():
    text = "First HP:0009777, then no HP:0001166."
    for m in said(text).mentions:
        assert text[m.start : m.end] == m.text == m.id


def test_an_id_of_a_relative_is_told():
    assert any("HP:0001166 (Arachnodactyly) is said of a relative" in told for told in said("mother has HP:0001166").unread)


def test_an_unknown_id_is_told():
    assert said("HP:7777777 and HP:0001166").unread == ("HP:7777777 is not a term of the loaded phenotype ontology",)
