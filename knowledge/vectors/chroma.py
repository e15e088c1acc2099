"""Chroma as vector store: in the data folder, or a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bedside.core.errors import StoreError
from bedside.core.types.knowledge import Hit, Passage, Scalar

from ..bounded import TooLate, within
from ..locks import StoreLock
from .clients import close_client, is_missing, is_panic, open_folder, open_server
from .passages import from_stored, matches, to_metadata, where

T = TypeVar("T")

COLLECTION = "bedside-passages"
LOAD_HINT = "bedside knowledge load"
READ_SECONDS = 8.0
"""How long a server may take to answer a question."""
WRITE_SECONDS = 120.0
"""How long a server may take to store one batch."""
_PAGE = 1000


_SAME_VECTOR = 0.01
"""Difference per dimension below which a vector is the same: half precision gives 0.002 on unit vectors of 384."""


class ChromaVectors:
    """Implements `core.protocols.VectorStore`. Made by `embedded` or `http`; both raise `StoreError` when they can't open.

    Vectors lie in cosine space. The collection's metadata holds the embedding model's fingerprint: a store that was filled
    with another model is refused, never mixed. After a server was lost, the next call connects anew.
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
    ) -> None:
        self._connect = connect
        self._name = where_it_is
        self._fingerprint = fingerprint
        self._dimensions = dimensions
        self._read_only = read_only
        self._bounded = bounded
        self._lock = lock
        self._client: Any = None
        self._collection: Any = None
        self._closed = False
        try:
            self._call("open", lambda: self._opened(create=not read_only))
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

    def put(self, passages: Sequence[Passage], vectors: Any) -> None:
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
        last = {passage.id: row for row, passage in enumerate(passages)}  # Chroma refuses an id twice in one batch
        rows = list(last.values())
        size = self._call("tell its batch size", self._batch_size)
        for begin in range(0, len(rows), size):
            part = rows[begin : begin + size]
            batch = [passages[row] for row in part]
            self._call(
                "store passages",
                lambda batch=batch, part=part: self._upsert(batch, array[part]),  # type: ignore[misc]
                seconds=WRITE_SECONDS,
            )

    def get(self, ids: Sequence[str]) -> list[Passage]:
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Passage] = {}
        for begin in range(0, len(wanted), _PAGE):
            part = wanted[begin : begin + _PAGE]
            got = self._call(
                "read passages",
                lambda part=part: self._opened().get(ids=part, include=["documents", "metadatas"]),  # type: ignore[misc]
            )
            for id, text, metadata in zip(got["ids"], got["documents"], got["metadatas"], strict=True):
                found[id] = self._passage(id, text, metadata)
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
        condition = where(source_ids, kinds, fields)
        if condition is None:
            return self._hits(self._nearest(flat, k, None))[:k]
        # Chroma's own filter reads its whole metadata table (30 ms at 20,000 passages, against 2 ms without). The nearest
        # few without a filter hold the answer when enough of them pass: the first k that do are the nearest k that do.
        rows = [row for row in self._nearest(flat, 4 * k, None) if matches(row[2], source_ids, kinds, fields)]
        if len(rows) < k:
            rows = self._nearest(flat, k, condition)
        return self._hits(rows)[:k]

    def count(self, source_id: str | None = None) -> int:
        if source_id is None:
            return self._call("count", lambda: int(self._opened().count()))
        return len(self._ids_of(source_id))

    def remove(self, source_id: str) -> int:
        self._must_write()
        ids = self._ids_of(source_id)
        for begin in range(0, len(ids), _PAGE):
            part = ids[begin : begin + _PAGE]
            self._call(
                "remove passages",
                lambda part=part: self._opened().delete(ids=part),  # type: ignore[misc]
                seconds=WRITE_SECONDS,
            )
        return len(ids)

    def close(self) -> None:
        self._closed = True
        self._drop()
        if self._lock:
            self._lock.close()
            self._lock = None

    # --- how ------------------------------------------------------------------------------------------------------

    def _nearest(self, vector: Any, k: int, condition: dict[str, Any] | None) -> list[tuple[str, str, Any, float]]:
        """(id, text, metadata, cosine distance) of the k nearest."""
        got = self._call(
            "search",
            lambda: self._opened().query(
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

    def _ids_of(self, source_id: str) -> list[str]:
        got = self._call(
            "count", lambda: self._opened().get(where={"source_id": source_id}, include=[]), seconds=WRITE_SECONDS
        )
        return list(got["ids"])

    def _passage(self, id: str, text: str, metadata: Mapping[str, Any]) -> Passage:
        try:
            return from_stored(id, text, metadata)
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(f"{self._name} holds an entry that Bedside did not write ({id})", hint=LOAD_HINT) from error

    def _must_write(self) -> None:
        if self._read_only:
            raise StoreError(f"{self._name} was opened for reading only")

    def _opened(self, *, create: bool = False) -> Any:
        """The collection, connecting first when there is no connection.

        Only the first opening makes a collection. One that is gone later is an error: an empty store would read as
        "searched, nothing there". No lock is held: a frozen server would keep it, and two threads may connect at once.
        """
        if self._closed:
            raise StoreError(f"{self._name} is closed")
        collection = self._collection
        if collection is None:
            client = self._connect()
            try:
                collection = self._get_collection(client, create=create)
                self._check_fingerprint(collection.metadata or {})
            except BaseException:
                close_client(client)
                raise
            self._client, self._collection = client, collection
        return collection

    def _upsert(self, batch: list[Passage], vectors: Any) -> None:
        """Write what is new or changed.

        What is there already is left alone: an HNSW index that updates a point can cut off others, which no search finds
        then (3 of 250 passages after 17,558 were stored again). Chroma merges new metadata into old, so that what a replaced
        passage no longer has must be taken out by None.
        """
        import numpy as np

        collection = self._opened()
        stored = collection.get(ids=[p.id for p in batch], include=["documents", "metadatas", "embeddings"])
        columns = (stored["ids"], stored["documents"], stored["metadatas"], stored["embeddings"])
        old = {id: rest for id, *rest in zip(*columns, strict=True)}
        changed = [
            row
            for row, p in enumerate(batch)
            if p.id not in old
            or old[p.id][0] != p.text
            or old[p.id][1] != to_metadata(p)
            or not np.allclose(old[p.id][2], vectors[row], atol=_SAME_VECTOR)
        ]
        if not changed:
            return
        fresh = [batch[row] for row in changed]
        collection.upsert(
            ids=[p.id for p in fresh],
            embeddings=vectors[changed],
            documents=[p.text for p in fresh],
            metadatas=[dict.fromkeys((old[p.id][1] if p.id in old else None) or ()) | to_metadata(p) for p in fresh],
        )

    def _batch_size(self) -> int:
        self._opened()
        return int(self._client.get_max_batch_size())

    def _get_collection(self, client: Any, *, create: bool) -> Any:
        # No embedding function: Chroma's default one would download a model.
        try:
            return client.get_collection(COLLECTION, embedding_function=None)
        except Exception as error:
            if not is_missing(error):
                raise
            if not create:
                raise StoreError(f"{self._name} holds no passages of Bedside", hint=LOAD_HINT) from error
        metadata = {"fingerprint": self._fingerprint, "dimensions": self._dimensions}
        return client.create_collection(
            COLLECTION,
            metadata=metadata,
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
            get_or_create=True,
        )

    def _check_fingerprint(self, metadata: Mapping[str, Any]) -> None:
        stored = metadata.get("fingerprint")
        if stored != self._fingerprint or metadata.get("dimensions") != self._dimensions:
            raise StoreError(
                f"{self._name} was filled with the embedding model {stored}, but the model in use is {self._fingerprint}; "
                "vectors of two models can't be compared",
                hint="use the old model again (BEDSIDE_EMBEDDING_MODEL), or load into a new folder: "
                "BEDSIDE_HOME=/path/to/folder bedside knowledge load",
            )

    def _call(self, doing: str, work: Callable[[], T], *, seconds: float = READ_SECONDS) -> T:
        """Run `work`; whatever it raises becomes a `StoreError`, and a server that failed is connected to anew."""
        try:
            return within(seconds, work) if self._bounded else work()
        except StoreError:
            raise
        except TooLate:
            self._forget()
            raise StoreError(f"{self._name} did not {doing} within {seconds:.0f} s", hint=self._hint()) from None
        except BaseException as error:
            if not isinstance(error, Exception) and not is_panic(error):
                raise
            self._forget()
            if is_missing(error):
                raise StoreError(f"{self._name} has lost its passages", hint=LOAD_HINT) from error
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise StoreError(f"{self._name} could not {doing}: {reason}", hint=self._hint()) from error

    def _hint(self) -> str:
        if self._bounded:
            return "is the Chroma server running? chroma run --path FOLDER, and BEDSIDE_VECTORS_URL"
        return "move the folder away and load again: bedside knowledge load"

    def _forget(self) -> None:
        """A folder's client stays: other threads work with it, and it holds no connection that could be dead."""
        if self._bounded:
            self._drop()

    def _drop(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            close_client(client)
