"""Text that is safe to show on a terminal."""

from __future__ import annotations

import re

# what a source's text may not do to the terminal it is shown on: move, colour, hide or turn around
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with a mark in the place of every character that could move, colour, hide or turn around what is shown."""
    return _UNPRINTABLE.sub("�", text)
