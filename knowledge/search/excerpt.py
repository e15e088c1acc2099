"""The short part of a passage that a small model reads: the sentences around the one that matches the question best."""

from __future__ import annotations

import re

from bedside.core.reading.sentences import sentences
from bedside.core.toolkit.words import words

WINDOW_CHARS = 360
"""About 80 tokens of medical English."""


def window(text: str, question: str, size: int = WINDOW_CHARS) -> tuple[int, int]:
    """(start, end) of at most `size` characters around the sentence that shares most words with the question.

    Neighbours join it whole while they fit, the following one first. A sentence longer than `size` is cut between words
    behind the first word it shares with the question, or at its beginning.
    """
    spans = sentences(text)
    if not spans or spans[-1][1] - spans[0][0] <= size:
        return (spans[0][0], spans[-1][1]) if spans else (0, 0)
    asked = words(question)
    shared = [len(asked & words(text[a:b])) for a, b in spans]
    first = last = max(range(len(spans)), key=lambda i: (shared[i], -i))
    if spans[first][1] - spans[first][0] > size:
        return _cut(text, *spans[first], asked, size)
    grown = True
    while grown:
        grown = False
        if last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= size:
            last, grown = last + 1, True
        if first > 0 and spans[last][1] - spans[first - 1][0] <= size:
            first, grown = first - 1, True
    return spans[first][0], spans[last][1]


def _cut(text: str, start: int, end: int, asked: set[str], size: int) -> tuple[int, int]:
    hits = (match.start() for match in re.finditer(r"\S+", text[start:end]) if asked & words(match.group()))
    at = start + next(hits, 0)
    begin = max(start, min(at - size // 4, end - size))
    if begin > start:  # at the beginning of a word
        space = text.find(" ", begin, at)
        begin = space + 1 if space >= 0 else at
    stop = min(end, begin + size)
    if stop < end:
        space = text.rfind(" ", begin + 1, stop)
        stop = space if space > begin else stop
    return begin, stop
