"""Daemon threads that are kept between questions, at most so many.

Not `concurrent.futures`: its threads are joined when the program ends, so one task that never returns would keep it alive.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable

MOST = 32
"""Threads of a process that run tasks."""
MOST_STUCK = 4
"""Runs of one task that were given up and have not returned; then it is not run again until one does."""


class Job:
    """A function to run for a task, named `name`. `started_at` (monotonic) is set when a thread takes it up."""

    __slots__ = ("ended", "given_up", "name", "run", "started_at")

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self.name = name
        self.run = run
        self.started_at: float | None = None
        self.ended = False
        self.given_up = False


class Workers:
    """Runs functions in at most `most` threads; the others wait their turn. Functions must not raise.

    A job that is given up and never returns keeps its thread. So that one broken task does not take them all, `start`
    refuses a task that has `MOST_STUCK` of them.
    """

    def __init__(self, name: str = "bedside-worker", most: int = MOST) -> None:
        self._name = name
        self.most = most
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._free = 0  # idle threads not yet promised to a job in the queue
        self._waiting = 0  # jobs in the queue that no thread is promised to
        self._threads = 0
        self._stuck: Counter[str] = Counter()

    @property
    def threads(self) -> int:
        """How many there are."""
        return self._threads

    @property
    def stuck(self) -> dict[str, int]:
        """Jobs that were given up and have not returned, by name."""
        with self._lock:
            return dict(+self._stuck)

    def start(self, name: str, run: Callable[[], None]) -> Job | None:
        """Run it as soon as a thread is free. None for a task with too many runs that never returned."""
        job = Job(name, run)
        with self._lock:
            if self._stuck and self._stuck[name] >= MOST_STUCK:
                return None
            spawn = self._free == 0 and self._threads < self.most
            if spawn:
                self._threads += 1
            elif self._free:
                self._free -= 1
            else:
                self._waiting += 1
        self._jobs.put(job)
        if spawn:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return job

    def give_up(self, job: Job) -> None:
        """Nobody waits for it any more: it is not begun, or counted as stuck until it returns."""
        with self._lock:
            if not job.ended and not job.given_up:
                job.given_up = True
                if job.started_at is not None:
                    self._stuck[job.name] += 1

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            with self._lock:
                wanted = not job.given_up
                if wanted:
                    job.started_at = time.monotonic()
            if wanted:
                job.run()
            with self._lock:
                job.ended = True
                if wanted and job.given_up:
                    self._stuck[job.name] -= 1
                if self._waiting:
                    self._waiting -= 1
                else:
                    self._free += 1
            del job  # what it holds is not kept until the next one
