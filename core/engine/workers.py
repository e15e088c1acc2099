"""Daemon threads that are kept between questions, at most so many.

Not `concurrent.futures`: its threads are joined when the program ends, so one task that never returns would keep it alive.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

MOST = 32
"""Threads of a process that run tasks."""
MOST_STUCK = 4
"""Runs of one task that were given up and have not returned; then it is not run again until one does."""


@dataclass(eq=False)
class Job:
    """A function to run for a task, named `name`. `started` is set when a thread takes it up."""

    name: str
    run: Callable[[], None]
    started: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    given_up: bool = False


class Workers:
    """Runs functions in at most `most` threads; the others wait their turn. Functions must not raise.

    A job that is given up and never returns keeps its thread. So that one broken task does not take them all, `start`
    refuses a task that has `MOST_STUCK` of them.
    """

    def __init__(self, name: str = "bedside-worker", most: int = MOST) -> None:
        self._name = name
        self.most = most
        self._ready = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._idle = 0
        self._threads = 0
        self._stuck: Counter[str] = Counter()

    @property
    def threads(self) -> int:
        """How many there are."""
        return self._threads

    @property
    def stuck(self) -> dict[str, int]:
        """Jobs that were given up and have not returned, by name."""
        with self._ready:
            return dict(+self._stuck)

    def start(self, name: str, run: Callable[[], None]) -> Job | None:
        """Run it as soon as a thread is free. None for a task with too many runs that never returned."""
        with self._ready:
            if self._stuck[name] >= MOST_STUCK:
                return None
            job = Job(name, run)
            self._jobs.append(job)
            if self._idle >= len(self._jobs):
                self._ready.notify()
            elif self._threads < self.most:
                self._threads += 1
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
            return job

    def give_up(self, job: Job) -> None:
        """Nobody waits for it any more: it is not begun, or counted as stuck until it returns."""
        with self._ready:
            if job.ended or job.given_up:
                return
            job.given_up = True
            if job.started.is_set():
                self._stuck[job.name] += 1
            else:
                self._jobs.remove(job)

    def _work(self) -> None:
        while True:
            with self._ready:
                self._idle += 1
                while not self._jobs:
                    self._ready.wait()
                self._idle -= 1
                job = self._jobs.popleft()
                job.started.set()
            job.run()
            with self._ready:
                job.ended = True
                if job.given_up:
                    self._stuck[job.name] -= 1
