"""A name and its id or second name in brackets are one entry of a form: "Seizures (HP:0001250): no" answers the name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..toolkit.references import HPO_WRITTEN

_ID = re.compile(rf"[^\S\n]{{0,9}}[(\[]?[^\S\n]{{0,9}}{HPO_WRITTEN}[^\S\n]{{0,9}}[)\]]?", re.IGNORECASE)
_OPEN = re.compile(r"[^\S\n]{0,9}[(\[][^\S\n]{0,9}")
_CLOSE = re.compile(r"[^\S\n]{0,9}[)\]]")
_OPENED = re.compile(r"[(\[][^\S\n]{0,9}$")


def end_of_entry(text: str, spans: Sequence[tuple[int, int]], i: int) -> int:
    """Where the entry of span `i` ends: behind its own bracket, its id, and another name in brackets."""
    start, end = spans[i]
    if (closed := _CLOSE.match(text, end)) and _OPENED.search(text[:start]):
        return closed.end()
    if written := _ID.match(text, end):
        end = written.end()
    if i + 1 == len(spans):
        return end
    opened, closed = _OPEN.match(text, end), _CLOSE.match(text, spans[i + 1][1])
    return closed.end() if opened and closed and opened.end() == spans[i + 1][0] else end
