"""What goes wrong in a service that everybody shares is the affair of the request it went wrong for, and of no other.

The engine collects around what it does for one request; a service that fails under a call notes it in that call's thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_collected: ContextVar[list[str] | None] = ContextVar("bedside_incidents", default=None)


@contextmanager
def collecting(incidents: list[str]) -> Iterator[None]:
    """What this thread's calls note inside is added to `incidents`, each text once."""
    before = _collected.set(incidents)
    try:
        yield
    finally:
        _collected.reset(before)


def note_incident(text: str, incidents: list[str] | None = None) -> None:
    """Something died or hung under the call that this thread is in, or that `incidents` were collected for. Nothing of a
    question or case may be in `text`."""
    into = _collected.get() if incidents is None else incidents
    if into is not None and text not in into:
        into.append(text)


def collected() -> list[str] | None:
    """What this thread's calls collect into, for a service that works on after the call; None outside a request."""
    return _collected.get()
