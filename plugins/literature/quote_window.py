"""The run of sentences of a passage that answers best, with its exact offsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bedside.core.toolkit.words import words

if TYPE_CHECKING:
    from bedside.core.types import Span

WHOLE = 420
"""A passage up to this many characters is quoted whole: cutting it could change what it says."""
WINDOW = 2
"""Sentences in a quote cut from a longer passage."""


def best_window(text: str, spans: Sequence[Span], asked: set[str]) -> tuple[int, int]:
    """The span to quote: all of a short text, else the neighbouring sentences that share most words with the question.

    `spans` are the sentences of `text`.
    """
    if len(text) <= WHOLE or len(spans) <= WINDOW:
        return (spans[0][0], spans[-1][1]) if spans else (0, len(text))
    have = [words(text[a:b]) for a, b in spans]
    windows = range(len(spans) - WINDOW + 1)
    # the earlier of two equal windows: texts lead with what matters
    best = max(windows, key=lambda i: (len(asked & set().union(*have[i : i + WINDOW])), -i))
    return spans[best][0], spans[best + WINDOW - 1][1]
