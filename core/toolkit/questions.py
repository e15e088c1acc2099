"""What can be asked at all."""

from __future__ import annotations

from ..errors import QuestionError
from ..types import MAX_QUESTION_CHARS


def check_question(text: str) -> None:
    """Raises `QuestionError` for a text that can't be a question."""
    if not text.strip():
        raise QuestionError("the question is empty", hint='type it in quotes: bedside ask "…"')
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"the question has {len(text):,} characters; at most {MAX_QUESTION_CHARS:,} are read",
            hint="put long notes into a case file: bedside ask TEXT --case notes.txt",
        )
    if "\x00" in text:
        raise QuestionError("the question holds NUL bytes; it is not text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise QuestionError("the question holds half of a surrogate pair; it is not Unicode text") from None
