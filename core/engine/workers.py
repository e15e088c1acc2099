"""Daemon threads that are kept between questions.

Not `concurrent.futures`: its threads are joined when the program ends, so one task that never returns would keep it alive.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class Workers:
    """Runs functions at once: as many threads as there are functions running, no fewer.

    A thread that is stuck is simply never idle again; the next function gets another one. Functions must not raise.
    """

    def __init__(self, name: str = "bedside-worker") -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._free = 0  # idle threads not yet promised to a job in the queue

    def run(self, job: Callable[[], None]) -> None:
        """Start `job` now."""
        with self._lock:
            spawn = self._free == 0
            if not spawn:
                self._free -= 1
        self._jobs.put(job)
        if spawn:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()
            with self._lock:
                self._free += 1
