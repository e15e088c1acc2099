"""Cue words as data: `rules/LANGUAGE/*.toml`. Code holds how they are looked for, never what they are.

A phrase is words as they stand in a text, whatever their case and white space:

    suspicious for            the words
    stepbrother*              `*`: the rest of a word
    bed #                     `#`: a number
    (is|was) not yet known    one of several; `(yet)?` may be missing; `(ruled out|excluded)` holds phrases
    hardly … without          `…`: up to three words; at the end: one word
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ..rule_files import rule_file

Category = Literal[
    "negation", "pseudo", "uncertainty", "experiencer", "hypothetical", "past", "status", "not-done", "command", "other-name"
]
Scope = Literal["clause", "text", "forward", "backward", "before", "after"]

RULES = ("experiencer", "genotypes", "negation", "time", "uncertainty")
"""The files of cues."""
_PREFIX = 2
"""Letters by which a phrase whose first word is open (`brother*`) is looked for."""
_WORD = re.compile(r"\w+")
_NESTED = re.compile(r"\([^()]*\(")
_PARTS = re.compile(r"\([^()]*\)\??|\S+")


@dataclass(frozen=True)
class CueRule:
    """All phrases of one kind; of several that stand in one place the longest counts.

    `scope`: `clause` and `text` reach all of it; `before` and `after` touch a result; `forward` reaches the names that
    follow, `backward` those right before.
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
    begins: frozenset[str] = frozenset()
    """How its phrases may begin (`_key`), so that few places of a text need be looked at."""

    def all(self, words: CueWords) -> Iterator[re.Match[str]]:
        """Every cue in the text of `words`, in order, none within another; looked for only where one may begin."""
        end = 0
        for start in words.places(self.begins):
            if start >= end and (found := self.pattern.match(words.text, start)):
                end = found.end()
                yield found


class CueWords:
    """Where the words of a text begin, by what a phrase may begin with."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: dict[str, list[int]] = {}
        known = _all_begins()
        for found in _beginning().finditer(text):
            word = found.group().lower()
            if word in known:
                self._places.setdefault(word, []).append(found.start())
            if (prefix := word[:_PREFIX] + "*") in known:
                self._places.setdefault(prefix, []).append(found.start())
            if word[0].isdigit():
                self._places.setdefault("#", []).append(found.start())

    def places(self, begins: frozenset[str]) -> list[int]:
        """Where a phrase that begins with one of `begins` may stand, rising."""
        some = [places for key in begins if (places := self._places.get(key))]
        return some[0] if len(some) == 1 else sorted({place for places in some for place in places})


@dataclass(frozen=True)
class Reach:
    """A cue reaches its first name over `tokens` words at most, and never beyond one of `stops`."""

    tokens: int
    stops: re.Pattern[str]


@cache
def cue_rules(name: str, language: str = "en") -> tuple[CueRule, ...]:
    """The rules of the file `name`. Raises `KeyError` or `ValueError` for one that is not written as it should be."""
    return tuple(_rule(one) for one in rule_file(f"{language}/{name}.toml")["rule"])


@cache
def reaches(name: str, language: str = "en") -> dict[str, Reach]:
    """The reaches that the rules of the file `name` speak of, by name."""
    found = rule_file(f"{language}/{name}.toml").get("reach", {})
    return {key: Reach(one["tokens"], re.compile(any_of(one["stops"]), re.IGNORECASE)) for key, one in found.items()}


@cache
def _all_begins() -> frozenset[str]:
    return frozenset(begin for name in RULES for rule in cue_rules(name) for begin in rule.begins)


@cache
def _beginning() -> re.Pattern[str]:
    """Words, and the signs that a phrase begins with."""
    signs = sorted(begin for begin in _all_begins() if begin != "#" and not _WORD.match(begin))
    return re.compile(r"\w+|[" + "".join(map(re.escape, signs)) + "]")


def any_of(phrases: list[str], *, unless: list[str] | None = None) -> str:
    """An expression for one of `phrases`, the longest first; none that one of `unless` follows.

    Those with one first letter stand together behind a look at that letter: else each place of a text is tried with all.
    """
    by_first: dict[str, list[str]] = {}
    for phrase in phrases:
        for one in _begun(phrase):
            by_first.setdefault(one[0].lower(), []).append(one)
    groups = []
    for first, some in by_first.items():
        longest_first = sorted(dict.fromkeys(some), key=lambda phrase: (-len(phrase), phrase))
        look = r"(?=\d)" if first == "#" else f"(?={re.escape(first)})"
        groups.append(("" if first == "'" else r"(?<!\w)") + look + "(?:" + "|".join(map(_phrase, longest_first)) + ")")
    not_before = rf"(?!\s+(?:{any_of(unless)}))" if unless else ""
    return "(?:" + "|".join(groups) + ")" + not_before


def _begun(phrase: str) -> list[str]:
    """The phrase once for each of its first words: "(is|was) known" is "is known" and "was known"."""
    if not phrase or _NESTED.search(phrase):
        raise ValueError(f"not a phrase: {phrase!r}")
    if not phrase.startswith("("):
        return [phrase]
    split = re.fullmatch(r"(\([^()]*\)\??)\s*(.*)", phrase, re.DOTALL)
    if split is None:
        raise ValueError(f"not a phrase: {phrase!r}")
    first, rest = split.groups()
    joined = "" if rest.startswith(("-", "'", ",")) else " "
    spelled = [f"{one}{joined if rest else ''}{rest}" for one in first.rstrip("?").strip("()").split("|")]
    return [one for each in (*spelled, *([rest] if first.endswith("?") else ())) for one in _begun(each)]


def _rule(data: dict[str, Any]) -> CueRule:
    pattern = re.compile(any_of(data["phrases"], unless=data.get("unless")), re.IGNORECASE)
    more = {key: data[key] for key in ("reach", "asks", "who") if key in data}
    begins = frozenset(_key(one) for phrase in data["phrases"] for one in _begun(phrase))
    return CueRule(data["category"], data["scope"], pattern, tuple(data["phrases"]), begins=begins, **more)


def _key(phrase: str) -> str:
    """What the first word of a phrase begins with: the word, its first letters and `*`, `#` for a number, or a sign."""
    found = _WORD.match(phrase)
    word = found.group().lower() if found else phrase[0]
    rest = phrase[len(word) :]
    return word[:_PREFIX] + "*" if rest.startswith("*") else word


def _phrase(phrase: str) -> str:
    """A phrase as an expression of whole words."""
    parts = _PARTS.findall(phrase)
    if not parts or all(part.endswith(")?") or part == "…" for part in parts) or parts[0] == "…":
        raise ValueError(f"not a phrase: {phrase!r}")
    written, begun = "", False
    for number, part in enumerate(parts):
        if part == "…" and number == len(parts) - 1:
            written += r"\s+[\w’'-]+"
        elif part == "…":
            written += r"(?:\s+[\w’'-]+){0,3}?"
        elif part.endswith(")?"):
            written += rf"(?:\s+{_choice(part)})?" if begun else rf"(?:{_choice(part)}\s+)?"
        else:
            joined = not begun or part.startswith(("'", ",", ":"))  # "'s", "FH:"
            written += ("" if joined else r"\s+") + (_choice(part) if part.startswith("(") else _word(part))
            begun = True
    return written + (r"(?!\w)" if phrase[-1].isalnum() or phrase[-1] in "*#)" or phrase.endswith(")?") else "")


def _choice(part: str) -> str:
    return "(?:" + "|".join(map(_words, part.rstrip("?").strip("()").split("|"))) + ")"


def _words(text: str) -> str:
    return r"\s+".join(map(_word, text.split()))


def _word(word: str) -> str:
    escaped = re.escape(word).replace(r"\*", r"\w*").replace(r"\#", r"\d+")
    return escaped.replace("’", "'").replace("'", "['’]")
