"""Writing passages into the collections of a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bedside.core.types.knowledge import Passage

from ..compact_id_set import SeenIds
from .collections import collection_name
from .passages import to_metadata
from .reader import WRITE_SECONDS, CollectionReader, parts
from .twins import placeholder, same, twin_metadata

_SAME_VECTOR = 0.01
"""Difference per dimension below which a vector is the same: half precision gives 0.002 on unit vectors of 384."""

Row = tuple[Passage, Any]
"""A passage and its vector."""


class CollectionWriter:
    """Fills the collections that `reader` reads."""

    def __init__(self, reader: CollectionReader) -> None:
        self._reader = reader
        self._texts: dict[str, SeenIds] = {}

    def put(self, source_id: str, rows: list[Row], *, new: bool) -> None:
        mine = self._reader.collections(source_id)
        for collection in mine.all():
            self._reader.check_fingerprint(collection)
        if not new and mine.main is not None:
            rows = self._update(mine.main, rows)
        if not new and mine.twins is not None:
            for part in parts([passage.id for passage, _ in rows]):
                self._reader.chroma.call("replace passages", lambda part=part: mine.twins.delete(ids=part))  # type: ignore[misc]
        texts = self._known_texts(source_id)
        first = [texts.add(same(passage.title, passage.text)) for passage, _ in rows]
        for twins in (False, True):
            chosen = [row for row, is_first in zip(rows, first, strict=True) if is_first is not twins]
            if chosen:
                collection = self._collection(source_id, twins=twins)
                for batch in parts(chosen, self._batch_size()):
                    self._write(collection, batch, twins=twins)

    def forget(self, source_id: str) -> None:
        """It is about to be removed."""
        self._texts.pop(source_id, None)

    def _known_texts(self, source_id: str) -> SeenIds:
        """The texts that are indexed; of a source that another process began, read from the store."""
        if source_id not in self._texts:
            texts = SeenIds()
            main = self._reader.collections(source_id).main
            for got in self._reader.pages(main, ("documents", "metadatas")) if main is not None else ():
                for text, metadata in zip(got["documents"], got["metadatas"], strict=True):
                    texts.add(same(metadata["title"], text))
            self._texts[source_id] = texts
        return self._texts[source_id]

    def _collection(self, source_id: str, *, twins: bool) -> Any:
        mine = self._reader.collections(source_id)
        found = mine.twins if twins else mine.main
        if found is not None:
            return found
        chroma, name = self._reader.chroma, collection_name(source_id, twins=twins)
        about = {"fingerprint": self._reader.fingerprint, "dimensions": self._reader.dimensions}
        return chroma.call("make a collection", lambda: chroma.add(source_id, name, about, twins=twins))

    def _update(self, collection: Any, rows: list[Row]) -> list[Row]:
        """Rewrite those that changed in this collection; the rows that it does not hold.

        What is the same is left alone: an HNSW index that updates a point can cut off others, which no search finds then
        (3 of 250 passages after 17,558 were stored again). Chroma merges new metadata into old, so that what a replaced
        passage no longer has must be taken out by None.
        """
        import numpy as np

        rest: list[Row] = []
        for part in parts(rows):
            got = self._reader.get(collection, [passage.id for passage, _ in part], ("documents", "metadatas", "embeddings"))
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
                self._write(collection, changed, {passage.id: old[passage.id][1] for passage, _ in changed})
        return rest

    def _write(self, collection: Any, rows: list[Row], old: Mapping[str, Any] | None = None, *, twins: bool = False) -> None:
        import numpy as np

        before = old or {}
        vectors = [placeholder(passage.id) for passage, _ in rows] if twins else np.stack([vector for _, vector in rows])
        more = [twin_metadata(*row) if twins else {} for row in rows]
        self._reader.chroma.call(
            "store passages",
            lambda: collection.upsert(
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

    def _batch_size(self) -> int:
        chroma = self._reader.chroma
        return chroma.call("tell its batch size", lambda: int(chroma.client().get_max_batch_size()))
