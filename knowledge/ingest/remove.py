"""A source out of use, then out of the stores."""

from __future__ import annotations

from bedside.core.types import SourceInfo

from .journal import Entry
from .recover import recover, sweep
from .stores import Stores


def remove(source_id: str, stores: Stores) -> SourceInfo | None:
    """Remove a source, and what was staged of it, with nothing left behind; what it was, or None when nothing is there.

    From the first moment on no query sees it. A removal that is killed is completed by the next process that writes.
    """
    recover(stores)
    info = stores.sources.get(source_id)
    if info is None and stores.journal.get(source_id) is None:
        return None
    entry = Entry(source_id, "remove")
    stores.journal.begin(entry)
    sweep(entry, stores)
    return info
