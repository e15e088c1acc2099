"""One worker process, seen from the engine: started, written to, read from, buried."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .frames import FrameError, read_frame, write_frame


@dataclass(frozen=True)
class LoadOptions:
    """How a model is loaded. `gpu_layers=None` is all layers when there is a GPU; for `threads=None` see `cores`."""

    model: Path
    n_ctx: int = 4096
    gpu_layers: int | None = None
    threads: int | None = None


def worker_command(options: LoadOptions) -> list[str]:
    """What is run. `-P`: a file `llama_cpp.py` in the current folder must not be taken for the library."""
    command = [sys.executable, "-P", "-m", "bedside.knowledge.llm.worker", "--model", str(options.model)]
    command += ["--n-ctx", str(options.n_ctx), "--parent", str(os.getpid())]
    if options.gpu_layers is not None:
        command += ["--gpu-layers", str(options.gpu_layers)]
    if options.threads is not None:
        command += ["--threads", str(options.threads)]
    return command


def worker_environment() -> dict[str, str]:
    """llama.cpp's threads sleep while they wait for each other instead of spinning.

    On a busy machine, where the embedder and the stores want the same cores, spinning is ruinous: the starter model made 2
    to 20 tokens/s with 2 spinning threads on 2 busy cores and 42 with sleeping ones; on idle cores it made 80 spinning. A
    machine that does nothing else is configured with OMP_WAIT_POLICY=active and `threads`.
    """
    return {"OMP_WAIT_POLICY": "passive", **os.environ}


def describe_exit(code: int | None) -> str:
    """How a process ended, in words: `was killed by SIGKILL`, `ended with exit code 1`."""
    if code is None:
        return "did not end"
    if code < 0:
        return f"was killed by {signal_name(code) or f'signal {-code}'}"
    return f"ended with exit code {code}" if code else "ended by itself"


def signal_name(code: int | None) -> str:
    """The signal that ended a process (`SIGSEGV`); empty where none did or it has no name."""
    try:
        return signal.Signals(-(code or 0)).name
    except ValueError:
        return ""


def may_be_out_of_memory(code: int | None) -> bool:
    """Whether a process ended as the kernel ends one when memory runs out."""
    return code == -signal.SIGKILL


class WorkerProcess:
    """A started worker.

    `on_frame(self, frame)` is called from a reader thread for every frame, and `on_exit(self)` once, after the process has
    been waited for: no zombie stays. The kernel ties the process to the *thread* that creates this object (see
    `worker.die_with_parent`), so create it in one that lives as long as the process should.
    """

    def __init__(
        self,
        command: list[str],
        on_frame: Callable[[WorkerProcess, dict[str, Any]], None],
        on_exit: Callable[[WorkerProcess], None],
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(),
        )
        self.pid = self._process.pid
        self.exit_code: int | None = None
        self._stderr: deque[str] = deque(maxlen=40)
        self._outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._on_frame, self._on_exit = on_frame, on_exit
        self._drain = self._thread(self._read_stderr, "stderr")
        self._thread(self._write, "write")
        self._reader = self._thread(self._read, "read")

    @property
    def stderr(self) -> tuple[str, ...]:
        """The last lines the process wrote to stderr."""
        return tuple(self._stderr)

    def send(self, message: dict[str, Any]) -> None:
        """Hand over a frame. Never blocks, also when the process has stopped reading."""
        self._outbox.put(message)

    def kill(self) -> None:
        """End it at once. `on_exit` follows."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def close(self, grace: float = 0.5) -> None:
        """Close its stdin, at which it ends, kill it if that does not help, and wait for the end."""
        self._outbox.put(None)
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()
        self._reader.join(5.0)

    def _thread(self, target: Callable[[], None], what: str) -> threading.Thread:
        thread = threading.Thread(target=target, name=f"bedside-llm-{what}-{self.pid}", daemon=True)
        thread.start()
        return thread

    def _write(self) -> None:
        # A thread of its own, so that a stopped process with a full pipe blocks nobody.
        stream = self._process.stdin
        assert stream is not None  # opened as a pipe
        with contextlib.suppress(OSError, ValueError), stream:
            while (message := self._outbox.get()) is not None:
                write_frame(stream, message)

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None  # opened as a pipe
        with contextlib.suppress(FrameError, OSError, ValueError), stream:
            while (message := read_frame(stream)) is not None:
                self._on_frame(self, message)
        try:
            self.exit_code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:  # it closed or spoilt the pipe and lives on
            self.kill()
            self.exit_code = self._process.wait()
        self._outbox.put(None)
        self._drain.join(1.0)
        self._on_exit(self)

    def _read_stderr(self) -> None:
        stream = self._process.stderr
        assert stream is not None  # opened as a pipe
        with contextlib.suppress(OSError, ValueError), stream:
            for line in stream:
                self._stderr.append(line.decode("utf-8", "replace").rstrip())
