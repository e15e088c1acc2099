"""CSV files that LadybugDB's COPY reads: the fast way in. They lie beside the graph and are gone afterwards."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bedside.core.errors import StoreError

from .rows import Row


class Staging:
    """A private folder of CSV files, one per table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, table: str, rows: Iterable[Row]) -> str:
        """The path of the written file, as COPY wants it. Raises `StoreError`, e.g. when the disk is full."""
        path = self._folder / f"{table}.csv"
        try:
            with path.open("w", encoding="utf-8", newline="") as handle:
                csv.writer(handle, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        except UnicodeEncodeError as error:
            raise StoreError("a text to store is not valid Unicode (a lone surrogate)") from error
        except OSError as error:
            raise StoreError(f"{self._folder} can't be written: {error.strerror}", hint="free some disk space") from error
        return str(path).replace("\\", "/").replace("'", "\\'")


@contextmanager
def staging(beside: Path) -> Iterator[Staging]:
    """What a killed load left behind is removed first."""
    folder = beside.with_name(f"{beside.name}.staging")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise StoreError(f"{folder} can't be made: {error.strerror}", hint="is the data folder writable?") from error
    try:
        yield Staging(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
