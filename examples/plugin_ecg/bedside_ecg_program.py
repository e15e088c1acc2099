"""Running an external program: its lines as they come, its end when nobody waits for it any more. For POSIX systems."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

MAX_BYTES = 1_000_000
"""A program that prints more than this is not what it is taken for."""
GRACE_S = 1.0
"""How long it has to end by itself once it is asked to."""
LOOK_S = 0.05
"""How often the caller's wishes are looked at."""


class ProgramError(Exception):
    """It could not be started, failed, printed too much, or was ended because its time was over or nobody waits for it."""


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
            start_new_session=True,  # a group of its own, so that its children end with it
        )
    except OSError as error:
        raise ProgramError(f"can't be started: {error.strerror}") from None
    assert program.stdout is not None
    until, lines, rest, size = time.monotonic() + seconds, [], b"", 0
    try:
        while True:
            if cancelled():
                raise ProgramError("was ended: its result is no longer wanted")
            if time.monotonic() > until:
                raise ProgramError(f"gave no result within {seconds:g} s and was ended")
            if not select.select([program.stdout], [], [], LOOK_S)[0]:
                continue
            chunk = os.read(program.stdout.fileno(), 65_536)
            size += len(chunk)
            if size > MAX_BYTES:
                raise ProgramError(f"printed more than {MAX_BYTES:,} bytes and was ended")
            *whole, rest = (rest + chunk).split(b"\n") if chunk else (rest, b"")
            for line in whole if chunk or whole != [b""] else ():
                lines.append(line.decode("utf-8", "replace").rstrip("\r"))
                on_line(lines[-1])
            if not chunk:
                break
        try:
            code = program.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ProgramError(f"did not end within {seconds:g} s and was ended") from None
        if code:
            raise ProgramError(f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}")
        return lines
    finally:
        _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
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
