"""Does the model work here at all? One token in a throw-away process, for `bedside doctor`."""

from __future__ import annotations

import os
import queue
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bedside.core.errors import ModelError

from .gguf import check_gguf
from .process import LoadOptions, WorkerProcess, describe_exit, may_be_out_of_memory, signal_name, worker_command

REINSTALL = (
    "CMAKE_ARGS=-DGGML_NATIVE=OFF pip install --no-binary llama-cpp-python --force-reinstall --no-deps llama-cpp-python"
)
"""Known: llama.cpp built by gcc 12 for the native CPU dies at its first token on Xeons with AMX (SIGSEGV at `ldtilecfg` in
`ggml_backend_amx_mul_mat`). A build for the common instruction sets does not."""

_PROMPT = "The quick brown fox jumps over the lazy dog. " * 8
"""Long enough that the batched matrix kernels run, too; they are the ones that crashed."""


@dataclass(frozen=True)
class ProbeResult:
    """`message` says what happened, `hint` what to type. `seconds` is from start to token; `info` is what was loaded.

    `signal` names the signal that killed the process ("SIGSEGV"), "" when none did.
    """

    ok: bool
    message: str
    hint: str = ""
    seconds: float = 0.0
    signal: str = ""
    info: dict[str, Any] | None = None
    stderr: tuple[str, ...] = ()


def probe_one_token(model_path: str | os.PathLike[str], timeout: float = 60.0) -> ProbeResult:
    """Load the model in a child process and make one token, within `timeout` seconds. Never raises for a bad model."""
    path = Path(model_path)
    try:
        check_gguf(path)
    except ModelError as error:
        return ProbeResult(False, error.message, error.hint)
    events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    begin = time.monotonic()
    try:
        worker = WorkerProcess(
            worker_command(LoadOptions(path, n_ctx=512)),
            on_frame=lambda _, frame: events.put(frame),
            on_exit=lambda _: events.put({"event": "exit"}),
        )
    except OSError as error:
        return ProbeResult(False, f"can't start the model's process: {error}")
    info: dict[str, Any] | None = None
    try:
        while True:
            try:
                frame = events.get(timeout=max(0.0, begin + timeout - time.monotonic()))
            except queue.Empty:
                doing = "answer" if info else "load"
                return ProbeResult(False, f"the model did not {doing} within {timeout:g} s", info=info)
            match frame["event"]:
                case "ready":
                    info = {k: v for k, v in frame.items() if k != "event"}
                    worker.send({"op": "complete", "id": 1, "prompt": _PROMPT, "max_tokens": 1})
                case "done":
                    return ProbeResult(True, "the model made a token", seconds=time.monotonic() - begin, info=info)
                case "exit":
                    return _died(worker, info)
                case "failed" if frame["kind"] == "absent":
                    return ProbeResult(False, frame["message"], "pip install llama-cpp-python")
                case "failed":
                    return ProbeResult(False, f"llama.cpp can't load {path.name}: {frame['message']}", "bedside models list")
                case "error" | "cancelled":
                    return ProbeResult(False, frame.get("message", "the request was cancelled"), info=info)
    finally:
        worker.close()


def _died(worker: WorkerProcess, info: dict[str, Any] | None) -> ProbeResult:
    how = describe_exit(worker.exit_code)
    doing = "making its first token" if info else "loading"
    hint = REINSTALL
    if may_be_out_of_memory(worker.exit_code):
        hint = "out of memory? a smaller model (bedside models list) needs less"
    elif (worker.exit_code or 0) >= 0:
        hint = ""
    return ProbeResult(
        False,
        f"the model's process {how} while {doing}",
        hint,
        signal=signal_name(worker.exit_code),
        info=info,
        stderr=worker.stderr,
    )
