"""Many texts on a CPU: several batches side by side, each on one core, instead of one batch spread over all cores.

A batch spread over cores waits for its slowest core at every layer, which on a busy machine is most of the time (measured:
295 texts/s alone, 28 beside another load; side by side 340 and 180).
"""

from __future__ import annotations

import copy
import itertools
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_MOST_WORKERS = 16
_BATCH_CHARS = 8_000
"""Padded characters of a batch: what a core's cache takes well (about 1,900 tokens)."""


class EncoderWorkers:
    """`model` on as many threads as there are cores; the weights are shared, each thread has its own tokenizer.

    `half` works on a copy of the weights in bfloat16.
    """

    def __init__(self, model: Any, *, half: bool, batch_size: int) -> None:
        import torch

        self._model = copy.deepcopy(model).bfloat16() if half else model
        self._batch_size = batch_size
        self._own = threading.local()
        before = torch.get_num_threads()
        count = min(_cores(), _MOST_WORKERS)
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="bedside-embed", initializer=self._prepare)
        # All threads must have started before the number for the rest of the process is put back.
        gate = threading.Barrier(count)
        list(self._pool.map(lambda _: gate.wait(timeout=60), range(count)))
        torch.set_num_threads(before)

    def embed(self, texts: Sequence[str]) -> Any:
        """float32 array, one row a text, not normalised."""
        import numpy

        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        batches = list(_batches(order, texts, self._batch_size))
        rows = self._pool.map(lambda batch: self._encode([texts[place] for place in batch]), batches)
        found = None
        for batch, part in zip(batches, rows, strict=True):
            if found is None:
                found = numpy.empty((len(texts), part.shape[1]), dtype=numpy.float32)
            found[batch] = part
        return found

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _prepare(self) -> None:
        import torch

        torch.set_num_threads(1)
        # A tokenizer must not be used by two threads at once; everything with weights is the same object in all copies.
        shared = {id(tensor): tensor for tensor in itertools.chain(self._model.parameters(), self._model.buffers())}
        self._own.model = copy.deepcopy(self._model, shared)

    def _encode(self, texts: list[str]) -> Any:
        rows = self._own.model.encode(texts, batch_size=len(texts), show_progress_bar=False, convert_to_tensor=True)
        return rows.float().numpy()


def _batches(order: list[int], texts: Sequence[str], size: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for place in order:
        # Longest first: the first text of a batch sets its padding.
        if batch and (len(batch) >= size or (len(batch) + 1) * len(texts[batch[0]]) > _BATCH_CHARS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
