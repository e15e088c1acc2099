"""Which part of a passage is quoted: always an exact slice of whole sentences."""

from __future__ import annotations

import random

from bedside.core.testing import TestServices
from bedside.plugins.literature.quote_window import WHOLE, best_window

sentences = TestServices().reader.sentences


def test_a_short_text_is_quoted_whole_and_a_long_one_where_it_answers():
    short = "First. Second about lenses."
    assert best_window(short, sentences(short), {"lens"}) == (0, len(short))
    filler = "This sentence is about something else entirely and goes on for a while. " * 8
    text = f"{filler}The dose of amoxicillin is given here. It is 500 mg. {filler}"
    assert len(text) > WHOLE
    a, b = best_window(text, sentences(text), {"dose", "amoxicillin"})
    assert "dose of amoxicillin" in text[a:b]
    assert b - a < 200


def test_any_text_gives_a_window_inside_it():
    random_ = random.Random(7)
    alphabet = 'aB. ?!\n"”)1é日\u200b'
    for _ in range(500):
        text = "".join(random_.choice(alphabet) for _ in range(random_.randrange(0, 80)))
        a, b = best_window(text, sentences(text), {"a"})
        assert 0 <= a <= b <= len(text)
