"""Which ids have been seen, in eight bytes each: a Python set of a million ids would take a hundred megabytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

_BUFFER = 1 << 16


class SeenIds:
    """A set of ids that only grows. It holds 64 bits of each: among 30 million, two are taken for one with chance 2e-5."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._sorted: Any = None
        self._new: set[int] = set()
        for id in ids:
            self.add(id)

    def __len__(self) -> int:
        return len(self._new) + (0 if self._sorted is None else len(self._sorted))

    def __contains__(self, id: str) -> bool:
        return self._has(_key(id))

    def add(self, id: str) -> bool:
        """Whether it was new."""
        key = _key(id)
        if self._has(key):
            return False
        self._new.add(key)
        if len(self._new) >= max(_BUFFER, len(self) // 8):
            self._merge()
        return True

    def _has(self, key: int) -> bool:
        if key in self._new:
            return True
        if self._sorted is None:
            return False
        place = int(self._sorted.searchsorted(self._sorted.dtype.type(key)))
        return place < len(self._sorted) and int(self._sorted[place]) == key

    def _merge(self) -> None:
        import numpy

        new = numpy.fromiter(self._new, dtype=numpy.uint64, count=len(self._new))
        together = new if self._sorted is None else numpy.concatenate((self._sorted, new))
        together.sort()
        self._sorted = together
        self._new = set()


def _key(id: str) -> int:
    return int.from_bytes(hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
