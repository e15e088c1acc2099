"""What reading a text gives besides facts."""

from __future__ import annotations

from typing import NamedTuple

from ..intents import Intent as Intent


class Span(NamedTuple):
    """`text[start:end]`."""

    start: int
    end: int
