"""Consult: run tasks side by side, each behind a guard. Whatever a task does, the engine gets a `TaskResult` in time."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import BedsideError
from ..protocols import Services
from ..task import CancelToken, Task, TaskRequest
from ..types import Facts, Question, TaskResult
from .workers import Workers

if TYPE_CHECKING:
    from pydantic import BaseModel

log = logging.getLogger("bedside.consult")
_workers = Workers("bedside-task")
CANCEL_S = 0.05
"""How long a cancelled question may go unnoticed."""


@dataclass(frozen=True)
class Progress:
    """What a task reports of itself while it works; one without a stage says that the task began."""

    task: Task
    stage: str = ""
    done: int = 0
    total: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of one task. `seconds` is wall time until it answered or was given up, `place` its place in the plan."""

    task: Task
    result: TaskResult
    seconds: float
    place: int = 0


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
) -> Iterator[Progress | Outcome]:
    """Run all `tasks` at once and wait for each at most its own `timeout_s` (or the lower `timeout_s` given here).

    Yields one `Outcome` for each as it comes, and `Progress` between them. Once `cancel` is set, those that have not
    answered are given up. `settings` gives each task its plugin's. Threads are daemons: one that never returns is abandoned
    and can't keep the program from ending."""
    cancel = cancel or CancelToken()
    said: queue.Queue[tuple[int, TaskResult | Progress]] = queue.Queue()
    started = time.monotonic()
    limits = [min(t.timeout_s, timeout_s) if timeout_s else t.timeout_s for t in tasks]
    for index, task in enumerate(tasks):
        request = TaskRequest(
            question=question,
            facts=facts,
            limit=limit,
            deadline_s=limits[index],
            settings=settings(task),
            cancel=cancel,
            report=_reporter(said, index, task),
        )
        _workers.run(lambda i=index, t=task, r=request: said.put((i, _guarded(t, r, services))))  # type: ignore[misc]
        yield Progress(task)

    waiting = dict(enumerate(limits))
    while waiting:
        now = time.monotonic() - started
        late = [i for i, limit_s in waiting.items() if cancel.cancelled or now >= limit_s]
        finished: list[tuple[int, TaskResult]] = []
        if late:
            finished = [(i, _given_up(limits[i], cancel)) for i in late]
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
        for index, result in finished:
            del waiting[index]
            outcome = Outcome(tasks[index], result, time.monotonic() - started, index)
            # names and counts only: nothing of the case may reach a log
            log.info("%s %s %d in %.3f s", outcome.task.name, result.status, len(result.evidence), outcome.seconds)
            yield outcome


def consult_all(
    tasks: Sequence[Task],
    question: Question,
    facts: Facts,
    services: Services,
    *,
    timeout_s: float | None = None,
) -> list[Outcome]:
    """The outcomes alone, in the order of `tasks`."""
    steps = consult(tasks, question, facts, services, timeout_s=timeout_s)
    return sorted((step for step in steps if isinstance(step, Outcome)), key=lambda outcome: outcome.place)


def _reporter(said: queue.Queue[tuple[int, TaskResult | Progress]], index: int, task: Task) -> Any:
    def report(stage: str, done: int = 0, total: int | None = None) -> None:
        said.put((index, Progress(task, str(stage)[:200], max(int(done), 0), None if total is None else int(total))))

    return report


def _given_up(limit_s: float, cancel: CancelToken) -> TaskResult:
    if cancel.cancelled:
        return TaskResult.failed("was given up because the question was cancelled")
    return TaskResult.failed(f"gave no answer within {limit_s:g} s and was given up")


def _guarded(task: Task, request: TaskRequest, services: Services) -> TaskResult:
    try:
        ready = task.ready(request)
        if ready is None:
            return TaskResult.none("the question and case", message="what it works on was not given")
        result = task.run(ready, services)
    except BedsideError as error:
        return TaskResult.failed(str(error))
    except BaseException as error:  # a stranger's code: it may even call sys.exit
        # the type only: the text of a foreign error may quote the case
        log.warning("%s raised %s", task.name, type(error).__name__)
        return TaskResult.failed(f"raised {type(error).__name__}; this is a fault of the plugin")
    if not isinstance(result, TaskResult):
        return TaskResult.failed(f"returned {type(result).__name__} instead of TaskResult; this is a fault of the plugin")
    return result
