"""Cue words as data: `rules/LANGUAGE/*.toml`. Code holds how they are looked for, never what they are."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Category = Literal["experiencer", "uncertainty", "hypothetical", "status", "not-done"]


@dataclass(frozen=True)
class CueRule:
    """All phrases of one category and scope. `find` gives the words of a text that are one of them; the longest counts."""

    category: Category
    scope: Literal["clause", "text"]
    pattern: re.Pattern[str]

    def find(self, text: str) -> str:
        """The first cue in `text`, as it stands there; empty where there is none."""
        found = self.pattern.search(text)
        return found.group() if found else ""


@cache
def cue_rules(name: str, language: str = "en") -> tuple[CueRule, ...]:
    """The rules of the file `name`. Raises `KeyError` or `ValueError` for one that is not written as it should be."""
    data = tomllib.loads((files("bedside.core.reading") / "rules" / language / f"{name}.toml").read_text(encoding="utf-8"))
    return tuple(CueRule(one["category"], one["scope"], _pattern(one["phrases"])) for one in data["rule"])


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(_one, longest_first)), re.IGNORECASE)


def _one(phrase: str) -> str:
    """A phrase as an expression: whole words, any white space, `*` for the rest of a word, `#` for a number."""
    words = (re.escape(word).replace(r"\*", r"\w*").replace(r"\#", r"\d+") for word in phrase.split())
    begin = r"(?<!\w)" if phrase[0].isalnum() or phrase[0] == "#" else ""
    return begin + r"\s+".join(words).replace("’", "'").replace("'", "['’]") + r"(?!\w)"
