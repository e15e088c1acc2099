"""The one file behind the term index, and its errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bedside.core.errors import StoreError

VERSION = "1"

_TABLES = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE terms(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, source_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  synonyms TEXT NOT NULL, brands TEXT NOT NULL, related TEXT NOT NULL, UNIQUE(id, source_id));
CREATE INDEX terms_source ON terms(source_id);
-- Every way to write a name, as it is compared. how: 0 name, 1 synonym, 2 brand.
CREATE TABLE keys(key TEXT NOT NULL, row INTEGER NOT NULL, how INTEGER NOT NULL, form TEXT NOT NULL,
  PRIMARY KEY(key, row, how)) WITHOUT ROWID;
CREATE INDEX keys_row ON keys(row);
-- The tokens of all keys and how many tokens the longest key with each has: keeps the look-up of a text small.
CREATE TABLE vocabulary(token TEXT PRIMARY KEY, longest INTEGER NOT NULL) WITHOUT ROWID;
-- Ordinary words, in lower case.
CREATE TABLE words(word TEXT PRIMARY KEY) WITHOUT ROWID;
-- Drug names of one word, for misspellings.
CREATE TABLE spellings(first TEXT NOT NULL, length INTEGER NOT NULL, word TEXT NOT NULL, row INTEGER NOT NULL,
  brand INTEGER NOT NULL, PRIMARY KEY(first, length, word, row)) WITHOUT ROWID;
CREATE INDEX spellings_row ON spellings(row);
CREATE VIRTUAL TABLE names USING fts5(name, synonyms, tokenize='porter unicode61 remove_diacritics 2');
"""


def open_file(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open or create the file; StoreError when it cannot be opened or was made by another version."""
    with as_store_error(path):
        if read_only:
            if not path.is_file():
                raise StoreError(f"there is no term index at {path}", hint="bedside knowledge load")
            link = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            link = sqlite3.connect(path, check_same_thread=False, timeout=30)
        try:
            _check(link, path, read_only=read_only)
        except BaseException:
            link.close()
            raise
    return link


def _check(link: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    tables = {name for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables and not read_only:
        link.executescript(f"BEGIN; {_TABLES} COMMIT;")
        with link:
            link.execute("INSERT INTO meta VALUES ('version', ?)", (VERSION,))
        return
    row = link.execute("SELECT value FROM meta WHERE name = 'version'").fetchone() if "meta" in tables else None
    if row is None or row[0] != VERSION:
        found = "no version" if row is None else f"version {row[0]}"
        raise StoreError(
            f"the term index {path} has {found}, this Bedside reads version {VERSION}",
            hint="move the data folder away and run: bedside knowledge load",
        )


@contextmanager
def as_store_error(path: Path) -> Iterator[None]:
    """SQLite's and the file system's errors as a StoreError that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the term index {path} failed: {type(error).__name__}: {error}", hint="bedside doctor") from error
