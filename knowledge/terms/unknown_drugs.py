"""Words in a drug's place that are no drug known here, nor an ordinary word: reported, never passed over."""

from __future__ import annotations

from collections.abc import Sequence, Set

from bedside.core.reading.drug_places import drug_places
from bedside.core.toolkit.marked import Marked
from bedside.core.wording import say

from .match import Index
from .normal import Normal, Token
from .words import stems

_MOST = 20
"""Words that are reported of one text."""


def unknown_drugs(
    index: Index,
    normal: Normal,
    tokens: Sequence[Token],
    taken: Sequence[tuple[int, int]],
    known: Set[str],
    ordinary: Set[str],
    drugs: Sequence[tuple[int, int]],
    results: Sequence[tuple[int, int]],
    reported: Set[str],
) -> list[str]:
    """What is reported of the words in a drug's place.

    `taken` are the places (of the normalised string) that were read, `drugs` those of drugs among them, `results` those of
    genes and genetic results; `reported` are the words that something is reported of already, in lower case.
    """
    starts = {token.start: at for at, token in enumerate(tokens)}
    covered = Marked(len(normal.plain), taken)
    words: dict[str, str] = {}
    for start, end in drug_places(normal.plain, drugs, [] if drugs else results):
        at = starts.get(start)
        if at is None or covered.any(start, end):
            continue
        # "Zelvora-D": the letter says nothing
        parts = [token.key for token in tokens[at : at + 4] if token.start < end and len(token.key) > 3]
        if parts and not any(part in known or part in ordinary for part in parts):
            words.setdefault(normal.plain[start:end].casefold(), normal.plain[start:end])
    if not words:
        return []
    forms = {stem for word in words for stem in stems(word)}
    rows = index.rows("SELECT word FROM words WHERE word IN (?)", forms)
    rows += index.rows("SELECT token FROM vocabulary WHERE token IN (?)", forms)
    real = {word for (word,) in rows}
    unknown = [written for word, written in words.items() if word not in reported and real.isdisjoint(stems(word))]
    return [say("reading.not-a-known-drug", word=word) for word in unknown[:_MOST]]
