"""Text into slices of whole sentences."""

from __future__ import annotations

from bedside.core.reading.sentences import sentences

PASSAGE_CHARS = 1_000


def cut(text: str, size: int = PASSAGE_CHARS) -> list[tuple[int, int]]:
    """Slices of whole sentences of about `size` characters; a sentence longer than that is cut between words."""
    ends = [span.end for span in sentences(text)] + [len(text)]
    slices: list[tuple[int, int]] = []
    start = 0
    previous = 0
    for end in ends:
        if end - start > size and previous > start:
            slices.append((start, previous))
            start = previous
        while end - start > size * 3 // 2:
            space = text.rfind(" ", start + 1, start + size)
            place = space if space > start else start + size
            slices.append((start, place))
            start = place
        previous = end
    slices.append((start, len(text)))
    return [span for span in (_trimmed(text, *one) for one in slices) if span[0] < span[1]]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
