"""Misspelt drug names. Look-alike names kill patients: one clear candidate, or none.

Distance is optimal string alignment (insert, delete, replace, swap neighbours): at most 1 for 5 to 7 letters, 2 from 8.
The first letter must be right, no other drug may be as near or, at distance 2, nearly as near, and the word must not be
an ordinary one. Brands, of which there are many short ones, are only read at distance 1 and from 7 letters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from .match import Candidate, Index
from .normal import Token
from .pgx import Found

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
    index: Index, tokens: list[Token], named: list[Candidate], pgx: list[Found], known: set[str], ordinary: set[str]
) -> tuple[list[Spelling], list[str]]:
    """The drugs meant by unknown words, and what has to be said about the words that were not read."""
    taken = [(one.start, one.end) for one in named] + [(one.start, one.end) for one in pgx]
    open_words: dict[str, list[Token]] = {}
    for token in tokens:
        key = token.key
        if len(key) < 5 or not (key.isascii() and key.isalpha()) or key in known or _is_word(key, ordinary):
            continue
        if not any(start < token.end and token.start < end for start, end in taken):
            open_words.setdefault(key, []).append(token)
    if not open_words:
        return [], []
    unread: list[str] = []
    if len(open_words) > _MOST:
        unread.append(
            f"the text has {len(open_words)} unknown words; misspelt drug names were looked for in the first {_MOST} only"
        )
    tried = list(open_words)[:_MOST]
    near = _nearest(index, tried)
    spellings = []
    for word in tried:
        drugs = near.get(word, {})
        if not drugs:
            continue
        ranked = sorted(drugs.items(), key=lambda item: (item[1][0], item[0]))
        best = ranked[0][1][0]
        if best > _allowed(word):
            continue
        rivals = [item for item in ranked[1:] if item[1][0] <= (best if best == 1 else best + 1)]
        if rivals:
            names = sorted({ranked[0][1][1], *(item[1][1] for item in rivals)})[:4]
            unread.append(f'"{open_words[word][0].raw}" could be {_either(names)}; it was not read as a drug')
            continue
        ident, (_, name, related) = ranked[0]
        spellings += [Spelling(ident, name, related, token.start, token.end) for token in open_words[word]]
    return spellings, unread


def _is_word(key: str, ordinary: set[str]) -> bool:
    return key in ordinary


def _allowed(word: str) -> int:
    return 1 if len(word) < 8 else 2


def _either(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]])


def _nearest(index: Index, words: list[str]) -> dict[str, dict[str, tuple[int, str, tuple[str, ...]]]]:
    """For each word the drugs within one more than its allowed distance: id to (distance, name, related)."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near: dict[str, dict[str, tuple[int, str, tuple[str, ...]]]] = {}
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(word)
    for first, group in sorted(by_first.items()):
        rows = index.rows(
            """SELECT spellings.word, terms.id, terms.name, terms.related, spellings.brand FROM spellings
               JOIN terms ON terms.row = spellings.row WHERE spellings.first IN (?)""",
            [first],
        )
        spelled: dict[str, list[tuple]] = {}
        for row in rows:
            spelled.setdefault(row[0], []).append(row)
        by_length: dict[int, list[str]] = {}
        for name in spelled:
            by_length.setdefault(len(name), []).append(name)
        for word in group:
            reach = _allowed(word) + 1
            choices = [name for size in range(len(word) - reach, len(word) + reach + 1) for name in by_length.get(size, ())]
            for name, distance, _ in process.extract(word, choices, scorer=OSA.distance, score_cutoff=reach, limit=None):
                drugs = near.setdefault(word, {})
                for _, ident, title, related, brand in spelled[name]:
                    if brand and (distance > 1 or len(word) < 7):
                        distance = max(distance, reach)  # Too far to be meant, near enough to be in doubt.
                    if ident not in drugs or distance < drugs[ident][0]:
                        drugs[ident] = (int(distance), title, tuple(json.loads(related)))
    return near
