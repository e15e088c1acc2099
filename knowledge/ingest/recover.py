"""Completing unfinished loads: after a load in the same process, or after one that was killed."""

from __future__ import annotations

from bedside.core.errors import BedsideError
from bedside.core.types import GraphNode

from ..releases.layout import Slot, other, physical
from .journal import Journal, JournalEntry
from .stores import Stores, WritableSources

_NODES = 20_000
_BOTH: tuple[Slot, Slot] = ("a", "b")


def to_complete(journal: Journal, sources: WritableSources) -> list[JournalEntry]:
    """Every interrupted removal, and every interrupted load after its switch. Other loads wait for the next attempt."""
    return [entry for entry in journal.entries() if entry.doing == "remove" or switched(entry, sources)]


def recover(stores: Stores) -> None:
    """Complete what is `to_complete`."""
    for entry in to_complete(stores.journal, stores.sources):
        sweep(entry, stores)


def resume_or_begin(wanted: JournalEntry, stores: Stores) -> JournalEntry:
    """`wanted`, journalled: with what an earlier attempt at the same has stored, else with empty slots.

    They are emptied even when nothing is known to lie there: the list of sources may have been lost, or restored from an
    older copy, and what it no longer names would become part of the new release.
    """
    unfinished = stores.journal.get(wanted.source_id)
    if unfinished == wanted:
        try:
            stores.vectors.must_be_whole(physical(wanted.source_id, wanted.vectors))
            return wanted
        except BedsideError:
            pass  # the index was interrupted in the middle of a write: it is rebuilt
    if unfinished is not None:
        _undo(unfinished, stores)
    _undo(wanted, stores)
    stores.journal.begin(wanted)
    return wanted


def drop_if_empty(entry: JournalEntry, stores: Stores) -> None:
    """A source that was refused before anything of it was stored was not interrupted: there is nothing to resume."""
    place = physical(entry.source_id, entry.slot)
    if not stores.vectors.count(physical(entry.source_id, entry.vectors)) and not any(stores.graph.counts(place).values()):
        stores.journal.end(entry.source_id)


def switched(entry: JournalEntry, sources: WritableSources) -> bool:
    """Is what the entry was staging in use?"""
    info = sources.get(entry.source_id)
    return info is not None and (info.slot, info.vectors, info.version, info.fingerprint or entry.fingerprint) == (
        entry.slot,
        entry.vectors,
        entry.version,
        entry.fingerprint,
    )


def sweep(entry: JournalEntry, stores: Stores) -> None:
    """Empty what the entry takes out of use; servers wait for `sweep_shared`. To be run again, from the beginning, when
    interrupted."""
    name = entry.source_id
    if entry.doing == "remove":
        stores.sources.remove(name)
        stores.terms.replace(name, ())
        for slot in _BOTH:
            _forget_words(physical(name, slot), stores)
    elif entry.doing == "load":
        store_terms(entry, stores)
        _forget_words(physical(name, other(entry.slot)), stores)
    if "vectors" not in stores.shared:
        _sweep_vectors(entry, stores)
    if "graph" not in stores.shared:
        _sweep_graph(entry, stores)
    if not stores.shared:
        stores.journal.end(name)


def sweep_shared(entry: JournalEntry, stores: Stores) -> None:
    """Empty on servers what the entry took out of use, once nobody reads it any more; then nothing is left to do."""
    if "vectors" in stores.shared:
        _sweep_vectors(entry, stores)
    if "graph" in stores.shared:
        _sweep_graph(entry, stores)
    stores.journal.end(entry.source_id)


def _sweep_vectors(entry: JournalEntry, stores: Stores) -> None:
    for slot in _BOTH if entry.doing == "remove" else (other(entry.vectors),):
        stores.vectors.remove(physical(entry.source_id, slot))


def _sweep_graph(entry: JournalEntry, stores: Stores) -> None:
    if entry.doing == "load":
        _rename_nodes(entry, stores)
        _forget_edges(physical(entry.source_id, other(entry.slot)), stores)
    elif entry.doing == "remove":
        for slot in _BOTH:
            _forget_edges(physical(entry.source_id, slot), stores)


def store_terms(entry: JournalEntry, stores: Stores) -> None:
    """The terms of the release in use instead of those before, and their number in the list of sources."""
    spool = stores.journal.spool(entry.source_id, "terms")
    info = stores.sources.get(entry.source_id)
    if not spool.waits or info is None:
        return
    stored = stores.terms.replace(entry.source_id, spool.terms())
    if info.counts.get("terms") != stored:  # the source gave one twice
        stores.sources.put(info.model_copy(update={"counts": {**info.counts, "terms": stored}}))
    spool.stored()


def _undo(entry: JournalEntry, stores: Stores) -> None:
    """Discard what was staged and never switched to."""
    stores.vectors.remove(physical(entry.source_id, entry.vectors))
    if entry.doing == "load":
        place = physical(entry.source_id, entry.slot)
        _forget_words(place, stores)
        _forget_edges(place, stores)


def _rename_nodes(entry: JournalEntry, stores: Stores) -> None:
    """The nodes as the new release has them; those that it no longer has stay with the old slot, to be swept."""
    place = physical(entry.source_id, entry.slot)
    batch: list[GraphNode] = []
    for node in stores.journal.spool(entry.source_id, "nodes").nodes():
        batch.append(node.model_copy(update={"source_id": place}))
        if len(batch) >= _NODES:
            stores.graph.put(batch, ())
            batch = []
    if batch:
        stores.graph.put(batch, ())


def _forget_words(place: str, stores: Stores) -> None:
    stores.lexical.remove(place)
    stores.lexical.commit()


def _forget_edges(place: str, stores: Stores) -> None:
    if any(stores.graph.counts(place).values()):
        stores.graph.remove(place)
