"""Offsets are what a citation rests on: every span is an exact slice."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from bedside.plugins.literature.sentences import WHOLE, best_window, sentences

TEXTS = [
    "One. Two! Three?",
    "E.g. this, i.e. that, vs. others. Dr. Who et al. found it. 5 mg is. enough.",
    "  leading and trailing  ",
    "日本語。 Ünïcode. “Quoted.” (Bracketed.) End",
    "",
    "no full stop",
]


@pytest.mark.parametrize("text", TEXTS)
def test_spans_are_exact_ordered_and_lose_no_word(text):
    spans = sentences(text)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


def test_abbreviations_do_not_end_a_sentence():
    assert len(sentences("It was compared, e.g. With placebo. Dr. Smith agreed.")) == 2


def test_a_short_text_is_quoted_whole_and_a_long_one_where_it_answers():
    short = "First. Second about lenses."
    assert best_window(short, {"lens"}) == (0, len(short))
    filler = "This sentence is about something else entirely and goes on for a while. " * 8
    text = f"{filler}The dose of amoxicillin is given here. It is 500 mg. {filler}"
    assert len(text) > WHOLE
    a, b = best_window(text, {"dose", "amoxicillin"})
    assert "dose of amoxicillin" in text[a:b]
    assert b - a < 200


def test_any_text_gives_spans_inside_it():
    random_ = random.Random(7)
    alphabet = 'aB. ?!\n"”)1é日\u200b'
    for _ in range(500):
        text = "".join(random_.choice(alphabet) for _ in range(random_.randrange(0, 80)))
        assert all(0 <= a < b <= len(text) for a, b in sentences(text))
        a, b = best_window(text, {"a"})
        assert 0 <= a <= b <= len(text)
