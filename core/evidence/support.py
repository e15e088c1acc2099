"""What a sentence claims, and whether a text says it: words, numbers with units, and direction ("avoid" is not "use").

This is deliberately strict and lexical. It may reject a good paraphrase; it must never accept a changed dose.
"""

from __future__ import annotations

import re
from typing import Literal

Direction = Literal["avoid", "use", "both", "none"]

# words, identifiers (HP:0001166, c.1905+1G>A) and star alleles (*2, *1xN)
_WORD = re.compile(r"[^\W\d_][\w':>+.-]*|\*\w+", re.UNICODE)
_NUMBER = re.compile(
    r"(?<![\w.*:])(?P<n>\d+(?:[.,]\d+)*)\s*(?P<u>%|(?:mg|mcg|µg|ug|g|kg|ml|mL|L|dl|dL|ng|IU|mmol|mol|h|hours?|days?|weeks?|"
    r"months?|years?|fold|times)\b(?:\s*/\s*(?:kg|day|d|h|hour|mL|ml|dL|dl|L|m2|week|dose)\b)*)?",
    re.UNICODE,
)
_FUNCTION_WORDS = frozenset(
    (
        "a an and are as at be been but by can could did do does for from had has have how if in into is it its may "
        "might of on or other shall should so such that the their them then there these this those to was were what "
        "when where which who will with would"
    ).split()
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


def words(text: str) -> set[str]:
    """Content words, lower case, lightly stemmed."""
    return {stem(w) for w in _tokens(text) if w not in _FUNCTION_WORDS}


def negations(text: str) -> set[str]:
    return {w for w in _tokens(text) if w in _NEGATIONS or w.endswith("n't")}


def stem(word: str) -> str:
    """Plural and simple verb endings off. A stem, not a lemma: it only has to treat both sides alike."""
    for ending, least in (("ies", 5), ("es", 5), ("s", 4), ("ing", 6), ("ed", 5)):
        if word.endswith(ending) and len(word) >= least and not word.endswith(("ss", "us", "is")):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def unsupported(sentence: str, quotes: str) -> str:
    """Why `quotes` do not bear `sentence`, or the empty string when they do."""
    missing = sorted(numbers(sentence) - numbers(quotes))
    if missing:
        return f"the number {', '.join(missing)} is not in its quotes"
    gone = sorted(words(sentence) - words(quotes))
    if gone:
        return f"its quotes do not have: {', '.join(gone)}"
    if bool(negations(sentence)) != bool(negations(quotes)):
        return "it is negated otherwise than its quotes"
    mine, theirs = direction(sentence), direction(quotes)
    if mine != theirs and "none" not in (mine,) and theirs != "both":
        return f"it advises to {mine} where its quotes advise to {theirs}"
    if theirs == "both" and mine in ("use", "avoid"):
        return "it keeps only one half of advice that goes both ways"
    return ""


def _tokens(text: str) -> list[str]:
    return [w.lower().rstrip(".-:'") for w in _WORD.findall(text)]
