"""Text of others, safe to show: on a terminal, on a page, in a log."""

from __future__ import annotations

import re

# what a source's or a file's text may not do where it is shown: move the cursor, colour, hide, or turn text around
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def printable(text: str) -> str:
    """`text` with each character that is not shown as itself replaced by �; tabs and line ends stay."""
    return _UNPRINTABLE.sub("�", text)
