"""Records read, passages embedded, on threads of their own beside the one that stores."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from bedside.core.host.registered import KnowledgeSource, Skip
from bedside.core.protocols import Embedder
from bedside.core.types import GraphEdge, GraphNode, Passage, Term

from ..compact_id_set import SeenIds
from ..search.texts import embedding_text

_LIST = 2_000
"""Records handed over together."""
_WINDOW = 4_096
"""Passages sorted by length together before they are embedded: equal lengths need little padding."""
_STEP = 512
"""Passages of one embedding call, so that progress moves and storing overlaps."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Passages met for the first time in this run, whether or not their vectors are stored already."""

    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Passages that were not stored, with their vectors."""

    passages: list[Passage]
    vectors: Any


@dataclass(frozen=True, slots=True)
class GraphBatch:
    """Nodes, edges and terms in the order of the source: nodes before the edges that use them."""

    records: list[GraphNode | GraphEdge | Term]


@dataclass(frozen=True, slots=True)
class Skipped:
    """What the source skipped, reported once, at the end."""

    skips: list[Skip]


Item = Texts | Embedded | GraphBatch | Skipped


class IngestEngine(Protocol):
    """Turns a source into items, each passage once. What reading or embedding raises is raised by the iterator."""

    def stream(self, source: KnowledgeSource, stored: SeenIds) -> Iterator[Item]: ...


class LocalEngine:
    """One reading and one embedding thread; the embedder spreads over the cores itself."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def stream(self, source: KnowledgeSource, stored: SeenIds) -> Iterator[Item]:
        run = _Run(source, self._embedder, stored)
        try:
            yield from run.items()
        finally:
            run.stop()


class _Run:
    def __init__(self, source: KnowledgeSource, embedder: Embedder, stored: SeenIds) -> None:
        self._source, self._embedder, self._stored = source, embedder, stored
        self._windows: queue.Queue[list[Passage] | None] = queue.Queue(maxsize=2)
        self._out: queue.Queue[Item | BaseException | None] = queue.Queue(maxsize=8)
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=f"bedside-ingest{work.__name__}", daemon=True)
            for work in (self._read, self._embed)
        ]

    def items(self) -> Iterator[Item]:
        for thread in self._threads:
            thread.start()
        while (item := self._out.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def stop(self) -> None:
        """Both threads end, whatever they wait for."""
        self._stopped.set()
        while any(thread.is_alive() for thread in self._threads):
            for waiting in (self._out, self._windows):
                with contextlib.suppress(queue.Empty):
                    waiting.get_nowait()
            # What was taken may have been the reader's last item, which the embedding thread still waits for. A reader that
            # is alive will put it again, and needs the room.
            if not self._threads[0].is_alive():
                with contextlib.suppress(queue.Full):
                    self._windows.put_nowait(None)
            for thread in self._threads:
                if thread.is_alive():
                    thread.join(timeout=0.02)

    def _read(self) -> None:
        window: list[Passage] = []
        try:
            for item in batched(self._source.records(), SeenIds()):
                if self._stopped.is_set():
                    break
                self._out.put(item)
                if isinstance(item, Texts):
                    window += [passage for passage in item.passages if passage.id not in self._stored]
                    if len(window) >= _WINDOW:
                        self._windows.put(window)
                        window = []
            if window:
                self._windows.put(window)
            self._out.put(Skipped(list(self._source.skipped())))
        except BaseException as error:
            self._out.put(error)
        finally:
            self._windows.put(None)

    def _embed(self) -> None:
        try:
            while (window := self._windows.get()) is not None:
                for item in embed_texts(window, self._embedder):
                    if self._stopped.is_set():
                        return
                    self._out.put(item)
            self._out.put(None)
        except BaseException as error:
            self._out.put(error)
            while not self._stopped.is_set() and self._windows.get() is not None:
                pass  # the reader must not wait for an embedder that is gone


def batched(records: Iterator[Any], seen: SeenIds) -> Iterator[Texts | GraphBatch]:
    """Lists of records in their order, each passage once."""
    passages: list[Passage] = []
    facts: list[GraphNode | GraphEdge | Term] = []
    for record in records:
        if isinstance(record, Passage):
            if seen.add(record.id):
                passages.append(record)
            if len(passages) >= _LIST:
                yield Texts(passages)
                passages = []
        else:
            facts.append(record)
            if len(facts) >= _LIST:
                yield GraphBatch(facts)
                facts = []
    if passages:
        yield Texts(passages)
    if facts:
        yield GraphBatch(facts)


def embed_texts(window: list[Passage], embedder: Embedder) -> Iterator[Embedded]:
    """Passages with their vectors, texts of like length together."""
    ordered = sorted(((embedding_text(passage), passage) for passage in window), key=lambda pair: len(pair[0]))
    for at in range(0, len(ordered), _STEP):
        part = ordered[at : at + _STEP]
        yield Embedded([passage for _, passage in part], embedder.embed([text for text, _ in part]))
