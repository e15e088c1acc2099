"""Generations of the stores: a load fills a copy, and one small file says which copy is in use.

stores/3/      the stores as they were published; nobody changes them any more
stores/4/      the next generation, while a load fills it
current        {"generation": 3}, replaced in one step

A reader holds a shared lock on its generation only, so that a load never waits for readers, nor they for it. A generation
that is no longer current is deleted when its last reader has gone.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import IO, Any

from bedside.core.errors import DataFolderError
from bedside.core.toolkit.atomic_files import write_whole

from .copying import copy_stores, sync_files

_CURRENT = "current"
_LOCK = "readers.lock"
_TRIES = 50


class Generations:
    """Those of one data folder. Only who holds the writer's lock of the folder calls `fork`, `publish` and `sweep`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "stores"

    def current(self) -> int:
        """The one in use; 0 before the first load. Raises `DataFolderError` where the file that says so is damaged."""
        file = self._home / _CURRENT
        try:
            found = json.loads(file.read_text(encoding="utf-8"))["generation"]
            if type(found) is not int or found < 1:
                raise ValueError
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = "restore it from a backup, or write the highest number among the folders of `stores` into it"
            raise DataFolderError(f"{file} can't be read: {type(error).__name__}", hint=hint) from error
        return found

    def stamp(self) -> tuple[int, int]:
        """Changes when another generation is published; costs one look at a file's date."""
        try:
            stat = (self._home / _CURRENT).stat()
        except OSError:
            return 0, 0
        return stat.st_mtime_ns, stat.st_ino

    def folder(self, number: int) -> Path:
        return self._folder / str(number)

    def hold(self) -> tuple[int, IO[Any] | None]:
        """The current generation, locked so that it is not deleted. No lock is needed before the first load, nor where none
        can be had: nobody deletes anything on a read-only medium."""
        for _ in range(_TRIES):
            number = self.current()
            held = _lock(self.folder(number) / _LOCK, exclusive=False) if number else None
            # it may have been replaced, or deleted, between the two steps
            if self.current() == number and (not number or self.folder(number).is_dir()):
                return number, held
            if held:
                held.close()
            elif self.current() == number:
                raise DataFolderError(
                    f"{self.folder(number)}, which holds what is loaded, is gone",
                    hint=f"restore it from a backup, or load again: rm {self._home / _CURRENT} && bedside knowledge load",
                )
        raise DataFolderError(f"the generations of {self._folder} change all the time", hint="try again")

    def lock(self, number: int) -> IO[Any] | None:
        """A reader's lock on any generation; None where it is gone."""
        held = _lock(self.folder(number) / _LOCK, exclusive=False)
        if held and not self.folder(number).is_dir():
            held.close()
            return None
        return held

    def fork(self) -> int:
        """A copy of the current generation to be filled; what an interrupted load left of it is used again."""
        number = self.current()
        target = self.folder(number + 1)
        if target.is_dir():
            return number + 1
        part = target.with_name(f"{target.name}.part")
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True, mode=0o700)
            if number:
                copy_stores(self.folder(number), part)
            (part / _LOCK).touch()
            part.rename(target)
        except OSError as error:
            shutil.rmtree(part, ignore_errors=True)
            raise DataFolderError(
                f"the stores can't be copied to {target}: {error.strerror}",
                hint="a load needs room for a second copy of the stores while it runs",
            ) from error
        return number + 1

    def publish(self, number: int) -> None:
        """From here on readers find `number`, also after a power cut."""
        try:
            sync_files(self.folder(number))
            write_whole(self._home / _CURRENT, json.dumps({"generation": number}), sync=True)
        except OSError as error:
            raise DataFolderError(f"{self._home / _CURRENT} can't be written: {error.strerror}") from error

    def discard(self, number: int) -> None:
        """Delete a generation that was never published."""
        shutil.rmtree(self.folder(number), ignore_errors=True)

    def sweep(self) -> list[int]:
        """Delete what nobody uses any more; the numbers of those that somebody still reads."""
        current = self.current()
        still: list[int] = []
        for folder in sorted(self._folder.glob("*")):
            name = folder.name
            if not name.isdecimal():
                shutil.rmtree(folder, ignore_errors=True)  # a copy or a deletion that was cut off
            elif int(name) < current and not self._delete(folder):
                still.append(int(name))
        return still

    def _delete(self, folder: Path) -> bool:
        lock = _lock(folder / _LOCK, exclusive=True)
        if lock is None:
            return False
        try:
            gone = folder.with_name(f"{folder.name}.gone")
            folder.rename(gone)  # in one step, so that nobody opens half of it
            shutil.rmtree(gone, ignore_errors=True)
        except OSError:
            return False
        finally:
            lock.close()
        return True


def _lock(path: Path, *, exclusive: bool) -> IO[Any] | None:
    """None where the lock can't be had."""
    import portalocker

    try:
        # for reading: a shared lock does not change the file, which may lie on a read-only medium
        file = path.open("a+" if exclusive else "r", encoding="utf-8")
    except OSError:
        return None
    try:
        portalocker.lock(file, portalocker.LOCK_NB | (portalocker.LOCK_EX if exclusive else portalocker.LOCK_SH))
    except portalocker.LockException:
        file.close()
        return None
    return file
