"""Progress on standard error: bars for a person, plain lines for a log file, nothing on standard output."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from bedside.core.types import Event


class LoadBars:
    """Shows the loading of sources. Call it as `(source id, stage, done, total)`."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._bars: Any = None
        self._ids: dict[tuple[str, str], Any] = {}
        self._started = time.monotonic()
        self._last = 0.0
        self._stages: set[tuple[str, str]] = set()
        self._began: dict[tuple[str, str], tuple[float, int]] = {}

    def __enter__(self) -> Self:
        if self._live:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeElapsedColumn,
                TimeRemainingColumn,
            )

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._bars.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._bars:
            self._bars.stop()

    def __call__(self, source: str, stage: str, done: int, total: int | None) -> None:
        key = (source, stage)
        if self._bars and stage == "done":
            return  # its bars are full
        if self._bars:
            if key not in self._ids:
                self._ids[key] = self._bars.add_task(f"{source}: {stage}", total=total, rate="")
            self._bars.update(self._ids[key], completed=done, total=total, rate=self._rate(key, done))
            return
        now = time.monotonic()
        if stage == "done" or key not in self._stages or now - self._last >= 10:
            self._stages.add(key)
            self._last = now
            of = f"{done:,}" + (f" of {total:,}" if total else "")
            state = ", ".join(
                filter(None, (of, self._rate(key, done) if stage != "done" else "", self._left(key, done, total)))
            )
            print(f"[{now - self._started:6.1f} s] {source}: {stage} {state}", file=sys.stderr, flush=True)

    def _rate(self, key: tuple[str, str], done: int) -> str:
        """Since this process began with it: what an earlier process stored counts as done, but not towards the speed."""
        began, before = self._began.setdefault(key, (time.monotonic(), done))
        passed = time.monotonic() - began
        return f"{(done - before) / passed:,.0f}/s" if passed >= 1 and done > before else ""

    def _left(self, key: tuple[str, str], done: int, total: int | None) -> str:
        began, before = self._began.get(key, (0.0, 0))
        passed = time.monotonic() - began
        if not total or passed < 5 or done <= before or done >= total:
            return ""
        left = (total - done) * passed / (done - before)
        return f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left"


class Status:
    """One line that says what is happening, only shown on a terminal."""

    def __init__(self, enabled: bool = True) -> None:
        self._status: Any = None
        if enabled and sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("starting")

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._status:
            self._status.stop()

    def __call__(self, event: Event) -> None:
        if self._status and (stage := stage_of(event)):
            from rich.text import Text

            self._status.update(Text(stage))  # a plugin's words are no markup


def stage_of(event: Event) -> str:
    """What the engine does after this event, for a person who waits."""
    if event.type == "read":
        return "planning"
    if event.type == "planned":
        return f"consulting {', '.join(planned.task for planned in event.tasks) or 'nobody'}"
    if event.type == "consulting" and event.stage:
        return f"{event.task}: {event.stage} {event.done:,}" + (f" of {event.total:,}" if event.total else "")
    if event.type == "consulted":
        return f"{event.consultation.task}: {event.consultation.status}; choosing and checking sentences"
    return ""
