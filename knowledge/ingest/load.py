"""Loading sources into the stores: staged next to what is in use, switched to in one step, then the replaced release is
removed.

    prepare   what an earlier process left unfinished is completed or discarded
    stage     passages, words and edges go to the slot that is not in use (stage.py), several sources side by side
    switch    the list of sources is replaced: from here on queries see the new release
    sweep     the terms in one transaction, the nodes of the new release get its names, the old slot is emptied

A process that is killed leaves a journal entry. Before the switch the old release stays in use, and no failure (a full disk,
a broken file) touches it: the next load of the same release goes on where the last one ended, another release starts anew.
After the switch the next process that opens the data folder completes the sweep before anything is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime

from bedside.core.errors import SourceError, StoreError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import SourceInfo

from ..releases.layout import Slot, other, physical
from .journal import JournalEntry
from .recover import drop_if_empty, recover, resume_or_begin, store_terms, sweep, switched
from .stage import Progress, stage
from .stores import Stores
from .stream import IngestEngine, LocalEngine

_LANES = 2

SourceProgress = Callable[[str, str, int, int | None], None]
"""Called with the source's id, then as `Progress`; from several threads, one at a time for each source."""
Clock = Callable[[], datetime]


def load(
    source: KnowledgeSource,
    stores: Stores,
    *,
    engine: IngestEngine | None = None,
    progress: SourceProgress | None = None,
    now: Clock = lambda: datetime.now(UTC),
    again: bool = False,
) -> SourceInfo:
    """As `load_all` of one."""
    return load_all([source], stores, engine=engine, progress=progress, now=now, again=again)[0]


def load_all(
    given: Sequence[KnowledgeSource],
    stores: Stores,
    *,
    engine: IngestEngine | None = None,
    progress: SourceProgress | None = None,
    now: Clock = lambda: datetime.now(UTC),
    again: bool = False,
) -> list[SourceInfo]:
    """Load each, two side by side; infos in the order given.

    A release that is loaded already, whole and with the embedding model in use, is left alone unless `again`. The first
    error (SourceError for what can't be read, the stores' errors) stops what has not begun and is raised; sources that
    were switched to by then stay loaded. An interruption (Ctrl-C) also stops what has begun, at its next sign of progress.
    """
    recover(stores)
    fingerprint = stores.embedder.fingerprint
    entries: dict[str, JournalEntry] = {}
    for source in given:
        version = source.version()
        if again or not _whole(source.id, version, fingerprint, stores):
            entries[source.id] = _prepare(source.id, version, fingerprint, stores)
    work = {source.id: source for source in given if source.id in entries}

    stopped = threading.Event()

    def tell(source_id: str) -> Progress:
        def report(stage: str, done: int, total: int | None) -> None:
            if stopped.is_set():
                raise _Stopped
            if progress:
                progress(source_id, stage, done, total)

        return report

    def lane(source: KnowledgeSource) -> None:
        entry = entries[source.id]
        try:
            info = stage(source, entry, stores, engine or LocalEngine(stores.embedder), tell(source.id), now)
        except SourceError:
            drop_if_empty(entry, stores)
            raise
        stores.sources.put(info)
        store_terms(entry, stores)
        tell(source.id)("done", info.counts["passages"], info.counts["passages"])

    try:
        _side_by_side(lane, list(work.values()), stopped)
    finally:
        # Nothing is swept while another source is being stored: its edges may be about to use the nodes.
        for source_id in work:
            if switched(entries[source_id], stores.sources):
                sweep(entries[source_id], stores)
    return [info for source in given if (info := stores.sources.get(source.id))]


def nothing_to_do(given: Sequence[KnowledgeSource], stores: Callable[[], Stores]) -> bool:
    """Is everything loaded, whole, and no load unfinished? Only reads; False where the stores can't be opened."""
    try:
        opened = stores()
        if opened.journal.entries():
            return False
        fingerprint = opened.embedder.fingerprint
        return all(_whole(source.id, source.version(), fingerprint, opened) for source in given)
    except StoreError:
        return False


def _prepare(source_id: str, version: str, fingerprint: str, stores: Stores) -> JournalEntry:
    """The journal entry to stage under: the unfinished one of the same release, else a new one with empty slots."""
    known = stores.sources.get(source_id)
    slot: Slot = other(known.slot) if known else "a"
    vectors: Slot = other(known.vectors) if known else "a"
    return resume_or_begin(JournalEntry(source_id, "load", slot, vectors, version, fingerprint), stores)


def _whole(source_id: str, version: str, fingerprint: str, stores: Stores) -> bool:
    """Is this release in use, embedded with this model, and does each store hold as much of it as was loaded?"""
    info = stores.sources.get(source_id)
    if info is None or info.version != version or (info.fingerprint and info.fingerprint != fingerprint):
        return False
    place = physical(source_id, info.slot)
    passages = info.counts.get("passages", 0)
    return (
        stores.vectors.count(physical(source_id, info.vectors)) == passages == stores.lexical.count(place)
        and stores.graph.counts(place)["edges"] == info.counts.get("edges", 0)
        and stores.terms.count(source_id) == info.counts.get("terms", 0)
    )


class _Stopped(Exception):
    """Ends a load whose process was interrupted; never visible, since the interruption itself is raised."""


def _side_by_side(
    lane: Callable[[KnowledgeSource], None], given: Sequence[KnowledgeSource], stopped: threading.Event
) -> None:
    with ThreadPoolExecutor(_LANES, thread_name_prefix="bedside-load") as lanes:
        work: list[Future[None]] = [lanes.submit(lane, source) for source in given]
        try:
            _, rest = wait(work, return_when=FIRST_EXCEPTION)
        except BaseException:
            stopped.set()  # the pool waits for its threads
            lanes.shutdown(wait=False, cancel_futures=True)
            raise
        for one in rest:
            one.cancel()
    for one in work:
        if not one.cancelled() and (error := one.exception()) is not None:
            raise error
