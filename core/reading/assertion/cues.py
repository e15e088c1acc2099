"""Cue words as data: `rules/LANGUAGE/*.toml`. Code holds how they are looked for, never what they are.

A phrase is words as they stand in a text, whatever their case and white space:

    suspicious for            the words
    stepbrother*              `*`: the rest of a word
    bed #                     `#`: a number
    (is|was) not yet known    one of several; `(yet)?` may be missing; `(ruled out|excluded)` holds phrases
    clinically …              `…`: up to three words
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Category = Literal["negation", "pseudo", "uncertainty", "experiencer", "hypothetical", "past", "status", "not-done"]
Scope = Literal["clause", "text", "forward", "backward"]

_PARTS = re.compile(r"\([^()]*\)\??|\S+")


@dataclass(frozen=True)
class CueRule:
    """All phrases of one kind. `find` gives the words of a text that are one of them; the longest counts.

    `scope`: `clause` and `text` reach all of it; `forward` reaches the names that follow, `backward` those right before.
    `reach` names how far a forward cue reaches (`reaches`). `asks`: in a question the words ask and doubt nothing.
    `who` is the experiencer that a cue names (relative, other, patient) or what it says of one (tells, well).
    """

    category: Category
    scope: Scope
    pattern: re.Pattern[str]
    phrases: tuple[str, ...]
    reach: str = ""
    asks: bool = False
    who: str = ""

    def find(self, text: str) -> str:
        """The first cue in `text`, as it stands there; empty where there is none."""
        found = self.pattern.search(text)
        return found.group() if found else ""


@dataclass(frozen=True)
class Reach:
    """A cue reaches its first name over `tokens` words at most, and never beyond one of `stops`."""

    tokens: int
    stops: re.Pattern[str]


@cache
def cue_rules(name: str, language: str = "en") -> tuple[CueRule, ...]:
    """The rules of the file `name`. Raises `KeyError` or `ValueError` for one that is not written as it should be."""
    return tuple(_rule(one) for one in _data(name, language)["rule"])


@cache
def reaches(name: str, language: str = "en") -> dict[str, Reach]:
    """The reaches that the rules of the file `name` speak of, by name."""
    found = _data(name, language).get("reach", {})
    return {key: Reach(one["tokens"], re.compile(any_of(one["stops"]), re.IGNORECASE)) for key, one in found.items()}


@cache
def _data(name: str, language: str) -> dict[str, Any]:
    file = files("bedside.core.reading") / "rules" / language / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def any_of(phrases: list[str], *, unless: list[str] | None = None) -> str:
    """An expression for one of `phrases`, the longest first; none that one of `unless` follows."""
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    not_before = rf"(?!\s+(?:{any_of(unless)}))" if unless else ""
    return "(?:" + "|".join(map(_phrase, longest_first)) + ")" + not_before


def _rule(data: dict[str, Any]) -> CueRule:
    pattern = re.compile(any_of(data["phrases"], unless=data.get("unless")), re.IGNORECASE)
    more = {key: data[key] for key in ("reach", "asks", "who") if key in data}
    return CueRule(data["category"], data["scope"], pattern, tuple(data["phrases"]), **more)


def _phrase(phrase: str) -> str:
    """A phrase as an expression of whole words."""
    parts = _PARTS.findall(phrase)
    if not parts or all(part.endswith(")?") or part == "…" for part in parts) or parts[0] == "…":
        raise ValueError(f"not a phrase: {phrase!r}")
    written, begun = "", False
    for part in parts:
        if part == "…":
            written += r"(?:\s+[\w’'-]+){0,3}?"
        elif part.endswith(")?"):
            written += rf"(?:\s+{_choice(part)})?" if begun else rf"(?:{_choice(part)}\s+)?"
        else:
            joined = not begun or part.startswith(("'", ",", ":"))  # "'s", "FH:"
            written += ("" if joined else r"\s+") + (_choice(part) if part.startswith("(") else _word(part))
            begun = True
    begin = "" if phrase[0] == "'" else r"(?<!\w)"
    return begin + written + (r"(?!\w)" if phrase[-1].isalnum() or phrase[-1] in "*#)" or phrase.endswith(")?") else "")


def _choice(part: str) -> str:
    return "(?:" + "|".join(map(_words, part.rstrip("?").strip("()").split("|"))) + ")"


def _words(text: str) -> str:
    return r"\s+".join(map(_word, text.split()))


def _word(word: str) -> str:
    escaped = re.escape(word).replace(r"\*", r"\w*").replace(r"\#", r"\d+")
    return escaped.replace("’", "'").replace("'", "['’]")
