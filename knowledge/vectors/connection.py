"""One Chroma behind its errors: opened when needed, watched, lost and found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from bedside.core.errors import StoreError

from ..call_timeout import TooLate, within
from .clients import close_client, is_missing, is_panic
from .collections import Collections, by_source

T = TypeVar("T")

LOAD_HINT = "bedside knowledge load"
READ_SECONDS = 8.0
"""How long a server may take to answer a question."""
_PAGE = 500


class ChromaConnection:
    """A client and the collections it knows. Whatever Chroma raises leaves `call` as a `StoreError`.

    `bounded` says that it is a server: its calls have a time limit, and after a failure the next call connects anew.
    """

    def __init__(self, connect: Callable[[], Any], name: str, *, bounded: bool) -> None:
        self._connect = connect
        self._name = name
        self._bounded = bounded
        self._client: Any = None
        self._known: dict[str, Collections] = {}
        self._closed = False

    def call(self, doing: str, work: Callable[[], T], *, seconds: float = READ_SECONDS) -> T:
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

    # --- to be used inside `call` -----------------------------------------------------------------------------------

    def client(self) -> Any:
        """The client, connecting first when there is none.

        No lock is held: a frozen server would keep it, and two threads may connect at once.
        """
        if self._closed:
            raise StoreError(f"{self._name} is closed")
        client = self._client
        if client is None:
            client = self._connect()
            try:
                self._known = by_source(_all_collections(client))
            except BaseException:
                close_client(client)
                raise
            self._client = client
        return client

    def collections(self, source_id: str) -> Collections:
        """The collections of a physical source; those that another process has made since are looked for."""
        client = self.client()
        if source_id not in self._known:
            self._known = by_source(_all_collections(client))
        return self._known.get(source_id) or Collections()

    def sources(self) -> list[str]:
        """Physical ids of all sources that have collections."""
        self.client()
        return sorted(self._known)

    def add(self, source_id: str, name: str, metadata: dict[str, Any], *, twins: bool) -> Any:
        # No embedding function: Chroma's default one would download a model.
        collection = self.client().create_collection(
            name,
            metadata=metadata,
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
            get_or_create=True,
        )
        setattr(self._known.setdefault(source_id, Collections()), "twins" if twins else "main", collection)
        return collection

    def drop_source(self, source_id: str) -> None:
        for collection in self.collections(source_id).all():
            self.client().delete_collection(collection.name)
        self._known.pop(source_id, None)

    # --- its life ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        self._closed = True
        self._drop()

    def _hint(self) -> str:
        if self._bounded:
            return "is the Chroma server running? chroma run --path FOLDER, and BEDSIDE_VECTORS_URL"
        return "move the folder away and load again: bedside knowledge load"

    def _forget(self) -> None:
        """A folder's client stays: other threads work with it, and it holds no connection that could be dead."""
        if self._bounded:
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        self._known = {}
        if client is not None:
            close_client(client)


def _all_collections(client: Any) -> list[Any]:
    found: list[Any] = []
    while page := client.list_collections(limit=_PAGE, offset=len(found)):
        found += page
    return found
