"""A lock beside an embedded store: several readers or one writer, over threads and processes."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from bedside.core.errors import StoreError


class StoreLock:
    """Held until `close()` or the end of the process, however it ends.

    The embedded stores do not guard themselves well enough: two `ladybug.Database` objects of one process both get to
    write, and a reader does not notice a writer's checkpoint (LadybugDB issues #615, #666); Chroma guards only SQLite.
    """

    def __init__(self, path: Path, *, shared: bool, what: str) -> None:
        """Raises `StoreError` at once when the lock can't be had. A reader of a read-only medium needs none."""
        import portalocker

        self._file: IO[Any] | None = None
        try:
            handle = path.open("a+", encoding="utf-8")
        except OSError as error:
            if shared:
                return
            raise StoreError(
                f"{what} can't be written: {error.strerror}", hint="name another data folder: BEDSIDE_HOME=/path/to/folder"
            ) from error
        try:
            portalocker.lock(handle, portalocker.LOCK_NB | (portalocker.LOCK_SH if shared else portalocker.LOCK_EX))
        except portalocker.LockException as error:
            handle.close()
            raise StoreError(
                f"{what} is being written by another process"
                if shared
                else f"{what} is in use, and a writer needs it alone",
                hint="wait until the other bedside process has ended, then try again",
            ) from error
        self._file = handle

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
