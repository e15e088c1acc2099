"""Sentences with their exact offsets, and the run of them that answers best."""

from __future__ import annotations

import re

from bedside.core.evidence.support import words

WHOLE = 420
"""A passage up to this many characters is quoted whole: cutting it could change what it says."""
WINDOW = 2
"""Sentences in a quote cut from a longer passage."""

# a full stop that ends a sentence: followed by space and a capital or digit, not after an initial or a common abbreviation
_END = re.compile(r"(?<![A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bDr)(?<!\bca)(?<!\bal)[.!?][\"”')\]]*\s+(?=[A-Z0-9(“\"])")


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence; `text[start:end]` is verbatim, without the white space around it."""
    out: list[tuple[int, int]] = []
    start = 0
    for cut in [*(m.end() for m in _END.finditer(text)), len(text)]:
        piece = text[start:cut]
        stripped = piece.strip()
        if stripped:
            at = start + piece.index(stripped)
            out.append((at, at + len(stripped)))
        start = cut
    return out


def best_window(text: str, asked: set[str]) -> tuple[int, int]:
    """The span to quote: all of a short text, else the neighbouring sentences that share most words with the question."""
    spans = sentences(text)
    if len(text) <= WHOLE or len(spans) <= WINDOW:
        return (spans[0][0], spans[-1][1]) if spans else (0, len(text))
    have = [words(text[a:b]) for a, b in spans]
    windows = range(len(spans) - WINDOW + 1)
    # the earlier of two equal windows: texts lead with what matters
    best = max(windows, key=lambda i: (len(asked & set().union(*have[i : i + WINDOW])), -i))
    return spans[best][0], spans[best + WINDOW - 1][1]
