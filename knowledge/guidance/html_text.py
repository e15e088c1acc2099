"""The HTML of a line as plain text: blocks on lines of their own, list items with their mark."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "blockquote", "br", "ul", "ol"})
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY = re.compile(r"(?m)^(?:•|\d+\.) ?(?:\n|\Z)")
"""An item of a list without a word."""
_LINES = re.compile(r" ?\n[ \n]*")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ol", "ul"):
            self._lists.append(_before_first(attrs) if tag == "ol" else -1)
        if tag == "li":
            number = -1
            if self._lists and self._lists[-1] >= 0:
                number = self._lists[-1] = self._lists[-1] + 1
            self.parts.append(f"\n{number}. " if number > 0 else "\n• ")
        elif tag in ("td", "th"):
            self.parts.append(" | ")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.parts.append(":\n")
        elif tag in _BLOCKS or tag == "li":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        # a line end in the source is a blank; the blocks make the lines
        self.parts.append(data.replace("\n", " ") if data.strip() else " ")


def _before_first(attrs: list[tuple[str, str | None]]) -> int:
    """A list that goes on after another names its first number."""
    start = dict(attrs).get("start") or ""
    return int(start) - 1 if start.isdecimal() and int(start) > 0 else 0


def plain_text(html: str) -> str:
    """Without marks; text that has none comes back with its blanks made one."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    text = _EMPTY.sub("", _LINES.sub("\n", _BLANKS.sub(" ", "".join(reader.parts)))).strip(" \n|")
    return re.sub(r" +(?=[.,;])", "", text).replace("\n:", ":")
