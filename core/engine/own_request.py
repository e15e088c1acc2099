"""What each task works on: copies of the question and the facts of its own, made when it first looks at them."""

from __future__ import annotations

import pickle
import threading
from dataclasses import fields
from typing import Any

from ..task import CancelToken, TaskRequest
from ..types import Facts, Question

_COPIED = ("question", "facts")


class Originals:
    """The engine's question and facts. Serialised once, however many tasks look at them, and not at all if none does."""

    def __init__(self, question: Question, facts: Facts) -> None:
        self._values = {"question": question, "facts": facts}
        self._bytes: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def copy(self, name: str) -> Any:
        """A copy that shares nothing that can be changed, not by force either."""
        with self._lock:
            if name not in self._bytes:
                self._bytes[name] = pickle.dumps(self._values[name], protocol=pickle.HIGHEST_PROTOCOL)
        return pickle.loads(self._bytes[name])


class OwnRequest(TaskRequest):
    """A `TaskRequest` whose `question` and `facts` are copied at first use. Made with `from_originals`."""

    @classmethod
    def from_originals(cls, originals: Originals, **given: Any) -> OwnRequest:
        """`given` are the other fields of `TaskRequest`."""
        one: OwnRequest = object.__new__(cls)
        values = {"arguments": None, **given}
        assert {f.name for f in fields(cls)} == {*values, *_COPIED}  # a field left out would be missing
        one.__dict__.update(values, _originals=originals)
        return one

    def __getattr__(self, name: str) -> Any:  # only for what is not there yet
        if name not in _COPIED:
            raise AttributeError(name)
        value = self.__dict__["_originals"].copy(name)
        self.__dict__[name] = value
        return value


class TaskToken(CancelToken):
    """What a task sees of the question's `CancelToken`: it is set as well when this task alone is given up, and a task can
    cancel nobody else."""

    def __init__(self, question: CancelToken) -> None:
        super().__init__()
        self._question = question

    @property
    def cancelled(self) -> bool:
        """Is the answer of this task no longer wanted?"""
        return self._event.is_set() or self._question.cancelled
