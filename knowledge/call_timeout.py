"""A time limit for calls into other libraries' clients."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooLate(Exception):
    """The call did not return in time."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work()` returns or raises, or `TooLate` after `seconds`.

    Clients of servers limit connecting, but a server that is frozen (stopped, swapped out, cut off by a firewall) keeps
    them waiting for ever. The waiting thread can't be ended from outside, so it is a daemon and is left behind; the caller
    drops the client it used.
    """
    done: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # native code also raises what is no Exception
            done.put((None, error))

    threading.Thread(target=run, name="bedside-bounded", daemon=True).start()
    try:
        value, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TooLate from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]
