"""What a task returned, taken over: measured without copying, checked again, and rebuilt from parts of ours.

A result may be built past its own validation (`model_construct`), changed by force after it, of a class that does something
else when it is read, or too big to be anything but a fault. Nothing of it is used before it has passed here.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any, get_args

from ..errors import TaskError
from ..plugin_code import type_name
from ..types import Frozen, TaskResult
from ..wording import say

MAX_EVIDENCE = 2_000
"""Pieces of evidence in one result."""
MAX_TEXT_CHARS = 10_000
"""Characters of a message, note, problem, draft, name of what was searched, or any text that has no limit below."""
MAX_QUOTE_CHARS = 200_000
"""Characters of a quote."""
MAX_FIGURE_CHARS = 16_000_000
"""Characters of a figure's base64."""
MAX_RESULT_CHARS = 32_000_000
"""Characters of all texts of a result together."""
MAX_VALUES = 500_000
"""Single values of a result: texts, numbers, list entries, fields."""
MAX_DEPTH = 60
_MOST = {"quote": MAX_QUOTE_CHARS, "data": MAX_FIGURE_CHARS}
_HALF = re.compile(r"[\ud800-\udfff]")
_CONSTANT = (bool, type(None), datetime)


def accept(returned: Any) -> TaskResult:
    """The same result as objects of ours. Raises `TaskError` that says what is wrong with it, and pydantic's
    `ValidationError` where it contradicts itself."""
    if type(returned) is not TaskResult:
        raise TaskError(say("fault.no-result", type=type_name(returned)))
    evidence = vars(returned).get("evidence", ())
    if type(evidence) in (tuple, list) and len(evidence) > MAX_EVIDENCE:
        raise TaskError(say("fault.too-much-evidence", number=f"{len(evidence):,}", most=f"{MAX_EVIDENCE:,}"))
    return TaskResult.model_validate(_Measure().plain(returned, "result", 0))


class _Measure:
    """Turns a result into plain containers of its own, whose texts are the result's own (texts can't be changed)."""

    def __init__(self) -> None:
        self._chars = 0
        self._values = 0

    def plain(self, value: Any, name: str, depth: int) -> Any:
        kind = type(value)
        self._values += 1
        if self._values > MAX_VALUES:
            raise TaskError(say("fault.too-many-values", most=f"{MAX_VALUES:,}"))
        if depth > MAX_DEPTH:
            raise TaskError(say("fault.too-deep", most=MAX_DEPTH))
        if issubclass(kind, str):
            return self._text(value, name)
        if issubclass(kind, int) and kind is not bool:
            if int.bit_length(value) > 64:
                raise TaskError(say("fault.number-too-large", name=name))
            return int.__pos__(value)
        if issubclass(kind, float):
            return float.__pos__(value)  # numpy's floats are of a subclass
        if kind in _CONSTANT:
            return value
        if kind in (tuple, list):
            self._check_room(len(value))
            return [self.plain(one, name, depth + 1) for one in value]
        if kind is dict:
            self._check_room(len(value))
            return {self._key(key): self.plain(one, _named(key, name), depth + 1) for key, one in value.items()}
        if kind in known_models():
            have = vars(value)
            return {f: self.plain(have[f], f, depth + 1) for f in kind.model_fields if f in have}
        raise TaskError(say("fault.wrong-type", type=type_name(value), name=name))

    def _text(self, value: str, name: str) -> str:
        most, length = _MOST.get(name, MAX_TEXT_CHARS), str.__len__(value)
        self._chars += length
        if length > most:
            raise TaskError(say("fault.text-too-long", number=f"{length:,}", name=name, most=f"{most:,}"))
        if self._chars > MAX_RESULT_CHARS:
            raise TaskError(say("fault.too-many-characters", most=f"{MAX_RESULT_CHARS:,}"))
        text = value if type(value) is str else str.__getitem__(value, slice(None))
        if not text.isascii() and _HALF.search(text):
            raise TaskError(say("fault.not-unicode", name=name))
        return text

    def _check_room(self, more: int) -> None:
        if self._values + more > MAX_VALUES:
            raise TaskError(say("fault.too-many-values", most=f"{MAX_VALUES:,}"))

    def _key(self, key: Any) -> str:
        if type(key) is not str:
            raise TaskError(say("fault.key-no-text", type=type_name(key)))
        return self._text(key, "key")


def _named(key: Any, name: str) -> str:
    """A key of a free mapping is no field: `data` in a FHIR resource has no figure's limit."""
    return name if key in _MOST else str(key)[:40] if type(key) is str else name


@cache
def known_models() -> frozenset[type[Frozen]]:
    """`TaskResult` and every model that can stand in one. A subclass of one of them is another class."""
    found: set[type[Frozen]] = set()
    waiting: list[Any] = [TaskResult]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, Frozen) and one not in found:
            found.add(one)
            waiting += [field.annotation for field in one.model_fields.values()]
        waiting += get_args(one)
    return frozenset(found)
