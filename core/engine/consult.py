"""Consult: run tasks side by side, each behind a guard. Whatever a task does, the engine gets a `TaskResult` in time."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ..incidents import collecting
from ..plugin_code import plain
from ..protocols import Services
from ..task import MAX_TIMEOUT_S, CancelToken, Report, Task
from ..types import Facts, Question, TaskResult
from ..wording import say
from .guard import Guard, Guarded
from .own_request import Originals, OwnRequest, TaskToken
from .workers import Job, Workers

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
    deadline_s: float = MAX_TIMEOUT_S,
    settings: Callable[[Task], BaseModel | None] = lambda task: None,
    guard: Guard | None = None,
    incidents: list[str] | None = None,
    arguments: BaseModel | None = None,
) -> Iterator[Progress | Outcome]:
    """Run all `tasks` at once and wait for each at most its own `timeout_s`, the lower `timeout_s` given here, or
    `MAX_TIMEOUT_S`.

    Yields one `Outcome` for each as it comes, and `Progress` between them; a task's time counts from when a thread of the
    pool is free for it, and it waits no longer for one than it may take. Once `cancel` is set, or `deadline_s` seconds have
    passed, those that have not answered are given up. Threads are daemons: one that never returns is abandoned and can't
    keep the program from ending. `settings` gives each task its plugin's. Each task works on a copy of `question` and
    `facts` of its own, with `services` as `guard` (default: a new one) shows them. What dies in a shared service under one
    of them is added to `incidents`. `arguments` are those of the one task that is called by name."""
    cancel = cancel or CancelToken()
    guard = guard or Guard(services)
    said: queue.SimpleQueue[tuple[int, Guarded | Progress]] = queue.SimpleQueue()
    noted: list[str] = [] if incidents is None else incidents
    begun = time.monotonic()
    limits = [min(t.timeout_s, timeout_s or MAX_TIMEOUT_S, MAX_TIMEOUT_S, deadline_s) for t in tasks]
    originals = Originals(question, facts)
    tokens = [TaskToken(cancel) for _ in tasks]
    jobs: dict[int, Job] = {}
    until: dict[int, float] = {}  # of those that are waited for

    def work(index: int, task: Task, request: OwnRequest) -> None:
        with collecting(noted):
            said.put((index, guard.run(task, request)))

    def outcome(index: int, came: Guarded) -> Outcome:
        del until[index]
        seconds = time.monotonic() - begun
        # names and counts only: nothing of the case may reach a log
        log.info("%s %s %d in %.3f s", tasks[index].name, came.result.status, len(came.result.evidence), seconds)
        return Outcome(tasks[index], came.result, seconds, index, came.fault, came.remarks)

    try:
        for index, task in enumerate(tasks):
            request = OwnRequest.from_originals(
                originals,
                limit=limit,
                deadline_s=limits[index],
                settings=settings(task),
                arguments=arguments,
                cancel=tokens[index],
                report=_reporter(said, index, task),
            )
            until[index] = begun + limits[index]
            job = _workers.start(task.name, partial(work, index, task, request))
            if job is None:
                yield outcome(index, Guarded(_stuck(task), fault=True))
            else:
                jobs[index] = job
                yield Progress(task)
        while until:
            now = time.monotonic()
            over = cancel.cancelled or now >= begun + deadline_s
            if late := [i for i, time_s in until.items() if over or now >= time_s]:
                for index in late:
                    began = jobs[index].started_at
                    if not over and began is not None and now < began + limits[index]:
                        until[index] = began + limits[index]  # it had to wait for a thread
                        continue
                    tokens[index].cancel()
                    _workers.give_up(jobs[index])
                    waited = began is None and not cancel.cancelled
                    given_up = _never_begun(limits[index]) if waited else _given_up(limits[index], cancel)
                    yield outcome(index, Guarded(given_up, fault=not waited and not cancel.cancelled))
                continue
            try:
                index, came = said.get(timeout=max(min(min(until.values()) - now, CANCEL_S), 0.001))
            except queue.Empty:
                continue
            if index not in until:
                continue  # it answered after it was given up
            if isinstance(came, Progress):
                yield came
            else:
                yield outcome(index, came)
    finally:  # the caller may stop early: nobody works on for an answer that is not wanted
        for index in until:
            tokens[index].cancel()
            if index in jobs:
                _workers.give_up(jobs[index])


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


def workers() -> Workers:
    """The pool of this process."""
    return _workers


def _given_up(limit_s: float, cancel: CancelToken) -> TaskResult:
    if cancel.cancelled:
        return TaskResult.failed(say("consult.cancelled"))
    return TaskResult.failed(say("consult.given-up", seconds=f"{limit_s:g}"))


def _never_begun(limit_s: float) -> TaskResult:
    stuck = sum(_workers.stuck.values())
    waited, most = f"{limit_s:g}", _workers.most
    if stuck:
        return TaskResult.failed(say("consult.busy-and-stuck", seconds=waited, workers=most, stuck=stuck))
    return TaskResult.failed(say("consult.busy", seconds=waited, workers=most))


def _stuck(task: Task) -> TaskResult:
    number = _workers.stuck.get(task.name, 0)
    return TaskResult.failed(say("consult.stuck", number=number))
