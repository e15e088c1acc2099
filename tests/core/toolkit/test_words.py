"""The one stemmer: number and simple verb endings go, nothing else may become equal."""

from __future__ import annotations

import pytest
from bedside.core.toolkit.words import singular, stem, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dose", "doses"),
        ("gene", "genes"),
        ("disease", "diseases"),
        ("therapy", "therapies"),
        ("reflex", "reflexes"),
        ("loss", "losses"),
        ("treat", "treated"),
        ("treat", "treats"),
        ("treat", "treating"),
    ],
)
def test_forms_of_one_word_are_equal(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["virus", "diagnosis", "abscess", "pancreas", "biceps", "cyp2d6", "red", "ring"])
def test_a_word_that_only_looks_like_a_form_stays(word):
    assert stem(word) == singular(word) == word


def test_content_words():
    assert words("The doses of codeine in *2 and HP:0001166 are avoided.") == {
        "dose",
        "codeine",
        "*2",
        "hp:0001166",
        "avoid",
    }
