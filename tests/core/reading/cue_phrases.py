"""Phrases of the cue files as a text would have them."""

from __future__ import annotations

import re


def spelled(phrase: str) -> str:
    """The phrase with the first of each choice, and without what may be missing."""
    text = re.sub(r"\([^()]*\)\?\s*", "", phrase)
    text = re.sub(r"\(([^()|]*)[^()]*\)", r"\1", text)
    return re.sub(r"\s+", " ", text.replace(" … ", " ").replace("…", "thing").replace("*", "").replace("#", "4")).strip()
