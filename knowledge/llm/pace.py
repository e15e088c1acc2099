"""How many threads llama.cpp computes with, found out while it works.

No number is right for long: the starter model reads a prompt on 2 cores 1.7 times as fast with 2 threads as with 1 when
nothing else runs, and on some machines 3 to 12 times slower when one other process does, because at each of hundreds of
steps a token the threads wait for the one that was put aside. So every block of a prompt and every token is timed, and the
number that was quickest lately is used. Another one is tried again after a while, so seldom that even a bad try costs a
twentieth at most.

Texts do not change with it: llama.cpp computes every sum on one thread, in one order (a test compares them).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARE = 20
"""A number of threads is tried again once the others have computed this many times as long as its last try took."""
_FRESH = 0.5
"""Weight of the latest timing in a number's rate."""
_CLEAR = 1.05
"""Another number must be this much quicker."""


class Pace:
    """Threads for one kind of work: the blocks of prompts, or single tokens.

    `steps` are the numbers that may be used, rising; `first` is where to start. Only the neighbours of the best are tried,
    so that a big model on many cores never has to read a block with one. With one step nothing is timed. Not thread-safe.
    """

    def __init__(self, steps: tuple[int, ...], first: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._steps = steps
        self._clock = clock
        self._cost: dict[int, float] = {}
        """Seconds for one token."""
        self._since: dict[int, float] = {}
        """Seconds computed with other numbers since a number's last try."""
        self._last: dict[int, float] = {}
        self._best = first

    @property
    def best(self) -> int:
        """The number that was quickest lately."""
        return self._best

    def next(self) -> int:
        """Threads for the next piece of work: the best, or one whose turn it is to be tried."""
        if self._best not in self._cost:
            return self._best
        at = self._steps.index(self._best)
        for count in (*self._steps[max(0, at - 1) : at], *self._steps[at + 1 : at + 2]):
            if count not in self._cost or self._since[count] >= SHARE * self._last[count]:
                return count
        return self._best

    def record(self, threads: int, tokens: int, seconds: float) -> None:
        """`tokens` took `seconds` of wall clock with `threads`."""
        if len(self._steps) == 1:
            return
        cost = seconds / tokens
        old = self._cost.get(threads)
        # The best is judged by its run of timings, another by its latest: the machine has changed since the one before.
        self._cost[threads] = cost if old is None or threads != self._best else old + _FRESH * (cost - old)
        for count in self._since:
            self._since[count] += seconds
        self._since[threads], self._last[threads] = 0.0, seconds
        quickest = min(self._cost, key=self._cost.__getitem__)
        if self._cost[quickest] * _CLEAR < self._cost[self._best]:
            self._best = quickest

    @contextmanager
    def timed(self, tokens: int, use: Callable[[int], None], *, short: bool = False) -> Iterator[None]:
        """Compute `tokens` in the block, with the number of threads that `use` was called with.

        What is `short` (its tokens cost more than others of its kind) and what raises is not timed.
        """
        threads = self._best if short else self.next()
        use(threads)
        began = self._clock()
        yield
        if not short:
            self.record(threads, tokens, self._clock() - began)


def fixed(threads: int) -> Pace:
    """The user's number."""
    return Pace((threads,), threads)


def ladder(first: int, cores: int) -> Pace:
    """Steps of two from 1 to all `cores`, beginning with `first`."""
    steps = {first, cores, *(1 << n for n in range(cores.bit_length()) if 1 << n <= cores)}
    return Pace(tuple(sorted(steps)), first)
