"""One ranker for all who share the same services, made anew when other knowledge is loaded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..model.load_annotations import Loaded, Progress, knowledge

if TYPE_CHECKING:
    from bedside.core import Services

    from .ranker import Ranker

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
