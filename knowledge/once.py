"""Parts of a service that are made at their first use, by whichever thread asks first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from bedside.core.errors import ServiceError

T = TypeVar("T")


class Once:
    """Parts that are made at their first use, each once however many threads ask; closed together, in order."""

    def __init__(self, *names: str) -> None:
        self._locks = {name: threading.Lock() for name in names}
        self._made: dict[str, Any] = {}
        self._closed = False

    def get(self, name: str, make: Callable[[], T]) -> T:
        """Raises `ServiceError` after `close`, and what `make` raises, each time."""
        if name not in self._made:
            with self._locks[name]:
                if self._closed:
                    raise ServiceError("the services are closed")
                if name not in self._made:
                    self._made[name] = make()
        found: T = self._made[name]
        return found

    def reset(self) -> None:
        """Close what was made; it is made anew when it is asked for again."""
        for name, lock in self._locks.items():
            with lock:
                made = self._made.pop(name, None)
            _close(made)

    def close(self) -> None:
        for name, lock in self._locks.items():
            with lock:  # what a warming thread is making is waited for, and nothing is made afterwards
                made = self._made.pop(name, None)
                self._closed = True
            _close(made)


def _close(made: Any) -> None:
    if hasattr(made, "close"):
        made.close()
