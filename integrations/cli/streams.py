"""Standard output is for answers alone: what plugins print goes to standard error, and nothing they do closes ours.

Only for the program `bedside`, never for the process of somebody who uses the engine as a library.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import threading
from typing import Any

from bedside.core.plugin_code import after_plugin_code, in_plugin_code
from bedside.core.task import MAX_TIMEOUT_S

_guarded: dict[str, GuardedStream] = {}
_replaced: list[Any] = []


class GuardedStream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the program, on a descriptor of its own. Closing it does nothing.

    With `aside`, only the main thread writes to it, and only outside a plugin's code: all else is written there, made
    printable.
    """

    def __init__(self, stream: io.TextIOWrapper, aside: GuardedStream | None = None) -> None:
        self._stream = stream
        self._aside = aside
        self.buffer = _GuardedBuffer(self)

    @property
    def target(self) -> io.TextIOWrapper:
        """Where this thread writes just now."""
        aside = self._aside is not None and (threading.current_thread() is not threading.main_thread() or in_plugin_code())
        return self._aside._stream if aside and self._aside else self._stream

    @property
    def own(self) -> int:
        """The descriptor."""
        return self._stream.fileno()

    def end(self) -> None:
        """The program has said all: what comes now, from a plugin's `atexit`, is written aside."""
        self._stream.flush()
        if self._aside:
            self._stream = self._aside._stream

    def write(self, text: str) -> int:
        target = self.target
        if target is self._stream:
            return target.write(text)
        from bedside.core.toolkit.printable import printable

        with contextlib.suppress(OSError, ValueError):
            target.write(printable(text))
        return len(text)

    def flush(self) -> None:
        self.target.flush()

    def close(self) -> None:
        """Left open: the answer is still to come."""

    def detach(self) -> Any:
        raise io.UnsupportedOperation("detach")

    def reconfigure(self, **options: Any) -> None:
        self.target.reconfigure(**options)

    def isatty(self) -> bool:
        return self.target.isatty()

    def fileno(self) -> int:
        return self.target.fileno()

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors

    @property
    def closed(self) -> bool:  # type: ignore[override]
        return False


class _GuardedBuffer(io.BufferedIOBase):
    """The same for bytes."""

    def __init__(self, text: GuardedStream) -> None:
        self._text = text

    def write(self, data: Any) -> int:
        target = self._text.target
        target.flush()
        buffer: Any = target.buffer
        return int(buffer.write(data))

    def flush(self) -> None:
        self._text.target.buffer.flush()

    def close(self) -> None:
        """Left open, like the text."""

    def fileno(self) -> int:
        return self._text.fileno()

    def writable(self) -> bool:
        return True

    @property
    def closed(self) -> bool:  # type: ignore[override]
        return False


def guard_streams() -> None:
    """From now on the program's output is its own. Does nothing where there is no standard output or error."""
    if _guarded or sys.stdout is None or sys.stderr is None:
        return
    try:
        out, err = os.dup(1), os.dup(2)
    except OSError:
        return
    stderr = GuardedStream(_writer(err, sys.stderr, line_buffering=True))
    stdout = GuardedStream(_writer(out, sys.stdout, line_buffering=os.isatty(out)), aside=stderr)
    _guarded.update(stdout=stdout, stderr=stderr)
    _replaced.extend((sys.stdout, sys.stderr))  # kept: they would close their descriptors
    os.dup2(err, 1)  # whoever writes past `sys.stdout`, a library in C too, writes there
    restore_streams()
    after_plugin_code(restore_streams)
    os.register_at_fork(after_in_child=_leave_to_parent)


def restore_streams() -> None:
    """Put right what a plugin may have replaced or closed."""
    if not _guarded:
        return
    out: Any = _guarded["stdout"]
    err: Any = _guarded["stderr"]
    sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = out, err, out, err  # type: ignore[misc]
    for descriptor in (1, 2):
        try:
            os.fstat(descriptor)
        except OSError:  # closed: the next file to be opened would be written to by whoever prints
            with contextlib.suppress(OSError):
                os.dup2(_guarded["stderr"].own, descriptor)


def end_streams() -> None:
    """Flush; nothing more is written to standard output."""
    if _guarded:
        restore_streams()
        _guarded["stdout"].end()


def _writer(descriptor: int, like: Any, *, line_buffering: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        os.fdopen(descriptor, "wb"),
        encoding=getattr(like, "encoding", None),
        errors=getattr(like, "errors", None),
        line_buffering=line_buffering,
    )


def _leave_to_parent() -> None:
    """A process that a plugin forks holds no end of our output: who reads that need not wait for the process. It is ended
    after as long as a task may take, since it may wait for ever for a lock that a thread of the parent held."""
    if not in_plugin_code():
        return
    signal.alarm(int(MAX_TIMEOUT_S))
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2, _guarded["stdout"].own, _guarded["stderr"].own):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
