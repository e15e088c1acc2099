"""Words as they are compared: the one tokeniser and the one stemmer of what a text says.

(The word index has the stemmer of its engine; see `knowledge/search/words.py`.)
"""

from __future__ import annotations

import re

# words, identifiers (HP:0001166, c.1905+1G>A) and star alleles (*2, *1xN)
_WORD = re.compile(r"[^\W\d_][\w':>+.-]*|\*\w+", re.UNICODE)
_FUNCTION_WORDS = frozenset(
    (
        "a an and are as at be been but by can could did do does for from had has have how if in into is it its may "
        "might of on or other shall should so such that the their them then there these this those to was were what "
        "when where which who will with would"
    ).split()
)
_KEEP_S = ("ss", "us", "is", "as", "os", "ps")


def tokens(text: str) -> list[str]:
    """Words in order, lower case, as written."""
    return [w.lower().rstrip(".-:'") for w in _WORD.findall(text)]


def words(text: str) -> set[str]:
    """Content words, lower case, lightly stemmed."""
    return {stem(w) for w in tokens(text) if w not in _FUNCTION_WORDS}


def singular(word: str) -> str:
    """The singular where English makes it simply. Only used to compare, so it need not be a word."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(_KEEP_S):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


def stem(word: str) -> str:
    """The singular without simple verb endings. A stem, not a lemma: it only has to treat both sides alike."""
    word = singular(word)
    for ending, least in (("ing", 6), ("ed", 5)):
        if word.endswith(ending) and len(word) >= least:
            return word[: -len(ending)]
    return word
