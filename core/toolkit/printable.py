"""Text of others, safe to show: on a terminal, on a page, in a log."""

from __future__ import annotations

import re

# what a source's or a file's text may not do where it is shown: move the cursor, colour, hide, or turn text around
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with each character that is not shown as itself replaced by �; tabs and line ends stay."""
    return _UNPRINTABLE.sub("�", text)


def one_line(text: str) -> str:
    """`text` printable and on one line, so that what another wrote looks like no other line."""
    return " ".join(printable(text).split())


def escaped(json_text: str) -> str:
    """The same JSON with those characters written as `\\uXXXX`: a terminal that shows it comes to no harm."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", json_text)
