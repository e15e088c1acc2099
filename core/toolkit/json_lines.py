"""JSON Lines as people give them to us: many cases in one file, of which some lines may be broken.

A broken line costs that line only. `numbered` reads the lines, `parsed` makes an object of one or says why it is none, and
`core.toolkit.bulk` writes the result.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

from ..errors import UsageError
from .printable import printable

Line = tuple[int, bytes]
"""(number in the file, from 1; the line as it stands there)"""


class BrokenLine(ValueError):
    """Why a line can't be used. `id` is what it calls itself, as far as that could be read."""

    def __init__(self, why: str, id: str | int | None = None) -> None:
        super().__init__(why)
        self.id = id


class BrokenLines(list[dict[str, Any]]):
    """`{"line", "error"}` of each broken line, for the summary; each is reported on standard error when it is met."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        self._source = source

    def report(self, number: int, why: str) -> None:
        self.append({"line": number, "error": why})
        print(printable(f"error: {self._source}, line {number}: {why}"), file=sys.stderr, flush=True)


def count(source: Path, *, option: str, holds: str, form: str) -> int:
    """Lines that are not blank: what there is to do, known before anything slow begins.

    option: the flag that named the file; holds and form: what it should hold, in words and as an example, for the error.
    Raises `UsageError` for a file that is not there, can't be read, or holds nothing.
    """
    try:
        if source.is_dir():
            raise UsageError(f"{source} can't be read: it is a folder", hint=f"name a JSON Lines file with {option}")
        total = sum(1 for _ in numbered(source))
    except FileNotFoundError:
        raise UsageError(f"{source} does not exist", hint=f"check the path given to {option}") from None
    except OSError as error:
        raise UsageError(f"{source} can't be read: {error.strerror}", hint=f"check the path given to {option}") from error
    if not total:
        raise UsageError(f"{source} holds no {holds}", hint=f"one {form} a line")
    return total


def numbered(source: Path) -> Iterator[Line]:
    """The lines that are not blank, each with its number in the file. Raises `OSError`."""
    with source.open("rb") as file:
        yield from ((number, raw) for number, raw in enumerate(file, 1) if raw.strip())


def parsed(raw: bytes, *, fields: str) -> dict[str, Any]:
    """The object of one line. `fields` names in words what it should have. Raises `BrokenLine`."""
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BrokenLine("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise BrokenLine("is not valid JSON") from None
    if not isinstance(data, dict):
        raise BrokenLine(f"is not an object with {fields}")
    return data


def is_id(value: object) -> TypeGuard[str | int]:
    """A string or a whole number: what may name a line."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def halved(text: object) -> bool:
    """Half a character (a lone surrogate, as `"\\ud800"` in JSON): it can be read, and never written again."""
    return isinstance(text, str) and any("\ud800" <= char <= "\udfff" for char in text)


def digest(source: Path) -> str:
    """SHA-256 of the file: whether it is still the one that an earlier run read."""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
