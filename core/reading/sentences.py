"""The one splitter: where the sentences of a text begin and end.

A full stop ends a sentence only where it is one: not in "Dr. Lee", "e.g.", "i.v.", "J. Smith", 0.5, p.Arg123, a URL or the
number of a list. A blank line, a list item and a heading end one without a stop. Where it can't be determined whether a
sentence ends, it goes on: a genotype must not be cut off the relative who has it, nor a quote off its condition.

`clauses=True` is for attribution: a semicolon and the end of a line end a clause as well (unless the line is broken in
the middle of a phrase), and so does a stop before a small letter, as hurried notes have it.

Each character is looked at a bounded number of times, whatever the text is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ..types.reading import Span
from .abbreviations import GO_ON, LETTERED, MAY_END, NUMBERED, STARTERS

_STOP = re.compile(r"[.!?…]+|[。！？]+|[;；]|[\n\r\f\u2028\u2029]\s*")
_CLOSED = re.compile(r"[\"'”’»)\]}」』）】]*(?:\[\d[\d,–\-]{0,20}\])?")
"""What belongs to the sentence behind its stop: quotes, brackets, the numbers of references."""
_NEXT = re.compile(r"\s*[\"'“‘«(\[{「『（【]*(?P<word>[^\W_]{0,20})")
_ITEM = re.compile(
    r"(?:[-*•‣▪●◦–—+][^\S\n]|\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})\)[^\S\n]|\d{1,3}[.][^\S\n]+|#{1,6}[^\S\n]|\||\[[ xX]?\][^\S\n])"
)
"""What a line of a list, a table or a form begins with, and a heading."""
_MARKER = re.compile(r"\(?(\d{1,3})[.)]\s")
_TOKEN = 24
"""Characters before a stop that are looked at; no abbreviation is longer."""
_BEFORE = re.compile(r"(?:(?P<before>[^\W\d_]+)[^\S\n]+)?[\"'“‘«(\[{]*(?P<token>[^\s\"'“‘«(\[{]*)$")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_VOWEL = re.compile(r"[aeiouy]")
_GLUED = re.compile(r"[a-z]{3}$")
"""The end of a word in which a stop is no part of a name: "metabolizer.Can"."""
_BEGUN = re.compile(r"[A-Z](?:[a-z]|\s)")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_BROKEN_LINE = re.compile(
    r"(?:,|\b(?:an?|the|of|for|or|nor|and|any|by|with|without|in|on|at|to|from|as|is|was|are|were|be|been|has|have|had|his|"
    r"her|their|my|our|known|significant|other|denies|who|which|that|not|no|seen|than|[Dd]rs?\.|[Pp]rof\.|M[rs]s?\.))$",
)
_LONG_LINE = 60
"""A line of so many characters whose next begins with a small letter was broken by its width."""


def sentences(text: str, *, clauses: bool = False) -> tuple[Span, ...]:
    """The sentences of `text` in order, without the white space around them; nothing but white space lies between."""
    spans: list[Span] = []
    start = 0
    for end in (*_Splitter(text, clauses).ends(), len(text)):
        while start < end and text[start].isspace():
            start += 1
        last = end
        while last > start and text[last - 1].isspace():
            last -= 1
        if last > start:
            spans.append(Span(start, last))
        start = end
    return tuple(spans)


def span_at(spans: Sequence[Span], at: int) -> Span | None:
    """The one of `spans` (rising, apart) that holds the character `at`."""
    found = bisect_right(spans, at, key=lambda span: span.start) - 1
    return spans[found] if found >= 0 and at < spans[found].end else None


class _Splitter:
    def __init__(self, text: str, clauses: bool) -> None:
        self.text, self.clauses = text, clauses

    def ends(self) -> Iterator[int]:
        """Where one sentence ends and the next may begin, rising."""
        line = 0
        begin, item = _begun(self.text, 0)  # of the sentence
        for stop in _STOP.finditer(self.text):
            mark, end = stop.group(), None
            if mark[0].isspace():
                if self._line_ends(line, stop.start(), stop.end()):
                    end = stop.end()
                line = stop.end()
            elif mark[0] in ";；":
                end = stop.end() if self.clauses and not self.text[stop.end() : stop.end() + 1].isdigit() else None
            elif mark[0] in "。！？":
                end = self._closed(stop.end())
            elif item and mark == "." and self._is_next_item(stop.start(), item + 1, begin):
                end = stop.start() - len(str(item + 1))
            elif self._stop_ends(stop.start(), mark, begin):
                end = self._closed(stop.end())
            if end is not None and end > begin:
                yield end
                begin, item = _begun(self.text, end)

    def _closed(self, at: int) -> int:
        found = _CLOSED.match(self.text, at)
        return found.end() if found else at

    # --- the end of a line ----------------------------------------------------------------------------------------

    def _line_ends(self, line: int, at: int, after: int) -> bool:
        """Whether the line `line:at` ends a sentence; the next text begins at `after`."""
        text = self.text
        gap = text[at:after]
        if max(gap.count("\n"), gap.count("\r"), gap.count("\f"), gap.count("\u2029")) > 1:
            return True  # a blank line
        ending = text[max(line, at - _LONG_LINE) : at].rstrip()
        broken = bool(_BROKEN_LINE.search(ending))
        if text.startswith("#", line) or ending.endswith(":") or _ITEM.match(text, after):
            return True
        if not self.clauses:
            return False
        long = at - line >= _LONG_LINE and not ending.endswith((".", "!", "?"))
        return not (broken or (long and text[after : after + 1].islower()))

    # --- a stop ---------------------------------------------------------------------------------------------------

    def _stop_ends(self, at: int, mark: str, begin: int) -> bool:
        text = self.text
        closed = self._closed(at + len(mark))
        if closed == len(text):
            return True
        if not text[closed].isspace():
            return self._glued(at, closed)
        following = _NEXT.match(text, closed)
        word = following["word"] if following else ""
        if mark[0] == "." and len(mark) == 1 and (known := self._abbreviated(at, word, begin)) is not None:
            return known
        if word[:1].islower():
            return self.clauses and (len(mark) == 1 or mark[-1] in "!?")  # an ellipsis goes on
        return bool(word) or self.clauses or text[closed - 1] in "!?"

    def _glued(self, at: int, closed: int) -> bool:
        """A stop with no white space after it: "metabolizer.Can he", but not "p.Arg123" or "www.Example.org"."""
        text = self.text
        if _HAN.match(text, closed):
            return True
        if not _BEGUN.match(text, closed) or not _GLUED.search(text[max(0, at - 3) : at]):
            return False
        token = text[max(0, at - _TOKEN) : at].rsplit(None, 1)
        return not token or not any(sign in token[-1] for sign in ("/", "@", "www", "_"))

    def _abbreviated(self, at: int, word: str, begin: int) -> bool | None:
        """Whether a sentence ends at the stop of an abbreviation, an initial or a list's number; None where it is none."""
        found = _BEFORE.search(self.text[max(begin, at - 2 * _TOKEN) : at])
        token = found["token"] if found else ""
        if not found or not token or len(token) > _TOKEN:
            return None
        capital = word[:1].isupper() or bool(_HAN.match(word))
        starts = word.lower() in STARTERS and capital
        plain = token[0].lower() + token[1:]  # "Dr" and "Fig", but "MS" and "CA" are no titles
        if token.isdigit() and at - len(token) == begin:
            return False  # the number of a list
        if plain in GO_ON:
            return False
        if plain in NUMBERED and word[:1].isdigit() and (token[0].isupper() or len(token) == 1):
            return False
        if plain in MAY_END:
            return capital
        if _INITIALS.fullmatch(token):
            return starts if token[0].isupper() else capital
        if len(token) == 1 and token.isalpha():
            if token.islower():
                return capital
            return capital if (found["before"] or "").lower() in LETTERED else starts
        if token.islower() and token.isalpha() and token.isascii() and len(token) <= 4 and not _VOWEL.search(token):
            return capital  # "mths. later"
        return None

    def _is_next_item(self, at: int, number: int, begin: int) -> bool:
        """Whether the next item of a list that runs on in the line stands here: "1. Seizures 2. Ataxia"."""
        before = at - len(str(number))
        inside = before > begin and self.text[before - 1].isspace() and self.text.startswith(str(number), before)
        return inside and self.text[at + 1 : at + 2].isspace()


def _begun(text: str, at: int) -> tuple[int, int]:
    """Where the sentence behind `at` begins, and its number if it is an item of a list, else 0."""
    while at < len(text) and text[at].isspace():
        at += 1
    found = _MARKER.match(text, at)
    return at, int(found[1]) if found else 0
