"""Reading and embedding on a Ray cluster, for a corpus beyond one machine; the stores stay with the process that loads."""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any

from bedside.core.errors import BedsideError, SourceError
from bedside.core.host.registered import KnowledgeSource
from bedside.core.protocols import Embedder

from ..compact_id_set import SeenIds
from ..importing import with_numpy
from .stream import Embedded, GraphBatch, Item, Skipped, Texts, batched, embed_texts

_BLOCK_BYTES = 8 << 20
"""Of what Ray Data hands from one stage to the next: its default of 128 MiB would embed nothing before 100,000 passages."""


class RayEngine:
    """`IngestEngine` on Ray Data: one task reads the source, as many workers as the cluster has room for embed.

    `make_embedder` runs on each worker, which needs Bedside and the model's folder at the same path. `address` is that of a
    running cluster (`ray://head:10001`, `auto`); None starts one on this machine. SourceError when Ray is not installed or
    there is no cluster. Ray's usage statistics and dashboard are off.
    """

    def __init__(
        self, make_embedder: Callable[[], Embedder], *, address: str | None = None, workers: int | None = None
    ) -> None:
        self._make_embedder = make_embedder
        self._workers = workers
        # Now, in the caller's thread: Ray's processes end with the thread that started them.
        self._ray = _cluster(address)

    def stream(self, source: KnowledgeSource, stored: SeenIds) -> Iterator[Item]:
        ray = self._ray
        seen = SeenIds()
        read = _Read(source, ray.put(stored))
        gpus = 1 if ray.cluster_resources().get("GPU") else 0
        count = self._workers or max(1, int(ray.cluster_resources().get("GPU" if gpus else "CPU", 1)) - (not gpus))
        data = (
            ray.data.from_items([0], override_num_blocks=1)
            .flat_map(read, num_cpus=0.5)  # unlike the next stage: Ray would run both in one worker
            .map(
                _Embed,
                fn_constructor_args=(self._make_embedder,),
                compute=ray.data.ActorPoolStrategy(min_size=1, max_size=count),
                num_cpus=0.4,
                num_gpus=gpus,
            )
        )
        failed = None
        try:
            for row in data.iter_rows():  # to its end: a run that is left alone keeps its workers
                items = pickle.loads(row["items"])
                failed = failed or next((item for item in items if isinstance(item, _Failed)), None)
                if failed is None:
                    yield from _unique(items, seen)
        except Exception as error:
            raise _told(error) from error
        if failed is not None:
            raise SourceError(failed.message, hint=failed.hint)


class _Read:
    """Runs on a worker: rows of one pickled list of items each; passages that are stored already are marked as such."""

    def __init__(self, source: KnowledgeSource, stored: Any) -> None:
        # Not the source itself: what it keeps besides (a cached hash of its file) can't travel.
        self._records, self._skipped, self._stored = source.records, source.skipped, stored

    def __call__(self, _: dict[str, Any]) -> Iterator[dict[str, bytes]]:
        import ray

        stored: SeenIds = ray.get(self._stored)
        try:
            for item in batched(self._records(), SeenIds()):
                new = [p for p in item.passages if p.id not in stored] if isinstance(item, Texts) else []
                yield {"items": pickle.dumps(([item], new))}
            yield {"items": pickle.dumps(([Skipped(list(self._skipped()))], []))}
        except BedsideError as error:
            yield {"items": pickle.dumps(([_Failed(str(error), error.hint)], []))}


class _Embed:
    """Runs on a worker that keeps its model."""

    def __init__(self, make_embedder: Callable[[], Embedder]) -> None:
        self._embedder = make_embedder()

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:
        items, new = pickle.loads(row["items"])
        return {"items": pickle.dumps([*items, *embed_texts(new, self._embedder)])}


class _Failed:
    """An error of the source, carried to the process that loads instead of Ray's account of a failed task."""

    def __init__(self, message: str, hint: str) -> None:
        self.message, self.hint = message, hint


def _cluster(address: str | None) -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        with with_numpy():
            import ray
            import ray.data
    except ImportError as error:
        raise SourceError("Ray is not installed", hint="uv pip install 'bedside[ray]'") from error
    if not ray.is_initialized():
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level="error",
                **({} if address else {"include_dashboard": False}),
            )
        except Exception as error:
            raise SourceError(
                f"no Ray cluster answers ({type(error).__name__})", hint="ray start --head, or leave --ray-address out"
            ) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.target_max_block_size = _BLOCK_BYTES
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    return ray


def _unique(items: list[Any], seen: SeenIds) -> Iterator[Item]:
    """A task that Ray ran again gives its rows again."""
    fresh: set[str] = set()
    for item in items:
        if isinstance(item, Texts):
            passages = [passage for passage in item.passages if seen.add(passage.id)]
            fresh |= {passage.id for passage in passages}
            yield Texts(passages)
        elif isinstance(item, Embedded):
            rows = [place for place, passage in enumerate(item.passages) if passage.id in fresh]
            if rows:
                yield Embedded([item.passages[place] for place in rows], item.vectors[rows])
        elif isinstance(item, GraphBatch | Skipped):
            yield item


def _told(error: Exception) -> SourceError:
    cause = getattr(error, "cause", None) or error.__cause__ or error
    return SourceError(f"the Ray cluster could not read or embed: {type(cause).__name__}", hint="ray status")
