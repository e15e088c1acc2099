"""Where a text names a drug: "take X", "X 5 mg daily", "allergic to X". What stands there and is none that is known is
reported, so that a brand nobody knows does not pass without a word. The words are data: `rules/LANGUAGE/drug_places.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from .rule_files import rule_file

_WORD = r"(?P<word>[^\W\d_][\w-]{3,39})(?![\w-])"
_BLANK = r"[^\S\n]{1,3}"
_NEAR = 60
"""How far from a genetic result, in characters, the drug's word may be."""
_RESULTS = 20
_QUESTION = 300
"""Up to this length a text can be a question about one drug and a result."""


@dataclass(frozen=True)
class _Rules:
    """`before` finds a word after its cue, `named` one that has to be written as a name, `amount` one by what follows it.

    `joined` and `joining` find one that is joined to a drug before or after it, `result_after` and `result_before` one
    beside a genetic result. `no_drug` is what follows a word that is no drug; `classes` and `endings` are words and ends
    of words that are no single drug.
    """

    before: re.Pattern[str]
    named: re.Pattern[str]
    amount: re.Pattern[str]
    joined: re.Pattern[str]
    joining: re.Pattern[str]
    result_after: re.Pattern[str]
    result_before: re.Pattern[str]
    no_drug: re.Pattern[str]
    classes: frozenset[str]
    endings: tuple[str, ...]


@cache
def _rules(language: str) -> _Rules:
    data = rule_file(f"{language}/drug_places.toml")
    between = rf"(?:(?:{_any(data['between'])}){_BLANK}){{0,2}}"
    articles = rf"(?:(?:{_any((*data['between'], *data['articles']))}){_BLANK}){{0,2}}"
    rates = rf"(?!\s?/(?!\s?(?:{_any(data['rates'])})\b))"
    amount = (
        rf"{_BLANK}(?:[A-Z]{{2}}{_BLANK})?(?:\d{{1,6}}(?:[.,/-]\d{{1,4}})?[^\S\n]?(?:{_any(data['units'])})\b{rates}"
        rf"|(?:{_any((*data['forms'], *data['times']))})\b)"
    )
    taken = (
        rf"(?:{_BLANK}\d{{1,6}}(?:[.,/-]\d{{1,4}})?[^\S\n]?(?:{_any(data['units'])})\b)?"
        rf"(?:{_BLANK}(?:{_any(data['times'])})\b)?"
    )
    join = rf"[^\S\n]?(?:{_any(data['joins'])}){_BLANK}(?:(?:and|or){_BLANK})?"
    beside = rf"(?:\s?[,:;/–-]\s|{_BLANK}(?:{_any(data['results'])}){_BLANK})"
    return _Rules(
        before=re.compile(rf"\b(?:{_any(data['before'])}){_BLANK}{articles}{_WORD}", re.IGNORECASE),
        named=re.compile(
            rf"\b(?:(?:{_any(data['before-name'])}){_BLANK}|(?:{_any(data['headings'])})[^\S\n]?:[^\S\n]{{0,3}}){between}{_WORD}",
            re.IGNORECASE,
        ),
        amount=re.compile(rf"(?<![\w-]){_WORD}(?={amount})", re.IGNORECASE),
        joined=re.compile(rf"{taken}{join}{_WORD}", re.IGNORECASE),
        joining=re.compile(rf"(?:^|[\s(]){_WORD}{taken}{join}$", re.IGNORECASE),
        result_after=re.compile(rf"(?:^|[\s(]){_WORD}{beside}(?:(?:an?|the|this|my)\s)?$", re.IGNORECASE),
        result_before=re.compile(rf"{beside}{_WORD}\s?[?.]?\s?$", re.IGNORECASE),
        no_drug=re.compile(rf"['’]s\b|{_BLANK}(?:[\w-]{{3,20}}{_BLANK})?(?:{_any(data['no-drug'])})\b", re.IGNORECASE),
        classes=frozenset(data["classes"]) | {phrase.split()[0] for phrase in (*data["times"], *data["forms"])},
        endings=tuple(data["class-endings"]),
    )


def drug_places(
    text: str,
    drugs: Sequence[tuple[int, int]] = (),
    results: Sequence[tuple[int, int]] = (),
    language: str = "en",
) -> list[tuple[int, int]]:
    """The words of `text` that stand where a drug is named, as `(start, end)` in order of appearance, each once.

    `drugs` are the places of the drugs that were read. `results` are those of genes and genetic results; they count in a
    question that names no drug: "Zelvora, CYP2D6 poor metabolizer".
    """
    rules = _rules(language)
    found = {match.span("word") for match in rules.before.finditer(text)}
    found |= {match.span("word") for match in rules.amount.finditer(text)}
    found |= {match.span("word") for match in rules.named.finditer(text) if _is_name(match["word"])}
    for start, _ in drugs:
        match = rules.joining.search(text, max(0, start - _NEAR), start)
        if match and _is_name(match["word"]):
            found.add(match.span("word"))
    ends = [*(end for _, end in drugs), *(end for _, end in found)]
    while ends:
        match = rules.joined.match(text, ends.pop())
        if match and _is_name(match["word"]) and match.span("word") not in found:
            found.add(match.span("word"))
            ends.append(match.end("word"))
    for start, end in results[:_RESULTS] if len(text) <= _QUESTION else ():
        if match := rules.result_after.search(text, max(0, start - _NEAR), start):
            found.add(match.span("word"))
        if len(text) - end < _NEAR and (match := rules.result_before.match(text, end)):
            found.add(match.span("word"))
    return sorted(
        place for place in found if not _is_class(text[slice(*place)], rules) and not rules.no_drug.match(text, place[1])
    )


def _is_name(word: str) -> bool:
    """Whether a word is written as a name: Zelvora, not ICSs."""
    return word[0].isupper() and word[1].islower()


def _is_class(word: str, rules: _Rules) -> bool:
    lower = word.casefold()
    return lower in rules.classes or lower.endswith(rules.endings)


def _any(phrases: Iterable[str]) -> str:
    """The phrases as alternatives of a pattern, the longest first."""
    ordered = sorted(phrases, key=len, reverse=True)
    return "|".join(_BLANK.join(map(re.escape, phrase.split())) for phrase in ordered)
