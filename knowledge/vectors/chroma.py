"""Chroma as vector store: in the data folder, or a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bedside.core.errors import StoreError
from bedside.core.types.knowledge import Hit, Passage, Scalar

from ..locks import StoreLock
from .clients import open_folder, open_server
from .connection import LOAD_HINT, READ_SECONDS, ChromaConnection
from .passages import from_stored, matches, to_metadata, where
from .shards import SHARD, collection_name

WRITE_SECONDS = 120.0
"""How long a server may take to store one batch."""
_PAGE = 1000
_SAME_VECTOR = 0.01
"""Difference per dimension below which a vector is the same: half precision gives 0.002 on unit vectors of 384."""

__all__ = ["READ_SECONDS", "ChromaVectors"]


class ChromaVectors:
    """Implements `core.protocols.VectorStore`. Made by `embedded` or `http`; both raise `StoreError` when they can't open.

    Vectors lie in cosine space, each source in collections of its own (`shards.py`). A collection's metadata holds the
    fingerprint of the embedding model: texts filled with another model are still read by id, but a search or a write among
    them is refused, never mixed. After a server was lost, the next call connects anew.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        *,
        where_it_is: str,
        fingerprint: str,
        dimensions: int,
        read_only: bool,
        bounded: bool,
        lock: StoreLock | None = None,
        shard: int = SHARD,
    ) -> None:
        self._name = where_it_is
        self._fingerprint = fingerprint
        self._dimensions = dimensions
        self._read_only = read_only
        self._shard = shard
        self._lock = lock
        self._chroma = ChromaConnection(connect, where_it_is, bounded=bounded)
        try:
            # A folder is made by a load, empty or not; an empty server may be the wrong one.
            if not self._sources() and read_only and bounded:
                raise StoreError(f"{where_it_is} holds no passages of Bedside", hint=LOAD_HINT)
        except BaseException:
            self.close()
            raise

    @classmethod
    def embedded(
        cls, path: str | Path, *, fingerprint: str, dimensions: int, read_only: bool = False, shard: int = SHARD
    ) -> ChromaVectors:
        """The store in folder `path`: several readers or one writer. A reader never makes the folder."""
        folder = Path(path)
        name = f"the passage store {folder}"
        if read_only and not (folder / "chroma.sqlite3").is_file():
            raise StoreError(f"{name} does not exist yet", hint=LOAD_HINT)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{name} can't be made: {error.strerror}", hint="choose another BEDSIDE_HOME") from error
        lock = StoreLock(folder.with_name(f"{folder.name}.lock"), shared=read_only, what=name)
        return cls(
            lambda: open_folder(folder),
            where_it_is=name,
            fingerprint=fingerprint,
            dimensions=dimensions,
            read_only=read_only,
            bounded=False,
            lock=lock,
            shard=shard,
        )

    @classmethod
    def http(
        cls, url: str, *, fingerprint: str, dimensions: int, token: str | None = None, read_only: bool = False
    ) -> ChromaVectors:
        """The store on the Chroma server at `url` (`http://host:port`)."""
        return cls(
            lambda: open_server(url, token),
            where_it_is=f"the Chroma server {url}",
            fingerprint=fingerprint,
            dimensions=dimensions,
            read_only=read_only,
            bounded=True,
        )

    # --- VectorStore ----------------------------------------------------------------------------------------------

    def put(self, passages: Sequence[Passage], vectors: Any, *, new: bool = False) -> None:
        """`new` promises that none of the ids is stored, which saves looking for them."""
        import numpy as np

        self._must_write()
        array = np.ascontiguousarray(vectors, dtype=np.float32)
        if not passages and array.size == 0:
            return
        if array.shape != (len(passages), self._dimensions):
            raise StoreError(
                f"{self._name} was given vectors of shape {array.shape} for {len(passages)} passages "
                f"of {self._dimensions} dimensions"
            )
        if not np.isfinite(array).all():
            raise StoreError(f"{self._name} was given a vector that is not finite")
        # Chroma refuses an id twice in one batch: the last counts.
        rows: dict[str, dict[str, int]] = {}
        for row, passage in enumerate(passages):
            rows.setdefault(passage.source_id, {})[passage.id] = row
        for source_id, last in rows.items():
            self._put_source(source_id, [(passages[row], array[row]) for row in last.values()], new=new)

    def get(self, ids: Sequence[str], *, source_ids: Sequence[str] = ()) -> list[Passage]:
        """The stored ones among `ids`, in that order; of several sources that hold an id, the first counts."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Passage] = {}
        for source_id in source_ids or self._sources():
            if not (missing := [id for id in wanted if id not in found]):
                break
            for shard in self._shards(source_id):
                for part in _parts(missing):
                    got = self._get(shard, part, ("documents", "metadatas"))
                    for id, text, metadata in zip(got["ids"], got["documents"], got["metadatas"], strict=True):
                        found.setdefault(id, self._passage(id, text, metadata))
        return [found[id] for id in wanted if id in found]

    def query(
        self,
        vector: Any,
        k: int = 10,
        *,
        source_ids: Sequence[str] = (),
        kinds: Sequence[str] = (),
        fields: Mapping[str, Scalar] | None = None,
    ) -> list[Hit]:
        import numpy as np

        if k <= 0:
            return []
        flat = np.asarray(vector, dtype=np.float32).reshape(-1)
        if flat.shape != (self._dimensions,) or not np.isfinite(flat).all():
            raise StoreError(
                f"{self._name} was asked with a vector of {flat.size} dimensions that are not {self._dimensions} finite ones"
            )
        rows: list[tuple[str, str, Any, float]] = []
        for source_id in source_ids or self._sources():
            for shard in self._shards(source_id):
                self._check_fingerprint(shard)
                rows += self._query_shard(shard, flat, k, kinds, fields)
        return self._hits(rows)[:k]

    def count(self, source_id: str | None = None) -> int:
        sources = self._sources() if source_id is None else [source_id]
        shards = [shard for one in sources for shard in self._shards(one)]
        return sum(self._chroma.call("count", lambda shard=shard: int(shard.count())) for shard in shards)  # type: ignore[misc]

    def remove(self, source_id: str) -> int:
        self._must_write()
        count = self.count(source_id)
        self._chroma.call("remove passages", lambda: self._chroma.drop_source(source_id), seconds=WRITE_SECONDS)
        return count

    def holds(self, source_id: str) -> bool:
        return bool(self._shards(source_id))

    def close(self) -> None:
        self._chroma.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    # --- for loading ----------------------------------------------------------------------------------------------

    def ids(self, source_id: str) -> Iterator[str]:
        """The id of every stored passage of a source, without holding them."""
        for shard in self._shards(source_id):
            for got in self._pages(shard, ()):
                yield from got["ids"]

    def passages(self, source_id: str) -> Iterator[Passage]:
        """Every stored passage of a source, whatever model it was embedded with."""
        for shard in self._shards(source_id):
            for got in self._pages(shard, ("documents", "metadatas")):
                for id, text, metadata in zip(got["ids"], got["documents"], got["metadatas"], strict=True):
                    yield self._passage(id, text, metadata)

    def fingerprints(self, source_id: str) -> set[str]:
        """The embedding models that a source was filled with: one, or none when it has no passages."""
        return {str((shard.metadata or {}).get("fingerprint")) for shard in self._shards(source_id)}

    # --- how ------------------------------------------------------------------------------------------------------

    def _sources(self) -> list[str]:
        return self._chroma.call("list its sources", self._chroma.sources)

    def _shards(self, source_id: str) -> list[Any]:
        return self._chroma.call("open", lambda: self._chroma.shards(source_id))

    def _get(self, shard: Any, ids: list[str], include: Sequence[str]) -> Any:
        return self._chroma.call("read passages", lambda: shard.get(ids=ids, include=list(include)))

    def _pages(self, shard: Any, include: Sequence[str]) -> Iterator[Any]:
        offset = 0
        while True:
            got = self._chroma.call(
                "read passages",
                lambda offset=offset: shard.get(limit=_PAGE, offset=offset, include=list(include)),  # type: ignore[misc]
                seconds=WRITE_SECONDS,
            )
            if not got["ids"]:
                return
            yield got
            offset += len(got["ids"])

    def _put_source(self, source_id: str, rows: list[tuple[Passage, Any]], *, new: bool) -> None:
        shards = self._shards(source_id)
        for shard in shards:
            self._check_fingerprint(shard)
        if not new:
            for shard in shards:
                rows = self._update(shard, rows)
        while rows:
            shard, room = self._with_room(source_id)
            part, rows = rows[:room], rows[room:]
            for batch in _parts(part, self._batch_size()):
                self._write(shard, batch)

    def _with_room(self, source_id: str) -> tuple[Any, int]:
        """The last shard of a source and how many passages it still takes; a new one when it is full."""
        shards = self._shards(source_id)
        if shards:
            room = self._shard - self._chroma.call("count", lambda: int(shards[-1].count()))
            if room > 0:
                return shards[-1], room
            self._chroma.renew()
            shards = self._shards(source_id)
        name = collection_name(source_id, len(shards))
        about = {"fingerprint": self._fingerprint, "dimensions": self._dimensions}
        return self._chroma.call("make a collection", lambda: self._chroma.add(source_id, name, about)), self._shard

    def _update(self, shard: Any, rows: list[tuple[Passage, Any]]) -> list[tuple[Passage, Any]]:
        """Rewrite those that changed in this shard; the rows that it does not hold.

        What is the same is left alone: an HNSW index that updates a point can cut off others, which no search finds then
        (3 of 250 passages after 17,558 were stored again). Chroma merges new metadata into old, so that what a replaced
        passage no longer has must be taken out by None.
        """
        import numpy as np

        rest: list[tuple[Passage, Any]] = []
        for part in _parts(rows):
            got = self._get(shard, [passage.id for passage, _ in part], ("documents", "metadatas", "embeddings"))
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

    def _write(self, shard: Any, rows: list[tuple[Passage, Any]], old: Mapping[str, Any] | None = None) -> None:
        import numpy as np

        before = old or {}
        self._chroma.call(
            "store passages",
            lambda: shard.upsert(
                ids=[passage.id for passage, _ in rows],
                embeddings=np.stack([vector for _, vector in rows]),
                documents=[passage.text for passage, _ in rows],
                metadatas=[dict.fromkeys(before.get(passage.id) or ()) | to_metadata(passage) for passage, _ in rows],
            ),
            seconds=WRITE_SECONDS,
        )

    def _query_shard(
        self, shard: Any, vector: Any, k: int, kinds: Sequence[str], fields: Mapping[str, Scalar] | None
    ) -> list[tuple[str, str, Any, float]]:
        condition = where((), kinds, fields)
        if condition is None:
            return self._nearest(shard, vector, k, None)
        # Chroma's own filter reads its whole metadata table (30 ms at 20,000 passages, against 2 ms without). The nearest
        # few without a filter hold the answer when enough of them pass: the first k that do are the nearest k that do.
        rows = [row for row in self._nearest(shard, vector, 4 * k, None) if matches(row[2], (), kinds, fields)]
        return rows if len(rows) >= k else self._nearest(shard, vector, k, condition)

    def _nearest(
        self, shard: Any, vector: Any, k: int, condition: dict[str, Any] | None
    ) -> list[tuple[str, str, Any, float]]:
        """(id, text, metadata, cosine distance) of the k nearest."""
        got = self._chroma.call(
            "search",
            lambda: shard.query(
                query_embeddings=[vector], n_results=k, where=condition, include=["documents", "metadatas", "distances"]
            ),
        )
        return list(zip(got["ids"][0], got["documents"][0], got["metadatas"][0], got["distances"][0], strict=True))

    def _hits(self, rows: list[tuple[str, str, Any, float]]) -> list[Hit]:
        """Best first; equal scores in the order of ids, so that the order is the same on every machine."""
        ordered = sorted(rows, key=lambda row: (row[3], row[0]))
        return [
            Hit(passage=self._passage(id, text, metadata), score=max(-1.0, min(1.0, 1.0 - distance)))
            for id, text, metadata, distance in ordered
        ]

    def _passage(self, id: str, text: str, metadata: Mapping[str, Any]) -> Passage:
        try:
            return from_stored(id, text, metadata)
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(f"{self._name} holds an entry that Bedside did not write ({id})", hint=LOAD_HINT) from error

    def _must_write(self) -> None:
        if self._read_only:
            raise StoreError(f"{self._name} was opened for reading only")

    def _batch_size(self) -> int:
        return self._chroma.call("tell its batch size", lambda: int(self._chroma.client().get_max_batch_size()))

    def _check_fingerprint(self, shard: Any) -> None:
        metadata = shard.metadata or {}
        if metadata.get("fingerprint") != self._fingerprint or metadata.get("dimensions") != self._dimensions:
            raise StoreError(
                f"{self._name} was filled with the embedding model {metadata.get('fingerprint')}, but the model in use is "
                f"{self._fingerprint}; vectors of two models can't be compared",
                hint="type: bedside knowledge reembed, or use the old model again (BEDSIDE_EMBEDDING_MODEL)",
            )


def _parts(items: list[Any], size: int = _PAGE) -> Iterator[list[Any]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
