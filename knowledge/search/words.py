"""Text into the words that the lexical index knows: the same for passages and for questions."""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Sequence
from typing import Any

from ..importing import IMPORTS

WORDS_VERSION = 1
"""Raised when the same text gives other words than before: an index of another version is refused."""

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_DASHES = dict.fromkeys("‐‑‒–—−", "-")
_TABLE = str.maketrans({**_GREEK, **_DASHES, "’": "'", "ʼ": "'", "′": "'", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o"})
_COMPOUND = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:[-*'./:+][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)+")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
_NUMBERED = re.compile(r"\b(type|stage|grade|class|phase|factor|complex|angiotensin)(s?[\s-]+)(i{1,3}|iv|v|vi{1,3}|ix|x)\b")
_LONGEST_WORD = 60
_LONGEST_JOINED = 32
_MOST_PARTS = 5

# Words that say how a question is asked, not what about. They stay in the index and are left out of queries.
ASKING = frozenset(
    "a an the of in on at by for from to with and or as is are was were be been being am do does did has have had can could "
    "should would will may might must shall it its this that these those there their they them we our you your i my he she "
    "his her what which who whom whose when where why how if than then into between about also not no any some such name "
    "list describe explain please s".split()
)


def spread(text: str) -> str:
    """The words of `text` with single spaces between, not yet stemmed; then the joined forms of its compounds.

    `TNF-α` gives `tnf alpha` and `tnfalpha`, so that `TNFα`, `TNF alpha` and `TNF-alpha` all find it; `CYP2C19*2` gives
    `cyp2c19 2` and `cyp2c192`. Decimal numbers stay whole, accents and the possessive go, `type II` becomes `type 2`.
    """
    words: list[str] = []
    joined: list[str] = []
    for match in _COMPOUND.finditer(_folded(text)):
        whole = match[0]
        if whole.isalnum():
            words.append(whole)
        elif _NUMBER.fullmatch(whole):
            words.append(whole.replace(",", ""))
        else:
            parts = _PART.findall(whole.removesuffix("'s"))
            words += parts
            if 1 < len(parts) <= _MOST_PARTS and _is_name(whole):
                one = "".join(parts)
                if len(one) <= _LONGEST_JOINED:
                    joined.append(one)
    return " ".join((*words, *joined))


def stems(text: str) -> list[str]:
    """The terms of `text` as the index holds them, in order, the joined compounds last."""
    return list(_analyzer().analyze(spread(text)))


def asked(text: str) -> list[str]:
    """The distinct terms worth looking for; all of them when a question has only words like `what is`."""
    words = spread(text).split()
    content = [word for word in words if word not in ASKING]
    analyzed: Sequence[str] = _analyzer().analyze(" ".join(content or words))
    return list(dict.fromkeys(analyzed))


def analyzer() -> Any:
    """A new tantivy analyzer for text that went through `spread`: it only cuts at spaces and stems (Porter 2)."""
    with IMPORTS:
        import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


_local = threading.local()


def _analyzer() -> Any:
    # one a thread: analysing needs the object for itself
    made = getattr(_local, "analyzer", None)
    if made is None:
        made = _local.analyzer = analyzer()
    return made


@functools.lru_cache(maxsize=4_096)
def _plain(char: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    if not folded.isascii():
        folded = "".join(char if char.isascii() else _plain(char) for char in folded)
    return _NUMBERED.sub(lambda m: f"{m[1]}{m[2]}{_ROMAN[m[3]]}", folded)


def _is_name(whole: str) -> bool:
    """Joined forms are kept for hyphens and stars, and for dots, colons and plus signs beside a digit; not for and/or."""
    if "-" in whole or "*" in whole:
        return True
    return "/" not in whole and "'" not in whole and any(char.isdigit() for char in whole)
