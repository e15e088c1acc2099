"""What a question can ask for. A module of its own, since tasks name intents and must not pay for the types."""

from __future__ import annotations

from typing import Literal

Intent = Literal["diagnosis", "treatment", "dose", "definition", "cause", "prognosis"]
"""What a question asks for."""
