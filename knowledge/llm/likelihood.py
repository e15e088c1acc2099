"""How likely a loaded model finds a question after reading a passage: mean log-probability per token. Runs in the worker.

Query likelihood as a ranking: Ponte and Croft, "A language modeling approach to information retrieval", SIGIR 1998; with a
language model that has read the passage: Sachan et al., "Improving passage retrieval with zero-shot question generation",
EMNLP 2022. It asks a model to read, not to obey, so that a small one helps.

Logits are made for the question's tokens only, in a second context over the same weights, made at the first use, so that
what `Generator` holds of its last prompt stays.

Passages are computed one after the other. Several side by side, each a sequence of its own, are no faster on a CPU (a batch
of 100 tokens keeps it busy, and attention runs over the cells of all sequences), and they change each other's sums: with the
starter model by up to 0.05. So a passage has the same score whatever is scored beside it. What the prompts have in common is
three tokens at the beginning: keeping them takes a step of its own, which costs as much as computing them again.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .generation import Cancelled, RequestError
from .pace import Pace, fixed

HEAD = "Passage: "
MIDDLE = "\nA question this passage answers:"
"""Around the passage. Without the chat template: see docs/benchmarks.md for the measured difference."""

CONTEXT = 2048
"""Tokens that a passage and the question share, at most; fewer where the model was loaded with fewer."""
BATCH = 128
"""Tokens computed at once. 512 is no faster on a CPU, and the logits of a batch take 4 bytes x vocabulary x its rows."""


@dataclass
class Likelihoods:
    """`scores` in the order of the passages; tokens computed; how many passages were cut at their end to fit."""

    scores: list[float]
    tokens: int = 0
    cut: int = 0


class LikelihoodScorer:
    """Not thread-safe: the worker has one. `pace` says how many threads compute a batch."""

    def __init__(self, llama: Any, *, pace: Pace | None = None) -> None:
        self._llama = llama
        self._pace = pace or fixed(llama.n_threads_batch)
        self._context: Any = None
        self._batch: Any = None
        self._cancelled: Callable[[], bool] = lambda: False
        self._abort: Any = None

    @property
    def size(self) -> int:
        """Tokens of the context."""
        return min(CONTEXT, int(self._llama.n_ctx()))

    def score(self, passages: Sequence[str], question: str, cancelled: Callable[[], bool]) -> Likelihoods:
        """Mean natural-log probability of the question's tokens after each passage: at most 0, higher is likelier.

        A passage that does not fit is cut at its end. Raises `RequestError` for a question without a token or longer than
        half of the context, and `Cancelled`.
        """
        head = self._tokens(HEAD, begin=True)
        asked = self._tokens(" " + question.strip()) if question.strip() else []
        tail = [*self._tokens(MIDDLE), *asked]
        room = self.size - len(head) - len(tail)
        if not asked:
            raise RequestError("the question is empty")
        if len(asked) > self.size // 2 or room < 1:
            raise RequestError(f"the question has {len(asked)} tokens; passages are scored for at most {self.size // 2}")
        self._open()
        self._cancelled = cancelled
        done = Likelihoods([])
        try:
            for passage in passages:
                text = self._tokens(passage.strip())
                done.cut += len(text) > room
                prompt = [*head, *text[:room], *tail]
                done.scores.append(self._sum(prompt, len(prompt) - len(asked)) / len(asked))
                done.tokens += len(prompt) - 1
        finally:
            self._cancelled = lambda: False
        return done

    def _sum(self, tokens: Sequence[int], first: int) -> float:
        """The summed log-probability of the tokens from index `first`; the last one need not be computed."""
        import llama_cpp

        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), False)
        total = 0.0
        for start in range(0, len(tokens) - 1, BATCH):
            if self._cancelled():
                raise Cancelled
            part = range(start, min(len(tokens) - 1, start + BATCH))
            batch = self._batch
            batch.n_tokens = len(part)
            for i, at in enumerate(part):
                batch.token[i], batch.pos[i] = tokens[at], at
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
                batch.logits[i] = at + 1 >= first
            with self._pace.timed(len(part), self._use, short=len(part) < BATCH // 2):
                code = llama_cpp.llama_decode(self._context, batch)
            if self._cancelled():
                raise Cancelled
            if code:
                raise RequestError(f"llama.cpp could not compute the passages: llama_decode returned {code}")
            total += sum(self._log_probability(i, tokens[at + 1]) for i, at in enumerate(part) if batch.logits[i])
        return total

    def _use(self, threads: int) -> None:
        import llama_cpp

        llama_cpp.llama_set_n_threads(self._context, threads, threads)

    def _log_probability(self, row: int, token: int) -> float:
        """Of `token` after row `row` of the last batch; reads llama.cpp's own memory, one row at a time."""
        import llama_cpp
        import numpy

        pointer = llama_cpp.llama_get_logits_ith(self._context, row)
        logits = numpy.ctypeslib.as_array(pointer, shape=(self._llama.n_vocab(),))
        top = logits.max()
        return float(logits[token] - top - numpy.log(numpy.exp(logits - top).sum()))

    def _tokens(self, text: str, *, begin: bool = False) -> list[int]:
        """Without special tokens, so that a passage can't end itself or speak as the system."""
        plain = text.encode("utf-8", "replace")
        return list(self._llama.tokenize(plain, add_bos=begin, special=False)) if plain or begin else []

    def _open(self) -> None:
        if self._context is not None:
            return
        import llama_cpp

        params = llama_cpp.llama_context_params()
        ctypes.pointer(params)[0] = self._llama.context_params
        params.n_ctx, params.n_batch, params.n_ubatch = self.size, BATCH, BATCH
        params.n_threads = params.n_threads_batch
        self._abort = llama_cpp.ggml_abort_callback(lambda _: self._cancelled())
        params.abort_callback = self._abort
        context = None
        with contextlib.suppress(ValueError):
            context = llama_cpp.llama_init_from_model(self._llama.model, params)
        if not context:
            raise RequestError(f"llama.cpp could not make a second context of {self.size} tokens: too little memory?")
        self._context = context
        self._batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
