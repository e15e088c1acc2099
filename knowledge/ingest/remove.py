"""Removing a source: first from use, then from the stores."""

from __future__ import annotations

from bedside.core.types import SourceInfo

from .journal import JournalEntry
from .recover import recover, sweep
from .stores import Stores


def remove(source_id: str, stores: Stores) -> SourceInfo | None:
    """Remove a source, and what was staged of it, with nothing left behind; what it was, or None when nothing is there.

    What was only staged, or whose removal was cut off, is returned without counts.

    From the first moment on no query sees it. A removal that is killed is completed by the next process that writes.
    """
    begun = stores.journal.get(source_id)
    recover(stores)
    info = stores.sources.get(source_id)
    if info is None:
        if begun is None:
            return None
        info = SourceInfo(id=source_id, title=source_id, version=begun.version, licence="")
    entry = JournalEntry(source_id, "remove")
    stores.journal.begin(entry)
    sweep(entry, stores)
    return info
