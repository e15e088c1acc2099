"""The model's process: `python -m bedside.knowledge.llm.worker --model PATH.gguf`.

Serves one request after the other over stdin and stdout (see `frames`). In: `complete` (`id`, `messages` or `prompt`,
`max_tokens`, `temperature`, `seed`, `stop`, `json_schema`, `stream`), `score` (`id`, `passages`, `question`), `cancel`
(`id`), `ping`. Out: `ready` (what was loaded) or `failed` once, then per request `began`, `piece`s when streaming, and
`done` (with `text` or `scores`), `error` or `cancelled`; `pong`.

The process ends by itself when the other end of stdin is gone, also in the middle of native code, and on Linux the
kernel ends it with the thread that started it.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import faulthandler
import json
import os
import queue
import re
import signal
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any, BinaryIO

from .cores import generation_threads, usable_cores
from .frames import FrameError, read_frame, write_frame
from .generation import Cancelled, Generator, RequestError, Usage
from .likelihood import LikelihoodScorer
from .pace import fixed, ladder

_LOG_WARN = 2
_OFFLOADED = re.compile(r"offloaded (\d+)/(\d+) layers")


class Pipe:
    """Our end of the two pipes. Native code prints to 1 and 2 and may read 0, so the pipes move to descriptors of ours."""

    def __init__(self) -> None:
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self._lock = threading.Lock()
        self.jobs: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def send(self, event: str, **rest: Any) -> None:
        try:
            with self._lock:
                write_frame(self._out, {"event": event, **rest})
        except OSError:
            os._exit(0)

    def listen(self) -> None:
        """Read requests until stdin closes; then end the process, whatever it is doing."""
        try:
            while (message := read_frame(self._in)) is not None:
                op = message.get("op")
                if op in ("complete", "score"):
                    self.jobs.put(message)
                elif op == "cancel":
                    self._cancelled.add(message["id"])
                elif op == "ping":
                    self.send("pong")
        except (FrameError, OSError):
            os._exit(3)
        os._exit(0)

    def is_cancelled(self, request_id: int) -> bool:
        return request_id in self._cancelled

    def forget(self, request_id: int) -> None:
        self._cancelled.discard(request_id)


class NativeLog:
    """llama.cpp's messages: warnings and errors go to stderr, and it knows how many layers went to the GPU."""

    def __init__(self, stderr: int) -> None:
        self.gpu_layers = 0
        self.layers = 0
        self.errors: deque[str] = deque(maxlen=20)
        self._stderr = stderr
        self._callback: Any = None

    def install(self) -> None:
        import llama_cpp

        self._callback = llama_cpp.llama_log_callback(self._write)
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _write(self, level: int, text: bytes, _: Any) -> None:
        if match := _OFFLOADED.search(text.decode("utf-8", "replace")):
            self.gpu_layers, self.layers = int(match[1]), int(match[2])
        if level >= _LOG_WARN and level < _LOG_WARN + 2:
            self.errors.append(text.decode("utf-8", "replace").strip())
            with contextlib.suppress(OSError):
                os.write(self._stderr, text)


def die_with_parent(parent: int) -> None:
    """Ask the Linux kernel to kill this process with the thread that started it (prctl, PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if parent and os.getppid() != parent:
            os._exit(0)


def no_core_dumps() -> None:
    """A core dump of this process would hold the prompt, and prompts hold patient data."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def load(llama_class: Any, model: str, *, n_ctx: int, gpu_layers: int | None, gpu: bool, threads: int | None) -> Any:
    """The loaded model. With `gpu_layers=None` everything goes to the GPU when there is one and it fits, else to the CPU."""
    cores = usable_cores()
    rest = {
        "n_ctx": n_ctx,
        "n_threads": threads or generation_threads(cores, Path(model).stat().st_size),
        "n_threads_batch": threads or cores,
        "verbose": False,
    }
    if gpu_layers is None and gpu:
        with contextlib.suppress(ValueError, RuntimeError, MemoryError):
            return llama_class(model_path=model, n_gpu_layers=-1, **rest)
    return llama_class(model_path=model, n_gpu_layers=gpu_layers or 0, **rest)


def paced(llama: Any, threads: int | None) -> tuple[Generator, LikelihoodScorer]:
    """What answers requests: with the user's number of threads, else with what is quickest as it goes."""
    if threads:
        return Generator(llama, prompts=fixed(threads), tokens=fixed(threads)), LikelihoodScorer(llama, pace=fixed(threads))
    cores = usable_cores()
    prompts, tokens = ladder(llama.n_threads_batch, cores), ladder(llama.n_threads, cores)
    return Generator(llama, prompts=prompts, tokens=tokens), LikelihoodScorer(
        llama, pace=ladder(llama.n_threads_batch, cores)
    )


def describe(llama: Any, log: NativeLog) -> dict[str, Any]:
    """What was loaded: the `ready` frame."""
    import llama_cpp

    metadata = {k: v for k, v in (llama.metadata or {}).items() if k.startswith("general.") and len(v) < 200}
    return {
        "name": metadata.get("general.name", ""),
        "n_ctx": llama.n_ctx(),
        "n_vocab": llama.n_vocab(),
        "gpu_offload": bool(llama_cpp.llama_supports_gpu_offload()),
        "gpu_layers": log.gpu_layers,
        "layers": log.layers,
        "threads": llama.n_threads,
        "llama_cpp": llama_cpp.__version__,
        "metadata": metadata,
    }


def complete(pipe: Pipe, generator: Generator, request: dict[str, Any]) -> dict[str, Any]:
    """What `done` says of a completion; its pieces are sent on the way when streaming."""
    request_id = request["id"]
    usage, pieces = Usage(), []
    for piece in generator.generate(request, lambda: pipe.is_cancelled(request_id), usage):
        pieces.append(piece)
        if request.get("stream"):
            pipe.send("piece", id=request_id, text=piece)
    text = "".join(pieces)
    if request.get("json_schema") is not None:
        try:
            json.loads(text)
        except ValueError:
            raise RequestError(f"the answer's JSON was not complete after {usage.tokens} tokens") from None
    return {"text": "" if request.get("stream") else text, "usage": vars(usage)}


def score(pipe: Pipe, scorer: LikelihoodScorer, request: dict[str, Any]) -> dict[str, Any]:
    """What `done` says of likelihoods."""
    done = scorer.score(request["passages"], request["question"], lambda: pipe.is_cancelled(request["id"]))
    usage = {**vars(Usage(prompt_tokens=done.tokens)), "cut_passages": done.cut}
    return {"scores": done.scores, "usage": usage}


def serve(pipe: Pipe, generator: Generator, scorer: LikelihoodScorer, request: dict[str, Any]) -> None:
    """Answer one request. Whatever goes wrong in Python costs this request only."""
    request_id = request["id"]
    pipe.send("began", id=request_id)
    try:
        done = score(pipe, scorer, request) if request["op"] == "score" else complete(pipe, generator, request)
        pipe.send("done", id=request_id, **done)
    except Cancelled:
        pipe.send("cancelled", id=request_id)
    except RequestError as error:
        pipe.send("error", id=request_id, message=str(error))
    except Exception as error:
        # The type only: the text of an unforeseen error may quote the prompt.
        pipe.send("error", id=request_id, message=f"the model's process raised {type(error).__name__}")
    finally:
        pipe.forget(request_id)


def main(argv: list[str] | None = None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the engine, which then ends this process
    parser = argparse.ArgumentParser(prog="bedside.knowledge.llm.worker")
    parser.add_argument("--model", required=True)
    parser.add_argument("--n-ctx", type=int, default=4096)
    parser.add_argument("--gpu-layers", type=int, default=None, help="-1 is all; without it all when there is a GPU")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--parent", type=int, default=0, help="process id of who started this")
    args = parser.parse_args(argv)
    die_with_parent(args.parent)
    no_core_dumps()
    stderr = os.dup(2)
    faulthandler.enable(stderr)
    pipe, log = Pipe(), NativeLog(stderr)
    threading.Thread(target=pipe.listen, name="bedside-llm-listen", daemon=True).start()
    try:
        import llama_cpp

        log.install()
        gpu = bool(llama_cpp.llama_supports_gpu_offload())
        llama = load(
            llama_cpp.Llama, args.model, n_ctx=args.n_ctx, gpu_layers=args.gpu_layers, gpu=gpu, threads=args.threads
        )
        generator, scorer = paced(llama, args.threads)
    except ImportError as error:
        pipe.send("failed", kind="absent", message=f"llama-cpp-python can't be imported: {error}")
        os._exit(1)
    except Exception as error:
        pipe.send("failed", kind="load", message=log.errors[-1] if log.errors else f"{type(error).__name__}: {error}")
        os._exit(1)
    pipe.send("ready", **describe(llama, log))
    while True:
        serve(pipe, generator, scorer, pipe.jobs.get())


if __name__ == "__main__":
    main()
