"""What a sentence claims, and whether a text says it: words, numbers with units, and direction ("avoid" is not "use").

This is deliberately strict and lexical. It may reject a good paraphrase; it must never accept a changed dose.
"""

from __future__ import annotations

import re
from typing import Literal

from ..toolkit.words import tokens, words
from ..wording import say

Direction = Literal["avoid", "use", "both", "none"]

_NUMBER = re.compile(
    r"(?<![\w.*:])(?P<n>\d+(?:[.,]\d+)*)\s*(?P<u>%|(?:mg|mcg|µg|ug|g|kg|ml|mL|L|dl|dL|ng|IU|mmol|mol|h|hours?|days?|weeks?|"
    r"months?|years?|fold|times)\b(?:\s*/\s*(?:kg|day|d|h|hour|mL|ml|dL|dl|L|m2|week|dose)\b)*)?",
    re.UNICODE,
)
# a condition, an exception, or whom a statement is for: a sentence that leaves it out says more than its quote
_LIMIT = re.compile(
    r"\b(?:if|unless|except\w*|excluding|only|when(?:ever)?|until|provided|as long as|otherwise|other than|"
    r"(?:in|for|among|by|to)\s+(?:[\w-]+\s+){0,2}?(?:patients?|child\w*|adults?|adolescents?|neonat\w+|infants?|elderly|"
    r"pregnan\w+|lactati\w+|women|men|people|persons?|carriers?|metaboli[sz]ers?))\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?P<c>[<>≤≥]=?|\b(?:less than|more than|at least|at most|below|above|under|over|up to)\b)\s*(?P<n>\d+(?:[.,]\d+)*)|"
    r"(?<![\w.,:*–-])(?P<m>[-−–])(?P<k>\d+(?:[.,]\d+)*)",
    re.IGNORECASE,
)
# words that turn the sense of a sentence: never function words, and compared on both sides
_NEGATIONS = frozenset(("no not never without neither nor cannot none absent absence lacks lack excluded excludes").split())
_AVOID = re.compile(
    r"\b(?:avoid(?:ed|ance|ing)?|contra-?indicated|do not (?:use|prescribe|give|initiate|start)|should not (?:be )?"
    r"(?:used?|prescribed?|given?|taken?|receive)|not recommended|discontinue[ds]?|stop(?:ped)?|withh[eo]ld)\b",
    re.IGNORECASE,
)
_USE = re.compile(
    r"\bused\b|(?:^|[.;:,]\s+|\b(?:to|should|may|can|could|or|and|then|please)\s+)use\b|"  # the verb, not "codeine use"
    r"\b(?:prescribe[ds]?|initiate[ds]?|start(?:ed)?|recommend(?:ed|s)?|consider(?:ed)?|give[ns]?|continue[ds]?)\b",
    re.IGNORECASE,
)


def direction(text: str) -> Direction:
    """Does the text advise for or against? `both` when it says one of one thing and the other of another."""
    avoid = bool(_AVOID.search(text))
    use = bool(_USE.search(_AVOID.sub(" ", text)))
    if avoid and use:
        return "both"
    return "avoid" if avoid else "use" if use else "none"


def numbers(text: str) -> set[str]:
    """Numbers with their units, normalised (`75 mg/day` → `75mg/day`)."""
    return {
        m["n"].replace(",", ".") + re.sub(r"\s+", "", m["u"] or "").lower().replace("µ", "u") for m in _NUMBER.finditer(text)
    }


def negations(text: str) -> set[str]:
    return {w for w in tokens(text) if w in _NEGATIONS or w.endswith("n't")}


def limits(text: str) -> set[str]:
    """What limits a statement: conditions, exceptions, populations."""
    return {" ".join(m.group().lower().split()) for m in _LIMIT.finditer(text)}


def bounds(text: str) -> set[tuple[str, str]]:
    """Numbers with the sign or comparison before them: `< 50` is not `> 50`."""
    return {((m["c"] or "-").lower(), (m["n"] or m["k"]).replace(",", ".")) for m in _BOUND.finditer(text)}


def _otherwise_bounded(sentence: str, quotes: str) -> list[str]:
    """The numbers of `sentence` that `quotes` compare or sign in another way."""
    mine, theirs = bounds(sentence), bounds(quotes)
    named = {m["n"].replace(",", ".") for m in _NUMBER.finditer(sentence)}
    return sorted({n for _, n in mine - theirs} | {n for _, n in theirs - mine if n in named})


def unsupported(sentence: str, quotes: str) -> str:
    """Why `quotes` do not bear `sentence`, or the empty string when they do."""
    missing = sorted(numbers(sentence) - numbers(quotes))
    if missing:
        return say("verify.number-missing", numbers=", ".join(missing))
    gone = sorted(words(sentence) - words(quotes))
    if gone:
        return say("verify.words-missing", words=", ".join(gone))
    if bool(negations(sentence)) != bool(negations(quotes)):
        return say("verify.negated-otherwise")
    mine, theirs = direction(sentence), direction(quotes)
    if mine != theirs and "none" not in (mine,) and theirs != "both":
        return say("verify.other-advice", mine=mine, theirs=theirs)
    if theirs == "both" and mine in ("use", "avoid"):
        return say("verify.half-advice")
    if bounded := _otherwise_bounded(sentence, quotes):
        return say("verify.other-comparison", numbers=", ".join(bounded))
    if lost := sorted(limits(quotes) - limits(sentence)):
        return say("verify.condition-missing", words=", ".join(lost))
    return ""
