"""How many threads compute: with made-up machines, and the text of the real model whatever the number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bedside.knowledge.llm.generation import Generator, Usage
from bedside.knowledge.llm.likelihood import LikelihoodScorer
from bedside.knowledge.llm.pace import SHARE, Pace, fixed, ladder
from bedside.knowledge.llm.starter import starter_model


class Machine:
    """Computes a block of 64 tokens in as many seconds as `cost` says for the number of threads."""

    def __init__(self, pace: Pace, cost: dict[int, float]) -> None:
        self.pace, self.cost = pace, cost
        self.used: list[int] = []
        self.seconds = 0.0

    def work(self, blocks: int) -> Machine:
        for _ in range(blocks):
            threads = self.pace.next()
            self.used.append(threads)
            self.seconds += self.cost[threads]
            self.pace.record(threads, 64, self.cost[threads])
        return self


QUIET = {1: 0.38, 2: 0.22}
BUSY = {1: 0.40, 2: 3.2}
"""A second thread that costs 8 times, as it was measured on a busy 2-core machine."""


def test_a_quiet_machine_uses_both_cores():
    machine = Machine(ladder(2, 2), QUIET).work(400)
    assert machine.used[:3] == [2, 1, 2] and machine.pace.best == 2
    assert machine.seconds < 400 * QUIET[2] * (1 + 1 / SHARE)


def test_a_busy_machine_loses_one_block_and_a_twentieth():
    machine = Machine(ladder(2, 2), BUSY).work(400)
    assert machine.used[:3] == [2, 1, 1] and machine.pace.best == 1
    assert machine.seconds < BUSY[2] + 400 * BUSY[1] * (1 + 1.1 / SHARE)


def test_it_follows_a_machine_that_becomes_busy_and_quiet_again():
    machine = Machine(ladder(2, 2), dict(QUIET)).work(50)
    machine.cost.update(BUSY)
    assert machine.work(3).pace.best == 1
    before = len(machine.used)
    machine.cost.update(QUIET)
    machine.work(400)
    assert machine.pace.best == 2
    back = machine.used.index(2, before) - before
    assert back * QUIET[1] <= SHARE * BUSY[2] + 1


def test_only_neighbours_are_tried():
    """One block with one thread would take this model 16 times as long."""
    machine = Machine(ladder(16, 16), {n: 16 / n for n in (1, 2, 4, 8, 16)}).work(300)
    assert machine.pace.best == 16 and set(machine.used) == {8, 16}
    crowded = Machine(ladder(16, 16), {1: 4.0, 2: 2.0, 4: 1.5, 8: 3.0, 16: 6.0}).work(100)
    assert crowded.pace.best == 4


def test_odd_numbers_of_cores():
    assert Machine(ladder(6, 6), {1: 6, 2: 3, 4: 1.5, 6: 1}).work(10).pace.best == 6
    assert Machine(ladder(3, 6), {1: 1, 2: 2, 3: 3, 4: 4, 6: 6}).work(10).pace.best == 1
    assert Machine(ladder(1, 1), {1: 1}).work(5).used == [1] * 5


def test_the_users_number_is_never_changed():
    assert Machine(fixed(2), BUSY).work(50).used == [2] * 50


def test_what_is_short_or_fails_is_not_timed():
    clock = iter(range(100))
    pace = Pace((1, 2), 2, lambda: float(next(clock)))
    used: list[int] = []
    with pace.timed(3, used.append, short=True):
        pass
    with pytest.raises(ValueError), pace.timed(64, used.append):
        raise ValueError
    assert pace.next() == 2  # nothing is known yet, so nothing else is tried
    with pace.timed(64, used.append):
        pass
    assert used == [2, 2, 2] and pace.next() == 1


@pytest.fixture(scope="module")
def llama():
    from llama_cpp import Llama

    model = Llama(str(starter_model()), n_ctx=1024, n_threads=1, n_threads_batch=2, verbose=False)
    yield model
    model.close()


def test_text_and_scores_are_the_same_with_any_number_of_threads(llama) -> None:
    """Replays would differ otherwise."""
    rules = "You order evidence for a clinician by the given ids and never write a sentence. " * 12
    request = {"messages": [{"role": "user", "content": rules + "Why is the sky blue?"}], "max_tokens": 24}

    def made(pace: Callable[[], Pace]) -> tuple[str, list[float]]:
        generator = Generator(llama, prompts=pace(), tokens=pace())
        usage = Usage()
        text = "".join(generator.generate(request, lambda: False, usage))
        assert usage.tokens > 5 and usage.prompt_tokens > 128
        scorer = LikelihoodScorer(llama, pace=pace())
        return text, scorer.score([rules, "The sky scatters blue light."], "Why is the sky blue?", lambda: False).scores

    class Restless(Pace):
        """Another number each time."""

        def next(self) -> int:
            self._best = 3 - self._best
            return self._best

    one, two, mixed = made(lambda: fixed(1)), made(lambda: fixed(2)), made(lambda: Restless((1, 2), 1))
    assert one == two == mixed
