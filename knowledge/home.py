"""The data folder: made once, of one schema. Readers and one writer use it side by side, each over its generation.

bedside.toml   settings (optional)
home.json      {"schema": 3}
lock           held by the one who writes
current        which generation is in use (`releases/generations.py`)
stores/N/      a generation: what is loaded, in stores
    sources.json   the list of it
    chroma/        passages and vectors
    words/         lexical index of the passages
    graph.lbug     knowledge graph
    terms.sqlite   names
staging/       a load in progress
downloads/     what `knowledge pull` fetched
derived/       what plugins computed from the above; may be deleted at any time
sessions/      what is kept for those who ask, by tenant
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self
from weakref import WeakSet

from bedside.core.errors import DataFolderError
from bedside.core.toolkit.atomic_files import write_whole

from .releases.copying import shadow
from .releases.generations import Generations

SCHEMA = 3
"""Raised when the stores' layout changes so that older data can't be read."""
_BEFORE_GENERATIONS = 2
_STORES = ("chroma", "words", "graph.lbug", "graph.lbug.wal", "terms.sqlite", "terms.sqlite-wal", "sources.json")

Mode = Literal["read", "write"]

_locked: WeakSet[Home] = WeakSet()


def _leave_locks_to_parent() -> None:
    """A process that a plugin forks outlives the answer, perhaps; it must not go on holding the data folder."""
    for home in _locked:
        home.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_locks_to_parent)


class Home:
    """An opened data folder over the generation that was current then. `close()` gives its locks back.

    Any number of processes read; one may write (`mode="write"`) beside them: `begin` gives it a copy to fill, `publish`
    makes that the current one, and `leave` keeps it for the next attempt. A folder that can't be written to is read through
    a thin copy in the folder for temporary files.
    """

    def __init__(self, path: Path, mode: Mode) -> None:
        self.path = path
        self.mode = mode
        self.generations = Generations(path)
        self.generation = 0
        self.changing = False
        self._read_only = False
        self._shadow: Path | None = None
        self._lock: IO[Any] | None = None
        self._held: IO[Any] | None = None

    @classmethod
    def open(cls, path: str | Path, mode: Mode = "read") -> Home:
        """Raises `DataFolderError` when the folder is a file, can't be made or (by a writer) written, is being written by
        another process, or is of another schema."""
        home = cls(Path(path), mode)
        try:
            home._make()
            if mode == "write":
                home._lock = home._take_lock()
            home._check_schema()
            home._hold()
        except BaseException:
            home.close()
            raise
        _locked.add(home)
        return home

    @property
    def stores(self) -> Path:
        """The folder of the generation in use."""
        return self._shadow / "stores" if self._shadow else self.generations.folder(self.generation)

    @property
    def chroma(self) -> Path:
        return self.stores / "chroma"

    @property
    def words(self) -> Path:
        return self.stores / "words"

    @property
    def graph(self) -> Path:
        return self.stores / "graph.lbug"

    @property
    def terms(self) -> Path:
        return self.stores / "terms.sqlite"

    @property
    def sources(self) -> Path:
        return self.stores / "sources.json"

    @property
    def unfinished(self) -> Path:
        """A mark in the generation that was published while a load of another source was still to be resumed."""
        return self.stores / "unfinished"

    @property
    def staging(self) -> Path:
        return self.path / "staging"

    @property
    def derived(self) -> Path:
        return (self._shadow or self.path) / "derived"

    @property
    def outdated(self) -> bool:
        """Has another generation been published since this one was opened?"""
        return self.generations.stamp() != self._stamp

    def begin(self) -> None:
        """Writer: from now on the stores are those of the next generation, to be filled."""
        if self.mode != "write":
            raise DataFolderError(f"the data folder {self.path} was opened for reading only")
        self.generations.sweep()
        self.generation = self.generations.fork()
        self.changing = True

    def publish(self, *, unfinished: bool) -> None:
        """Writer: what was filled is the current generation, for everybody. Its embedded stores must be closed."""
        self.unfinished.unlink(missing_ok=True)
        if unfinished:
            self.unfinished.touch()
        self.generations.publish(self.generation)
        self.leave()

    @property
    def current_sources(self) -> Path:
        """The list of sources of the generation that readers find now."""
        return self.generations.folder(self.generations.current()) / "sources.json"

    def discard(self) -> None:
        """Writer: give up the next generation, into which nothing was stored that is worth keeping."""
        self.generations.discard(self.generation)
        self.leave()

    def leave(self) -> None:
        """Writer: back to the current generation; what was filled and not published waits for the next attempt."""
        self.changing = False
        self._hold()

    def rest(self) -> None:
        """Reader: let go of the generation while nobody asks. What is open of it can be used after `wake` only."""
        held, self._held = self._held, None
        if held:
            held.close()

    def wake(self) -> bool:
        """Reader: hold the generation again; False where another one has taken its place."""
        if self._held:
            return True  # it stayed
        held = self.generations.lock(self.generation)
        if self.outdated or (held is None and not self.stores.is_dir() and self.generation):
            if held:
                held.close()
            return False
        self._held = held
        return True

    def stay(self) -> bool:
        """Reader: go on with this generation although another one was published; False where it is no longer there."""
        stamp = self.generations.stamp()
        held = self._held or self.generations.lock(self.generation)
        if held is None:
            return False
        self._held, self._stamp = held, stamp
        return True

    def close(self) -> None:
        self.release()
        if self._shadow:
            shutil.rmtree(self._shadow, ignore_errors=True)
            self._shadow = None

    def release(self) -> None:
        """Give the locks back, in a process that was forked too."""
        for held in (self._lock, self._held):
            if held:
                held.close()
        self._lock = self._held = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _hold(self) -> None:
        before, self._held = self._held, None
        self._stamp = self.generations.stamp()
        self.generation, self._held = self.generations.hold()
        if before:
            before.close()
        if self._read_only:
            self._make_shadow()

    def _make_shadow(self) -> None:
        self._shadow = Path(tempfile.mkdtemp(prefix="bedside-"))
        for source, name in ((self.generations.folder(self.generation), "stores"), (self.path / "derived", "derived")):
            if source.is_dir():
                shadow(source, self._shadow / name)

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
            if self.mode == "read" and (self.path / "home.json").is_file():
                self._read_only = True
                return
            raise DataFolderError(f"{where} can't be written: {error.strerror}", hint=hint) from error

    def _check_schema(self) -> None:
        marker = self.path / "home.json"
        again = f"move it away and load again: mv {self.path} {self.path}.old && bedside knowledge load"
        try:
            schema = json.loads(marker.read_text(encoding="utf-8"))["schema"]
        except FileNotFoundError:
            if any((self.path / name).exists() for name in ("current", "stores", "sources.json", "graph.lbug")):
                raise DataFolderError(
                    f"{self.path} holds data but no home.json, so its schema is unknown", hint=again
                ) from None
            write_whole(marker, json.dumps({"schema": SCHEMA}))
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataFolderError(
                f"{marker} can't be read: {type(error).__name__}", hint="restore it from a backup"
            ) from error
        if schema == _BEFORE_GENERATIONS and not self._read_only:
            self._move_into_generation(marker)
        elif schema != SCHEMA:
            age = "an older" if isinstance(schema, int) and schema < SCHEMA else "another"
            raise DataFolderError(
                f"{self.path} is of {age} schema ({schema}); this Bedside reads schema {SCHEMA}", hint=again
            )

    def _move_into_generation(self, marker: Path) -> None:
        """A folder of schema 2 has its stores beside home.json; they become generation 1. May be cut off at any step."""
        lock = None if self._lock else self._take_lock()
        try:
            target = self.generations.folder(1)
            target.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in _STORES:
                if (self.path / name).exists():
                    (self.path / name).rename(target / name)
            for name in ("chroma.lock", "graph.lbug.lock"):
                (self.path / name).unlink(missing_ok=True)
            (target / "readers.lock").touch()
            if (target / "sources.json").is_file():
                if self.staging.is_dir() and any(self.staging.iterdir()):
                    (target / "unfinished").touch()
                self.generations.publish(1)
            write_whole(marker, json.dumps({"schema": SCHEMA}))
        finally:
            if lock:
                lock.close()

    def _take_lock(self) -> IO[Any]:
        import portalocker

        lock = (self.path / "lock").open("a+", encoding="utf-8")
        try:
            portalocker.lock(lock, portalocker.LOCK_NB | portalocker.LOCK_EX)
        except portalocker.LockException as error:
            lock.close()
            raise DataFolderError(
                f"another bedside process is writing to {self.path}", hint="wait until it has ended, then try again"
            ) from error
        return lock
