"""Whose finding it is, by rules over one sentence; what is left out is always told."""

from __future__ import annotations

import pytest
from bedside.core.reading.assertion.attribution import attributed
from bedside.core.types import Facts, Mention


def facts(text: str, *words: tuple[str, str]) -> Facts:
    mentions = [
        Mention(kind=kind, id=word, name=word, text=word, start=text.index(word), end=text.index(word) + len(word), gene="G")
        for kind, word in words
    ]
    return Facts(mentions=tuple(mentions))


PM = ("pgx_phenotype", "poor metabolizer")
TALL = ("phenotype", "tall stature")


@pytest.mark.parametrize(
    ("text", "word", "kept"),
    [
        ("The patient is a poor metabolizer.", PM, True),
        ("His mother is a poor metabolizer.", PM, False),
        ("A poor metabolizer like her brother.", PM, False),
        ("Her brother is well. She is a poor metabolizer.", PM, True),
        ("Can my mother, a poor metabolizer, take it?", PM, True),
        ("Suspected poor metabolizer.", PM, False),
        ("It is unknown whether she is a poor metabolizer.", PM, False),
        ("poor metabolizer: no. Codeine?", PM, False),
        ("Is she a poor metabolizer? No.", PM, False),
        ("His mother, seen by Dr. Lee, is a poor metabolizer. Can he take codeine?", PM, False),
        ("His mother, seen by Dr.\nLee, is a poor metabolizer. Can he take codeine?", PM, False),
        ("His mother is a\nCYP2D6 poor metabolizer.", PM, False),
        ("His mother (b. 1970, seen at St. Mary's approx. 5 yrs. ago) is a poor metabolizer.", PM, False),
        ("His mother... is a poor metabolizer.", PM, False),
        ("His brother J. Smith is a poor metabolizer.", PM, False),
        ("Her brother is well, says Dr. Lee. She is a poor metabolizer.", PM, True),
        ("Suspected, e.g. by Dr. Lee, poor metabolizer.", PM, False),
        ("Is she a poor metabolizer? Which dose?", PM, False),
        ("Score 0.5: poor metabolizer.", PM, True),
        ("Her father has tall stature.", TALL, False),
        ("Family history of tall stature.", TALL, False),
        ("There is tall stature in the father.", TALL, False),
        ("The mother reports tall stature.", TALL, True),
        ("Child of consanguineous parents with tall stature.", TALL, True),
        ("Suspected Marfan: tall stature.", TALL, True),
    ],
)
def test_whose_and_how_sure(text, word, kept):
    read = attributed(text, facts(text, word))
    assert [m.used for m in read.mentions] == [kept]
    assert bool(read.unread) != kept


def test_drugs_and_genes_are_never_left_out():
    text = "His mother takes codeine."
    assert attributed(text, facts(text, ("drug", "codeine"))).of("drug")
