"""One heavy import at a time, and numpy whole before any of them that brings it.

Two threads that import packages with common parts (numpy, pydantic) can each see the other's half of them: the import system
breaks the deadlock by handing out modules that are not finished, and numpy never recovers from that. So whoever imports a
heavy library does it under this lock, also while a model's own lazy imports run.

A plugin's task can't take the lock. It imports `numpy` itself, and two threads may do that at once; what breaks is a library
that begins with one of numpy's inner modules (chromadb: `numpy.typing`) meanwhile. Hence `with_numpy`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

IMPORTS = threading.RLock()


@contextlib.contextmanager
def with_numpy() -> Iterator[None]:
    """`IMPORTS`, for a library that imports numpy: numpy is there, whole, when the block begins."""
    with IMPORTS:
        with contextlib.suppress(ImportError):  # the library itself will say what it needs
            import numpy  # noqa: F401
        yield
