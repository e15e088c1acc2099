"""Text of others, safe to show: on a terminal, on a page, in a log."""

from __future__ import annotations

import re
from typing import Any

# what a source's or a file's text may not do where it is shown: move the cursor, colour, hide, or turn text around
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def printable(text: str) -> str:
    """`text` with each character that is not shown as itself replaced by �; tabs and line ends stay."""
    return _UNPRINTABLE.sub("�", text)


def printable_data(value: Any) -> Any:
    """The same for every string, key or value, of plain data: dicts, lists and scalars, as JSON has them."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable_data(key): printable_data(one) for key, one in value.items()}
    return [printable_data(one) for one in value] if isinstance(value, list) else value
