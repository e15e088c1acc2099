"""Many texts on a CPU: several batches side by side, each on one core, instead of one batch spread over all cores.

A batch spread over cores waits for its slowest core at every layer, which on a busy machine is most of the time (measured:
295 texts/s alone, 28 beside another load; side by side 340 and 180).
"""

from __future__ import annotations

import copy
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ..llm.cores import usable_cores, usable_processors
from .tuning import SENTENCES, BatchTrial, Choice, best_workers, half_is_better, quickest

_MOST_WORKERS = 16


def choose(model: Any, *, exact: bool) -> tuple[Choice, Any]:
    """What suits this machine, timed now, and the model that it is for: `model` itself or its copy in bfloat16.

    About 0.1 s for the starter model, warm-up included. `exact` leaves bfloat16 out.
    """
    half, cosine, chosen = False, 1.0, model
    if not exact and _multiplies_half():
        copied = half_copy(model)
        single, other = partial(_rows, model, SENTENCES), partial(_rows, copied, SENTENCES)
        half, cosine = _on_one_core(partial(half_is_better, single, other, time.thread_time))
        chosen = copied if half else model
    counts = sorted({min(count, _MOST_WORKERS) for count in (usable_cores(), usable_processors())})
    return Choice(half=half, workers=_timed_workers(chosen, counts), cosine=cosine), chosen


def half_copy(model: Any) -> Any:
    """A copy in bfloat16, made without copying the weights in single precision first."""
    return _on_one_core(partial(_half_copy, model))  # spread over busy cores this took four times as long


def _half_copy(model: Any) -> Any:
    import torch

    memo: dict[int, Any] = {}
    for weight in model.parameters():
        memo[id(weight)] = torch.nn.Parameter(weight.detach().bfloat16(), requires_grad=False)
    for buffer in model.buffers():
        memo[id(buffer)] = buffer.bfloat16() if buffer.is_floating_point() else buffer
    return copy.deepcopy(model, memo)


class Workers:
    """`model` on several threads; the weights are shared, each thread has its own tokenizer.

    `chosen` is called once with the batch size in tokens, when it had to be timed and is known.
    """

    def __init__(
        self, model: Any, choice: Choice, *, batch_size: int, chosen: Callable[[int], None] = lambda tokens: None
    ) -> None:
        import torch

        self._model = model
        self._batch_size = batch_size
        self._batch_tokens = choice.batch_tokens
        self._trial = None if choice.batch_timed else BatchTrial()
        self._chosen = chosen
        self._own = threading.local()
        self._count = choice.workers
        before = torch.get_num_threads()
        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="bedside-embed", initializer=self._prepare)
        # All threads must have started before the number for the rest of the process is put back.
        self.together(lambda: None)
        torch.set_num_threads(before)

    def embed(self, texts: Sequence[str]) -> Any:
        """float32 array, one row a text, not normalised."""
        import numpy

        share = -(-len(texts) // self._count)
        parts = [texts[at : at + share] for at in range(0, len(texts), share)]
        lengths = [length for part in self._pool.map(self._lengths, parts) for length in part]
        trial, batches, sizes = self._trial, [], []
        order = sorted(range(len(texts)), key=lengths.__getitem__, reverse=True)
        while order:
            size = (trial.next_size() if trial else None) or self._batch_tokens
            batch = next_batch(order, lengths, self._batch_size, size)
            batches.append(batch)
            sizes.append(size)
            del order[: len(batch)]
        rows = self._pool.map(lambda batch: self._encode([texts[place] for place in batch]), batches)
        found = None
        for batch, size, (part, seconds) in zip(batches, sizes, rows, strict=True):
            if found is None:
                found = numpy.empty((len(texts), part.shape[1]), dtype=numpy.float32)
            found[batch] = part
            if trial:
                trial.record(size, lengths[batch[0]] * len(batch), seconds)
        if trial and trial is self._trial and trial.chosen is not None:
            self._batch_tokens, self._trial = trial.chosen, None
            self._chosen(trial.chosen)
        return found

    def together(self, work: Callable[[], object]) -> None:
        """Run `work` once on each thread, at the same time."""
        gate = threading.Barrier(self._count)

        def one(_: int) -> None:
            gate.wait(timeout=60)
            work()

        list(self._pool.map(one, range(self._count)))

    def sentences(self) -> None:
        """The sentences of the timing, on the calling worker thread."""
        _rows(self._own.model, SENTENCES)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _prepare(self) -> None:
        use_one_core()
        # A tokenizer must not be used by two threads at once; everything with weights is the same object in all copies.
        shared = {id(tensor): tensor for tensor in itertools.chain(self._model.parameters(), self._model.buffers())}
        self._own.model = copy.deepcopy(self._model, shared)

    def _encode(self, texts: list[str]) -> tuple[Any, float]:
        """Rows, and the seconds of this thread's processor time that they took."""
        began = time.thread_time()
        rows = _rows(self._own.model, texts)
        return rows, time.thread_time() - began

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        """Of each text in tokens, as the model will cut it. Characters say too little: batches sorted by them were a quarter
        padding."""
        model = self._own.model
        try:
            ids = model.tokenizer(list(texts), truncation=True, max_length=model.max_seq_length)["input_ids"]
            return [len(one) for one in ids]
        except (AttributeError, KeyError, TypeError, ValueError):  # a model with another kind of tokenizer
            return [2 + len(text) // 4 for text in texts]


def next_batch(order: Sequence[int], lengths: Sequence[int], texts: int, tokens: int) -> list[int]:
    """The first places of `order`, longest first: at most `texts` of them, within `tokens` once padded, but always one."""
    longest = max(1, lengths[order[0]])
    return list(order[: max(1, min(texts, tokens // longest))])


def _rows(model: Any, texts: Sequence[str]) -> Any:
    rows = model.encode(list(texts), batch_size=len(texts), show_progress_bar=False, convert_to_tensor=True)
    return rows.float().numpy()


def _timed_workers(model: Any, counts: Sequence[int]) -> int:
    """One of `counts`; timed only where there is more than one, which is where cores have hyper-threads."""
    if len(counts) == 1:
        return counts[0]
    tried = {count: Workers(model, Choice(workers=count), batch_size=len(SENTENCES)) for count in counts}
    try:
        runs = {count: partial(workers.together, workers.sentences) for count, workers in tried.items()}
        for run in runs.values():
            run()  # warm-up
        return best_workers(quickest(runs, time.perf_counter))
    finally:
        for workers in tried.values():
            workers.close()


def use_one_core() -> None:
    """Torch uses one core on the calling thread from now on, whatever the rest of the process sets."""
    import torch

    # What torch computes first on a thread takes over the process's number, so it must have done that before.
    torch.get_num_threads()
    torch.set_num_threads(1)


def one_core_pool(name: str) -> ThreadPoolExecutor:
    """One thread on which torch uses one core; the rest of the process keeps its number."""
    import torch

    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=use_one_core)
    pool.submit(lambda: None).result()
    torch.set_num_threads(before)
    return pool


def _on_one_core(work: Callable[[], Any]) -> Any:
    """What `work` returns, run on a thread of its own on which torch uses one core."""
    with one_core_pool("bedside-timing") as pool:
        return pool.submit(work).result()


def _multiplies_half() -> bool:
    """Whether oneDNN has bfloat16 products for this processor. Without them one product takes minutes, so none is timed."""
    import torch

    return torch.backends.mkldnn.is_available() and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
