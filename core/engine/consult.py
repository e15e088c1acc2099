"""Consult: run tasks side by side, each behind a guard. Whatever a task does, the engine gets a `TaskResult` in time."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import BedsideError
from ..protocols import Services
from ..task import Task, TaskRequest
from ..types import Facts, Question, TaskResult
from .workers import Workers

log = logging.getLogger("bedside.consult")
_workers = Workers("bedside-task")


@dataclass(frozen=True)
class Outcome:
    """What came of one task. `seconds` is wall time until it answered or was given up."""

    task: Task
    result: TaskResult
    seconds: float


def consult(
    tasks: Sequence[Task],
    question: Question,
    facts: Facts,
    services: Services,
    *,
    limit: int = 8,
    timeout_s: float | None = None,
    on_done: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Run all `tasks` at once and wait for each at most its own `timeout_s` (or the lower `timeout_s` given here).

    Threads are daemons: one that never returns is abandoned and can't keep the program from ending.
    """
    done: queue.Queue[tuple[int, TaskResult]] = queue.Queue()
    started = time.monotonic()
    limits = [min(t.timeout_s, timeout_s) if timeout_s else t.timeout_s for t in tasks]
    for index, task in enumerate(tasks):
        request = TaskRequest(question=question, facts=facts, limit=limit, deadline_s=limits[index])
        _workers.run(lambda i=index, t=task, r=request: done.put((i, _guarded(t, r, services))))  # type: ignore[misc]

    outcomes: dict[int, Outcome] = {}
    waiting = dict(enumerate(limits))
    while waiting:
        rest = min(waiting.values()) - (time.monotonic() - started)
        try:
            index, result = done.get(timeout=max(rest, 0.001))
            if index in outcomes:
                continue  # it answered after it was given up
            finished = [(index, result)]
        except queue.Empty:
            passed = time.monotonic() - started
            finished = [
                (i, TaskResult.failed(f"gave no answer within {limits[i]:g} s and was given up"))
                for i, limit_s in waiting.items()
                if passed >= limit_s
            ]
        for index, result in finished:
            del waiting[index]
            outcome = Outcome(tasks[index], result, time.monotonic() - started)
            outcomes[index] = outcome
            # names and counts only: nothing of the case may reach a log
            log.info("%s %s %d in %.3f s", outcome.task.name, result.status, len(result.evidence), outcome.seconds)
            if on_done:
                on_done(outcome)
    return [outcomes[i] for i in range(len(tasks))]


def _guarded(task: Task, request: TaskRequest, services: Services) -> TaskResult:
    try:
        result = task.run(request, services)
    except BedsideError as error:
        return TaskResult.failed(str(error))
    except BaseException as error:  # a stranger's code: it may even call sys.exit
        # the type only: the text of a foreign error may quote the case
        log.warning("%s raised %s", task.name, type(error).__name__)
        return TaskResult.failed(f"raised {type(error).__name__}; this is a fault of the plugin")
    if not isinstance(result, TaskResult):
        return TaskResult.failed(f"returned {type(result).__name__} instead of TaskResult; this is a fault of the plugin")
    return result
