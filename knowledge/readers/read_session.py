"""What the readers of one source share while it is read once."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from bedside.core.errors import SourceError
from bedside.core.host.registered import Skip
from bedside.core.types import Passage, Scalar

from .archive_members import Item
from .document import Document, passages

if TYPE_CHECKING:
    from typing import BinaryIO

    from bedside.core.types import Record


MOST_REPORTED = 10_000
MOST_ID = 1_000
SURROGATE = re.compile(r"[\ud800-\udfff]")


class Reader(Protocol):
    """Reads one file as a stream. SourceError where it can't; what it leaves out it tells by `run.skip`."""

    def __call__(self, item: Item, stream: BinaryIO, run: Run) -> Iterator[Record]: ...


class Run:
    """One reading of one source: its name, what was left out, and which documents were already given."""

    def __init__(self, source_id: str, *, many: bool = False) -> None:
        """`many`: it is a folder or an archive, whose unreadable files are skipped and reported."""
        self.source_id = source_id
        self.many = many
        self.skipped: list[Skip] = []
        self._left = 0
        self.documents = 0
        self.ids = Ids()
        self.pmids = Bits()

    def skip(self, what: str, where: str, reason: str) -> None:
        """Report one thing that was skipped; beyond `MOST_REPORTED` they are only counted, in the last entry."""
        self._left += 1
        if self._left <= MOST_REPORTED:
            self.skipped.append(Skip(what, where, reason))
        else:
            self.skipped[MOST_REPORTED:] = [Skip("more", "", f"{self._left - MOST_REPORTED} more were skipped")]

    def bad(self, error: SourceError) -> None:
        """A line that is not a document: its file is refused, or, where there are more files, the line is skipped and
        reported.
        """
        if not self.many:
            raise error
        where, _, reason = error.message.rpartition(" line ")
        self.skip("line", where, f"line {reason}")

    def passages(
        self, document: Document, where: str, *, kind: str = "passage", more: Mapping[str, Scalar] | None = None
    ) -> Iterator[Passage]:
        """The document's passages; none, with a report, when it has no text or a document with its id was already read.

        SourceError for half a character (a lone surrogate, which JSON may contain) and for an id that is too long.
        """
        if len(document.id) > MOST_ID:
            raise SourceError(f"{where} has an id of more than {MOST_ID} characters: refused")
        texts = (
            document.id,
            document.title,
            document.url,
            *(part for s in document.sections for part in (s.heading, s.text)),
        )
        if any(SURROGATE.search(text) for text in (*texts, *document.mesh, *document.types, *document.notices)):
            raise SourceError(f"{where} contains half a character (a lone surrogate)")
        if not self.ids.add(document.id):
            self.skip("document", where, f"{document.id}: a document with this id was already read")
            return
        empty = True
        for passage in passages(self.source_id, document, kind=kind, more=more):
            empty = False
            yield passage
        if empty:
            self.skip("document", where, f"{document.id} has no text")
        else:
            self.documents += 1

    def close(self) -> None:
        self.ids.close()


class Ids:
    """A set of texts that does not grow in memory: their hashes in a temporary database on disk, gone when it is closed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._db.executescript("PRAGMA cache_size = -16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE ids (hash BLOB PRIMARY KEY, place INTEGER) WITHOUT ROWID")

    def add(self, text: str, place: int = 0) -> bool:
        """Whether it is new."""
        try:
            with self._lock:
                row = (_hash(text), place)
                return self._db.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", row).rowcount == 1
        except sqlite3.Error as error:
            raise SourceError(
                f"the ids of the documents can't be recorded: {error}", hint="free space in the folder for temporary files"
            ) from error

    def place(self, text: str) -> int:
        """The `place` it was first added with."""
        with self._lock:
            found = self._db.execute("SELECT place FROM ids WHERE hash = ?", (_hash(text),)).fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Bits:
    """A set of PubMed numbers in one bit each, made for those that occur (about 5 MB for all of PubMed)."""

    MOST = 2**28

    def __init__(self) -> None:
        self._bits = bytearray()

    def __contains__(self, number: int) -> bool:
        return number >> 3 < len(self._bits) and bool(self._bits[number >> 3] & (1 << (number & 7)))

    def add(self, number: int) -> None:
        """ValueError for a number that no PubMed record can have (a hostile one would fill the memory)."""
        if not 0 < number < self.MOST:
            raise ValueError(f"{number} is not a PubMed number")
        place = number >> 3
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << (number & 7)
