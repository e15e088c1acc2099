"""Progress on standard error: bars for a person, plain lines for a log file, nothing on standard output."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self


class LoadBars:
    """Shows the loading of sources. Call it as `(source id, stage, done, total)`."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._bars: Any = None
        self._ids: dict[tuple[str, str], Any] = {}
        self._started = time.monotonic()
        self._last = 0.0
        self._stages: set[tuple[str, str]] = set()

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
                self._ids[key] = self._bars.add_task(f"{source}: {stage}", total=total)
            self._bars.update(self._ids[key], completed=done, total=total)
            return
        now = time.monotonic()
        if stage == "done" or key not in self._stages or now - self._last >= 10:
            self._stages.add(key)
            self._last = now
            of = f"{done:,}" + (f" of {total:,}" if total else "")
            print(f"[{now - self._started:6.1f} s] {source}: {stage} {of}", file=sys.stderr, flush=True)


class Status:
    """One line that says what is being done, for a person only."""

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

    def __call__(self, text: str) -> None:
        if self._status:
            self._status.update(text)
