"""Several sources at once: while one is embedded, the graph edges of another are stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime

from bedside.core.host.registered import KnowledgeSource
from bedside.core.protocols import Embedder, GraphStore, TermIndex, VectorStore
from bedside.core.types import SourceInfo

from .load import Progress, Stores, WritableSources, clear, store

_LANES = 2

SourceProgress = Callable[[str, str, int, int | None], None]
"""Called with the source's id, then as `Progress`; from several threads, one at a time for each source."""


def load_all(
    given: Sequence[KnowledgeSource],
    *,
    vectors: VectorStore,
    graph: GraphStore,
    terms: TermIndex,
    sources: WritableSources,
    embedder: Embedder,
    progress: SourceProgress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[SourceInfo]:
    """As `load` of each, two at a time; infos in the order given. The first error stops what has not begun and is raised."""
    stores = Stores(vectors, graph, terms, sources, embedder)
    # All are cleared before any is stored: clearing one removes nodes that another's edges are about to use.
    versions = [clear(source, stores) for source in given]

    def tell(source: KnowledgeSource) -> Progress:
        return (lambda stage, done, total: progress(source.id, stage, done, total)) if progress else _silent

    with ThreadPoolExecutor(_LANES, thread_name_prefix="bedside-load") as lanes:
        work: list[Future[SourceInfo]] = [
            lanes.submit(store, source, version, stores, tell(source), now)
            for source, version in zip(given, versions, strict=True)
        ]
        _, rest = wait(work, return_when=FIRST_EXCEPTION)
        for one in rest:
            one.cancel()
    for one in work:
        if not one.cancelled() and (error := one.exception()) is not None:
            raise error
    return [one.result() for one in work]


def _silent(stage: str, done: int, total: int | None) -> None:
    return None
