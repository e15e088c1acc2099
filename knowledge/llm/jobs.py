"""One request on its way through the queue."""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from bedside.core.errors import ModelError


@dataclass(frozen=True)
class JobOutcome:
    """What the caller receives: a `piece` of text, `done` with the rest of the text or the scores, or an `error`."""

    kind: Literal["piece", "done", "error"]
    text: str = ""
    error: ModelError | None = None
    scores: tuple[float, ...] = ()


@dataclass(eq=False)
class Job:
    """`deadline` is on the monotonic clock, `incident` what became of the process while it had this job. Only the
    supervisor's thread changes a job; the caller reads `out` and `incident`."""

    id: int
    request: dict[str, Any]
    timeout: float
    deadline: float
    out: queue.SimpleQueue[JobOutcome] = field(default_factory=queue.SimpleQueue)
    began: bool = False
    retried: bool = False
    closed: bool = False
    incident: str = ""

    @classmethod
    def of(cls, job_id: int, request: dict[str, Any], timeout: float) -> Job:
        return cls(job_id, request, timeout, time.monotonic() + timeout)
