"""Embedding the stored texts again after the embedding model has changed."""

from __future__ import annotations

from bedside.core.errors import SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.protocols import Embedder, Sources
from bedside.core.types import SourceInfo

from ..compact_id_set import SeenIds
from ..releases.layout import other, physical
from .journal import JournalEntry
from .load import SourceProgress
from .recover import recover, resume_or_begin, sweep
from .stores import Stores
from .stream import Embedded, IngestEngine, LocalEngine


def outdated(sources: Sources, embedder: Embedder) -> list[SourceInfo]:
    """The loaded sources whose passages were embedded with another model than the one in use."""
    return [i for i in sources.all() if i.fingerprint and i.fingerprint != embedder.fingerprint]


def reembed(
    info: SourceInfo, stores: Stores, *, engine: IngestEngine | None = None, progress: SourceProgress | None = None
) -> SourceInfo:
    """Embed a loaded source's passages with the model in use, next to the old vectors, and switch to the new ones in one
    step.

    Resumable. Words, edges and terms stay as they are. SourceError when the stored passages are not all there.
    """
    recover(stores)
    slot = other(info.vectors)
    entry = JournalEntry(info.id, "reembed", info.slot, slot, info.version, stores.embedder.fingerprint)
    resume_or_begin(entry, stores)
    old, place = physical(info.id, info.vectors), physical(info.id, slot)
    total = info.counts.get("passages", 0)
    texts = KnowledgeSource(
        id=info.id,
        title=info.title,
        licence=info.licence,
        version=lambda: info.version,
        records=lambda: stores.vectors.passages(old),
    )
    stored = SeenIds(stores.vectors.ids(place))
    done = len(stored)
    for item in (engine or LocalEngine(stores.embedder)).stream(texts, stored):
        if isinstance(item, Embedded):
            placed = [passage.model_copy(update={"source_id": place}) for passage in item.passages]
            stores.vectors.put(placed, item.vectors, new=True)
            done += len(placed)
            if progress:
                progress(info.id, "passages", done, total)
    if done != total:
        raise SourceError(
            f"{done:,} of the {total:,} passages of {info.id} are stored", hint=f"bedside knowledge load {info.id} --again"
        )
    new = info.model_copy(update={"vectors": slot, "fingerprint": entry.fingerprint})
    stores.sources.put(new)
    sweep(entry, stores)
    if progress:
        progress(info.id, "done", total, total)
    return new
