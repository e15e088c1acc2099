"""Knowledge sources that are fetched on request: what there is, pulling it, and binding what was pulled to its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mirror import mirror_folder
from .pull import FileReport, PullReport, pull
from .ready import ready_source, source_files
from .state import SourceState, source_states

if TYPE_CHECKING:
    from bedside.core.host.registered import KnowledgeSource

__all__ = [
    "FileReport",
    "PullReport",
    "SourceState",
    "catalogue_sources",
    "mirror_folder",
    "pull",
    "ready_source",
    "source_files",
    "source_states",
]


def catalogue_sources() -> list[KnowledgeSource]:
    """Every source that comes with Bedside, the starter's first in the order in which they are best loaded."""
    from ..starter import starter_sources
    from . import cpic_changes, genomics, literature, networks, targets

    entries = {
        source.id: source for module in (genomics, cpic_changes, literature, networks, targets) for source in module.SOURCES
    }
    starter = [entries.pop(source.id, source) for source in starter_sources()]
    return [*starter, *entries.values()]
