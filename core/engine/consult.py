"""Consult: run tasks side by side, each behind a guard. Whatever a task does, the engine gets a `TaskResult` in time."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..plugin_code import plain
from ..protocols import Services
from ..task import MAX_TIMEOUT_S, CancelToken, Report, Task
from ..types import Facts, Question, TaskResult
from .guard import Guard, Guarded
from .own_request import Originals, OwnRequest, TaskToken
from .workers import Workers

if TYPE_CHECKING:
    from pydantic import BaseModel

log = logging.getLogger("bedside.consult")
_workers = Workers("bedside-task")
CANCEL_S = 0.05
"""How long a cancelled question may go unnoticed."""
MAX_REPORTS = 1_000
"""Reports of progress of one task; what it reports beyond them is dropped."""
_MOST = 2**53


@dataclass(frozen=True)
class Progress:
    """What a task reports of itself while it works; one without a stage says that the task began."""

    task: Task
    stage: str = ""
    done: int = 0
    total: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of one task. `seconds` is wall time until it answered or was given up, `place` its place in the plan.

    `fault`: the plugin broke its contract, or gave no answer in time. `remarks` are what it tried that it may not."""

    task: Task
    result: TaskResult
    seconds: float
    place: int = 0
    fault: bool = False
    remarks: tuple[str, ...] = ()


def consult(
    tasks: Sequence[Task],
    question: Question,
    facts: Facts,
    services: Services,
    *,
    limit: int = 8,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
    settings: Callable[[Task], BaseModel | None] = lambda task: None,
    guard: Guard | None = None,
) -> Iterator[Progress | Outcome]:
    """Run all `tasks` at once and wait for each at most its own `timeout_s`, the lower `timeout_s` given here, or
    `MAX_TIMEOUT_S`.

    Yields one `Outcome` for each as it comes, and `Progress` between them. Once `cancel` is set, those that have not
    answered are given up. Threads are daemons: one that never returns is abandoned and can't keep the program from ending.
    `settings` gives each task its plugin's. Each task works on a copy of `question` and `facts` of its own, with `services`
    as `guard` (default: a new one) shows them."""
    cancel = cancel or CancelToken()
    guard = guard or Guard(services)
    said: queue.SimpleQueue[tuple[int, Guarded | Progress]] = queue.SimpleQueue()
    started = time.monotonic()
    limits = [min(t.timeout_s, timeout_s or MAX_TIMEOUT_S, MAX_TIMEOUT_S) for t in tasks]
    originals = Originals(question, facts)
    tokens = [TaskToken(cancel) for _ in tasks]
    waiting = dict(enumerate(limits))
    try:
        for index, task in enumerate(tasks):
            report = _reporter(said, index, task)
            request = OwnRequest.from_originals(
                originals,
                limit=limit,
                deadline_s=limits[index],
                settings=settings(task),
                cancel=tokens[index],
                report=report,
            )
            _workers.run(lambda i=index, t=task, r=request: said.put((i, guard.run(t, r))))  # type: ignore[misc]
            yield Progress(task)
        while waiting:
            now = time.monotonic() - started
            late = [i for i, limit_s in waiting.items() if cancel.cancelled or now >= limit_s]
            finished: list[tuple[int, Guarded]] = []
            if late:
                finished = [(i, Guarded(_given_up(limits[i], cancel), fault=not cancel.cancelled)) for i in late]
            else:
                rest = min(waiting.values()) - now
                try:
                    index, came = said.get(timeout=max(min(rest, CANCEL_S), 0.001))
                except queue.Empty:
                    continue
                if index not in waiting:
                    continue  # it answered after it was given up
                if isinstance(came, Progress):
                    yield came
                    continue
                finished = [(index, came)]
            for index, came in finished:
                del waiting[index]
                if late:
                    tokens[index].cancel()
                outcome = Outcome(tasks[index], came.result, time.monotonic() - started, index, came.fault, came.remarks)
                # names and counts only: nothing of the case may reach a log
                log.info(
                    "%s %s %d in %.3f s", outcome.task.name, came.result.status, len(came.result.evidence), outcome.seconds
                )
                yield outcome
    finally:  # the caller may stop early: nobody works on for an answer that is not wanted
        for index in waiting:
            tokens[index].cancel()


def consult_all(
    tasks: Sequence[Task],
    question: Question,
    facts: Facts,
    services: Services,
    *,
    timeout_s: float | None = None,
    guard: Guard | None = None,
) -> list[Outcome]:
    """The outcomes alone, in the order of `tasks`."""
    steps = consult(tasks, question, facts, services, timeout_s=timeout_s, guard=guard)
    return sorted((step for step in steps if isinstance(step, Outcome)), key=lambda outcome: outcome.place)


def _reporter(said: queue.SimpleQueue[tuple[int, Guarded | Progress]], index: int, task: Task) -> Report:
    left = MAX_REPORTS

    def report(stage: str, done: int = 0, total: int | None = None) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            of = None if total is None else min(max(int(total), 0), _MOST)
            said.put((index, Progress(task, plain(str(stage), 200), min(max(int(done), 0), _MOST), of)))

    return report


def _given_up(limit_s: float, cancel: CancelToken) -> TaskResult:
    if cancel.cancelled:
        return TaskResult.failed("was given up because the question was cancelled")
    return TaskResult.failed(f"gave no answer within {limit_s:g} s and was given up")
