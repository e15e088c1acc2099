"""Running text out of a tree of elements: paragraphs, rows of tables, and sections under their headings."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..importing import IMPORTS
from .document import Section

_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n ?")
_GAPS = re.compile(r"\n{3,}")


class Flow:
    """Collects text into sections. A frame is a section or a float (figure, table) that stands within one."""

    def __init__(self) -> None:
        self._frames: list[tuple[int, list[str], list[str]]] = []
        self._done: list[tuple[int, Section]] = []
        self._count = 0

    def open(self, heading: str, *, nested: bool = True) -> None:
        path = [*self._frames[-1][1], heading] if self._frames and nested else [heading]
        self._frames.append((self._count, [one for one in path if one], []))
        self._count += 1

    def close(self) -> None:
        number, path, parts = self._frames.pop()
        if said := tidy("".join(parts)):
            self._done.append((number, Section(" > ".join(path), said)))

    def text(self, piece: str | None) -> None:
        if piece and self._frames:
            self._frames[-1][2].append(re.sub(r"\s+", " ", piece))

    def mark(self, separator: str) -> None:
        """Line and paragraph ends, which `text` would take for blanks."""
        if self._frames:
            self._frames[-1][2].append(separator)

    def sections(self) -> tuple[Section, ...]:
        """In the order in which they began."""
        while self._frames:
            self.close()
        return tuple(section for _, section in sorted(self._done, key=lambda pair: pair[0]))


def tidy(text: str) -> str:
    return _GAPS.sub("\n\n", _LINES.sub("\n", _BLANKS.sub(" ", text))).strip().strip("|").strip()


def walk(root: Any, drop: Callable[[Any], bool]) -> Iterator[tuple[str, Any]]:
    """("start", element), ("end", element) and ("text", str) in the order of the document, without recursion.

    Elements that `drop` chooses are left out with all within, comments and the like always; what follows them is kept.
    """
    with IMPORTS:
        from lxml import etree

    steps = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    dropped: Any = None
    for event, element in steps:
        if event == "start":
            if element.tag is not etree.Entity and drop(element):
                dropped = element
                steps.skip_subtree()
            elif element.tag is etree.Entity:  # a reference that only a DTD explains
                yield "text", html.unescape(element.text)
            else:
                yield "start", element
                if element.text:
                    yield "text", element.text
            continue
        if element is dropped:
            dropped = None
        elif event == "end" and element.tag is not etree.Entity:
            yield "end", element
        if element is not root and element.tail:
            yield "text", element.tail
