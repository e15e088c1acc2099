"""One LadybugDB file: opening it, connections for many threads, transactions, errors that say what to type."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bedside.core.errors import StoreError

from ..locks import StoreLock

LOAD_HINT = "bedside knowledge load"
READ_MILLISECONDS = 10_000
_PATIENCE_S = 5.0
_ADDRESS_SPACE = 1 << 38
"""Room for a file of 256 GiB. Ladybug's default of 8 TiB does not fit where address space is limited."""


class LadybugFile:
    """Several readers or one writer, over threads and processes."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Raises `StoreError` when the file is locked, broken, or missing for a reader. A writer makes it."""
        self.path = path
        self.name = f"the knowledge graph {path}"
        self.read_only = read_only
        self._mutex = threading.Condition()
        self._borrowed = 0
        self._ending = False
        self._idle: list[Any] = []
        self._db: Any = None
        if read_only and not path.exists():
            raise StoreError(f"{self.name} does not exist yet", hint=LOAD_HINT)
        if not read_only:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"{self.name} can't be made: {error.strerror}", hint="choose another BEDSIDE_HOME"
                ) from error
        self._lock = StoreLock(path.with_name(f"{path.name}.lock"), shared=read_only, what=self.name)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def must_write(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.name} was opened for reading only")

    def read(self, query: str, values: Mapping[str, Any]) -> list[list[Any]]:
        return self.read_each(query, [values])

    def read_each(self, query: str, values: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
        """The rows of all, one after the other. In one process there is no round trip: 0.1 ms each by primary key."""
        with self.telling("read"), self.connection() as connection:
            connection.set_query_timeout(READ_MILLISECONDS)
            return [row for each in values for row in rows_of(connection, query, each)]

    @contextmanager
    def transaction(self, doing: str) -> Iterator[Any]:
        """All of it or nothing, even when the process is killed in the middle."""
        with self.telling(doing), self.connection() as connection:
            connection.set_query_timeout(0)
            rows_of(connection, "BEGIN TRANSACTION", {})
            try:
                yield connection
                with self._alone():
                    rows_of(connection, "COMMIT", {})
            except BaseException:
                with suppress(Exception):
                    rows_of(connection, "ROLLBACK", {})
                raise

    def checkpoint(self) -> None:
        """Move what the log holds into the file. Until then a killed process loses nothing, but opening takes longer."""
        with self.telling("write its checkpoint"), self.connection() as connection:
            connection.set_query_timeout(0)
            with self._alone():
                rows_of(connection, "CHECKPOINT", {})

    def reopen(self) -> None:
        """After a large COPY each look-up takes 5 ms until the file is opened anew (30 ms); then it takes 0.1 ms."""
        with self._mutex:
            if self._db is None or not self._mutex.wait_for(lambda: self._borrowed == 0, timeout=_PATIENCE_S):
                return
            self._close_all()
            self._open()

    def close(self) -> None:
        with self._mutex:
            self._mutex.wait_for(lambda: self._borrowed == 0, timeout=_PATIENCE_S)
            self._close_all()
        self._lock.close()

    def _open(self) -> None:
        with self.telling("open"):
            import ladybug

            self._db = ladybug.Database(
                str(self.path),
                read_only=self.read_only,
                max_db_size=_ADDRESS_SPACE,
                auto_checkpoint=False,
            )

    def _close_all(self) -> None:
        for connection in self._idle:
            with suppress(Exception):
                connection.close()
        self._idle.clear()
        db, self._db = self._db, None
        if db is not None:
            with suppress(Exception):
                db.close()

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """One that no other thread uses; after an error it is not used again."""
        with self._mutex:
            self._mutex.wait_for(lambda: not self._ending, timeout=_PATIENCE_S)
            if self._db is None:
                raise StoreError(f"{self.name} is closed")
            if self._idle:
                connection = self._idle.pop()
            else:
                import ladybug

                connection = ladybug.Connection(self._db)
            self._borrowed += 1
        sound = False
        try:
            yield connection
            sound = True
        finally:
            with self._mutex:
                self._borrowed -= 1
                if sound and self._db is not None:
                    self._idle.append(connection)
                else:
                    with suppress(Exception):
                        connection.close()
                self._mutex.notify_all()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While the one connection that is in use ends what it wrote: reads that have begun are waited for, later ones wait.

        A read beside a COMMIT in the same process has come back with half of it (2 of 174, seen once on a loaded machine).
        """
        with self._mutex:
            self._ending = True
            self._mutex.wait_for(lambda: self._borrowed == 1, timeout=_PATIENCE_S)
        try:
            yield
        finally:
            with self._mutex:
                self._ending = False
                self._mutex.notify_all()

    @contextmanager
    def telling(self, doing: str) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            hint = f"if it stays so, move it away and load again: mv {self.path} {self.path}.old && {LOAD_HINT}"
            raise StoreError(f"{self.name} could not {doing}: {reason}", hint=hint) from error


def rows_of(connection: Any, query: str, values: Mapping[str, Any]) -> list[list[Any]]:
    result = connection.execute(query, dict(values))
    try:
        return result.get_all()
    finally:
        result.close()
