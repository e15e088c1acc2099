"""Writing passages into the collections of a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bedside.core.types.knowledge import Passage

from ..seen import SeenIds
from .passages import to_metadata
from .reader import WRITE_SECONDS, ShardReader, parts
from .shards import collection_name
from .twins import placeholder, same, twin_metadata

_SAME_VECTOR = 0.01
"""Difference per dimension below which a vector is the same: half precision gives 0.002 on unit vectors of 384."""

Row = tuple[Passage, Any]
"""A passage and its vector."""


class ShardWriter:
    """Fills the collections that `reader` reads, `shard` passages each."""

    def __init__(self, reader: ShardReader, shard: int) -> None:
        self._reader = reader
        self._shard = shard
        self._texts: dict[str, SeenIds] = {}

    def put(self, source_id: str, rows: list[Row], *, new: bool) -> None:
        shards = self._reader.shards(source_id)
        for shard in shards.all():
            self._reader.check_fingerprint(shard)
        if not new:
            for shard in shards.main:
                rows = self._update(shard, rows)
            for shard in shards.twins:
                for part in parts([passage.id for passage, _ in rows]):
                    self._reader.chroma.call("replace passages", lambda shard=shard, part=part: shard.delete(ids=part))  # type: ignore[misc]
        texts = self._known_texts(source_id)
        first = [texts.add(same(passage.title, passage.text)) for passage, _ in rows]
        for twins in (False, True):
            self._append(source_id, [row for row, new in zip(rows, first, strict=True) if new is not twins], twins=twins)

    def _append(self, source_id: str, rows: list[Row], *, twins: bool) -> None:
        while rows:
            shard, room = self._with_room(source_id, twins=twins)
            part, rows = rows[:room], rows[room:]
            for batch in parts(part, self._batch_size()):
                self._write(shard, batch, twins=twins)

    def _known_texts(self, source_id: str) -> SeenIds:
        """The texts that are indexed; of a source that another process began, read from the store."""
        if source_id not in self._texts:
            texts = SeenIds()
            for shard in self._reader.shards(source_id).main:
                for got in self._reader.pages(shard, ("documents", "metadatas")):
                    for text, metadata in zip(got["documents"], got["metadatas"], strict=True):
                        texts.add(same(metadata["title"], text))
            self._texts[source_id] = texts
        return self._texts[source_id]

    def _with_room(self, source_id: str, *, twins: bool) -> tuple[Any, int]:
        """The last shard of a source and how many passages it still takes; a new one when it is full."""
        shards = self._reader.shards(source_id).twins if twins else self._reader.shards(source_id).main
        if shards:
            last = shards[-1]
            room = self._shard - self._reader.chroma.call("count", lambda: int(last.count()))
            if room > 0:
                return last, room
            self._reader.chroma.renew()
        name = collection_name(source_id, len(shards), twins=twins)
        about = {"fingerprint": self._reader.fingerprint, "dimensions": self._reader.dimensions}
        made = self._reader.chroma.call(
            "make a collection", lambda: self._reader.chroma.add(source_id, name, about, twins=twins)
        )
        return made, self._shard

    def _update(self, shard: Any, rows: list[Row]) -> list[Row]:
        """Rewrite those that changed in this shard; the rows that it does not hold.

        What is the same is left alone: an HNSW index that updates a point can cut off others, which no search finds then
        (3 of 250 passages after 17,558 were stored again). Chroma merges new metadata into old, so that what a replaced
        passage no longer has must be taken out by None.
        """
        import numpy as np

        rest: list[Row] = []
        for part in parts(rows):
            got = self._reader.get(shard, [passage.id for passage, _ in part], ("documents", "metadatas", "embeddings"))
            columns = (got["ids"], got["documents"], got["metadatas"], got["embeddings"])
            old = {id: values for id, *values in zip(*columns, strict=True)}
            rest += [row for row in part if row[0].id not in old]
            changed = [
                (passage, vector)
                for passage, vector in part
                if passage.id in old
                and (
                    old[passage.id][0] != passage.text
                    or old[passage.id][1] != to_metadata(passage)
                    or not np.allclose(old[passage.id][2], vector, atol=_SAME_VECTOR)
                )
            ]
            if changed:
                self._write(shard, changed, {passage.id: old[passage.id][1] for passage, _ in changed})
        return rest

    def _write(self, shard: Any, rows: list[Row], old: Mapping[str, Any] | None = None, *, twins: bool = False) -> None:
        import numpy as np

        before = old or {}
        vectors = [placeholder(passage.id) for passage, _ in rows] if twins else np.stack([vector for _, vector in rows])
        more = [twin_metadata(*row) if twins else {} for row in rows]
        self._reader.chroma.call(
            "store passages",
            lambda: shard.upsert(
                ids=[passage.id for passage, _ in rows],
                embeddings=vectors,
                documents=[passage.text for passage, _ in rows],
                metadatas=[
                    dict.fromkeys(before.get(passage.id) or ()) | to_metadata(passage) | extra
                    for (passage, _), extra in zip(rows, more, strict=True)
                ],
            ),
            seconds=WRITE_SECONDS,
        )

    def forget(self, source_id: str) -> None:
        """It is about to be removed."""
        self._texts.pop(source_id, None)

    def _batch_size(self) -> int:
        return self._reader.chroma.call(
            "tell its batch size", lambda: int(self._reader.chroma.client().get_max_batch_size())
        )
