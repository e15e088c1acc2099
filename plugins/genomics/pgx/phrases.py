"""Words of a data file, looked for in a text: the longest that stands in a place, none within another."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from bedside.core import Mention, TextReader

_GAP = r"[\s\u2010-\u2013-]+"


class Found(NamedTuple):
    """`text[start:end]` is a phrase that is filed under `tag`."""

    start: int
    end: int
    tag: str


class Phrases:
    """Phrases by tag. Words may be joined by spaces or hyphens; `*` stands for the rest of a word,
    `#` for a number."""

    def __init__(self, tagged: Iterable[tuple[str, str]], *, exact: Iterable[tuple[str, str]] = ()) -> None:
        """`tagged` are (phrase, tag) in any case, `exact` count only as they are written."""
        both = [(p, tag, True) for p, tag in exact] + [(p, tag, False) for p, tag in tagged]
        both.sort(key=lambda one: len(one[0]), reverse=True)
        self._tags = [tag for _, tag, _ in both]
        shapes = (f"({_shape(p)})" if same else f"((?i:{_shape(p)}))" for p, _, same in both)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(shapes)})(?!\w)")

    def find(self, text: str) -> Iterator[Found]:
        """Every phrase of `text`, in order."""
        for found in self._pattern.finditer(text):
            assert found.lastindex is not None  # each phrase is a group
            yield Found(found.start(), found.end(), self._tags[found.lastindex - 1])


def judged(text: str, found: Iterable[Found], reader: TextReader) -> tuple[Mention, ...]:
    """What was found, read as the findings of the text are; the tag is the id of the mention."""
    mentions = [
        Mention(kind="genomics:words", id=f.tag, name=f.tag, text=text[f.start : f.end], start=f.start, end=f.end)
        for f in found
    ]
    return reader.judged(text, mentions) if mentions else ()


@cache
def data(name: str) -> dict[str, Any]:
    """The file `name` of this package's `data/`."""
    return tomllib.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


def _shape(phrase: str) -> str:
    return _GAP.join(
        re.escape(word).replace(r"\*", r"\w*").replace(r"\#", r"\d{1,2}") for word in re.split(r"[\s-]+", phrase)
    )
