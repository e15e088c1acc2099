"""Changing what is loaded, beside those who read it: a copy is filled, published in one step, and what it replaces removed.

What lies on a server (Chroma over HTTP, Neo4j) can't be copied: there the next release stands beside the one in use, and
the old one is removed after the switch, once nobody reads it any more.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bedside.core.errors import DataFolderError

from .ingest.journal import Journal
from .ingest.recover import recover, sweep_shared, to_complete
from .ingest.sources import FileSources
from .ingest.stores import Stores
from .services import LocalServices

READERS_SECONDS = 30.0
"""How long readers of a replaced release on a server are waited for."""


@contextmanager
def changing(services: LocalServices) -> Iterator[Stores]:
    """Stores to load into and to remove from; at the end, also after an error, what is in use is switched to what they list.

    Needs a data folder opened for writing. Nothing changes for readers before the end, and nothing at all where no source
    was switched to: what was stored of it waits for the next attempt.
    """
    services.begin()
    try:
        if _differs(services) or to_complete(Journal(services.home.staging), services.sources):
            # a process was killed between its switch and the end
            recover(services.stores())
            _finish(services, patient=True)
            services.begin()
        yield services.stores()
    finally:
        _finish(services, patient=False)


def _finish(services: LocalServices, *, patient: bool) -> None:
    home = services.home
    journal = Journal(home.staging)
    try:
        if _differs(services):
            left = {entry.source_id for entry in journal.entries()}
            left -= {entry.source_id for entry in to_complete(journal, services.sources)}
            services.close_stores()
            home.publish(unfinished=bool(left))
        elif not journal.entries():
            services.close_stores()
            home.discard()
    finally:
        services.end()
    waiting = to_complete(journal, services.sources)
    if waiting and services.shared and _left_alone(services, patient=patient):
        stores = services.stores()
        for entry in waiting:
            sweep_shared(entry, stores)
    home.generations.sweep()


def _differs(services: LocalServices) -> bool:
    """Does the next generation list other releases than the current one?"""
    return services.sources.all() != FileSources(services.home.current_sources).all()


def _left_alone(services: LocalServices, *, patient: bool) -> bool:
    """Wait until nobody reads a replaced generation. False, or `DataFolderError` for the `patient`, where somebody still
    does."""
    until = time.monotonic() + READERS_SECONDS
    while services.home.generations.sweep():
        if time.monotonic() > until:
            if patient:
                raise DataFolderError(
                    "a release that was replaced is still being read, so it can't be removed from the server",
                    hint="wait until the other bedside process has ended, then try again",
                )
            return False
        time.sleep(0.05)
    return True
