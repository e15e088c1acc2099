"""The language model that the engine and the plugins share: `LlamaProcess`."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import os
import queue
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from bedside.core.errors import ModelError
from bedside.core.incidents import collected, note_incident
from bedside.core.protocols import LanguageModel
from bedside.core.queries import Generation

from .jobs import Job, JobOutcome
from .process import LoadOptions
from .supervisor import Supervisor

_MARGIN = 5.0
"""Seconds after its time limit at which a caller stops waiting for the supervisor's word."""


class LlamaProcess(LanguageModel):
    """One GGUF model in one child process behind one queue: first come, first served. Implements `LanguageModel`.

    A crash, a kill or a hang of the process costs the request it was answering; the next request starts it again. A
    request that it had not taken up yet is not lost. After three failures to load in a row every request is refused until
    the file changes. Nothing native is imported into this process.

    `timeout` (seconds, per request unless the request names its own) covers waiting in the queue, loading and answering.
    `max_queue` requests may wait; the next one is refused. `n_gpu_layers="auto"` is all layers where llama.cpp was built
    for a GPU and the model fits, else none. `threads=None` suits machine and model (see `cores`). `load_timeout` (seconds)
    ends a load that never finishes.
    """

    def __init__(
        self,
        model_path: str | os.PathLike[str],
        *,
        n_ctx: int = 4096,
        n_gpu_layers: int | Literal["auto"] = "auto",
        threads: int | None = None,
        timeout: float = 60.0,
        max_queue: int = 32,
        load_timeout: float = 600.0,
    ) -> None:
        self.path = Path(model_path)
        self.timeout = timeout
        self.max_queue = max_queue
        layers = None if n_gpu_layers == "auto" else n_gpu_layers
        self._supervisor = Supervisor(LoadOptions(self.path, n_ctx, layers, threads), load_timeout)
        self._ids = itertools.count(1)
        self._owner = os.getpid()
        atexit.register(self.close)

    @property
    def name(self) -> str:
        """The file's name without its ending; known before anything is loaded."""
        return self.path.stem

    @property
    def incidents(self) -> tuple[str, ...]:
        """Every crash, kill and hang of the process so far, one line each, oldest first."""
        return self._supervisor.incidents

    @property
    def info(self) -> dict[str, Any] | None:
        """What was loaded last: name, n_ctx, n_vocab, threads, gpu_offload, gpu_layers of layers, llama_cpp, metadata."""
        return self._supervisor.info

    @property
    def usage(self) -> dict[str, Any] | None:
        """prompt_tokens, reused_tokens, tokens and finish of the request answered last; after `score` also cut_passages, the
        number of passages that were cut at their end to fit."""
        return self._supervisor.usage

    @property
    def pid(self) -> int | None:
        """The process id of the child, None when there is none."""
        return self._supervisor.pid

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._supervisor.ready

    def start(self) -> None:
        """Begin loading in the background; returns at once. Errors are reported to the first request."""
        self._supervisor.start(collected())

    def close(self) -> None:
        """End the child. Requests in the queue fail. A second call does nothing."""
        if os.getpid() == self._owner:
            self._supervisor.close()
            atexit.unregister(self.close)

    def reply(self, messages: Sequence[Mapping[str, str]], how: Generation) -> str:
        """The answer to chat `messages` ({"role", "content"}).

        Raises `ModelError` when the model is absent, dies, is too slow, or its queue is full; also when the JSON is not
        complete after `how.max_tokens`.
        """
        return "".join(self._answer(_request(messages, how), how.timeout))

    def pieces(self, messages: Sequence[Mapping[str, str]], how: Generation) -> Iterator[str]:
        """The same, piece by piece. The request is queued at the first `next`; closing the iterator cancels it."""
        return self._answer({**_request(messages, how), "stream": True}, how.timeout)

    def score(self, passages: Sequence[str], question: str, *, timeout: float | None = None) -> list[float]:
        """Mean natural-log probability per token of `question` after each passage: at most 0, higher is likelier.

        A passage longer than the context is cut at its end, and `usage` counts it. No passages, no request. The same
        passage and question give the same score, whatever is scored beside them. Raises `ModelError` as `complete` does,
        and for a question that is empty or longer than half of the context.
        """
        plain = [passages] if isinstance(passages, str) else list(passages)
        if not all(isinstance(text, str) for text in (*plain, question)):
            raise ModelError("passages and question to score must be text")
        if not plain:
            return []
        *_, last = self._outcomes({"op": "score", "passages": plain, "question": question}, timeout)
        return list(last.scores)

    def _answer(self, request: dict[str, Any], timeout: float | None) -> Iterator[str]:
        with contextlib.closing(self._outcomes(request, timeout)) as outcomes:
            for outcome in outcomes:
                if outcome.text:
                    yield outcome.text

    def _outcomes(self, request: dict[str, Any], timeout: float | None) -> Generator[JobOutcome]:
        if os.getpid() != self._owner:
            raise ModelError("a language model can't be used in a forked process: make one there")
        job = Job.of(next(self._ids), request, self.timeout if timeout is None else timeout)
        self._supervisor.submit(job, self.max_queue)
        outcome: JobOutcome | None = None
        try:
            while outcome is None or outcome.kind == "piece":
                try:
                    outcome = job.out.get(timeout=max(0.0, job.deadline + _MARGIN - time.monotonic()))
                except queue.Empty:
                    raise ModelError(f"the language model did not answer within {job.timeout:g} s") from None
                if job.incident:
                    note_incident(job.incident)
                if outcome.error is not None:
                    raise outcome.error
                yield outcome
        finally:
            if outcome is None or outcome.kind == "piece":
                self._supervisor.cancel(job)


def _request(messages: Sequence[Mapping[str, str]], how: Generation) -> dict[str, Any]:
    """The request as it is sent. Raises `ModelError` for messages that are none, without quoting them."""
    if not messages:
        raise ModelError("the language model was asked without any message")
    plain = [{"role": m.get("role"), "content": m.get("content")} for m in messages]
    if not all(isinstance(m["role"], str) and isinstance(m["content"], str) for m in plain):
        raise ModelError('a message to the language model needs a "role" and a "content", both text')
    request = {
        "op": "complete",
        "messages": plain,
        "max_tokens": how.max_tokens,
        "temperature": how.temperature,
        "seed": how.seed,
        "stop": list(how.stop),
    }
    if how.json_schema is not None:
        try:
            request["json_schema"] = json.loads(json.dumps(how.json_schema))
        except (TypeError, ValueError) as error:
            raise ModelError("the JSON schema for the language model is not JSON") from error
    return request
