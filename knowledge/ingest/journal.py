"""What a load is doing, on disk, so that the next process knows what to complete or discard.

`staging/<source>/journal.json` exists from before the first record is stored until after the last leftover is gone. Beside
it lie the records that are only applied once the release is whole: its terms, and its nodes when they replace others.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from bedside.core.errors import StoreError
from bedside.core.toolkit.atomic_files import write_whole
from bedside.core.types import GraphNode, Term

from ..releases.layout import Slot

_FILE = "journal.json"


@dataclass(frozen=True)
class JournalEntry:
    """`doing` is `load` (stage `slot` and `vectors`, then sweep the other ones), `reembed` (only `vectors`) or `remove`."""

    source_id: str
    doing: str
    slot: Slot = "a"
    vectors: Slot = "a"
    version: str = ""
    fingerprint: str = ""


class Journal:
    """The folder `staging` of a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> list[JournalEntry]:
        """Everything that is unfinished. An unreadable entry is an error: the state of the stores is then unknown."""
        return [entry for path in sorted(self.folder.glob(f"*/{_FILE}")) if (entry := self._read(path))]

    def get(self, source_id: str) -> JournalEntry | None:
        return self._read(self.folder / source_id / _FILE)

    def begin(self, entry: JournalEntry) -> None:
        """Written whole and synced before anything else happens. What an earlier attempt spooled is dropped."""
        folder = self.folder / entry.source_id
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o700)
            write_whole(folder / _FILE, json.dumps(asdict(entry)), sync=True)
        except OSError as error:
            raise StoreError(f"{folder} can't be written: {error.strerror}", hint="free some disk space") from error

    def end(self, source_id: str) -> None:
        """First the entry, so that no kill leaves an entry without its spools."""
        (self.folder / source_id / _FILE).unlink(missing_ok=True)
        shutil.rmtree(self.folder / source_id, ignore_errors=True)

    def spool(self, source_id: str, what: str) -> Spool:
        return Spool(self.folder / source_id / f"{what}.jsonl")

    def _read(self, path: Path) -> JournalEntry | None:
        try:
            return JournalEntry(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(
                f"the journal {path} can't be read: {type(error).__name__}", hint=f"rm -r {path.parent}"
            ) from error


class Spool:
    """Terms or nodes in a file, one a line, to be read once the release is in use, and deleted when they are stored."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._out: IO[str] | None = None

    def add(self, records: list[Any]) -> None:
        try:
            if self._out is None:
                self._out = self.path.open("w", encoding="utf-8")
            self._out.writelines(record.model_dump_json() + "\n" for record in records)
        except OSError as error:
            raise StoreError(f"{self.path} can't be written: {error.strerror}", hint="free some disk space") from error

    def close(self) -> None:
        out, self._out = self._out, None
        if out is not None:
            try:
                out.close()
            except OSError as error:
                raise StoreError(f"{self.path} can't be written: {error.strerror}", hint="free some disk space") from error

    @property
    def waits(self) -> bool:
        """Are its records still to be stored?"""
        return self.path.is_file()

    def stored(self) -> None:
        self.path.unlink(missing_ok=True)

    def terms(self) -> Iterator[Term]:
        return (Term.model_validate_json(line) for line in self._lines())

    def nodes(self) -> Iterator[GraphNode]:
        return (GraphNode.model_validate_json(line) for line in self._lines())

    def _lines(self) -> Iterator[str]:
        try:
            with self.path.open(encoding="utf-8") as lines:
                yield from lines
        except FileNotFoundError:
            return
