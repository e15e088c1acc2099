"""JSON as one value or as one value a line, distinguished by how the file begins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from bedside.core.errors import SourceError

from .streams import MOST_LINE, MOST_WHOLE, text_of


def values(stream: BinaryIO, where: str) -> Iterator[tuple[str, Any]]:
    """(where, value) of each line if the first line is a value of its own, else of the whole file."""
    first = stream.readline(MOST_LINE + 1)
    while first and not first.strip():
        first = stream.readline(MOST_LINE + 1)
    if not first:
        raise SourceError(f"{where} is empty")
    ended = first.endswith(b"\n")
    value = _value(first) if len(first) <= MOST_LINE else _NONE
    if value is _NONE or not ended:
        data = first + stream.read(MOST_WHOLE + 1 - len(first))
        if len(data) > MOST_WHOLE:
            raise SourceError(f"{where} is larger than {MOST_WHOLE // 2**20} MiB, the most that is read as one value")
        yield where, parsed(data, where)
        return
    number = 1
    while first:
        if first.strip():
            place = f"{where} line {number}"
            if len(first) > MOST_LINE:
                raise SourceError(f"{place} is longer than {MOST_LINE // 2**20} MiB: refused")
            yield place, parsed(first, place)
        first = stream.readline(MOST_LINE + 1)
        number += 1


_NONE = object()


def _value(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return _NONE


def parsed(data: bytes, where: str) -> Any:
    """SourceError, with the place, for what is not JSON."""
    text = text_of(data, where)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError(f"{where} is not JSON{place}", hint="fetch the file again") from error
