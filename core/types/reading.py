"""What reading a text gives besides facts."""

from __future__ import annotations

from typing import Literal, NamedTuple

Intent = Literal["diagnosis", "treatment", "dose", "definition", "cause", "prognosis"]
"""What a question asks for."""


class Span(NamedTuple):
    """`text[start:end]`."""

    start: int
    end: int
