"""Text as the term index compares it, with the way back to the original characters.

Every span is computed on the normalised string and mapped back, so `text[start:end]` is always what was written.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

from bedside.core.toolkit.words import singular

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "ω": "omega"}
_FOLD = {
    **dict.fromkeys("‐‑‒–—−﹣-", "-"),
    **dict.fromkeys("’‘‛′＇`´", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    # Written between letters and meaning nothing: soft hyphen, zero-width characters, byte order mark, bidi marks.
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", ""),
}
_HAN = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_HAN}]+|(?:(?![{_HAN}])[^\W_])+(?:'[^\W_]+)*")
"""Latin words and numbers stand beside Han characters without blanks."""
_POSSESSIVE = re.compile(r"'s\b|'")


@dataclass(frozen=True)
class Token:
    """`key` is compared; `raw` is the normalised writing (case kept); `start:end` are places in the normalised string."""

    key: str
    raw: str
    start: int
    end: int


class Normal:
    """A text with case kept but Unicode forms, quotes, hyphens and accents unified. `plain` is the normalised string."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._origins: list[int] | None = None
        if text.isascii():
            self.plain = text
            return
        pieces: list[str] = []
        origins: list[int] = []
        for place, char in enumerate(text):
            piece = char if char.isascii() else _plain_char(char)
            pieces.append(piece)
            origins.extend([place] * len(piece))
        self.plain = "".join(pieces)
        self._origins = origins

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original characters of `plain[start:end]` (not empty)."""
        if self._origins is None:
            return start, end
        stop = self._origins[end - 1] + 1
        # A combining mark belongs to the letter before it.
        while stop < len(self.text) and unicodedata.combining(self.text[stop]):
            stop += 1
        return self._origins[start], stop

    def place(self, original: int) -> int:
        """The place in `plain` of an original offset."""
        return original if self._origins is None else bisect_left(self._origins, original)

    def tokens(self) -> list[Token]:
        found = []
        for match in _TOKEN.finditer(self.plain):
            raw = match.group()
            key = fold(raw)
            if key:
                found.append(Token(key, raw, match.start(), match.end()))
        return found


def _plain_char(char: str) -> str:
    if char in _FOLD:
        return _FOLD[char]
    wide = unicodedata.normalize("NFKC", char)
    if wide in _FOLD:
        return _FOLD[wide]
    lower = wide.lower()
    if lower in _GREEK:
        return _GREEK[lower]
    return "".join(part for part in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(part))


def fold(raw: str) -> str:
    """One token as it is compared: no case, no possessive."""
    if "'" in raw:
        raw = _POSSESSIVE.sub("", raw)
    return raw.casefold()


def keys_of(form: str) -> list[str]:
    """The compared tokens of a name."""
    return [token.key for token in Normal(form).tokens()]


_EMPTY = frozenset("a an the of in on".split())


def bag(tokens: list[str]) -> str:
    """The same words in any order and number ("dislocation of the lenses" = "lens dislocation"); "" when nothing is left."""
    return "~" + " ".join(sorted(words)) if (words := [singular(t) for t in tokens if t not in _EMPTY]) else ""
