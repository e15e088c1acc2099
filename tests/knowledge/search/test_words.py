"""Medical words: the same thing written in several ways gives the same terms."""

from __future__ import annotations

import pytest
from bedside.knowledge.search.words import asked, spread, stems


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("TNF-α", "TNFalpha", "tnfalpha"),
        ("TNF-α", "TNF alpha", "alpha"),
        ("β-blockers", "beta blocker", "blocker"),
        ("IL-6", "IL6", "il6"),
        ("IL‑6", "il-6", "il6"),
        ("5-HT", "5HT", "5ht"),
        ("CYP2C19*2", "CYP2C19", "cyp2c19"),
        ("Sjögren's syndrome", "sjogren", "sjogren"),
        ("type II diabetes", "Type 2 diabetes", "2"),
        ("HbA1c", "HBA1C", "hba1c"),
        ("p.Val600Glu", "pVal600Glu", "pval600glu"),
        ("ﬁbrosis", "fibrosis", "fibrosi"),
        ("oedemas", "œdema", "oedema"),
        ("10,000", "10000", "10000"),
    ],
)
def test_written_in_two_ways(one, other, shared):
    assert shared in set(stems(one)) & set(stems(other))


def test_spread_keeps_the_order_and_puts_joined_forms_last():
    assert spread("IL-6 and TNF-α, p<0.05") == "il 6 and tnf alpha p 0.05 il6 tnfalpha"
    assert spread("and/or") == "and or"
    assert spread("the patient's") == "the patient"


def test_asked_leaves_out_the_words_that_only_ask():
    assert asked("What is the inheritance of Marfan syndrome?") == ["inherit", "marfan", "syndrom"]
    assert asked("what is it") == ["what", "is", "it"]
    assert asked("?!") == []
