"""Passages to vectors to the store, on threads of its own: one part is embedded while the next is read, the last stored."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from bedside.core.protocols import Embedder, VectorStore
from bedside.core.types import Passage

_WINDOW = 4_096
"""Passages embedded together: enough to sort by length, little enough to hold."""
_STEP = 512
"""Passages of one embedding call, so that progress moves and storing overlaps."""


class PassageWriter:
    """A context manager. `put` blocks when embedding is behind; a worker's error is raised by a later `put` or `finish`."""

    def __init__(self, vectors: VectorStore, embedder: Embedder, tell: Callable[[str, int, int | None], None]) -> None:
        self._vectors, self._embedder, self._tell = vectors, embedder, tell
        self._window: list[Passage] = []
        self._queue: queue.Queue[list[Passage] | None] = queue.Queue(maxsize=2)
        self._ready: queue.Queue[tuple[list[Passage], Any] | None] = queue.Queue(maxsize=4)
        self._error: BaseException | None = None
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._seen: set[str] = set()
        self._stored = 0

    def __enter__(self) -> PassageWriter:
        return self

    def put(self, passage: Passage) -> None:
        if passage.id in self._seen:
            return
        self._seen.add(passage.id)
        self._window.append(passage)
        if len(self._window) >= _WINDOW:
            self._send()

    def finish(self) -> int:
        """Wait until all is stored; how many passages that are."""
        if self._window:
            self._send()
        self._end()
        self._raise()
        return self._stored

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._stop.set()
            self._end()

    def _send(self) -> None:
        self._raise()
        if not self._threads:
            for work in (self._embed, self._store):
                thread = threading.Thread(
                    target=self._guarded, args=(work,), name=f"bedside-ingest{work.__name__}", daemon=True
                )
                self._threads.append(thread)
                thread.start()
        self._queue.put(self._window)
        self._window = []
        self._tell("passages", self._stored, None)

    def _end(self) -> None:
        if self._threads:
            self._queue.put(None)
            for thread in self._threads:
                thread.join()
            self._threads = []

    def _raise(self) -> None:
        if self._error is not None:
            self._stop.set()
            raise self._error

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._error = self._error or error
            self._stop.set()
            # Keep both queues moving, so that nobody waits for a worker that is gone.
            source: queue.Queue[Any] = self._queue if work == self._embed else self._ready
            while source.get() is not None:
                pass
            if work == self._embed:
                self._ready.put(None)

    def _embed(self) -> None:
        while (window := self._queue.get()) is not None:
            window.sort(key=lambda passage: len(passage.text))
            for at in range(0, len(window), _STEP):
                if self._stop.is_set():
                    break
                part = window[at : at + _STEP]
                self._ready.put((part, self._embedder.embed([passage.text for passage in part])))
        self._ready.put(None)

    def _store(self) -> None:
        while (item := self._ready.get()) is not None:
            if self._stop.is_set():
                continue
            part, vectors = item
            self._vectors.put(part, vectors)
            self._stored += len(part)
            self._tell("passages", self._stored, len(self._seen))
