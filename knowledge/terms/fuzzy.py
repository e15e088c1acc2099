"""Misspelt drug names. Look-alike names kill patients: one clear candidate, or none.

Distance is optimal string alignment (insert, delete, replace, swap neighbours): at most 1 for 5 to 7 letters, 2 from 8
(1 for a drug that is hardly in use: a word that nobody knows is rather a new brand than an experimental substance).
The first letter must be right, no other drug may be nearly as near (see `_doubt`), and the word must not be an ordinary
one. Brands, of which there are many short ones, are only read at distance 1 and from 7 letters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from bedside.core.toolkit.marked import Marked
from bedside.core.wording import say

from .match import Index, NameMatch
from .normal import Token
from .pgx import Found
from .products import products_spelled
from .words import stems

_MOST = 150
"""Different unknown words of a text that are tried."""


@dataclass(frozen=True)
class Spelling:
    """A misspelt drug at `start:end` of the normalised string."""

    id: str
    name: str
    related: tuple[str, ...]
    start: int
    end: int


def misspelt(
    index: Index, tokens: list[Token], named: list[NameMatch], pgx: list[Found], known: set[str], ordinary: set[str]
) -> tuple[list[Spelling], list[str]]:
    """The drugs meant by unknown words, and what has to be said about the words that were not read."""
    places = [*((one.start, one.end) for one in named), *((one.start, one.end) for one in pgx)]
    taken = Marked(max((token.end for token in tokens), default=0), places)
    open_words: dict[str, list[Token]] = {}
    for token in tokens:
        key = token.key
        if len(key) < 5 or not (key.isascii() and key.isalpha()) or key in known or key in ordinary:
            continue
        if not taken.any(token.start, token.end):
            open_words.setdefault(key, []).append(token)
    if not open_words:
        return [], []
    unread: list[str] = []
    if len(open_words) > _MOST:
        unread.append(say("terms.many-unknown-words", number=len(open_words), most=_MOST))
    tried = _not_forms(index, list(open_words)[:_MOST])
    near = _nearest(index, tried)
    spellings = []
    for word in tried:
        ranked = sorted(near.get(word, {}).values(), key=lambda drug: (drug.distance, drug.brand, drug.id))
        meant = next((drug for drug in ranked if drug.distance <= _allowed(word, drug)), None)
        if meant is None:
            continue
        rivals = [drug for drug in ranked if drug is not meant and drug.distance <= _doubt(word, meant, drug)]
        if rivals:
            names = list(dict.fromkeys(drug.name for drug in (meant, *rivals)))[:4]
            unread.append(say("terms.ambiguous-spelling", word=open_words[word][0].raw, names=_either(names)))
            continue
        spellings += [Spelling(meant.id, meant.name, meant.related, token.start, token.end) for token in open_words[word]]
    return spellings, unread


def _not_forms(index: Index, words: list[str]) -> list[str]:
    """Those that are no form of an ordinary word ("geneticist" is not geneticin); a form of a drug's own name stays."""
    forms = {word: set(stems(word)) for word in words}
    ordinary = index.rows(
        """SELECT word FROM words WHERE word IN (?) AND NOT EXISTS (SELECT 1 FROM spellings AS drug
           WHERE drug.first = substr(words.word, 1, 1) AND drug.length = length(words.word) AND drug.word = words.word)""",
        {form for found in forms.values() for form in found},
    )
    real = {word for (word,) in ordinary}
    return [word for word in words if real.isdisjoint(forms[word])]


@dataclass(frozen=True)
class _Near:
    """A drug whose name, as `spelled`, is `distance` from the word.

    `brand`: that name is a brand; `in_use`: the drug is listed by CPIC or sold under a brand, not an experimental one.
    """

    id: str
    name: str
    spelled: str
    related: tuple[str, ...]
    distance: int
    brand: bool
    in_use: bool


def _allowed(word: str, drug: _Near) -> int:
    """How far a word may be from the drug that it is read as."""
    if drug.brand:
        return 1 if len(word) >= 7 else 0
    return 1 if len(word) < 8 or not drug.in_use else 2


def _doubt(word: str, meant: _Near, other: _Near) -> int:
    """How near another drug makes the reading doubtful.

    One as near always does; a drug in use also from one more ("prednisalone": prednisolone 1, prednisone 2), and from two
    more when it begins more like the word ("trazadol": tramadol 1, trazodone 3).
    """
    if other.brand and not meant.brand:
        return meant.distance
    if not other.in_use:
        return meant.distance
    closer = _shared(word, other.spelled) > _shared(word, meant.spelled)
    return meant.distance + (2 if closer and len(word) >= 8 else 1)


def _shared(one: str, two: str) -> int:
    """How many letters the two have in common at the start."""
    return next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _either(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]])


def _nearest(index: Index, words: list[str]) -> dict[str, dict[str, _Near]]:
    """For each word the drugs that could be meant or could make it doubtful, by id."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near: dict[str, dict[str, _Near]] = {}
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(word)
    for first, group in sorted(by_first.items()):
        rows = index.rows(
            """SELECT spellings.word, terms.id, terms.name, terms.related, spellings.brand,
                      terms.brands != '[]' OR terms.id LIKE 'RXNORM:%'
               FROM spellings JOIN terms ON terms.row = spellings.row WHERE spellings.first IN (?)""",
            [first],
        )
        rows += products_spelled(first)
        spelled: dict[str, list[tuple]] = {}
        for row in rows:
            spelled.setdefault(row[0], []).append(row)
        by_length: dict[int, list[str]] = {}
        for name in spelled:
            by_length.setdefault(len(name), []).append(name)
        for word in group:
            reach = 2 if len(word) < 8 else 3 if len(word) < 10 else 4
            choices = [name for size in range(len(word) - reach, len(word) + reach + 1) for name in by_length.get(size, ())]
            drugs = near.setdefault(word, {})
            for name, distance, _ in process.extract(word, choices, scorer=OSA.distance, score_cutoff=reach, limit=None):
                for _, ident, title, related, brand, in_use in spelled[name]:
                    one = _Near(ident, title, name, tuple(json.loads(related)), int(distance), bool(brand), bool(in_use))
                    if ident not in drugs or (one.distance, one.brand) < (drugs[ident].distance, drugs[ident].brand):
                        drugs[ident] = one
    return near
