"""Which stretches of a text are taken already."""

from __future__ import annotations

from collections.abc import Iterable


class Marked:
    """Stretches `start:end` of a text of `size` characters, any of which may lie over another."""

    def __init__(self, size: int, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._marks = bytearray(size + 1)
        for start, end in spans:
            self.mark(start, end)

    def mark(self, start: int, end: int) -> None:
        self._marks[start:end] = b"\x01" * (end - start)

    def any(self, start: int, end: int) -> bool:
        """Is one of these characters marked?"""
        return 1 in self._marks[start:end]
