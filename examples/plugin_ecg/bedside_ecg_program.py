"""Running an external program: its lines as they come, its end when nobody waits for it any more."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

MAX_CHARS = 1_000_000
"""A program that prints more than this is not what it is taken for."""
GRACE_S = 1.0
"""How long it has to end by itself once it is asked to."""


class ProgramError(Exception):
    """It could not be started, failed, printed too much, or was ended because its time was over."""


class Cancelled(ProgramError):
    """It was ended because its result is no longer wanted."""


def run_program(
    command: Sequence[str], *, seconds: float, cancelled: Callable[[], bool], on_line: Callable[[str], None]
) -> list[str]:
    """The lines that `command` prints; `on_line` gets each as it comes. Whatever happens, no process is left.

    Raises `ProgramError`. What the program writes to its standard error is not repeated: it may quote the patient's file.
    """
    try:
        program = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,  # a group of its own, so that its children end with it
        )
    except OSError as error:
        raise ProgramError(f"can't be started: {error.strerror}") from None
    said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    room = threading.Semaphore(1_000)  # it waits while nobody reads
    threading.Thread(target=_listen, args=(program, said, room), daemon=True).start()
    until, lines, chars = time.monotonic() + seconds, [], 0
    try:
        while True:
            if cancelled():
                raise Cancelled("was ended: its result is no longer wanted")
            if time.monotonic() > until:
                raise ProgramError(f"gave no result within {seconds:g} s and was ended")
            try:
                line = said.get(timeout=0.05)
            except queue.Empty:
                continue
            room.release()
            if line is None:
                break
            chars += len(line)
            if chars > MAX_CHARS:
                raise ProgramError(f"printed more than {MAX_CHARS:,} characters and was ended")
            lines.append(line.rstrip("\n"))
            on_line(lines[-1])
        try:
            code = program.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ProgramError(f"did not end within {seconds:g} s and was ended") from None
        if code:
            raise ProgramError(f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}")
        return lines
    finally:
        _end(program)


def _listen(program: subprocess.Popen[str], said: queue.SimpleQueue[str | None], room: threading.Semaphore) -> None:
    assert program.stdout is not None
    try:
        while line := program.stdout.readline(100_000):
            room.acquire()
            said.put(line)
    except (OSError, ValueError):
        pass  # it was ended
    finally:
        said.put(None)


def _end(program: subprocess.Popen[str]) -> None:
    """The whole group, politely first; the program itself is waited for, so that no zombie is left."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, number)
        except (ProcessLookupError, PermissionError):
            break
        try:
            program.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            continue
    program.wait()
    if program.stdout is not None:
        program.stdout.close()
