"""Where sentences end: offsets are what citations and attribution rest on."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from bedside.core.reading.sentences import Span, sentences, span_at

TEXTS = [
    "One. Two! Three?",
    "E.g. this, i.e. that, vs. others. Dr. Who et al. found it. 5 mg is. enough.",
    "  leading and trailing  ",
    "日本語。 Ünïcode. “Quoted.” (Bracketed.) End",
    "1. Seizures 2. Ataxia\n- a\n\n# Head\nrest",
    "",
    "no full stop",
]


def split(text: str, **how: bool) -> list[str]:
    return [text[a:b] for a, b in sentences(text, **how)]


def check(text: str, *, clauses: bool) -> None:
    spans = sentences(text, clauses=clauses)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


@pytest.mark.parametrize("clauses", [False, True])
@pytest.mark.parametrize("text", TEXTS)
def test_spans_are_exact_ordered_and_lose_no_word(text, clauses):
    check(text, clauses=clauses)


def test_any_text_gives_spans_inside_it():
    random_ = random.Random(7)
    alphabet = 'aB. ?!\n"”)1é日\u200b;…。\r-([:'
    for n in range(4_000):
        check("".join(random_.choice(alphabet) for _ in range(random_.randrange(0, 80))), clauses=n % 2 == 0)


@pytest.mark.parametrize("clauses", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "It was given, e.g. Codeine, i.e. an opioid.",
        "She was seen by Dr. Lee and Prof. J. R. Smith at St. Mary.",
        "Smith et al. Found it, see Fig. 3 and vol. 12.",
        "Ketamine was given i.v. at approx. 5 mg/kg for 3 min. before it.",
        "The dose is 0.5 mg, p.Arg123Trp, c.76A>C, at https://x.org/a.b and www.Example.org.",
        "No. 5 of the U.S. Food list.",
        "He waited... and then spoke.",
        "His mother, seen at the clinic 5 wks. ago, is well.",
        "1. Codeine is avoided.",
    ],
)
def test_a_stop_that_ends_no_sentence(text, clauses):
    assert split(text, clauses=clauses) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Given i.v. The pain went.", ["Given i.v.", "The pain went."]),
        ("She has MS. He has none.", ["She has MS.", "He has none."]),
        ("He took vitamin C. Then he left.", ["He took vitamin C.", "Then he left."]),
        ("It is hepatitis B. Tests followed.", ["It is hepatitis B.", "Tests followed."]),
        ("“Stop.” She left (soon.) Good.[1,2] End", ["“Stop.”", "She left (soon.)", "Good.[1,2]", "End"]),
        ("Really?! Yes… No.", ["Really?!", "Yes…", "No."]),
        ("It is a poor metabolizer.Can he?", ["It is a poor metabolizer.", "Can he?"]),
        ("1. Seizures 2. Ataxia 3. Mother well", ["1. Seizures", "2. Ataxia", "3. Mother well"]),
        ("1) seizures\n2) ataxia\n- none\n• some", ["1) seizures", "2) ataxia", "- none", "• some"]),
        ("# Heading\nText goes\non.\n\nNew", ["# Heading", "Text goes\non.", "New"]),
        ("Family history:\nmother well", ["Family history:", "mother well"]),
        ("患者有癫痫。母亲正常！是吗？没有", ["患者有癫痫。", "母亲正常！", "是吗？", "没有"]),
        ("He said “是。” CYP2D6.患者", ["He said “是。”", "CYP2D6.", "患者"]),
    ],
)
def test_where_sentences_end(text, expected):
    assert split(text) == expected


def test_clauses_also_end_at_semicolons_lines_and_before_small_letters():
    text = "no seizures. mother has migraine; father well\nAtaxia; 5 falls"
    assert split(text, clauses=True) == ["no seizures.", "mother has migraine;", "father well", "Ataxia;", "5 falls"]
    assert len(split(text)) == 1


def test_a_line_that_is_broken_in_the_middle_of_a_phrase_goes_on():
    for text in (
        "His mother is a\nCYP2D6 poor metabolizer.",
        "His mother was seen by Dr.\nLee and is a poor metabolizer.",
        "The mother of this child, who was seen in our own clinic last year, carries\nan allele.",
    ):
        assert split(text, clauses=True) == [text]


def test_the_span_at_a_place():
    spans = sentences("One. Two.")
    assert spans == (Span(0, 4), Span(5, 9))
    assert [span_at(spans, at) for at in (0, 3, 4, 5, 9)] == [spans[0], spans[0], None, spans[1], None]


HOSTILE = (
    ". ! .. ) \n \r\n ; ? 。 x _ a. _A. _1. _1._2. ._ .( .[1 .[1,1 Dr. _\n- aaa_1._b _e.g. a.b.c. “.” “_ ( (( .” |_ #_ .\n"
).split(" ")


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_text_only(unit):
    unit = unit.replace("_", " ")

    def seconds(size: int) -> float:
        text = (unit * size)[:size]
        started = time.process_time()
        sentences(text, clauses=True)
        sentences(text)
        return time.process_time() - started

    assert seconds(100_000) < 6, "0.3 s on a quiet machine; anything quadratic takes minutes"
