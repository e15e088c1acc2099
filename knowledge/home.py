"""The data folder: made once, of one schema, guarded by a lock file because the embedded stores have a single writer.

bedside.toml   settings (optional)
home.json      {"schema": 2}
lock           shared by readers, exclusive for a writer
sources.json   what is loaded
chroma/        passages and vectors
words/         lexical index of the passages
graph.lbug     knowledge graph
terms.sqlite   names
staging/       a load in progress
downloads/     what `knowledge pull` fetched
derived/       what plugins computed from the above; may be deleted at any time
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self
from weakref import WeakSet

from bedside.core.errors import DataFolderError
from bedside.core.toolkit.atomic_files import write_whole

SCHEMA = 2
"""Raised when the stores' layout changes so that older data can't be read."""

Mode = Literal["read", "write"]

_locked: WeakSet[Home] = WeakSet()


def _leave_locks_to_parent() -> None:
    """A process that a plugin forks outlives the answer, perhaps; it must not go on holding the data folder."""
    for home in _locked:
        home.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_locks_to_parent)


class Home:
    """An opened data folder. Several readers, or one writer; `close()` gives the lock back."""

    def __init__(self, path: Path, mode: Mode) -> None:
        self.path = path
        self.mode = mode
        self._lock: IO[Any] | None = None

    @classmethod
    def open(cls, path: str | Path, mode: Mode = "read") -> Home:
        """Raises `DataFolderError` when the folder is a file, can't be written, is locked or of another schema."""
        home = cls(Path(path), mode)
        home._make()
        home._check_schema()
        home._take_lock()
        return home

    @property
    def chroma(self) -> Path:
        return self.path / "chroma"

    @property
    def words(self) -> Path:
        return self.path / "words"

    @property
    def staging(self) -> Path:
        return self.path / "staging"

    @property
    def graph(self) -> Path:
        return self.path / "graph.lbug"

    @property
    def terms(self) -> Path:
        return self.path / "terms.sqlite"

    @property
    def sources(self) -> Path:
        return self.path / "sources.json"

    @property
    def derived(self) -> Path:
        return self.path / "derived"

    def close(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _make(self) -> None:
        where = f"the data folder {self.path}"
        hint = "name another one: BEDSIDE_HOME=/path/to/folder"
        if self.path.exists() and not self.path.is_dir():
            raise DataFolderError(f"{where} is a file, not a folder", hint=hint)
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self.path / f".write-{os.getpid()}"
            probe.write_text("", encoding="utf-8")
            probe.unlink()
        except OSError as error:
            raise DataFolderError(f"{where} can't be written: {error.strerror}", hint=hint) from error

    def _check_schema(self) -> None:
        marker = self.path / "home.json"
        try:
            schema = json.loads(marker.read_text(encoding="utf-8"))["schema"]
        except FileNotFoundError:
            if self.sources.exists() or self.graph.exists():
                raise DataFolderError(
                    f"{self.path} holds data but no home.json, so its schema is unknown",
                    hint=f"move it away and load again: mv {self.path} {self.path}.old && bedside knowledge load",
                ) from None
            write_whole(marker, json.dumps({"schema": SCHEMA}))
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataFolderError(
                f"{marker} can't be read: {type(error).__name__}", hint="restore it from a backup"
            ) from error
        if schema != SCHEMA:
            age = "an older" if isinstance(schema, int) and schema < SCHEMA else "another"
            raise DataFolderError(
                f"{self.path} is of {age} schema ({schema}); this Bedside reads schema {SCHEMA}",
                hint=f"move it away and load again: mv {self.path} {self.path}.old && bedside knowledge load",
            )

    def _take_lock(self) -> None:
        import portalocker

        flags = portalocker.LOCK_NB | (portalocker.LOCK_SH if self.mode == "read" else portalocker.LOCK_EX)
        lock = (self.path / "lock").open("a+", encoding="utf-8")
        try:
            portalocker.lock(lock, flags)
        except portalocker.LockException as error:
            lock.close()
            doing = "is writing to" if self.mode == "read" else "is using"
            raise DataFolderError(
                f"another bedside process {doing} {self.path}", hint="wait until it has ended, then try again"
            ) from error
        self._lock = lock
        _locked.add(self)
