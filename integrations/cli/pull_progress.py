"""Progress of a download on standard error: a bar with rate and time left for a person, lines for a log file."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

from .tables import size_text

_LINE_EVERY_S = 10.0
_DRAW_EVERY_S = 0.1


class PullBars:
    """Call it as `(source id, file, bytes done, of how many, number of the file, of how many files)`."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._bars: Any = None
        self._bar: Any = None
        self._file = ""
        self._last = 0.0

    def __enter__(self) -> Self:
        if self._live:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(binary_units=True),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._bars.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._bars:
            self._bars.stop()

    def __call__(self, source: str, file: str, done: int, total: int | None, at: int, of: int) -> None:
        new = file != self._file
        now = time.monotonic()
        whole = total is not None and done >= total
        if not new and not whole and now - self._last < (_DRAW_EVERY_S if self._live else _LINE_EVERY_S):
            return
        self._file, self._last = file, now
        what = f"{source} {file}" + (f" ({at} of {of})" if of > 1 else "")
        if not self._live:
            if not whole or of == 1 or at == of:
                share = f" of {size_text(total)}" if total else ""
                print(f"{what}: {size_text(done) or '0 B'}{share}", file=sys.stderr, flush=True)
            return
        if new:
            if self._bar is not None:  # one line for all files: a thousand would fill the screen
                self._bars.remove_task(self._bar)
            self._bar = self._bars.add_task(what, total=total)
        self._bars.update(self._bar, completed=done, total=total)
