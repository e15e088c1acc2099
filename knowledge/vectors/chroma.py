"""Chroma as vector store: in the data folder, or a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bedside.core.errors import StoreError
from bedside.core.protocols import VectorStore
from bedside.core.queries import PassageQuery
from bedside.core.types.knowledge import Hit, Passage

from ..locks import StoreLock
from .clients import open_folder, open_server
from .connection import LOAD_HINT, READ_SECONDS, ChromaConnection
from .passages import from_stored, matches, where
from .reader import WRITE_SECONDS, CollectionReader, parts
from .torn import folder_must_be_whole, must_be_whole
from .twins import SAME, same, vector_of
from .writer import CollectionWriter

_MOST_KEYS = 20_000

__all__ = ["READ_SECONDS", "ChromaVectors"]


class ChromaVectors(VectorStore):
    """Implements `core.protocols.VectorStore`. Made by `embedded` or `http`; both raise `StoreError` when they can't open.

    Vectors lie in cosine space, each source in collections of its own (`collections.py`). A collection's metadata holds the
    fingerprint of the embedding model: texts filled with another model are still read by id, but a search or a write among
    them is refused, never mixed. Of passages with the same text one is indexed (`twins.py`); a search finds all of them.
    After a server was lost, the next call connects anew.
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
        folder: Path | None = None,
    ) -> None:
        self._name = where_it_is
        self._folder = folder
        self._dimensions = dimensions
        self._read_only = read_only
        self._lock = lock
        self._chroma = ChromaConnection(connect, where_it_is, bounded=bounded)
        self._reader = CollectionReader(self._chroma, where_it_is, fingerprint=fingerprint, dimensions=dimensions)
        self._writer = CollectionWriter(self._reader)
        self._keys: dict[Any, tuple[int, frozenset[str]]] = {}
        try:
            # A folder is made by a load, empty or not; an empty server may be the wrong one.
            if not self._sources() and read_only and bounded:
                raise StoreError(f"{where_it_is} holds no passages of Bedside", hint=LOAD_HINT)
        except BaseException:
            self.close()
            raise

    @classmethod
    def embedded(cls, path: str | Path, *, fingerprint: str, dimensions: int, read_only: bool = False) -> ChromaVectors:
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
            folder=folder,
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
            self._writer.put(source_id, [(passages[row], array[row]) for row in last.values()], new=new)

    def get(self, ids: Sequence[str], *, source_ids: Sequence[str] = ()) -> list[Passage]:
        """The stored ones among `ids`, in that order; of several sources that hold an id, the first counts."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Passage] = {}
        for source_id in source_ids or self._sources():
            if not (missing := [id for id in wanted if id not in found]):
                break
            for collection in self._reader.collections(source_id).all():
                for part in parts(missing):
                    got = self._reader.get(collection, part, ("documents", "metadatas"))
                    for id, text, metadata in zip(got["ids"], got["documents"], got["metadatas"], strict=True):
                        found.setdefault(id, self._passage(id, text, metadata))
        return [found[id] for id in wanted if id in found]

    def nearest(self, query: PassageQuery) -> list[Hit]:
        import numpy as np

        if query.k <= 0:
            return []
        flat = np.asarray(query.vector, dtype=np.float32).reshape(-1)
        if flat.shape != (self._dimensions,) or not np.isfinite(flat).all():
            raise StoreError(
                f"{self._name} was asked with a vector of {flat.size} dimensions that are not {self._dimensions} finite ones"
            )
        asked = replace(query, vector=flat)
        rows: list[tuple[str, str, Any, float]] = []
        for source_id in query.source_ids or self._sources():
            mine = self._reader.collections(source_id)
            for collection in mine.all():
                self._reader.check_fingerprint(collection)
            near = self._near(mine.main, asked) if mine.main is not None else []
            rows += near
            if mine.twins is not None:
                rows += self._twins_of(near, mine.twins, asked)
        return self._hits(rows)[: query.k]

    def embeddings(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        """The vectors of those that are stored among `keys`, (source id, passage id); those of another model are refused."""
        found: dict[tuple[str, str], Any] = {}
        for source_id in dict.fromkeys(source_id for source_id, _ in keys):
            missing = list(dict.fromkeys(id for source, id in keys if source == source_id))
            mine = self._reader.collections(source_id)
            for collection in mine.all():
                self._reader.check_fingerprint(collection)
                twins = collection is mine.twins
                for part in parts(missing):
                    got = self._reader.get(collection, part, ("metadatas",) if twins else ("embeddings",))
                    vectors = map(vector_of, got["metadatas"]) if twins else got["embeddings"]
                    found.update(((source_id, id), row) for id, row in zip(got["ids"], vectors, strict=True))
                missing = [id for id in missing if (source_id, id) not in found]
                if not missing:
                    break
        return found

    def count(self, source_id: str | None = None) -> int:
        sources = self._sources() if source_id is None else [source_id]
        found = [collection for one in sources for collection in self._reader.collections(one).all()]
        return sum(self._chroma.call("count", lambda one=one: int(one.count())) for one in found)  # type: ignore[misc]

    def remove(self, source_id: str) -> int:
        """How many there were; 0 as well for an index so torn that it can't be counted: it has to go all the same."""
        self._must_write()
        try:
            count = self.count(source_id)
        except StoreError:
            count = 0
        self._writer.forget(source_id)
        self._chroma.call("remove passages", lambda: self._chroma.drop_source(source_id), seconds=WRITE_SECONDS)
        return count

    def holds(self, source_id: str) -> bool:
        return self._reader.collections(source_id).main is not None

    def close(self) -> None:
        self._chroma.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    # --- for loading ----------------------------------------------------------------------------------------------

    def must_be_whole(self, source_id: str) -> None:
        """Raises `StoreError` when a write of this source was cut short. Reads all its vectors."""
        if self._folder:
            folder_must_be_whole(self._folder, source_id)
        else:
            must_be_whole(self._reader, source_id)

    def ids(self, source_id: str) -> Iterator[str]:
        """The id of every stored passage of a source, without holding them."""
        for collection in self._reader.collections(source_id).all():
            for got in self._reader.pages(collection, ()):
                yield from got["ids"]

    def passages(self, source_id: str) -> Iterator[Passage]:
        """Every stored passage of a source, whatever model it was embedded with."""
        for collection in self._reader.collections(source_id).all():
            for got in self._reader.pages(collection, ("documents", "metadatas")):
                for id, text, metadata in zip(got["ids"], got["documents"], got["metadatas"], strict=True):
                    yield self._passage(id, text, metadata)

    def fingerprints(self, source_id: str) -> set[str]:
        """The embedding models that a source was filled with: one, or none when it has no passages."""
        return {str((one.metadata or {}).get("fingerprint")) for one in self._reader.collections(source_id).all()}

    # --- how ------------------------------------------------------------------------------------------------------

    def _sources(self) -> list[str]:
        return self._chroma.call("list its sources", self._chroma.sources)

    def _near(self, collection: Any, query: PassageQuery) -> list[tuple[str, str, Any, float]]:
        vector, k, kinds, fields = query.vector, query.k, query.kinds, query.fields
        condition = where((), kinds, fields)
        if condition is None:
            return self._nearest(collection, vector, k, None)
        # Chroma's own filter reads its whole metadata table (30 ms at 20,000 passages, against 2 ms without). The nearest
        # few without a filter hold the answer when enough of them pass: the first k that do are the nearest k that do.
        rows = [row for row in self._nearest(collection, vector, 4 * k, None) if matches(row[2], (), kinds, fields)]
        return rows if len(rows) >= k else self._nearest(collection, vector, k, condition)

    def _twins_of(
        self, near: list[tuple[str, str, Any, float]], twins: Any, query: PassageQuery
    ) -> list[tuple[str, str, Any, float]]:
        """Those that have the text of one that is near, or that alone of its copies pass the filter; as `_nearest`."""
        kinds, fields = query.kinds, query.fields
        condition = where((), kinds, fields)
        if condition is None:
            keys = {same(metadata["title"], text) for _, text, metadata, _ in near}
            known = self._keys_of(twins)
            if known is not None:
                keys &= known
            if not keys:
                return []
            condition = {SAME: {"$in": sorted(keys)}}
        got = self._chroma.call("search", lambda: twins.get(where=condition, include=["documents", "metadatas"]))
        return [
            (id, text, metadata, 1.0 - float(query.vector @ vector_of(metadata)))
            for id, text, metadata in zip(got["ids"], got["documents"], got["metadatas"], strict=True)
            if matches(metadata, (), kinds, fields)
        ]

    def _keys_of(self, twins: Any) -> frozenset[str] | None:
        """The texts that have copies, so that most searches need not look for any; None when they are too many to hold."""
        count = self._chroma.call("count", lambda: int(twins.count()))
        held = self._keys.get(twins.id)
        if held is None or held[0] != count:
            if count > _MOST_KEYS:
                return None
            pages = self._reader.pages(twins, ("metadatas",))
            held = (count, frozenset(metadata[SAME] for got in pages for metadata in got["metadatas"]))
            self._keys[twins.id] = held
        return held[1]

    def _nearest(
        self, collection: Any, vector: Any, k: int, condition: dict[str, Any] | None
    ) -> list[tuple[str, str, Any, float]]:
        """(id, text, metadata, cosine distance) of the k nearest."""
        got = self._chroma.call(
            "search",
            lambda: collection.query(
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
