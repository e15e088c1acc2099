"""Sources into the stores: staged beside what is in use, switched to in one step, what was replaced swept away.

    prepare   what an earlier process left unfinished is completed or thrown away
    stage     passages, words and edges go to the slot that is not in use (stage.py), several sources side by side
    switch    the terms in one transaction, then the list of sources: from here on queries see the new release
    sweep     the nodes of the new release get its names, the old slot is emptied

A process that is killed leaves a journal entry; the next load of the same release goes on where it ended, another release
starts anew. Until the switch, queries see the old release, and no failure (a full disk, a broken file) touches it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime

from bedside.core.errors import BedsideError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.types import GraphNode, SourceInfo

from ..slots import Slot, other, physical
from .journal import Entry
from .stage import Progress, stage
from .stores import Stores
from .stream import Engine, LocalEngine

_LANES = 2
_NODES = 20_000

SourceProgress = Callable[[str, str, int, int | None], None]
"""Called with the source's id, then as `Progress`; from several threads, one at a time for each source."""
Clock = Callable[[], datetime]


def load(
    source: KnowledgeSource,
    stores: Stores,
    *,
    engine: Engine | None = None,
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
    engine: Engine | None = None,
    progress: SourceProgress | None = None,
    now: Clock = lambda: datetime.now(UTC),
    again: bool = False,
) -> list[SourceInfo]:
    """Load each, two side by side; infos in the order given.

    A release that is loaded already, whole and with the embedding model in use, is left alone unless `again`. The first
    error (SourceError for what can't be read, the stores' errors) stops what has not begun and is raised; sources that
    were switched to by then stay loaded.
    """
    recover(stores)
    fingerprint = stores.embedder.fingerprint
    entries: dict[str, Entry] = {}
    for source in given:
        version = source.version()
        if again or not _whole(source.id, version, fingerprint, stores):
            entries[source.id] = _prepare(source.id, version, fingerprint, stores)
    work = {source.id: source for source in given if source.id in entries}

    def tell(source_id: str) -> Progress:
        return (lambda stage, done, total: progress(source_id, stage, done, total)) if progress else _silent

    def lane(source: KnowledgeSource) -> None:
        entry = entries[source.id]
        info = stage(source, entry, stores, engine or LocalEngine(stores.embedder), tell(source.id), now)
        _switch(entry, info, stores)
        tell(source.id)("done", info.counts["passages"], info.counts["passages"])

    try:
        _side_by_side(lane, list(work.values()))
    finally:
        # Nothing is swept while another source is being stored: its edges may be about to use the nodes.
        for source_id in work:
            if _switched(entries[source_id], stores):
                _sweep(entries[source_id], stores)
    return [info for source in given if (info := stores.sources.get(source.id))]


def remove(source_id: str, stores: Stores) -> SourceInfo | None:
    """Take a source out of use, then out of the stores, with nothing left behind; what it was, or None if not loaded."""
    recover(stores)
    info = stores.sources.get(source_id)
    if info is None and stores.journal.get(source_id) is None:
        return None
    entry = Entry(source_id, "remove")
    stores.journal.begin(entry)
    _sweep_all(entry, stores)
    return info


def recover(stores: Stores) -> None:
    """Complete every removal, and every load that had been switched to. Loads that had not stay for the next attempt."""
    for entry in stores.journal.entries():
        if entry.doing == "remove":
            _sweep_all(entry, stores)
        elif _switched(entry, stores):
            _sweep(entry, stores)


def _prepare(source_id: str, version: str, fingerprint: str, stores: Stores) -> Entry:
    """The journal entry to stage under: the unfinished one of the same release, else a new one with an empty slot."""
    known = stores.sources.get(source_id)
    slot: Slot = other(known.slot) if known else "a"
    wanted = Entry(source_id, "load", slot, version, fingerprint)
    unfinished = stores.journal.get(source_id)
    if unfinished == wanted:
        try:
            stores.vectors.count(physical(source_id, slot))
            return wanted
        except BedsideError:
            pass  # the index was cut off in the middle of a write: it is made anew
    if unfinished is not None:
        _empty(physical(source_id, unfinished.slot), stores)
    stores.journal.begin(wanted)
    return wanted


def _whole(source_id: str, version: str, fingerprint: str, stores: Stores) -> bool:
    """Is this release in use, embedded with this model, and does each store hold as much of it as was loaded?"""
    info = stores.sources.get(source_id)
    if info is None or info.version != version or (info.fingerprint and info.fingerprint != fingerprint):
        return False
    place = physical(source_id, info.slot)
    passages = info.counts.get("passages", 0)
    return (
        stores.vectors.count(place) == passages == stores.lexical.count(place)
        and stores.graph.counts(place)["edges"] == info.counts.get("edges", 0)
        and stores.terms.count(source_id) == info.counts.get("terms", 0)
    )


def _switch(entry: Entry, info: SourceInfo, stores: Stores) -> None:
    terms = stores.journal.spool(entry.source_id, "terms").terms()
    stored = stores.terms.replace(entry.source_id, terms)
    stores.sources.put(info.model_copy(update={"counts": {**info.counts, "terms": stored}}))


def _switched(entry: Entry, stores: Stores) -> bool:
    info = stores.sources.get(entry.source_id)
    return info is not None and (info.slot, info.version) == (entry.slot, entry.version)


def _sweep(entry: Entry, stores: Stores) -> None:
    place = physical(entry.source_id, entry.slot)
    batch: list[GraphNode] = []
    for node in stores.journal.spool(entry.source_id, "nodes").nodes():
        batch.append(node.model_copy(update={"source_id": place}))
        if len(batch) >= _NODES:
            stores.graph.put(batch, ())
            batch = []
    if batch:
        stores.graph.put(batch, ())
    _empty(physical(entry.source_id, other(entry.slot)), stores)
    stores.journal.end(entry.source_id)


def _sweep_all(entry: Entry, stores: Stores) -> None:
    stores.sources.remove(entry.source_id)
    stores.terms.replace(entry.source_id, ())
    for slot in ("a", "b"):
        _empty(physical(entry.source_id, slot), stores)
    stores.journal.end(entry.source_id)


def _empty(place: str, stores: Stores) -> None:
    stores.vectors.remove(place)
    stores.lexical.remove(place)
    stores.lexical.commit()
    if any(stores.graph.counts(place).values()):
        stores.graph.remove(place)


def _side_by_side(lane: Callable[[KnowledgeSource], None], given: Sequence[KnowledgeSource]) -> None:
    with ThreadPoolExecutor(_LANES, thread_name_prefix="bedside-load") as lanes:
        work: list[Future[None]] = [lanes.submit(lane, source) for source in given]
        _, rest = wait(work, return_when=FIRST_EXCEPTION)
        for one in rest:
            one.cancel()
    for one in work:
        if not one.cancelled() and (error := one.exception()) is not None:
            raise error


def _silent(stage: str, done: int, total: int | None) -> None:
    return None
