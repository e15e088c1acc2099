"""Which clauses can be read at all: those in a language that has cue files (`rules/en`).

In any other, no denial, doubt or person would be seen, and an English name in it ("患者否认 seizures") would pass for the
patient's. A clause is left unread, and reported, where a letter is of a script that has no rules, or where its small words
are of another language.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from .rule_files import rule_file

_ASIDE = re.compile(r"[(（][^()（）]{0,40}[)）]")
"""A name in brackets, beside a sentence that reads without it."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NEEDED = 2
_READ = ("LATIN", "GREEK", "MICRO", "FEMININE", "MASCULINE", "MODIFIER", "FULLWIDTH")
"""How the Unicode names of letters begin that English notes hold (ª, º, µ)."""
_SCRIPTS = {"CJK": "Han script", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}


def language_not_read(clause: str) -> str:
    """The script or language of `clause` that has no rules ("Han script", "German"); "" where it can be read."""
    if clause.isascii() and not _has_foreign_words(clause):
        return ""
    sentence = _ASIDE.sub(" ", clause)
    for char in sentence:
        if char.isalpha() and not char.isascii() and not unicodedata.name(char, "LATIN").startswith(_READ):
            script = unicodedata.name(char).split()[0].split("-")[0]
            return _SCRIPTS.get(script, f"{script.title()} script")
    words = [word.lower() for word in _WORD.findall(sentence)]
    english = sum(word in _languages()["English"] for word in words)
    for name, small in _languages().items():
        if name != "English":
            here = sum(word in small for word in words)
            if here >= _NEEDED and here > english:
                return name
    return ""


def _has_foreign_words(clause: str) -> bool:
    return any(word.lower() in _foreign() for word in _WORD.findall(clause))


@cache
def _languages() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in rule_file("languages.toml").items()}


@cache
def _foreign() -> frozenset[str]:
    return frozenset(word for name, words in _languages().items() if name != "English" for word in words)
