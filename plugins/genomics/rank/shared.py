"""One ranker for all who share the same services, made anew when other knowledge is loaded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from bedside.core.errors import SourceError

from .gather import ANNOTATIONS, GENES, ONTOLOGY, Progress

if TYPE_CHECKING:
    from bedside.core import Services

    from .ranker import Ranker

Loaded = tuple[tuple[str, str, str], ...]
_lock = threading.Lock()
_rankers: WeakKeyDictionary[Services, tuple[Loaded, Ranker]] = WeakKeyDictionary()


@contextmanager
def shared_ranker(services: Services, progress: Progress = lambda stage, done, total: None) -> Iterator[Ranker]:
    """The ranker of what is loaded, for one thread at a time. See `Ranker.open` for how long the first use takes."""
    from .ranker import Ranker

    with _lock:
        loaded = knowledge(services)
        known = _rankers.get(services)
        if known is None or known[0] != loaded:
            known = _rankers[services] = (loaded, Ranker.open(services, progress))
        yield known[1]


def knowledge(services: Services) -> Loaded:
    """(source id, version, when it was loaded) of what ranking rests on.

    Raises `SourceError` when the ontology or the annotations are not loaded; the genes are of use, but not needed.
    """
    infos = [services.sources.get(id_) for id_ in (ONTOLOGY, ANNOTATIONS, GENES)]
    if infos[0] is None or infos[1] is None:
        raise SourceError(
            "ranking diseases needs the Human Phenotype Ontology and its annotations, which are not loaded",
            hint="bedside knowledge load",
        )
    return tuple((info.id, info.version, str(info.loaded_at)) for info in infos if info)
